import type { MatrixBlock, MatrixCell, MatrixRow } from '../core/deliverable.ts';
import { plural } from '../core/wording.ts';

/** A note of a matrix with the cells it belongs to: what many cells share is said once. */
export interface MatrixNote {
  readonly state: MatrixCell['state'];
  readonly note: string;
  /** `invoices read (Visitor, Stranger)`, one a row. */
  readonly where: readonly string[];
}

const weights: readonly MatrixCell['state'][] = ['leak', 'unknown', 'allowed', 'blocked', 'not-applicable'];

/** All notes of a matrix, each once, leaks first. */
export function notesOf({ columns, rows }: MatrixBlock): MatrixNote[] {
  const found = new Map<string, { state: MatrixCell['state']; note: string; where: Map<string, string[]> }>();
  for (const { group, name, cells } of rows)
    for (const [index, { state, note }] of cells.entries()) {
      if (note === undefined || note === '') continue;
      const known = found.get(`${state}\u0000${note}`) ?? { state, note, where: new Map<string, string[]>() };
      const row = group === undefined ? name : `${group} ${name}`;
      known.where.set(row, [...(known.where.get(row) ?? []), columns[index] ?? '']);
      found.set(`${state}\u0000${note}`, known);
    }
  return [...found.values()]
    .map(({ state, note, where }) => ({ state, note, where: [...where].map(([row, who]) => `${row} (${who.join(', ')})`) }))
    .toSorted((a, b) => weights.indexOf(a.state) - weights.indexOf(b.state));
}

/** Rows of a matrix that are all shown; of a longer one, those in which something is wrong or not known come first, and the others are folded. */
const mostOpenRows = 60;

/** The rows to be shown at once, and those that may be folded: where everything is as it is meant to be. */
export function parted({ rows }: MatrixBlock): { readonly open: readonly MatrixRow[]; readonly quiet: readonly MatrixRow[] } {
  if (rows.length <= mostOpenRows) return { open: rows, quiet: [] };
  const isLoud = ({ cells }: MatrixRow): boolean => cells.some(({ state }) => state === 'leak' || state === 'unknown');
  return { open: rows.filter(isLoud), quiet: rows.filter((row) => !isLoud(row)) };
}

/** The title of what is folded. */
export const quietTitle = (quiet: readonly MatrixRow[]): string =>
  `${plural(quiet.length, 'more row')}, in which nothing leaks and everything is known`;

/** The first of a list, and how many more there are. */
export const firstOf = (items: readonly string[], most: number): string =>
  items.length > most ? `${items.slice(0, most).join('; ')} and ${items.length - most} more` : items.join('; ');

/** What a cell says where there is no room for a word. */
export const cellSigns: Readonly<Record<MatrixCell['state'], string>> = {
  allowed: 'yes',
  blocked: 'no',
  leak: 'LEAK',
  unknown: '?',
  'not-applicable': '-',
};
