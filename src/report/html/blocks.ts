import type { Block } from '../../core/deliverable.ts';
import { sentence, visible } from '../plain.ts';
import { verdictWords } from '../words.ts';
import { findingMarkup } from './finding.ts';
import { mapMarkup } from './map.ts';
import { matrixMarkup } from './matrix.ts';
import { breakable, html, type Markup, rich } from './markup.ts';

const table = (head: readonly string[], rows: readonly (readonly (string | Markup)[])[]): Markup =>
  html`<div class="scroll${head.length > 3 && ' stacks'}${head.length > 4 && ' many'}">
    <table>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${sentence(cell)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, nth) => html`<td data-column="${sentence(head[nth] ?? '')}">${typeof cell === 'string' ? (head.length > 4 ? breakable(cell) : rich(cell)) : cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div> `;

/** One block as HTML. Consecutive folds make one list; see `blocksMarkup`. */
function blockMarkup(block: Block): Markup {
  switch (block.kind) {
    case 'heading':
      return block.level === 2 ? html`<h2>${sentence(block.text)}</h2> ` : html`<h3>${sentence(block.text)}</h3> `;
    case 'text':
      return html`<p>${rich(block.text)}</p> `;
    case 'verdict':
      return html`<section class="verdict ${block.status}">
        <strong class="status">${verdictWords[block.status]}</strong>
        <p class="sentence">${rich(block.text)}</p>
        ${block.detail !== '' && html`<p class="detail">${sentence(block.detail)}</p>`}
      </section> `;
    case 'facts':
      return html`<dl class="facts">
        ${block.facts.map(
          ({ name, value, note }) =>
            html`<div>
              <dt>${sentence(name)}</dt>
              <dd>${sentence(value)}${note !== undefined && html`<small>${sentence(note)}</small>`}</dd>
            </div> `,
        )}
      </dl> `;
    case 'findings':
      return html`<ol class="findings">
        ${block.items.map((item, index) => findingMarkup(item, block.ordered ? index + 1 : undefined))}
      </ol> `;
    case 'table':
      return table(block.columns, block.rows);
    case 'matrix':
      return matrixMarkup(block);
    case 'map':
      return mapMarkup(block);
    case 'pictures':
      return html`<div class="pictures">
        ${block.items.map(
          ({ text, png, width, height }) =>
            html`<figure style="flex: ${width} 1 0; max-width: ${width}px">
              <img src="data:image/png;base64,${png}" alt="${sentence(text)}" width="${width}" height="${height}" />
              <figcaption>${sentence(text)}</figcaption>
            </figure> `,
        )}
      </div> `;
    case 'checklist':
      return html`<ul class="checklist">
        ${block.items.map(({ text, state }) => html`<li class="${state}">${state === 'unknown' && 'Not known: '}${sentence(text)}</li> `)}
      </ul> `;
    case 'code':
      return html`<pre>${visible(block.text)}</pre> `;
    case 'fold': {
      const inner = html`<summary>${sentence(block.title)}</summary>
        ${block.blocks.map(blockMarkup)}`;
      return block.open ? html`<details class="fold" open>${inner}</details> ` : html`<details class="fold">${inner}</details> `;
    }
  }
}

/** Blocks in order, runs of folds wrapped together. */
export const blocksMarkup = (blocks: readonly Block[]): Markup => {
  const above = blocks.findLastIndex(({ kind }) => kind !== 'fold') + 1;
  const below = blocks.slice(above);
  return html`${blocks.slice(0, above).map(blockMarkup)}${below.length > 0 && html`<div class="folds">${below.map(blockMarkup)}</div>`}`;
};
