import type { Block, Document, FindingItem, MapBlock, MatrixBlock, TableBlock } from '../core/deliverable.ts';
import type { Finding, Proof } from '../core/finding.ts';
import { placeText } from '../core/wording.ts';
import { firstOf, notesOf, parted, quietTitle } from './matrix.ts';
import { clip, oneLine, quotation, sentence, verbatim, visible } from './plain.ts';
import type { Renderer, Report } from './report.ts';
import { alsoText, fixParts, moreText, ownText, otherText, cellWords, dateOf, labelOf, targetName, verdictWords } from './words.ts';

/** Text of the target that Markdown takes for nothing but text; names between backticks stay code. */
export const prose = (text: string): string =>
  sentence(text)
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? code(part) : plainText(part, index === 0)))
    .join('');

// A comment after @ keeps GitHub from calling people up; an escaped colon keeps a quoted address from becoming a link.
const plainText = (text: string, first: boolean): string =>
  text
    .replace(/[\\`*_[\]|#~!${}]|:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(first ? /^([-+=]|\d+(?=[.)]))/ : /(?!)/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
    .replace(/(?<!\w)@(?=\w)/g, '@<!-- -->');

/** A code span; the fence is longer than any run of backticks inside. */
export function code(text: string): string {
  const plain = clip(oneLine(text), 300);
  if (plain === '') return '';
  const fence = '`'.repeat(longestRun(plain) + 1);
  const space = /^[` ]|[` ]$/.test(plain) ? ' ' : '';
  return `${fence}${space}${plain}${space}${fence}`;
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

function fenced(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language.replace(/[^a-z0-9-]/gi, '')}\n${text}\n${fence}`;
}

const details = (summary: string, body: string): string => `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;

function table({ columns, rows }: Pick<TableBlock, 'columns' | 'rows'>): string {
  // In a table a bar ends the cell even inside code.
  const bar = (cell: string): string => prose(cell).replace(/(?<!\\)\|/g, '\\|') || ' ';
  const line = (cells: readonly string[]): string => `| ${cells.map(bar).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** Short words in the table, so that it fits a page; what stands behind them once below it. Of a long one, what is wrong or not known comes first. */
function matrixText(block: MatrixBlock): string {
  const { open, quiet } = parted(block);
  const rowsText = (rows: MatrixBlock['rows']): string =>
    table({
      columns: [block.corner, ...block.columns],
      rows: rows.map(({ group, name, cells }) => [
        group === undefined ? name : `${group}: ${name}`,
        ...cells.map(({ state }) => cellWords[state]),
      ]),
    });
  const notes = notesOf(block).map(
    ({ state, note, where }) => `- **${prose(cellWords[state])}** ${prose(note)}: ${prose(firstOf(where, 20))}`,
  );
  return [
    open.length > 0 ? rowsText(open) : '',
    quiet.length > 0 ? details(prose(quietTitle(quiet)), rowsText(quiet)) : '',
    notes.join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** A map as a diagram that GitHub, GitLab and others draw. Labels stand in quotes, in which only quotes, marks and line ends mean anything. */
function mermaid({ boxes, links }: MapBlock): string {
  const id = new Map(boxes.map((one, nth) => [one.id, `b${nth}`]));
  const label = (text: string): string => clip(oneLine(text), 80).replace(/["#<>&`\\;]/g, (sign) => `#${sign.charCodeAt(0)};`);
  return fenced(
    [
      'flowchart LR',
      ...boxes.map(({ id: own, text, note, state }) =>
        [
          `  ${id.get(own)}["${label(text)}${note === undefined ? '' : `<br/>${label(note)}`}"]`,
          ...(state === 'fine' ? [] : [`:::${state}`]),
        ].join(''),
      ),
      ...links.map(({ from, to }) => `  ${id.get(from)} --> ${id.get(to)}`),
      '  classDef broken stroke:#a5281b,stroke-width:2px',
      '  classDef unknown stroke:#835400,stroke-dasharray:4 3',
    ].join('\n'),
    'mermaid',
  );
}

function proofText(proof: Proof): string {
  if (proof.kind === 'code') return `In ${code(placeText(proof.place))}:\n\n${fenced(quotation(proof.text))}`;
  if (proof.kind === 'http') return fenced(quotation(`> ${proof.request}\n\n${proof.response}`));
  const where = placeText(proof.place);
  return `- ${prose(proof.text)}${where === '' ? '' : ` (${code(where)})`}`;
}

function findingText(item: FindingItem, number: number | undefined): string {
  const { finding, also, headline, prompt, order, effort } = item;
  const unknown = finding.outcome === 'unknown';
  const where = placeText(finding.place);
  const facts = [`**${labelOf(finding)}**`, where && code(where), prose(alsoText(item)), effort && prose(effort)].filter(
    (part) => part !== '',
  );
  const seen = (finding.proof ?? []).map(proofText);
  return [
    `### ${number === undefined ? '' : `${number}. `}${prose(headline)}`,
    facts.join(' · '),
    prose(ownText(finding, headline)),
    order === undefined ? '' : `*${prose(order)}*`,
    unknown ? `**What would tell:** ${prose(finding.toKnow ?? 'nothing we know of')}` : `**Why it matters:** ${prose(finding.why)}`,
    seen.length > 0 ? `**Evidence**\n\n${seen.join('\n\n')}` : '',
    unknown ? '' : fixText(finding.fix),
    `**See it again:** ${code(finding.replay)}`,
    prompt === undefined ? '' : details(`Prompt for ${prose(prompt.tool)}`, fenced(verbatim(prompt.text))),
    also.length === 0 ? '' : details(moreText(item), also.map((other) => placeLine(other, finding)).join('\n')),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function fixText(fix: string): string {
  const { text, code: pasted } = fixParts(fix);
  return `**Fix:** ${text.map(prose).join('\\\n')}${pasted.length > 0 ? `\n\n${fenced(pasted.join('\n'))}` : ''}`;
}

const placeLine = (finding: Finding, lead: Finding): string =>
  `- ${[labelOf(finding), code(placeText(finding.place)), prose(otherText(finding, lead)), code(finding.id)].filter((part) => part !== '').join(' · ')}`;

/** One block as Markdown. */
export function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${prose(block.text)}`;
    case 'text':
      return prose(block.text);
    case 'verdict':
      return [`**${verdictWords[block.status]}.** ${prose(block.text)}`, prose(block.detail)].filter((part) => part !== '').join('\n\n');
    case 'facts':
      return block.facts
        .map(({ name, value, note }) => `- **${prose(name)}:** ${prose(value)}${note === undefined ? '' : ` (${prose(note)})`}`)
        .join('\n');
    case 'findings':
      return block.items.map((item, index) => findingText(item, block.ordered ? index + 1 : undefined)).join('\n\n');
    case 'table':
      return table(block);
    case 'matrix':
      return matrixText(block);
    case 'map':
      return mermaid(block);
    case 'pictures':
      return block.items.map(({ text, file }) => `- ${prose(text)}: ${file === undefined ? 'in the HTML report' : code(file)}`).join('\n');
    case 'checklist':
      return block.items
        .map(({ text, state }) => `- [${state === 'done' ? 'x' : ' '}] ${state === 'unknown' ? '(not known) ' : ''}${prose(text)}`)
        .join('\n');
    case 'code':
      return fenced(visible(block.text), block.language);
    case 'fold':
      return details(`<strong>${prose(block.title)}</strong>`, block.blocks.map(blockText).join('\n\n'));
  }
}

/** A document's title with what it is about. */
export const headText = ({ run }: Report, { title }: Document): string =>
  `# ${prose(title)}\n\n${prose(`${targetName(run)}, ${dateOf(run)}`)}`;

export const markdown: Renderer = {
  render: (report) =>
    `${report.documents.map((document) => [headText(report, document), ...document.blocks.map(blockText)].join('\n\n')).join('\n\n---\n\n')}\n`,
  extension: 'md',
  describe: 'Markdown, for a repo, a wiki or a chat',
};
