import type { MatrixBlock, MatrixRow } from '../../core/deliverable.ts';
import { sentence } from '../plain.ts';
import { cellWords } from '../words.ts';
import { html, type Markup } from './markup.ts';

/** Columns that fit beside the names without scrolling sideways; the stylesheet has a grid for each number up to it. */
export const mostColumns = 10;

/** A matrix: its head stays in sight, rows of one thing stand under its name, and the notes of a row open where it stands. */
export function matrixMarkup({ corner, columns, rows }: MatrixBlock): Markup {
  const size = columns.length > mostColumns ? 'wide' : `cols-${columns.length}`;
  return html`<div class="matrix ${size}">
    ${size !== 'wide' && html`<p class="signs">✓ allowed, · blocked, ? not known</p>`}
    <table>
      <thead>
        <tr>
          <th scope="col">${sentence(corner)}</th>
          ${columns.map((name) => html`<th scope="col"><span>${sentence(name)}</span></th>`)}
        </tr>
      </thead>
      ${things(rows).map(
        (thing) =>
          html`<tbody>
            ${
              thing[0]?.group !== undefined &&
              html`<tr class="group">
                <th scope="rowgroup" colspan="${columns.length + 1}">${sentence(thing[0].group)}</th>
              </tr>`
            }
            ${thing.map((row) => rowMarkup(row, columns))}
          </tbody> `,
      )}
    </table>
  </div> `;
}

/** Neighbours of one group together. */
function things(rows: readonly MatrixRow[]): MatrixRow[][] {
  const found: MatrixRow[][] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last && last[0]?.group === row.group) last.push(row);
    else found.push([row]);
  }
  return found;
}

function rowMarkup({ name, cells }: MatrixRow, columns: readonly string[]): Markup {
  const notes = new Map<string, string[]>();
  for (const [index, { note }] of cells.entries())
    if (note !== undefined && note !== '') notes.set(note, [...(notes.get(note) ?? []), columns[index] ?? '']);
  return html`<tr>
    <th scope="row">
      ${sentence(name)}${
        notes.size > 0 &&
        html`<details>
          <summary>why</summary>
          <ul>
            ${[...notes].map(([note, who]) => html`<li><strong>${sentence(who.join(', '))}:</strong> ${sentence(note)}</li>`)}
          </ul>
        </details>`
      }
    </th>
    ${cells.map(({ state }) => html`<td class="${state}"><span>${cellWords[state]}</span></td>`)}
  </tr> `;
}
