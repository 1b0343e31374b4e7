import type { FindingItem } from '../../core/deliverable.ts';
import type { Proof } from '../../core/finding.ts';
import { placeText, plural } from '../../core/wording.ts';
import { clip, quotation, sentence, verbatim } from '../plain.ts';
import { alsoText, labelOf } from '../words.ts';
import { html, type Markup } from './markup.ts';

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
  return html`<p>${sentence(proof.text)}${where !== '' && html` <code>${where}</code>`}</p>`;
}

const place = ({ finding }: Pick<FindingItem, 'finding'>): Markup => {
  const where = sentence(placeText(finding.place));
  return where === '' ? nothing : html`<code>${where}</code>`;
};

const otherPlaces = ({ also }: FindingItem): Markup =>
  also.length === 0
    ? nothing
    : html`<details>
        <summary>${plural(also.length, 'more place')}</summary>
        <ul class="places">
          ${also.map((other) => html`<li>${place({ finding: other })} ${sentence(other.message)} <span class="why">${labelOf(other)}, ${clip(other.id, 200)}</span></li> `)}
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
  const tone = unknown ? 'unknown' : finding.severity;
  return html`<li class="finding ${tone}${number !== undefined && ' numbered'}">
    ${number !== undefined && html`<span class="number">${number}</span>`}
    <div>
      <h3>${sentence(headline)}</h3>
      <p class="meta">
        <span class="label">${labelOf(finding)}</span
        >${effort !== '' && html`<span>${effort}</span>`}${place(item)}${also !== '' && html`<span>${also}</span>`}
      </p>
      ${headline !== finding.message && html`<p>${sentence(finding.message)}</p>`}
      ${order !== undefined && number !== undefined && html`<p class="why">${sentence(order)}</p>`}
      <p>
        <strong>${unknown ? 'What would tell:' : 'Fix:'}</strong>
        ${sentence(unknown ? (finding.toKnow ?? 'nothing we know of') : finding.fix)}
      </p>
      <details>
        <summary>${unknown ? 'See it again' : 'Why it matters, evidence, see it again'}</summary>
        ${!unknown && html`<p>${sentence(finding.why)}</p>`} ${proof.map(proofMarkup)}
        <p class="hint">${unknown ? 'Ask this question again:' : 'This command shows it again, and says so once it is fixed:'}</p>
        <pre class="copy">${clip(sentence(finding.replay), 600)}</pre>
      </details>
      ${promptMarkup(item)}${otherPlaces(item)}
    </div>
  </li> `;
}
