import { type Block, type MapBlock, waysOf } from '../../core/deliverable.ts';
import { sentence, visible } from '../plain.ts';
import { verdictWords } from '../words.ts';
import { fullFinding, type Screen, shortFinding } from './finding.ts';
import { matrixLines } from './matrix.ts';
import { columns, indented, wrap } from './text.ts';

const rule = (title: string, { width, paint }: Screen): string[] => [
  '',
  ...wrap(sentence(title), width - 2).map((line) => `  ${paint.bold(line)}`),
  '',
];

/** Rows in aligned columns where they fit, else each row as a short list: no line is ever wider than the screen. */
function table(head: readonly string[], rows: readonly (readonly string[])[], { width, paint }: Screen): string[] {
  const cells = rows.map((row) => row.map(sentence));
  const wide = head.map((title, index) => Math.max(columns(title), ...cells.map((row) => columns(row[index] ?? ''))));
  if (wide.reduce((sum, size) => sum + size + 2, 2) <= width) {
    const line = (row: readonly string[]): string =>
      `  ${row.map((cell, index) => cell + ' '.repeat(Math.max(0, (wide[index] ?? 0) - columns(cell)))).join('  ')}`.trimEnd();
    return [paint.dim(line(head)), ...cells.map(line), ''];
  }
  return [
    ...cells.flatMap(([first = '', ...rest]) => [
      ...indented(first, width, '  '),
      ...rest.flatMap((cell, index) =>
        cell === '' ? [] : indented(`${head[index + 1] ?? ''}: ${cell}`, width, '      ', '    ').map((line) => paint.dim(line)),
      ),
    ]),
    '',
  ];
}

/** A map as its ways, a line each, and what the marks in it mean. */
function mapLines(map: MapBlock, { width, paint }: Screen): string[] {
  const tone = { fine: (text: string): string => text, broken: paint.red, unknown: paint.yellow };
  const mark = { fine: '', broken: ' (!)', unknown: ' (?)' };
  const meaning = { broken: '(!) has a problem', unknown: '(?) is not known' };
  const met = (['broken', 'unknown'] as const).filter((state) => map.boxes.some((one) => one.state === state));
  return [
    ...waysOf(map).flatMap((way) => {
      const worst = (['broken', 'unknown'] as const).find((state) => way.some((one) => one.state === state)) ?? 'fine';
      return indented(way.map(({ text, state }) => `${sentence(text)}${mark[state]}`).join(' → '), width, '      ', '  ').map(tone[worst]);
    }),
    ...(met.length > 0 ? [`  ${paint.dim(met.map((state) => meaning[state]).join('   '))}`] : []),
    '',
  ];
}

/** One block as lines. On the first screen what is below the fold is named, not printed. */
export function blockLines(block: Block, screen: Screen): string[] {
  const { width, paint, verbose } = screen;
  switch (block.kind) {
    case 'heading':
      return rule(block.text, screen);
    case 'text':
      return [...indented(sentence(block.text), width, '  '), ''];
    case 'verdict': {
      const tone = { ready: paint.green, 'not-ready': paint.red, 'cannot-tell': paint.yellow }[block.status];
      return [
        `  ${paint.bold(tone(verdictWords[block.status].toUpperCase()))}`,
        ...indented(sentence(block.text), width, '  '),
        ...indented(sentence(block.detail), width, '  ').map((line) => paint.dim(line)),
        '',
      ];
    }
    case 'facts': {
      if (!verbose) return [...indented(block.facts.map((fact) => sentence(`${fact.name}: ${fact.value}`)).join(' · '), width, '  '), ''];
      const name = Math.max(...block.facts.map((fact) => columns(fact.name)));
      const lines = block.facts.flatMap((fact) => {
        const note = fact.note === undefined ? '' : ` (${fact.note})`;
        return indented(sentence(`${fact.value}${note}`), width, ' '.repeat(name + 4), `  ${fact.name.padEnd(name)}  `);
      });
      return [...lines, ''];
    }
    case 'findings':
      return block.items.flatMap((item, index) =>
        verbose
          ? fullFinding(item, block.ordered ? index + 1 : undefined, screen)
          : shortFinding(item, block.ordered ? index + 1 : undefined, screen),
      );
    case 'table':
      return table(block.columns, block.rows, screen);
    case 'matrix':
      return matrixLines(block, screen);
    case 'map':
      return mapLines(block, screen);
    case 'pictures':
      return block.items.some(({ file }) => file !== undefined)
        ? [...block.items.flatMap(({ text, file }) => (file === undefined ? [] : indented(`${sentence(text)}: ${file}`, width, '  '))), '']
        : [];
    case 'checklist':
      return [
        ...block.items.flatMap(({ text, state }) =>
          indented(sentence(text), width, '      ', { done: '  [x] ', open: '  [ ] ', unknown: '  [?] ' }[state]),
        ),
        '',
      ];
    case 'code':
      return [
        ...visible(block.text)
          .split('\n')
          .map((line) => `  ${line}`),
        '',
      ];
    case 'fold':
      return verbose ? [...rule(block.title, screen), ...block.blocks.flatMap((inner) => blockLines(inner, screen))] : [];
  }
}
