import { type MapBlock, type MapBox, waysOf } from '../../core/deliverable.ts';
import { sentence } from '../plain.ts';
import { html, type Markup } from './markup.ts';

/** Sizes in units of the picture, which are pixels where there is room. */
const box = { width: 236, height: 46, down: 12, across: 58 } as const;
const top = 26;

const words = { fine: '', broken: 'problem', unknown: 'not known' } as const;
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** A map as a picture that takes its colours from the page; on a phone, which has no room for three columns, as its ways. */
export function mapMarkup(map: MapBlock): Markup {
  const { label, columns, boxes, links } = map;
  const at = new Map<string, readonly [x: number, y: number]>();
  const filled = columns.map((_, column) => {
    const own = boxes.filter((one) => one.column === column);
    for (const [row, { id }] of own.entries()) at.set(id, [column * (box.width + box.across), top + row * (box.height + box.down)]);
    return own.length;
  });
  const width = columns.length * (box.width + box.across) - box.across;
  const height = top + Math.max(1, ...filled) * (box.height + box.down);
  return html`<figure class="map">
    <svg viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${sentence(label)}">
      ${columns.map((title, column) => html`<text class="column" x="${column * (box.width + box.across)}" y="12">${sentence(title)}</text>`)}
      ${links.map(({ from, to }) => linkMarkup(at.get(from), at.get(to)))} ${boxes.map((one) => boxMarkup(one, at.get(one.id) ?? [0, 0]))}
    </svg>
    <ul class="ways">
      ${waysOf(map).map((way) => html`<li>${way.map((one, nth) => html`${nth > 0 && ' → '}<span class="${one.state}">${wayText(one)}</span>`)}</li> `)}
    </ul>
  </figure> `;
}

const wayText = ({ text, state }: MapBox): string => [sentence(text), words[state]].filter((part) => part !== '').join(' · ');

function boxMarkup({ text, note, state }: MapBox, [x, y]: readonly [number, number]): Markup {
  const said = [note, words[state]].filter((part) => part !== undefined && part !== '').join(' · ');
  return html`<g class="${state}">
    <title>${sentence([text, said].filter((part) => part !== '').join(': '))}</title>
    <rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="8" />
    <text x="${x + 12}" y="${y + (said === '' ? 28 : 20)}">${cut(sentence(text), 28)}</text>
    ${said !== '' && html`<text class="note" x="${x + 12}" y="${y + 36}">${cut(sentence(said), 38)}</text>`}
  </g> `;
}

/** From the right side of a box to the left side of another; within a column, around its right side. */
function linkMarkup(from: readonly [number, number] | undefined, to: readonly [number, number] | undefined): Markup {
  if (!from || !to) return html``;
  const middle = box.height / 2;
  const [x, y, goal] = [from[0] + box.width, from[1] + middle, to[1] + middle];
  const end = to[0] > from[0] ? to[0] : to[0] + box.width;
  const bend = to[0] > from[0] ? [(x + end) / 2, (x + end) / 2] : [x + box.across * 0.8, end + box.across * 0.8];
  const tip = to[0] > from[0] ? -6 : 6;
  return html`<path d="M${x} ${y} C${bend[0] ?? x} ${y} ${bend[1] ?? x} ${goal} ${end} ${goal} m${tip} -4 l${-tip} 4 l${tip} 4" /> `;
}
