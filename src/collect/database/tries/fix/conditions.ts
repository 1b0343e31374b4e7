import type { LiveCatalog, Relation } from '../../live/catalog.ts';
import { fitting, identifier, quote } from '../../world/literal.ts';
import type { Worlds } from '../../world/world.ts';

export const me = '(SELECT auth.uid())';

/** Says in SQL whose a row is. */
export interface Condition {
  readonly sql: string;
  /** Statements that make a function it calls. */
  readonly helper: readonly string[];
  /** By what it goes, for the name of a function that asks it, e.g. `created_by`. */
  readonly by: string;
}

/** Where conditions come from: tables and functions of the repo, and who owns what. */
export interface Ground {
  readonly catalog: LiveCatalog;
  readonly worlds: Worlds;
  /** `schema.name` of tables that only the generated types know: what they hold is a guess. */
  readonly reconstructed?: ReadonlySet<string>;
}

/** Columns that name an account in a row, at most, that are asked for. */
const mostColumns = 2;

/** A column for whose it is before one that says who did something. */
const rank = (kind: 'owner' | 'author' | undefined): number => (kind === 'owner' ? 0 : 1);

/** Ways to say whose a row is, from its own columns: by the tenant first, because narrower than the tenant would take from colleagues. `prefix`: `alias.` or nothing. */
export function directConditions(at: Relation, prefix: string, ground: Ground): Condition[] {
  const { ownership } = ground.worlds;
  const tenant = ownership.roots.has(at.id) ? at.key[0] : at.columns.find(({ name }) => ownership.isTenantColumn(at, name))?.name;
  const account = at.columns
    .filter(({ name }) => ownership.accountColumn(at, name) !== undefined)
    .toSorted((a, b) => rank(ownership.accountColumn(at, a.name)) - rank(ownership.accountColumn(at, b.name)))
    .slice(0, mostColumns);
  return [
    ...(tenant === undefined ? [] : tenantTests(`${prefix}${identifier(tenant)}`, ground)),
    ...account.map(({ name, base }) => ({
      sql: `${prefix}${identifier(name)} = ${me}${base === 'uuid' ? '' : '::text'}`,
      helper: [],
      by: name,
    })),
  ];
}

/**
 * Ways to say whose a row is: by its own columns, or by those of what it hangs on, from what needs least. `as`: what the table is called where the condition stands, its
 * own name unless told.
 */
export function conditionsFor(relation: Relation, ground: Ground, as: string = relation.sql): Condition[] {
  const own = directConditions(relation, as === relation.sql ? '' : `${as}.`, ground);
  const path = ground.worlds.ownership.belonging(relation)?.path ?? [];
  return path.length < 2 ? own : [...own, ...throughParents(relation, as, path, ground), ...askingParents(relation, as, path, ground)];
}

/** The next table on the way to the owner, and whose its rows are. */
interface Parent {
  readonly table: Relation;
  /** Selects its row of this key. */
  readonly row: (key: string) => string;
  readonly keyType: string;
  /** What the row below holds of its key. */
  readonly link: string;
  readonly conditions: readonly Condition[];
  /** Row-level security may keep it, or what it hangs on, from the owner of the row below. */
  readonly hidden: boolean;
}

/** `EXISTS (SELECT 1 FROM parent ...)` along a path of foreign keys, the condition at its end. */
function throughParents(relation: Relation, as: string, path: readonly string[], ground: Ground): Condition[] {
  const parent = parentOf(relation, as, path, ground);
  if (!parent) return [];
  return parent.conditions.map((one) => through(parent, one));
}

const through = ({ row, link }: Parent, { sql, helper, by }: Condition): Condition => ({
  sql: `EXISTS (${row(link)} AND ${sql})`,
  helper,
  by,
});

/** The same in a function that row-level security does not stop, for parents that their owner may not read. */
function askingParents(relation: Relation, as: string, path: readonly string[], ground: Ground): Condition[] {
  const parent = parentOf(relation, as, path, ground);
  if (!parent?.hidden) return [];
  return parent.conditions.map(({ sql, helper, by }) => {
    const name = identifier(fitting(`owns_${parent.table.name}_by_${by}`));
    const body = `SELECT EXISTS (${parent.row('$1')} AND ${sql})`;
    return {
      sql: `public.${name}(${parent.link})`,
      helper: [...helper, ...definerFunction(`public.${name}(${parent.keyType})`, 'boolean', body)],
      by,
    };
  });
}

function parentOf(relation: Relation, as: string, path: readonly string[], ground: Ground): Parent | undefined {
  const column = path[0] ?? '';
  const foreign = ground.worlds.ownership.keyAt(relation, column);
  const table = ground.catalog.relations.find(({ id }) => id === foreign?.target);
  if (!foreign || !table) return undefined;
  const alias = identifier(`${table.name.slice(0, 20)}_of`);
  const key = foreign.targetColumns[0] ?? 'id';
  const rest = path.slice(1).map((part) => part.replace(`${table.name}.`, ''));
  const above = path.length > 2 ? parentOf(table, alias, rest, ground) : undefined;
  return {
    table,
    row: (is) => `SELECT 1 FROM ${table.sql} ${alias} WHERE ${alias}.${identifier(key)} = ${is}`,
    keyType: table.columns.find(({ name }) => name === key)?.type ?? 'uuid',
    link: `${as}.${identifier(column)}`,
    conditions: above ? above.conditions.map((one) => through(above, one)) : directConditions(table, `${alias}.`, ground),
    hidden: table.rowSecurity || above?.hidden === true,
  };
}

/** A function with the rights of its owner that signed-in users may call, and nobody else. */
export const definerFunction = (signature: string, returns: string, body: string): string[] => [
  `CREATE OR REPLACE FUNCTION ${signature} RETURNS ${returns} LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS ${quote(body)}`,
  `REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC, anon`,
  `GRANT EXECUTE ON FUNCTION ${signature} TO authenticated`,
];

/** The caller belongs to this tenant: by a function of the repo that says so, else by one we add. */
export function tenantTests(column: string, { catalog, worlds, reconstructed }: Ground): Condition[] {
  const { ownership } = worlds;
  const members = catalog.relations.flatMap((table) => {
    if (!ownership.persons.has(table.id) || reconstructed?.has(table.id) || leftover.test(table.name)) return [];
    const tenant = table.columns.find(({ name }) => ownership.isTenantColumn(table, name));
    const account =
      table.columns.find(({ name }) => ownership.accountColumn(table, name) === 'owner') ??
      table.columns.find(({ name }) => table.key.includes(name));
    return tenant && account ? [{ table, tenant, account }] : [];
  });
  const tables = members.map(({ table }) => table.name);
  const own = catalog.routines.filter(
    (routine) =>
      routine.definer &&
      routine.callers.includes('authenticated') &&
      /auth\.uid\(\)/.test(routine.source) &&
      tables.some((name) => routine.source.includes(name)),
  );
  const asks = own.filter(
    ({ arguments: all, returns }) =>
      returns === 'boolean' &&
      all.length === 1 &&
      all[0]?.base === 'uuid' &&
      /member|belong|org|tenant|team|company|access/i.test(all[0].name),
  );
  const gives = own.filter(({ arguments: all, returns }) => all.length === 0 && returns === 'uuid');
  const made = members
    .toSorted((a, b) => plainness(a.table) - plainness(b.table))
    .slice(0, 2)
    .map(({ table, tenant, account }) => {
      const name = identifier(fitting(`my_${table.name}_tenants`));
      const body = `SELECT ${identifier(tenant.name)} FROM ${table.sql} WHERE ${identifier(account.name)} = auth.uid()`;
      return {
        sql: `${column} IN (SELECT public.${name}())`,
        helper: definerFunction(`public.${name}()`, `SETOF ${tenant.type}`, body),
        by: table.name,
      };
    });
  return [
    ...asks.slice(0, 2).map(({ sql, name }) => ({ sql: `${sql}(${column})`, helper: [], by: name })),
    ...gives.slice(0, 2).map(({ sql, name }) => ({ sql: `${column} = ${sql}()`, helper: [], by: name })),
    ...made,
  ];
}

/** Copies that somebody kept. */
const leftover = /(?:^|_)(?:bkp|backup|bak|old|tmp|temp)(?:_|$)/i;

/** Tables that are about belonging before those that only happen to name a person and a tenant. */
const plainness = ({ name }: Relation): number => (/member/i.test(name) ? 0 : /user|profile|team|staff|employee/i.test(name) ? 1 : 2);
