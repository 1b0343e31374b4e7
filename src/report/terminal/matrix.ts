import type { MatrixBlock, MatrixCell } from '../../core/deliverable.ts';
import { sentence } from '../plain.ts';
import { cellSigns, firstOf, notesOf } from '../matrix.ts';
import { cellWords } from '../words.ts';
import type { Screen } from './finding.ts';
import { columns as widthOf, indented, type Paint, wrap } from './text.ts';

/** Narrower than this no name can be recognised. */
const leastName = 12;

const toned = (state: MatrixCell['state'], text: string, paint: Paint): string => {
  if (state === 'leak') return paint.bold(paint.red(text));
  if (state === 'unknown') return paint.yellow(text);
  return state === 'allowed' ? paint.green(text) : paint.dim(text);
};

const clip = (text: string, most: number): string =>
  widthOf(text) <= most ? text : `${[...text].slice(0, Math.max(1, most - 1)).join('')}…`;

/** A matrix in aligned columns of signs with its notes below; as a list where the screen is too narrow for its columns. */
export function matrixLines(block: MatrixBlock, { width, paint, verbose }: Screen): string[] {
  const heads = block.columns.map((title) => wrap(sentence(title), 9));
  const wide = heads.map((lines) => Math.max(4, ...lines.map(widthOf)));
  const room = width - 3 - wide.reduce((sum, size) => sum + size + 1, 0);
  const body = room < leastName ? listed(block, width, paint) : grid(block, heads, wide, room, paint);
  const notes = notesOf(block).flatMap(({ state, note, where }) =>
    indented(sentence(`${note}: ${firstOf(where, verbose ? 20 : 2)}`), width, '       ', `  ${cellSigns[state].padEnd(5)}`).map((line) =>
      state === 'leak' ? line : paint.dim(line),
    ),
  );
  return [...body, '', ...notes, ...(notes.length > 0 ? [''] : [])];
}

function grid(block: MatrixBlock, heads: readonly (readonly string[])[], wide: readonly number[], room: number, paint: Paint): string[] {
  const rows = block.rows.map(({ group, name, cells }) => ({
    group: group === undefined ? undefined : sentence(group),
    name: sentence(name),
    cells,
  }));
  const indent = rows.some(({ group }) => group !== undefined) ? '  ' : '';
  const longest = Math.max(widthOf(sentence(block.corner)), ...rows.map(({ name }) => widthOf(name) + indent.length));
  const first = Math.min(room, longest, 40);
  const pad = (text: string, size: number): string => text + ' '.repeat(Math.max(0, size - widthOf(text)));
  const height = Math.max(...heads.map((lines) => lines.length), 1);
  const head = Array.from({ length: height }, (_, line) => {
    const titles = heads.map((lines, index) => pad(lines[line - (height - lines.length)] ?? '', wide[index] ?? 4));
    return `  ${pad(line === height - 1 ? clip(sentence(block.corner), first) : '', first)}  ${titles.join(' ')}`.trimEnd();
  });
  const lines = rows.flatMap(({ group, name, cells }, index) => {
    const line = cells.map(({ state }, column) => toned(state, pad(cellSigns[state], wide[column] ?? 4), paint)).join(' ');
    // A name that is too long for its column stands above its cells: cut off it could be any route.
    const above = widthOf(name) > first - indent.length;
    return [
      ...(group !== undefined && group !== rows[index - 1]?.group ? wrap(group, room + 40).map((part) => `  ${paint.bold(part)}`) : []),
      ...(above ? indented(name, room + 40, `  ${indent}`) : []),
      `  ${pad(above ? '' : indent + name, first)}  ${line.trimEnd()}`,
    ];
  });
  return [...head.map(paint.dim), ...lines];
}

/** One paragraph a row: who is in which state. */
function listed({ columns, rows }: MatrixBlock, width: number, paint: Paint): string[] {
  return rows.flatMap(({ group, name, cells }) => [
    ...indented(sentence(group === undefined ? name : `${group} ${name}`), width, '  ').map(paint.bold),
    ...(['leak', 'unknown', 'allowed', 'blocked'] as const).flatMap((state) => {
      const who = columns.filter((_, index) => cells[index]?.state === state);
      return who.length === 0
        ? []
        : indented(sentence(`${cellWords[state]}: ${who.join(', ')}`), width, '      ', '    ').map((line) => toned(state, line, paint));
    }),
  ]);
}
