import type { Relation } from '../../live/catalog.ts';
import { fitting, identifier } from '../../world/literal.ts';
import { type Condition, definerFunction, type Ground, me } from './ground.ts';
import { tenantTests } from './tenants.ts';

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
    ...(tenant === undefined ? [] : tenantTests(`${prefix}${identifier(tenant)}`, ground).map((one) => ({ ...one, column: tenant }))),
    ...account.map(({ name, base }) => ({
      sql: `${prefix}${identifier(name)} = ${me}${base === 'uuid' ? '' : '::text'}`,
      helper: [],
      by: name,
      column: name,
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
