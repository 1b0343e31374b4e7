import type { MatrixBlock, MatrixRow } from '../../core/deliverable.ts';
import { parted, quietTitle } from '../matrix.ts';
import { sentence } from '../plain.ts';
import { cellWords } from '../words.ts';
import { html, type Markup } from './markup.ts';

/** Columns that fit beside the names without scrolling sideways; the stylesheet has a grid for each number up to it. */
export const mostColumns = 10;

/** A matrix: its head stays in sight, rows of one thing stand under its name, and what was seen opens below a row. A long one shows first what is wrong. */
export function matrixMarkup(block: MatrixBlock): Markup {
  const { open, quiet } = parted(block);
  return html`<div class="matrices">
    ${open.length > 0 && table(block, open)}
    ${
      quiet.length > 0 &&
      html`<details class="rest">
        <summary>${quietTitle(quiet)}</summary>
        ${table(block, quiet)}
      </details>`
    }
  </div> `;
}

function table({ corner, columns }: MatrixBlock, rows: readonly MatrixRow[]): Markup {
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
  const notes = new Map<string, { readonly who: string[]; readonly note: string; readonly seen: string }>();
  for (const [index, { note = '', seen = '' }] of cells.entries()) {
    if (note === '' && seen === '') continue;
    const known = notes.get(`${note}\u0000${seen}`) ?? { who: [], note, seen };
    known.who.push(columns[index] ?? '');
    notes.set(`${note}\u0000${seen}`, known);
  }
  return html`<tr>
    <th scope="row">
      ${sentence(name)}${
        notes.size > 0 &&
        html`<details>
          <summary>why</summary>
          <ul>
            ${[...notes.values()].map(
              ({ who, note, seen }) =>
                html`<li>
                  <strong>${sentence(who.join(', '))}:</strong> ${sentence(note)}${note !== '' && seen !== '' && '. '}${sentence(seen)}
                </li>`,
            )}
          </ul>
        </details>`
      }
    </th>
    ${cells.map(({ state }) => html`<td class="${state}"><span>${cellWords[state]}</span></td>`)}
  </tr> `;
}
