import type { LiveCatalog, Relation, Routine } from '../../live/catalog.ts';
import { identifier, quote } from '../../world/literal.ts';
import type { Worlds } from '../../world/world.ts';
import type { Question } from './trial.ts';

const me = '(SELECT auth.uid())';

type Command = 'select' | 'insert' | 'update' | 'delete';
const commands: readonly Command[] = ['select', 'insert', 'update', 'delete'];

/** Corrections of a table, from what takes least to what takes most: dropping what let them through, then replacing it by whose rows they are. */
export function tableFixes(relation: Relation, { leaks, kept, culprits }: Question, catalog: LiveCatalog, worlds: Worlds): string[][] {
  const start = [
    ...(relation.rowSecurity ? [] : [`ALTER TABLE ${relation.sql} ENABLE ROW LEVEL SECURITY`]),
    ...culprits.map(({ name }) => `DROP POLICY ${identifier(name)} ON ${relation.sql}`),
  ];
  const leaked = new Set(leaks.map(({ attempt }) => attempt.verb));
  const touched = commands.filter(
    (command) =>
      leaked.has(command) || culprits.some((policy) => policy.command === command || policy.command === 'all') || !relation.rowSecurity,
  );
  const wanted = touched.filter((command) => kept.some(({ attempt }) => attempt.verb === command));
  const conditions = conditionsFor(relation, catalog, worlds);
  const admins = adminTests(catalog);
  const withPolicies = [
    ...conditions,
    ...conditions.flatMap((one) => admins.map((admin) => ({ helper: one.helper, sql: `${one.sql} OR ${admin}` }))),
    ...admins.map((sql) => ({ sql, helper: [] as string[] })),
  ];
  return [
    start,
    ...withPolicies.map(({ sql, helper }) => [...helper, ...start, ...wanted.map((command) => policy(relation, command, sql))]),
  ];
}

/** Corrections of a table whose rows are nobody's: whoever may read it still does, and only administrators change it. */
export function referenceFixes(relation: Relation, { kept, culprits }: Question, catalog: LiveCatalog): string[][] {
  const start = [
    ...(relation.rowSecurity ? [] : [`ALTER TABLE ${relation.sql} ENABLE ROW LEVEL SECURITY`]),
    ...culprits.map(({ name }) => `DROP POLICY ${identifier(name)} ON ${relation.sql}`),
  ];
  const readers = kept.filter(({ attempt }) => attempt.verb === 'select').map(({ attempt }) => attempt.who);
  const name = identifier(`${relation.name}_read`);
  const read = `CREATE POLICY ${name} ON ${relation.sql} FOR SELECT TO ${readers.includes('anon') ? 'anon, authenticated' : 'authenticated'} USING (true)`;
  return [
    start,
    ...adminTests(catalog).map((admin) => [...start, read, ...writes.map((command) => policy(relation, command, admin))]),
    [...start, read],
  ];
}

const writes: readonly Command[] = ['insert', 'update', 'delete'];

function policy(relation: Relation, command: Command, condition: string): string {
  const using = command === 'insert' ? '' : ` USING (${condition})`;
  const check = command === 'insert' || command === 'update' ? ` WITH CHECK (${condition})` : '';
  return `CREATE POLICY ${identifier(`${relation.name}_own_${command}`)} ON ${relation.sql} FOR ${command.toUpperCase()} TO authenticated${using}${check}`;
}

export interface Condition {
  readonly sql: string;
  /** Statements that make a function it calls. */
  readonly helper: string[];
}

/** Ways to say whose a row is: by the tenant first, because narrower than the tenant would take from colleagues. */
function conditionsFor(relation: Relation, catalog: LiveCatalog, worlds: Worlds): Condition[] {
  const { ownership } = worlds;
  const direct = (at: Relation, prefix: string): Condition[] => {
    const tenant = ownership.roots.has(at.id) ? at.key[0] : at.columns.find(({ name }) => ownership.isTenantColumn(at, name))?.name;
    const account = at.columns.filter(({ name }) => ownership.accountColumn(at, name) !== undefined);
    return [
      ...(tenant === undefined ? [] : tenantTests(`${prefix}${identifier(tenant)}`, catalog, worlds)),
      ...account.map(({ name, base }) => ({ sql: `${prefix}${identifier(name)} = ${me}${base === 'uuid' ? '' : '::text'}`, helper: [] })),
    ];
  };
  const own = direct(relation, '');
  const path = ownership.belonging(relation)?.path ?? [];
  if (path.length < 2) return own;
  const nested = throughParents(relation, relation.sql, path, catalog, worlds, direct);
  return [...own, ...nested];
}

/** `EXISTS (SELECT 1 FROM parent ...)` along a path of foreign keys, the condition at its end. `as`: what the table is called at this depth. */
function throughParents(
  relation: Relation,
  as: string,
  path: readonly string[],
  catalog: LiveCatalog,
  worlds: Worlds,
  direct: (at: Relation, prefix: string) => Condition[],
): Condition[] {
  const column = path[0] ?? '';
  const key = worlds.ownership.keyAt(relation, column);
  const parent = catalog.relations.find(({ id }) => id === key?.target);
  if (!key || !parent) return [];
  const alias = `${parent.name.slice(0, 20)}_of`;
  const rest = path.slice(1).map((part) => part.replace(`${parent.name}.`, ''));
  const inner =
    path.length > 2 ? throughParents(parent, identifier(alias), rest, catalog, worlds, direct) : direct(parent, `${identifier(alias)}.`);
  const outer = `${as}.${identifier(column)}`;
  return inner.map(({ sql, helper }) => ({
    sql: `EXISTS (SELECT 1 FROM ${parent.sql} ${identifier(alias)} WHERE ${identifier(alias)}.${identifier(key.targetColumns[0] ?? 'id')} = ${outer} AND ${sql})`,
    helper,
  }));
}

/** The caller belongs to this tenant: by a function of the repo that says so, else by one we add. */
export function tenantTests(column: string, catalog: LiveCatalog, worlds: Worlds): Condition[] {
  const { ownership } = worlds;
  const members = catalog.relations.flatMap((table) => {
    if (!ownership.persons.has(table.id)) return [];
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
    .map(({ table, tenant, account }) => ({
      sql: `${column} IN (SELECT public.my_${table.name}_tenants())`,
      helper: [
        `CREATE OR REPLACE FUNCTION public.my_${table.name}_tenants() RETURNS SETOF ${tenant.type} LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS ${quote(`SELECT ${identifier(tenant.name)} FROM ${table.sql} WHERE ${identifier(account.name)} = auth.uid()`)}`,
        `REVOKE EXECUTE ON FUNCTION public.my_${table.name}_tenants() FROM PUBLIC, anon`,
        `GRANT EXECUTE ON FUNCTION public.my_${table.name}_tenants() TO authenticated`,
      ],
    }));
  return [
    ...asks.slice(0, 2).map(({ sql }) => ({ sql: `${sql}(${column})`, helper: [] })),
    ...gives.slice(0, 2).map(({ sql }) => ({ sql: `${column} = ${sql}()`, helper: [] })),
    ...made,
  ];
}

/** Tables that are about belonging before those that only happen to name a person and a tenant. */
const plainness = ({ name }: Relation): number => (/member/i.test(name) ? 0 : /user|profile|team|staff|employee/i.test(name) ? 1 : 2);

/** Functions of the repo that say whether the caller runs the app. */
export function adminTests(catalog: LiveCatalog): string[] {
  const able = catalog.routines.filter(({ returns, callers }) => returns === 'boolean' && callers.includes('authenticated'));
  const plain = able.filter(({ name, arguments: all }) => all.length === 0 && /admin|staff/i.test(name)).map(({ sql }) => `${sql}()`);
  const roles = able.flatMap((routine) => hasRole(routine));
  return [...plain, ...roles].slice(0, 3);
}

function hasRole({ name, sql, arguments: all }: Routine): string[] {
  const role = all.find(({ labels }) => labels?.some((label) => /admin/i.test(label)));
  const label = role?.labels?.find((one) => /admin/i.test(one));
  if (!/role/i.test(name) || !role || label === undefined) return [];
  if (all.length === 1) return [`${sql}(${quote(label)})`];
  return all.length === 2 && all[0]?.base === 'uuid' ? [`${sql}(${me}, ${quote(label)})`] : [];
}
