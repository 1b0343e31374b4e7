import type { PersonaName } from '../../../evidence/isolation.ts';
import { isAuthorColumn, isRoleColumn } from '../../source/database/facts/words.ts';
import type { BrowserRole, LiveColumn, Relation } from '../live/catalog.ts';
import { identifier, quote } from '../world/literal.ts';
import { visitor } from '../world/people.ts';
import type { Row } from '../world/rows.ts';
import { plainValue } from '../world/values.ts';
import type { Worlds } from '../world/world.ts';
import type { Attempt, Way } from './attempt.ts';
import { byMark } from './by-mark.ts';
import { freshValues, onlyNeeded, withKey } from './new-row.ts';
import type { Caller } from './run.ts';

/** Everybody who tries, with his token. */
export const callersOf = (worlds: Worlds): ReadonlyMap<PersonaName, Caller> =>
  new Map<PersonaName, Caller>([
    ['anon', visitor],
    ...worlds.people.accounts.flatMap(({ name, caller }): [PersonaName, Caller][] => (name === 'founder' ? [] : [[name, caller]])),
  ]);

/** Everything anybody can try on the owner's row of a table. */
export function attemptsOn(relation: Relation, worlds: Worlds): Attempt[] {
  // Where to have a row is to have power, only those who run the app have one.
  const victim = worlds.row(relation, 'owner') ?? worlds.row(relation, 'admin');
  if (!victim) return [];
  const attempts: Attempt[] = [];
  const shared = {
    anon: sharedWays(relation, victim, worlds, 'anon'),
    authenticated: sharedWays(relation, victim, worlds, 'authenticated'),
  };
  for (const [who, as] of callersOf(worlds)) {
    const role = as.role === 'anon' ? 'anon' : 'authenticated';
    const add = (verb: Attempt['verb'], ways: readonly Way[], variant?: Attempt['variant']): void => {
      if (ways.length > 0) attempts.push({ object: relation.id, verb, who, as, ways, ...(variant && { variant }) });
    };
    add('select', shared[role].select);
    add('update', shared[role].update);
    add('delete', shared[role].remove);
    // Colleagues enter things for the owner, and say who entered them.
    const asColleague = who === 'peer' || who === 'tenant-admin' || who === 'admin' ? enteredBy(relation, victim, worlds, role, who) : [];
    add('insert', [...shared[role].insert, ...asColleague], 'as-victim');
    if (who === 'stranger' || who === 'foreign-admin' || who === 'newcomer') {
      add('insert', intoWays(relation, victim, worlds, role, who), 'into');
      add('update', takeWays(relation, victim, worlds, who), 'take');
      const own = worlds.row(relation, who);
      if (own && own !== victim && own.state !== 'failed' && sharesNothing(own, victim))
        add('update', moveWays(relation, own, victim, worlds), 'move');
    }
  }
  return attempts;
}

/** What everybody of a role tries in the same words, which are planned once then. */
const sharedWays = (relation: Relation, victim: Row, worlds: Worlds, role: BrowserRole) => ({
  select: [selectWay(relation, victim, role)],
  update: updateWays(relation, victim, worlds, role),
  remove: deleteWays(relation, victim),
  insert: insertWays(relation, victim, worlds, role, victim.holder.name),
});

/** Stands in what an attacker writes; the same for all, so that PostgreSQL plans the statement once. */
const attackMark = 'f0000000';

const sharesNothing = (one: Row, other: Row): boolean => JSON.stringify(one.key) !== JSON.stringify(other.key);

const typeOf = (relation: Relation, column: string): string => relation.columns.find(({ name }) => name === column)?.type ?? 'text';

/** Condition that finds exactly this row. */
export function whereRow({ relation, key, holder }: Row): string {
  const parts = relation.key
    .filter((column) => key[column] !== undefined)
    .map((column) => `${identifier(column)} = ${quote(key[column] ?? '')}::${typeOf(relation, column)}`);
  return parts.length > 0 ? parts.join(' AND ') : `strpos(${identifier(relation.name)}::text, ${quote(holder.mark)}) > 0`;
}

/** Columns that may be read, or all where none may: then PostgreSQL says no. */
function readable(relation: Relation, role: BrowserRole): string {
  const granted = relation.grants[role].SELECT;
  return granted === 'all' || granted.length === 0 ? '*' : granted.map(identifier).join(', ');
}

/** Reading exactly this row; by its mark where the role may read columns of it, but not the key. */
export function selectWay(relation: Relation, victim: Row, role: BrowserRole): Way {
  const granted = relation.grants[role].SELECT;
  const query = `SELECT ${readable(relation, role)} FROM ${relation.sql}`;
  const keyless = granted !== 'all' && granted.length > 0 && !relation.key.every((column) => granted.includes(column));
  return { step: { sql: keyless ? byMark(query, victim.holder.mark) : `${query} WHERE ${whereRow(victim)}`, rows: true } };
}

/** Columns from the least to the most meaningful: a free text tells that a row can be changed without breaking anything. */
function changeable(relation: Relation, role: BrowserRole): LiveColumn[] {
  const granted = relation.grants[role].UPDATE;
  const linked = new Set(relation.foreignKeys.flatMap(({ columns }) => columns));
  const usable = relation.columns.filter(
    (column) =>
      !column.generated &&
      !column.identity &&
      !relation.key.includes(column.name) &&
      (granted === 'all' || granted.length === 0 || granted.includes(column.name)),
  );
  const rank = (column: LiveColumn): number => {
    const text = /^(?:text|varchar|citext)$/.test(column.base);
    if (linked.has(column.name) || isAuthorColumn(column.name)) return 5;
    if (isRoleColumn(column.name) || column.labels) return 4;
    if (text && !/status|type|state|kind|mail/i.test(column.name)) return 0;
    if (/^(?:json|jsonb|int4|int8|numeric|bool|timestamptz|date)$/.test(column.base)) return 1;
    return text ? 2 : 3;
  };
  return usable.toSorted((a, b) => rank(a) - rank(b));
}

const ways = 4;

function updateWays(relation: Relation, victim: Row, worlds: Worlds, role: BrowserRole): Way[] {
  return changeable(relation, role)
    .flatMap((column) => {
      // Somebody who is there, as a foreign key wants it, and takes no part.
      const value = worlds.ownership.accountColumn(relation, column.name)
        ? `${quote(worlds.people.account('founder').id)}::${column.type}`
        : newValue(relation, victim, column, attackMark);
      return value === undefined ? [] : [changeWay(relation, victim, column, value)];
    })
    .slice(0, ways);
}

/** A value the row does not hold. */
function newValue(relation: Relation, victim: Row, column: LiveColumn, mark: string): string | undefined {
  const current = victim.values.get(column.name);
  const other = column.labels?.find((label) => current === undefined || !current.startsWith(quote(label)));
  if (column.labels) return other === undefined ? undefined : `${quote(other)}::${column.type}`;
  if (column.base === 'bool') return current?.startsWith("'true'") ? 'false' : 'true';
  return plainValue(column, { mark, email: `${mark}@${mark}.example`, nth: 41, relation: relation.name });
}

/** Sets one column of a row, and looks whether it stayed so. */
export function changeWay(relation: Relation, row: Row, column: LiveColumn, value: string): Way {
  const where = whereRow(row);
  const name = identifier(column.name);
  return {
    // A row that holds the value already would prove nothing.
    before: [
      {
        sql: `SELECT 1 / (SELECT count(*) FROM ${relation.sql} WHERE ${where} AND ${name}::text IS DISTINCT FROM (${value})::text)::int`,
        rows: true,
      },
    ],
    step: { sql: `UPDATE ${relation.sql} SET ${name} = ${value} WHERE ${where}` },
    proof: {
      sql: `SELECT 1 FROM ${relation.sql} WHERE ${where} AND ${name}::text IS NOT DISTINCT FROM (${value})::text`,
      worked: (rows) => rows.length > 0,
    },
    column: column.name,
  };
}

function deleteWays(relation: Relation, victim: Row): Way[] {
  const sql = `DELETE FROM ${relation.sql} WHERE ${whereRow(victim)}`;
  const proof = { sql: `SELECT 1 FROM ${relation.sql} WHERE ${whereRow(victim)}`, worked: (rows: readonly string[]) => rows.length === 0 };
  return [
    { step: { sql }, proof },
    { step: { sql, unchecked: true }, proof, caveat: 'once no other row refers to it' },
  ];
}

/** A new row in the name of `whose`, with a key of its own. */
function insertWays(relation: Relation, victim: Row, worlds: Worlds, role: BrowserRole, whose: Row['holder']['name']): Way[] {
  const holder = worlds.people.account(whose);
  const values = new Map(victim.state === 'adopted' ? worlds.planner.values(relation, holder, 57) : victim.values);
  const fresh = freshValues(relation, worlds, holder, values);
  return insertWaysOf(relation, role, values, fresh, victim);
}

function insertWaysOf(relation: Relation, role: BrowserRole, values: Map<string, string>, fresh: Map<string, string>, victim: Row): Way[] {
  const granted = relation.grants[role].INSERT;
  const kept = (map: ReadonlyMap<string, string>): [string, string][] =>
    [...map].filter(([column]) => granted === 'all' || granted.length === 0 || granted.includes(column));
  const statement = (map: ReadonlyMap<string, string>): string => {
    const entries = kept(map);
    const list =
      entries.length === 0
        ? 'DEFAULT VALUES'
        : `(${entries.map(([column]) => identifier(column)).join(', ')}) VALUES (${entries.map(([, value]) => value).join(', ')})`;
    return `INSERT INTO ${relation.sql} ${list}`;
  };
  const marker = 'launch_ready_count';
  const remember = { sql: `SELECT set_config('launch_ready.rows', (SELECT count(*)::text FROM ${relation.sql}), true)`, rows: true };
  const proof = {
    sql: `SELECT 1 FROM (SELECT count(*) AS ${marker} FROM ${relation.sql}) n WHERE ${marker} > current_setting('launch_ready.rows')::bigint`,
    worked: (rows: readonly string[]) => rows.length > 0,
  };
  return [
    { before: [remember], step: { sql: statement(fresh) }, proof },
    // There can be one such row only: the owner's makes way for it.
    {
      before: [{ sql: `DELETE FROM ${relation.sql} WHERE ${whereRow(victim)}`, unchecked: true }, remember],
      step: { sql: statement(withKey(values, relation, victim)) },
      proof,
      caveat: 'once the owner has no such row',
    },
    { before: [remember], step: { sql: statement(onlyNeeded(relation, fresh)) }, proof },
  ];
}

/** A new row for the owner that says who entered it. */
function enteredBy(relation: Relation, victim: Row, worlds: Worlds, role: BrowserRole, who: 'peer' | 'tenant-admin' | 'admin'): Way[] {
  const authors = relation.columns.filter(({ name }) => worlds.ownership.accountColumn(relation, name) === 'author');
  if (authors.length === 0) return [];
  const owner = worlds.people.account('owner');
  const values = new Map(victim.state === 'adopted' ? worlds.planner.values(relation, owner, 59) : victim.values);
  for (const { name, type } of authors) if (values.has(name)) values.set(name, `${quote(worlds.people.account(who).id)}::${type}`);
  return insertWaysOf(relation, role, values, freshValues(relation, worlds, owner, values), victim).slice(0, 1);
}

/** A new row in his own name, in the owner's tenant. */
function intoWays(
  relation: Relation,
  victim: Row,
  worlds: Worlds,
  role: BrowserRole,
  who: 'stranger' | 'foreign-admin' | 'newcomer',
): Way[] {
  const { ownership } = worlds;
  const account = relation.columns.filter(({ name }) => ownership.accountColumn(relation, name) !== undefined);
  const elsewhere = relation.columns.some(
    ({ name }) => ownership.isTenantColumn(relation, name) || (ownership.keyAt(relation, name) && !ownership.accountColumn(relation, name)),
  );
  if (account.length === 0 || !elsewhere) return [];
  const me = worlds.people.account(who);
  const values = new Map(victim.state === 'adopted' ? worlds.planner.values(relation, worlds.people.account('owner'), 58) : victim.values);
  for (const { name, type } of account) if (values.has(name)) values.set(name, `${quote(me.id)}::${type}`);
  for (const { name, type } of relation.columns)
    if (/mail/i.test(name) && values.get(name)?.includes('@')) values.set(name, `${quote(me.email)}::${type}`);
  return insertWaysOf(relation, role, values, freshValues(relation, worlds, me, values), victim).filter((_, nth) => nth !== 1);
}

/** The owner's row, made his own: a check that only asks whose the new row is lets that through. */
function takeWays(relation: Relation, victim: Row, worlds: Worlds, who: 'stranger' | 'foreign-admin' | 'newcomer'): Way[] {
  const { ownership } = worlds;
  const me = worlds.people.account(who);
  const mine = me.world === undefined ? undefined : worlds.planner.values(relation, me, 0);
  const changes = relation.columns.flatMap((column): (readonly [LiveColumn, string])[] => {
    if (relation.key.includes(column.name) || column.generated) return [];
    if (ownership.accountColumn(relation, column.name) === 'owner') return [[column, `${quote(me.id)}::${column.type}`]];
    const value = ownership.isTenantColumn(relation, column.name) ? mine?.get(column.name) : undefined;
    return value === undefined ? [] : [[column, value]];
  });
  const single = changes.map(([column, value]) => changeWay(relation, victim, column, value));
  const [first, ...others] = changes;
  if (!first || others.length === 0) return single;
  const whole = changeWay(relation, victim, ...first);
  const rest = others.map(([{ name }, value]) => `, ${identifier(name)} = ${value}`).join('');
  return [{ ...whole, step: { sql: whole.step.sql.replace(' WHERE ', `${rest} WHERE `) } }, ...single];
}

/** A row of his own, handed to the owner or his tenant. */
function moveWays(relation: Relation, own: Row, victim: Row, worlds: Worlds): Way[] {
  const { ownership } = worlds;
  return relation.columns
    .filter(
      ({ name }) =>
        !relation.key.includes(name) && (ownership.isTenantColumn(relation, name) || ownership.accountColumn(relation, name) === 'owner'),
    )
    .flatMap((column) => {
      const value = victim.values.get(column.name);
      return value === undefined || value === own.values.get(column.name) ? [] : [changeWay(relation, own, column, value)];
    });
}
