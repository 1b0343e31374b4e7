import { isOwnerColumn, isTenantColumn } from '../../../source/database/facts/words.ts';
import type { LiveCatalog, LiveColumn, Relation, Routine } from '../../live/catalog.ts';
import { escaped, fitting, identifier, wordIn } from '../../world/literal.ts';
import { type Condition, definerFunction, type Ground, me } from './ground.ts';

/** A table that says who belongs to which tenant. */
interface Members {
  readonly table: Relation;
  readonly tenant: LiveColumn;
  readonly account: LiveColumn;
}

/** Functions of the repo of one kind that are tried at most. */
const most = 2;

/** The caller belongs to this tenant: by a function of the repo that says so, else by one we add. */
export function tenantTests(column: string, ground: Ground): Condition[] {
  const members = membersIn(ground);
  const own = ground.catalog.routines.filter(
    ({ definer, callers, source }) =>
      definer && callers.includes('authenticated') && members.some(({ table }) => source.includes(table.name)),
  );
  const plain = [...saying(own, column), ...giving(own, column, members)];
  const made = members
    .toSorted((a, b) => plainness(a.table) - plainness(b.table))
    .slice(0, 2)
    .map((one) => listing(one, column, ground.catalog));
  return [...plain.map(({ sql, by }) => ({ sql, helper: [], by })), ...made];
}

function membersIn({ catalog, worlds: { ownership }, reconstructed }: Ground): Members[] {
  return catalog.relations.flatMap((table) => {
    if (!ownership.persons.has(table.id) || reconstructed?.has(table.id) || leftover.test(table.name)) return [];
    const tenant = table.columns.find(({ name }) => ownership.isTenantColumn(table, name));
    const account =
      table.columns.find(({ name }) => ownership.accountColumn(table, name) === 'owner') ??
      table.columns.find(({ name }) => table.key.includes(name));
    return tenant && account ? [{ table, tenant, account }] : [];
  });
}

type Said = Pick<Condition, 'sql' | 'by'>;

const asksCaller = ({ source }: Routine): boolean => /auth\.uid\(\)/.test(source);

/** Functions that say of a tenant whether the caller belongs to it: of the tenant alone, or of the account and the tenant. */
function saying(own: readonly Routine[], column: string): Said[] {
  const boolean = own.filter(({ returns }) => returns === 'boolean');
  const one = boolean.filter((routine) => {
    const [first, ...others] = routine.arguments;
    return (
      asksCaller(routine) &&
      others.length === 0 &&
      first?.base === 'uuid' &&
      /member|belong|org|tenant|team|company|access/i.test(first.name)
    );
  });
  const two = boolean.filter(
    ({ name, arguments: all }) =>
      all.length === 2 &&
      all.every(({ base }) => base === 'uuid') &&
      /member|belong|access|part_of|_in_/i.test(name) &&
      !/admin|owner|manager/i.test(name),
  );
  return [
    ...one.slice(0, most).map(({ sql, name }) => ({ sql: `${sql}(${column})`, by: name })),
    ...two.slice(0, most).flatMap(({ sql, name, arguments: [first, second] }) =>
      ordersOf(first?.name ?? '', second?.name ?? '').map((order) => ({
        sql: order === 'account first' ? `${sql}(${me}, ${column})` : `${sql}(${column}, ${me})`,
        by: name,
      })),
    ),
  ];
}

type Order = 'account first' | 'tenant first';

/** Which of two ids is the account's; both ways where names do not tell, and the tries decide. */
function ordersOf(first: string, second: string): Order[] {
  const [one, other] = [kindOf(first), kindOf(second)];
  if (one === 'account' && other !== 'account') return ['account first'];
  if (other === 'account' && one !== 'account') return ['tenant first'];
  if (one === 'tenant' && other === undefined) return ['tenant first'];
  return other === 'tenant' && one === undefined ? ['account first'] : ['account first', 'tenant first'];
}

/** What an argument stands for, by its name. */
function kindOf(name: string): 'account' | 'tenant' | undefined {
  const plain = name.toLowerCase().replace(/^(?:p|in|v|arg|param|check|target)?_+/, '');
  const id = plain.endsWith('id') ? plain : `${plain}_id`;
  if (isOwnerColumn(id) || /^(?:uid|auth_id)$/.test(plain)) return 'account';
  return isTenantColumn(id) ? 'tenant' : undefined;
}

/** Functions that give the tenant of the caller, or all of them, and that say of nothing else. */
function giving(own: readonly Routine[], column: string, members: readonly Members[]): Said[] {
  const calls = own.flatMap((routine) => {
    const { sql, name, source, arguments: all, returns } = routine;
    // Rows of anything may have such ids.
    if (returns !== 'uuid' && !members.some(({ tenant }) => wordIn(tenant.name).test(source))) return [];
    const [account] = all;
    if (all.length === 0 && asksCaller(routine)) return [{ returns, name, call: `${sql}()` }];
    return all.length === 1 && account?.base === 'uuid' && kindOf(account.name) === 'account'
      ? [{ returns, name, call: `${sql}(${me})` }]
      : [];
  });
  const of = (kind: string, test: (call: string) => string): Said[] =>
    calls
      .filter(({ returns }) => returns === kind)
      .slice(0, most)
      .map(({ call, name }) => ({ sql: test(call), by: name }));
  return [...of('SETOF uuid', (call) => `${column} IN (SELECT ${call})`), ...of('uuid', (call) => `${column} = ${call}`)];
}

/** A function of ours that lists the tenants of the caller. */
function listing({ table, tenant, account }: Members, column: string, catalog: LiveCatalog): Condition {
  const name = identifier(fitting(`my_${table.name}_tenants`));
  const active = activeTests(table, catalog).map((test) => ` AND ${test}`);
  const body = `SELECT ${identifier(tenant.name)} FROM ${table.sql} WHERE ${identifier(account.name)} = auth.uid()${active.join('')}`;
  return {
    sql: `${column} IN (SELECT public.${name}())`,
    helper: definerFunction(`public.${name}()`, `SETOF ${tenant.type}`, body),
    by: table.name,
  };
}

const statusColumn = /^(?:(?:membership|member|invitation|invite)_)?(?:status|state|situacao|estado)$/i;
const activeWord = /^(?:active|accepted|approved|confirmed|enabled|joined|member|ativ[oa]|activ[oa]|aprovad[oa]|aceit[oa])$/i;
const flagColumn = /^(?:is_)?(?:active|enabled|approved|accepted|ativ[oa]|activ[oa])$/i;
const sinceColumn = /^(?:accepted|joined|approved|activated|confirmed)_at$/i;
const untilColumn = /^(?:deleted|removed|left|revoked|deactivated|ended|archived)_at$/i;

/** Whether a membership counts, as the policies and functions of the repo ask it; nothing where they do not. */
function activeTests(table: Relation, { relations, routines }: LiveCatalog): string[] {
  const texts = [
    ...relations.flatMap(({ policies }) => policies.flatMap(({ using = '', check = '' }) => [using, check])),
    ...routines.map(({ source }) => source),
  ].filter((text) => wordIn(table.name).test(text));
  const asked = (test: string): RegExpMatchArray[] => texts.flatMap((text) => [...text.matchAll(new RegExp(test, 'gi'))]);
  return table.columns.flatMap(({ name }) => {
    const [column, word] = [identifier(name), `(?<![\\w"])"?${escaped(name)}"?`];
    if (statusColumn.test(name)) {
      const values = asked(`${word}(?:::text|\\))*\\s*=\\s*'([^']+)'`).flatMap(([, value]) =>
        value !== undefined && activeWord.test(value) ? [value] : [],
      );
      const [value] = mostFrequent(values);
      return value === undefined ? [] : [`${column} = '${value}'`];
    }
    if (flagColumn.test(name))
      return asked(`(?:AND|WHERE)\\s*\\(*(?:\\w+\\.)?${word}(?:\\s*=\\s*true|\\s+IS\\s+TRUE|\\s*(?:\\)|AND\\b|;|$|\\n))`).length > 0
        ? [`${column} IS TRUE`]
        : [];
    if (sinceColumn.test(name)) return asked(`${word}\\s+IS\\s+NOT\\s+NULL`).length > 0 ? [`${column} IS NOT NULL`] : [];
    return untilColumn.test(name) && asked(`${word}\\s+IS\\s+NULL`).length > 0 ? [`${column} IS NULL`] : [];
  });
}

function mostFrequent(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([value]) => value);
}

/** Copies that somebody kept. */
const leftover = /(?:^|_)(?:bkp|backup|bak|old|tmp|temp)(?:_|$)/i;

/** Tables that are about belonging before those that only happen to name a person and a tenant. */
const plainness = ({ name }: Relation): number => (/member/i.test(name) ? 0 : /user|profile|team|staff|employee/i.test(name) ? 1 : 2);
