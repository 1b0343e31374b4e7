import type { FindingItem } from '../../core/deliverable.ts';
import type { Proof } from '../../core/finding.ts';
import { placeText } from '../../core/wording.ts';
import { clip, quotation, sentence, verbatim } from '../plain.ts';
import { alsoText, fixParts, labelOf, moreText, otherText, ownText } from '../words.ts';
import { html, type Markup, rich } from './markup.ts';

const nothing = html``;

function proofMarkup(proof: Proof): Markup {
  if (proof.kind === 'code')
    return html`<p class="hint">${sentence(placeText(proof.place))}</p>
      <pre>${quotation(proof.text)}</pre>`;
  if (proof.kind === 'http')
    return html`<p class="hint">Asked</p>
      <pre>${quotation(proof.request)}</pre>
      <p class="hint">Answered</p>
      <pre>${quotation(proof.response)}</pre>`;
  const where = sentence(placeText(proof.place));
  return html`<p>${rich(proof.text)}${where !== '' && html` <code>${where}</code>`}</p>`;
}

const place = ({ finding }: Pick<FindingItem, 'finding'>): Markup => {
  const where = sentence(placeText(finding.place));
  return where === '' ? nothing : html`<code>${where}</code>`;
};

const otherPlaces = (item: FindingItem): Markup =>
  item.also.length === 0
    ? nothing
    : html`<details>
        <summary>${moreText(item)}</summary>
        <ul class="places">
          ${item.also.map((other) => html`<li>${place({ finding: other })} ${rich(otherText(other, item.finding))} <span class="why">${labelOf(other)}, ${clip(other.id, 200)}</span></li> `)}
        </ul>
      </details>`;

const promptMarkup = ({ prompt }: FindingItem): Markup =>
  prompt === undefined
    ? nothing
    : html`<details class="prompt">
        <summary>Prompt for ${prompt.tool}</summary>
        <p class="hint">One click selects the whole text; then copy it.</p>
        <pre class="copy">${verbatim(prompt.text)}</pre>
      </details>`;

/** One finding as a card: what is wrong, where, and the fix in sight; evidence, prompt and further places one click away. */
export function findingMarkup(item: FindingItem, number: number | undefined): Markup {
  const { finding, headline, order, effort } = item;
  const unknown = finding.outcome === 'unknown';
  const proof = finding.proof ?? [];
  const also = alsoText(item);
  const own = ownText(finding, headline);
  const { text, code } = fixParts(unknown ? (finding.toKnow ?? 'nothing we know of') : finding.fix);
  const tone = unknown ? 'unknown' : finding.severity;
  return html`<li class="finding ${tone}${number !== undefined && ' numbered'}">
    ${number !== undefined && html`<span class="number">${number}</span>`}
    <div>
      <h3>${rich(headline)}</h3>
      <p class="meta">
        <span class="label">${labelOf(finding)}</span
        >${effort !== '' && html`<span>${effort}</span>`}${place(item)}${also !== '' && html`<span>${also}</span>`}
      </p>
      ${own !== '' && html`<p>${rich(own)}</p>`} ${!unknown && html`<p class="why">${rich(finding.why)}</p>`}
      <p>
        <strong>${unknown ? 'What would tell:' : 'Fix:'}</strong>
        ${text.map((line, index) => html`${index > 0 && html`<br />`}${rich(line)}`)}
      </p>
      ${code.length > 0 && html`<pre class="copy">${code.join('\n')}</pre>`}
      ${order !== undefined && number !== undefined && html`<p class="hint">Why number ${number}: ${sentence(order)}</p>`}
      <details>
        <summary>${unknown ? 'See it again' : 'Evidence, and how to see it again'}</summary>
        ${proof.map(proofMarkup)}
        <p class="hint">${unknown ? 'Ask this question again:' : 'This command shows it again, and says so once it is fixed:'}</p>
        <pre class="copy">${clip(sentence(finding.replay), 600)}</pre>
      </details>
      ${promptMarkup(item)}${otherPlaces(item)}
    </div>
  </li> `;
}
