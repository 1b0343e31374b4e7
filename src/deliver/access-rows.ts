import type { MatrixBlock, MatrixCell } from '../core/deliverable.ts';
import { compareText, spotText } from '../core/wording.ts';
import { type ChartCell, type ChartRow, chartVerbs } from '../evidence/access-chart.ts';
import { type PersonaName, personaNames } from '../evidence/isolation.ts';
import { outsiders } from '../evidence/isolation-questions.ts';
import { pathOf } from '../evidence/live-chart.ts';
import { thingKinds } from './thing-kinds.ts';

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

/** The whole matrix: a row for each thing and verb, a table and the routes that lead to it together, those with a leak first. */
export const wholeMatrix = (rows: readonly ChartRow[]): MatrixBlock => block(worstFirst(rows), rows, false);

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
  const more = chosen.length > mostRows ? ` (a row of each; all ${chosen.length} are below)` : '';
  return { title: `${title}${more}`, matrix: { ...block(fitting, rows, true), excerpt: true } };
}

/** Beside each other, what the database and what the routes let through of one kind of thing; nothing where only one of them was tried. */
export function bothWays(rows: readonly ChartRow[]): MatrixBlock | undefined {
  const kindOf = thingKinds(rows);
  const kinds = new Map<string, { readonly database: ChartRow[]; readonly routes: ChartRow[] }>();
  for (const row of worstFirst(rows)) {
    const one = kinds.get(kindOf(row)) ?? { database: [], routes: [] };
    kinds.set(kindOf(row), one);
    if (row.kind === 'route') one.routes.push(row);
    else if (row.kind !== 'function') one.database.push(row);
  }
  const both = [...kinds].filter(([, { database, routes }]) => database.length > 0 && routes.length > 0).slice(0, mostRows);
  if (both.length === 0) return undefined;
  const people = peopleIn(rows);
  return {
    kind: 'matrix',
    corner: 'What',
    excerpt: true,
    columns: people.map((name) => columnOf[name]),
    rows: both.flatMap(([group, { database, routes }]) =>
      [
        { name: 'database', of: database },
        { name: 'routes', of: routes },
      ].map(({ name, of }) => ({ group, name, cells: people.map((who) => worstOf(of, who)) })),
    ),
  };
}

/** The worst that one of the people can do by any of these rows, and which of them let him. */
function worstOf(rows: readonly ChartRow[], who: PersonaName): MatrixCell {
  const cells = rows.flatMap((row) => (row.cells[who] ? [{ row, is: row.cells[who].judged.is }] : []));
  const worst = ranks[Math.max(-1, ...cells.map(({ is }) => ranks.indexOf(is)))];
  if (worst === undefined) return { state: 'not-applicable' };
  const by = cells.filter(({ is }) => is === worst).map(({ row }) => (row.kind === 'route' ? row.name : verbWords[row.verb]));
  const note = worst === 'leak' ? { note: by.length > 3 ? `${by.slice(0, 3).join(', ')} and ${by.length - 3} more` : by.join(', ') } : {};
  return { state: stateOf[worst], ...note };
}

const stateOf: Readonly<Record<ChartCell['judged']['is'], MatrixCell['state']>> = {
  leak: 'leak',
  unknown: 'unknown',
  broken: 'unknown',
  question: 'allowed',
  allowed: 'allowed',
  blocked: 'blocked',
};

/** Nobody plays an administrator of another organisation against Firebase rules: columns in which nobody tried anything are left out. */
const peopleIn = (rows: readonly ChartRow[]): PersonaName[] =>
  personaNames.filter((name) => rows.some(({ cells }) => cells[name] !== undefined));

function block(rows: readonly ChartRow[], all: readonly ChartRow[], isExcerpt: boolean): MatrixBlock {
  const people = peopleIn(all);
  const kindOf = thingKinds(all);
  const withRoutes = new Set(all.flatMap((row) => (row.kind === 'route' ? [kindOf(row)] : [])));
  const things = all.flatMap(({ kind, thing }) => (kind === 'route' ? [thing] : []));
  const twice = new Set(things.filter((thing, index) => things.indexOf(thing) !== index));
  const groupOf = (row: ChartRow): string => {
    const { kind, name } = row;
    if (kind === 'route') return kindOf(row);
    if (kind === 'table' && withRoutes.has(kindOf(row))) return kindOf(row);
    return kind === 'table' || kind === 'collection' || kind === 'node' ? name : `${name} (${kind})`;
  };
  const nameOf = (row: ChartRow): string => {
    // A route is its own name, unless it does two things.
    if (row.kind === 'route') return twice.has(row.thing) ? `${row.name} (${verbWords[row.verb]})` : row.name;
    return row.kind === 'table' && withRoutes.has(kindOf(row)) ? `database: ${verbWords[row.verb]}` : verbWords[row.verb];
  };
  return {
    kind: 'matrix',
    corner: 'What',
    columns: people.map((name) => columnOf[name]),
    rows: rows.map((row) => ({
      group: groupOf(row),
      name: nameOf(row),
      cells: people.map((name) => cellOf(row.cells[name], isExcerpt)),
    })),
  };
}

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
  replace: 'replace',
  'hand-over': 'hand over',
  delete: 'delete',
};

/** Whole kinds of things together, those with most leaks first; the order of the rows within one is kept, its table before its routes. */
function worstFirst(rows: readonly ChartRow[]): ChartRow[] {
  const badness = new Map<string, number>();
  const kindOf = thingKinds(rows);
  const keys = new Map(
    rows.map((row) => [row, row.kind === 'route' || row.kind === 'table' ? kindOf(row) : `${row.source}\u0000${row.thing}`]),
  );
  const keyOf = (row: ChartRow): string => keys.get(row) ?? '';
  for (const row of rows) {
    const ranked = Object.values(row.cells).map(({ judged }) => ranks.indexOf(judged.is));
    const leaks = ranked.filter((rank) => rank === ranks.length - 1).length;
    badness.set(keyOf(row), Math.max(badness.get(keyOf(row)) ?? 0, ...ranked) + leaks);
  }
  const firsts = new Map<string, number>();
  for (const [index, row] of rows.entries()) if (!firsts.has(keyOf(row))) firsts.set(keyOf(row), index);
  return rows.toSorted(
    (a, b) =>
      (badness.get(keyOf(b)) ?? 0) - (badness.get(keyOf(a)) ?? 0) ||
      (firsts.get(keyOf(a)) ?? 0) - (firsts.get(keyOf(b)) ?? 0) ||
      byRoute(a, b),
  );
}

/** A table before its routes; of routes what is read before what is changed, path by path. */
function byRoute(a: ChartRow, b: ChartRow): number {
  const routes = Number(a.kind === 'route') - Number(b.kind === 'route');
  if (routes !== 0 || a.kind !== 'route') return routes;
  return compareText(pathOf(a.name), pathOf(b.name)) || chartVerbs.indexOf(a.verb) - chartVerbs.indexOf(b.verb);
}

const ranks: readonly ChartCell['judged']['is'][] = ['blocked', 'allowed', 'question', 'broken', 'unknown', 'leak'];

/** Where a leak is let through stands in its finding; the excerpt is there to be taken in at a glance. */
function cellOf(cell: ChartCell | undefined, isExcerpt: boolean): MatrixCell {
  if (!cell) return { state: 'not-applicable' };
  return isExcerpt || cell.seen === undefined
    ? stated(cell, isExcerpt)
    : { ...stated(cell, isExcerpt), seen: cell.tries > 1 ? `${cell.seen} (${cell.tries} tries alike)` : cell.seen };
}

function stated({ judged, unless, place, onlyByDefault }: ChartCell, isExcerpt: boolean): MatrixCell {
  switch (judged.is) {
    case 'leak': {
      const parts = [
        ...(place && !isExcerpt ? [`let through by ${spotText(place)}`] : []),
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
