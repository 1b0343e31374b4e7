import type { MatrixBlock, MatrixCell } from '../core/deliverable.ts';
import { spotText } from '../core/wording.ts';
import type { ChartCell, ChartRow } from '../evidence/access-chart.ts';
import { type PersonaName, personaNames } from '../evidence/isolation.ts';
import { outsiders } from '../evidence/isolation-questions.ts';

/** The people of the matrix as columns, in its order: outsiders first. */
export const columnOf: Readonly<Record<PersonaName, string>> = {
  anon: 'Visitor',
  newcomer: 'New account',
  stranger: 'Stranger',
  'foreign-admin': 'Other admin',
  peer: 'Colleague',
  owner: 'Owner',
  'tenant-admin': 'Tenant admin',
  admin: 'App admin',
};

/** Rows of an excerpt that fit on the first screen. */
const mostRows = 12;

/** The whole matrix: one row a thing and verb, those with a leak first. */
export const wholeMatrix = (rows: readonly ChartRow[]): MatrixBlock => block(worstFirst(rows), rows);

/** The rows that decide: those with a leak; where there is none, those where an outsider's try stayed open; else reading what is most private. */
export function excerpt(rows: readonly ChartRow[]): { readonly title: string; readonly matrix: MatrixBlock } | undefined {
  const having = (is: ChartCell['judged']['is'], who: readonly PersonaName[]): ChartRow[] =>
    rows.filter(({ cells }) => who.some((name) => cells[name]?.judged.is === is));
  const leaks = worstFirst(having('leak', personaNames));
  const open = having('unknown', outsiders);
  const sensitive = rows.filter(({ isPrivate, verb }) => isPrivate && verb === 'read').toSorted((a, b) => b.holds.length - a.holds.length);
  const [title, chosen] =
    leaks.length > 0
      ? ['Where it leaks', leaks]
      : open.length > 0
        ? ['Where it could not be told', open]
        : ['Reading what is most private', sensitive];
  if (chosen.length === 0) return undefined;
  // Many things with a row each say more than all rows of a few.
  const firsts = [...new Map(chosen.toReversed().map((row) => [`${row.source}\u0000${row.thing}`, row])).values()].toReversed();
  const fitting = chosen.length <= mostRows ? chosen : firsts.slice(0, mostRows);
  const more = chosen.length > mostRows ? ` (one row each of ${fitting.length} things; all ${chosen.length} rows are in the matrix)` : '';
  return { title: `${title}${more}`, matrix: { ...block(fitting, rows), excerpt: true } };
}

/** Nobody plays an administrator of another organisation against Firebase rules: columns in which nobody tried anything are left out. */
function block(rows: readonly ChartRow[], all: readonly ChartRow[]): MatrixBlock {
  const people = personaNames.filter((name) => all.some(({ cells }) => cells[name] !== undefined));
  return {
    kind: 'matrix',
    corner: 'What',
    columns: people.map((name) => columnOf[name]),
    rows: rows.map((row) => ({ group: groupOf(row), name: verbWords[row.verb], cells: people.map((name) => cellOf(row.cells[name])) })),
  };
}

const groupOf = ({ kind, name }: ChartRow): string =>
  kind === 'table' || kind === 'collection' || kind === 'node' ? name : `${name} (${kind})`;

const verbWords: Readonly<Record<ChartRow['verb'], string>> = {
  read: 'read',
  list: 'list',
  download: 'download',
  call: 'call',
  add: 'add',
  'add-own': 'add own',
  'add-inside': 'add inside',
  upload: 'upload',
  change: 'change',
  'hand-over': 'hand over',
  delete: 'delete',
};

/** Whole things together, those with most leaks first; the order of the rows within a thing is kept. */
function worstFirst(rows: readonly ChartRow[]): ChartRow[] {
  const badness = new Map<string, number>();
  const keyOf = ({ source, thing }: ChartRow): string => `${source}\u0000${thing}`;
  for (const row of rows) {
    const ranked = Object.values(row.cells).map(({ judged }) => ranks.indexOf(judged.is));
    const leaks = ranked.filter((rank) => rank === ranks.length - 1).length;
    badness.set(keyOf(row), Math.max(badness.get(keyOf(row)) ?? 0, ...ranked) + leaks);
  }
  return rows.toSorted((a, b) => (badness.get(keyOf(b)) ?? 0) - (badness.get(keyOf(a)) ?? 0));
}

const ranks: readonly ChartCell['judged']['is'][] = ['blocked', 'allowed', 'question', 'broken', 'unknown', 'leak'];

function cellOf(cell: ChartCell | undefined): MatrixCell {
  if (!cell) return { state: 'not-applicable' };
  const { judged, unless, place, onlyByDefault } = cell;
  switch (judged.is) {
    case 'leak': {
      const parts = [
        ...(place ? [`let through by ${spotText(place)}`] : []),
        ...(onlyByDefault ? ['only where tables are exposed by default'] : []),
      ];
      return { state: 'leak', ...(parts.length > 0 && { note: parts.join('; ') }) };
    }
    case 'question':
      return { state: judged.likely ? 'allowed' : 'unknown', note: `it works, and ${judged.why}: shared by design?` };
    case 'allowed':
      return { state: 'allowed' };
    case 'blocked':
      return { state: 'blocked' };
    default:
      return { state: 'unknown', note: unless.length > 0 ? `${judged.why} (${unless.join(', ')})` : judged.why };
  }
}
