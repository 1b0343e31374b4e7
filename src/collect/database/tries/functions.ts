import type { PersonaName } from '../../../evidence/isolation.ts';
import { isRoleColumn, isTenantColumn } from '../../source/database/facts/words.ts';
import type { Relation, Routine } from '../live/catalog.ts';
import { roleAt } from '../world/labels.ts';
import { identifier, quote, wordIn } from '../world/literal.ts';
import type { Worlds } from '../world/world.ts';
import type { Attempt, Way } from './attempt.ts';
import { callersOf, whereRow } from './tables.ts';

/** Functions that the browser may call and that could show or change rows: not those that only answer yes or no without touching anything. */
export const isWorthCalling = (routine: Routine): boolean =>
  routine.callers.length > 0 &&
  // The platform's own, which answers by the policies of the tables.
  routine.schema !== 'graphql_public' &&
  !/^(?:trigger|event_trigger)$/.test(routine.returns) &&
  (routine.volatile ||
    !/^(?:boolean|uuid|text|integer|bigint|numeric|void)$/.test(routine.returns) ||
    /\bSETOF\b|TABLE\(/i.test(routine.returns));

/**
 * Calls with the owner's ids, by everybody. Reading worked when marks of the owner come back that were not handed in; writing when a row of the
 * owner is not what it was.
 */
export function attemptsOnFunction(routine: Routine, tables: readonly Relation[], worlds: Worlds): Attempt[] {
  // Of several with that name only all the arguments tell which is meant.
  const whole = (argument: Argument): Argument => (routine.label === undefined ? argument : { ...argument, optional: false });
  const values = routine.arguments.map((argument) => valueFor(whole(argument), routine, tables, worlds));
  const call = callSql(routine, values);
  const mark = worlds.people.marks.owner;
  // A number that was handed in stands in many an id, and may stand in the mark.
  const given = values.flatMap((value) => (value?.text.includes(mark) ? [value.text] : []));
  const shows = (rows: readonly string[]): boolean =>
    rows.some((row) => given.reduce((text, value) => text.replaceAll(value, ''), row.replace(uuids, '')).includes(mark));
  const read: Way = { step: { sql: call, rows: true, find: mark }, shows };
  const watched = watch(routine, tables, worlds);
  const write: Way = {
    before: [{ sql: `SELECT set_config('launch_ready.world', (${watched.state})::text, true)`, rows: true }],
    step: { sql: call, rows: true, find: mark },
    shows,
    proof: { sql: watched.changed, worked: (rows) => rows.length > 0, names: true },
  };
  return [...callersOf(worlds)].flatMap(([who, as]): Attempt[] => [
    ...(routine.returns === 'void' ? [] : [{ object: routine.id, verb: 'select' as const, who, as, ways: [read] }]),
    ...(routine.volatile ? [{ object: routine.id, verb: 'update' as const, who, as, ways: [write] }] : []),
  ]);
}

/** Ids alone say nothing of what they stand for. */
const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Asks whether rows of the owner have changed, in the tables that the function or what it calls names. */
function watch(routine: Routine, tables: readonly Relation[], worlds: Worlds): { readonly state: string; readonly changed: string } {
  const parts = tables.flatMap((relation) => {
    const row = wordIn(relation.name).test(routine.reaches) ? worlds.row(relation, 'owner') : undefined;
    return row?.holder.name === 'owner' && worlds.ownership.belonging(relation)
      ? [
          `SELECT ${quote(relation.id)} AS id, (SELECT to_jsonb(${identifier(relation.name)}) FROM ${relation.sql} WHERE ${whereRow(row)} LIMIT 1) AS state`,
        ]
      : [];
  });
  const state = `SELECT coalesce(jsonb_object_agg(id, state), '{}') FROM (${parts.length > 0 ? parts.join(' UNION ALL ') : `SELECT '' AS id, NULL::jsonb AS state WHERE false`}) s`;
  const changed = `SELECT n.key || '.' || coalesce(c.key, '') FROM jsonb_each((${state})) n
    JOIN jsonb_each(current_setting('launch_ready.world')::jsonb) o ON o.key = n.key
    LEFT JOIN LATERAL (SELECT b.key FROM jsonb_each(o.value) b WHERE jsonb_typeof(n.value) = 'object' AND n.value -> b.key IS DISTINCT FROM b.value) c ON true
    WHERE n.value IS DISTINCT FROM o.value`;
  return { state, changed };
}

interface Value {
  readonly sql: string;
  readonly text: string;
}

type Argument = Routine['arguments'][number];

function callSql({ sql, arguments: all }: Routine, values: readonly (Value | undefined)[]): string {
  const named = all.every(({ name }) => name !== '');
  const list = all.flatMap(({ name }, index) => {
    const value = values[index];
    return value === undefined ? [] : [named ? `${identifier(name)} => ${value.sql}` : value.sql];
  });
  return `SELECT * FROM ${sql}(${list.join(', ')})`;
}

/** A value that means the owner, or power. `undefined` leaves an optional argument out. */
function valueFor(argument: Argument, routine: Routine, tables: readonly Relation[], worlds: Worlds): Value | undefined {
  const as = (text: string): Value => ({ text, sql: `${quote(text)}::${argument.type}` });
  const name = plainName(argument);
  if (argument.base === 'uuid') return as(idFor(name, routine, tables, worlds));
  if (argument.labels?.length)
    return as((isRoleColumn(name) || /role/.test(name) ? roleAt(argument.labels, 'platform', undefined) : argument.labels[0]) ?? '');
  if (/^(?:text|varchar|citext|bpchar)$/.test(argument.base)) {
    // A new thing has a new name; only what is looked up is the owner's.
    const stored =
      /^(?:create|add|insert|new|register|submit|start)_/i.test(routine.name) && !/mail/.test(name)
        ? undefined
        : storedText(name, tables, worlds);
    if (stored !== undefined) return as(stored);
    if (argument.optional) return undefined;
    return as(
      /mail/.test(name) ? worlds.people.account('owner').email : /role/.test(name) ? 'admin' : /status/.test(name) ? 'active' : `x-${name}`,
    );
  }
  if (argument.optional) return undefined;
  switch (argument.base) {
    case 'int2':
    case 'int4':
    case 'int8':
    case 'numeric':
    case 'float4':
    case 'float8':
      return as(rowKey(name.replace(/_?id$/, ''), tables, worlds, 'int') ?? '10');
    case 'bool':
      return as('true');
    case 'json':
    case 'jsonb':
      return as('{}');
    case 'array':
      return as(/uuid/.test(argument.type) ? `{${idFor(name.replace(/s$/, ''), routine, tables, worlds)}}` : '{}');
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return as(new Date(Date.now() + (/end|to|until/.test(name) ? 86_400_000 * 30 : -86_400_000 * 30)).toISOString().slice(0, 10));
    case 'time':
      return as('10:00');
    case 'interval':
      return as('1 day');
    default:
      return { text: '', sql: `NULL::${argument.type}` };
  }
}

/** Without what only says that it is an argument. */
const plainName = ({ name }: Argument): string =>
  name.toLowerCase().replace(/^(?:p|in|_|v|arg|param|target|new)_+|^_+|_+(?:param|parameter|arg|argument|input|in|value)$/g, '');

/** What an id or address that is handed in stands for. */
export type Meaning = { readonly is: 'account' | 'email' } | { readonly is: 'row'; readonly table: Relation };

/** What an argument, or each of a list, stands for, by its name and type; `undefined` where it is neither an id nor an address. */
export function meaningOf(argument: Argument, routine: Routine, tables: readonly Relation[], worlds: Worlds): Meaning | undefined {
  if (argument.base === 'uuid') return idMeaning(plainName(argument), routine, tables, worlds);
  if (argument.element === 'uuid') return idMeaning(plainName(argument).replace(/s$/, ''), routine, tables, worlds);
  return /^(?:text|varchar|citext|bpchar)$/.test(argument.base) && /mail/.test(argument.name) ? { is: 'email' } : undefined;
}

function idFor(name: string, routine: Routine, tables: readonly Relation[], worlds: Worlds): string {
  const meaning = idMeaning(name, routine, tables, worlds);
  const key = meaning.is === 'row' ? Object.values(worlds.row(meaning.table, 'owner')?.key ?? {})[0] : undefined;
  return key ?? worlds.people.account('owner').id;
}

/** Whose id it is: an account's, a tenant's, or that of a row of the owner. */
export function idMeaning(name: string, { name: called }: Pick<Routine, 'name'>, tables: readonly Relation[], worlds: Worlds): Meaning {
  const stem = name.replace(/_?(?:id|uuid)$/, '');
  const keyed = (table: Relation | undefined): boolean =>
    table !== undefined && Object.keys(worlds.row(table, 'owner')?.key ?? {}).length > 0;
  if (isTenantColumn(`${stem}_id`)) {
    const root = tables
      .filter(({ id }) => worlds.ownership.roots.has(id))
      .toSorted((a) => (a.name.startsWith(stem.slice(0, 4)) ? -1 : 1))[0];
    if (root && keyed(root)) return { is: 'row', table: root };
  }
  const row = rowTable(stem, tables, worlds, 'uuid');
  if (row && !/^(?:user|owner|member|profile|account|auth)$/.test(stem)) return { is: 'row', table: row };
  if (stem === '' || stem === 'row' || stem === 'record') {
    const about = tables.find(
      (table) => called.includes(singular(table.name)) && Object.keys(worlds.row(table, 'owner')?.key ?? {}).length === 1,
    );
    if (about) return { is: 'row', table: about };
  }
  return { is: 'account' };
}

const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/s$/, '');

function rowKey(stem: string, tables: readonly Relation[], worlds: Worlds, kind: 'uuid' | 'int'): string | undefined {
  const table = rowTable(stem, tables, worlds, kind);
  return table && Object.values(worlds.row(table, 'owner')?.key ?? {})[0];
}

/** The table whose rows are called so, where the owner has one with a key of that kind. */
function rowTable(stem: string, tables: readonly Relation[], worlds: Worlds, kind: 'uuid' | 'int'): Relation | undefined {
  if (stem.length < 3) return undefined;
  const table = tables.find(({ name }) => singular(name) === stem) ?? tables.find(({ name }) => singular(name).endsWith(`_${stem}`));
  const keys = table ? Object.keys(worlds.row(table, 'owner')?.key ?? {}) : [];
  const base = table?.columns.find(({ name }) => name === keys[0])?.base ?? '';
  return keys.length === 1 && (kind === 'uuid' ? base === 'uuid' : /^(?:int|numeric)/.test(base)) ? table : undefined;
}

/** What the owner's rows hold in a column of that name: a slug, a number, an address. */
function storedText(name: string, tables: readonly Relation[], worlds: Worlds): string | undefined {
  if (/mail/.test(name)) return worlds.people.account('owner').email;
  if (/role|status|type|^x$/.test(name) || name.length < 3) return undefined;
  for (const table of tables) {
    const sql = table.columns.some((column) => column.name === name) ? worlds.row(table, 'owner')?.values.get(name) : undefined;
    const text = /^'((?:[^']|'')*)'::/.exec(sql ?? '')?.[1];
    if (text?.includes(worlds.people.marks.owner)) return text.replaceAll("''", "'");
  }
  return undefined;
}

/** Arguments a caller has to have been given: whoever holds them is meant to get in. */
export const asksForSecret = ({ arguments: all }: Routine): boolean =>
  all.some(({ name }) => /token|secret|code|password|hash|signature|key$|otp|pin$|slug|subdomain|handle/i.test(name));

/** Those who attack the owner's rows from outside of his tenant. */
export const outsiders: readonly PersonaName[] = ['anon', 'newcomer', 'stranger', 'foreign-admin'];
