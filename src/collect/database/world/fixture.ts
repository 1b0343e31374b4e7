import type { Table } from '../../../evidence/database.ts';
import type { LiveCatalog, LiveColumn, Relation, Routine } from '../live/catalog.ts';
import { ownershipOf } from './ownership.ts';
import { makePeople } from './people.ts';
import { createPlanner } from './rows.ts';
import type { Worlds } from './world.ts';

/** For tests: a column by its name and base, as in `sampleTable`. */
const columnOf = (name: string, told: string | Partial<LiveColumn>): LiveColumn => {
  const change = typeof told === 'string' ? { base: told } : told;
  const base = change.base ?? 'text';
  return { name, type: base === 'int4' ? 'integer' : base, notNull: false, generated: false, identity: false, ...change, base };
};

/** For tests: a table as the catalog tells of it. A column is its base (`uuid`) or what differs from an empty one; `refers` are its foreign keys. */
export function sampleTable(
  name: string,
  columns: Readonly<Record<string, string | Partial<LiveColumn>>>,
  { refers = {}, ...change }: Partial<Relation> & { readonly refers?: Readonly<Record<string, string>> } = {},
): Relation {
  const none = { SELECT: [], INSERT: [], UPDATE: [], DELETE: [] };
  return {
    id: `public.${name}`,
    schema: 'public',
    name,
    sql: `public.${name}`,
    kind: 'table',
    rowSecurity: true,
    columns: Object.entries(columns).map(([column, told]) => columnOf(column, told)),
    key: 'id' in columns ? ['id'] : [],
    uniques: [],
    foreignKeys: Object.entries(refers).map(([column, target]) => ({ columns: [column], target, targetColumns: ['id'] })),
    checks: [],
    policies: [],
    grants: { anon: none, authenticated: none },
    ...change,
  };
}

/** For tests: a function as the catalog tells of it, that anybody signed in may call. */
export const sampleRoutine = (name: string, change: Partial<Routine> = {}): Routine => ({
  id: `public.${name}`,
  schema: 'public',
  name,
  sql: `public.${name}`,
  arguments: [],
  returns: 'boolean',
  definer: true,
  volatile: false,
  language: 'sql',
  source: '',
  reaches: '',
  callers: ['authenticated'],
  ...change,
});

/** For tests: a catalog of these. */
export const sampleCatalog = (relations: readonly Relation[], routines: readonly Routine[] = []): LiveCatalog => ({
  relations,
  routines,
  signUpTriggers: [],
  published: new Set(),
});

/** For tests: a permissive policy for everything and everybody unless told. */
export const samplePolicy = (change: Partial<Relation['policies'][number]> = {}): Relation['policies'][number] => ({
  name: 'one',
  permissive: true,
  command: 'all',
  roles: ['public'],
  ...change,
});

/** For tests: two tenants with planned rows, in no database. */
export function sampleWorlds(catalog: LiveCatalog, hints: ReadonlyMap<string, Table> = new Map()): Worlds {
  const people = makePeople();
  const ownership = ownershipOf(catalog, hints);
  const planner = createPlanner(catalog, ownership, hints, people);
  return { people, ownership, planner, firstUser: [], born: [], row: (relation, holder) => planner.row(relation, people.account(holder)) };
}
