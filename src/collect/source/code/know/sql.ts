import type { DataAccess } from '../../../../evidence/routes.ts';
import { tally } from '../interpret/made.ts';
import { api, inputOf, literal, native, type NativeCall, object, oneOf, some, stringOf, unknown, type Value } from '../interpret/value.ts';
import { absent, found as foundRow } from '../interpret/rows.ts';
import { nothing } from '../interpret/state.ts';
import { access, type Filter, rows } from './access.ts';
import { askedOfSql } from './asked.ts';

/** What one SQL statement does, as far as its text tells. */
export interface SqlFacts {
  readonly operation: DataAccess['operation'];
  readonly table: string;
  readonly filters: readonly Filter[];
  /** Columns of INSERT or SET with the values given to them. */
  readonly values: ReadonlyMap<string, Value>;
  readonly open: boolean;
}

const name = String.raw`((?:["\x60]?[\w$]+["\x60]?\.)?["\x60]?[\w$]+["\x60]?)`;
const verbs: readonly [RegExp, DataAccess['operation']][] = [
  [new RegExp(String.raw`\binsert\s+into\s+${name}`, 'i'), 'create'],
  [new RegExp(String.raw`\bdelete\s+from\s+(?:only\s+)?${name}`, 'i'), 'delete'],
  [new RegExp(String.raw`\bupdate\s+(?:only\s+)?${name}\s+(?:(?:as\s+)?\w+\s+)?set\b`, 'i'), 'update'],
  [new RegExp(String.raw`\bfrom\s+(?:only\s+)?${name}(?!\s*\()`, 'i'), 'read'],
];

/** Reads tables and comparisons out of SQL text whose embedded values stand as `\u0001n\u0001`; `$n` and `?` are taken from `params`. */
export function readSql(text: string, embedded: readonly Value[], params: readonly Value[]): SqlFacts | undefined {
  const flat = text
    .replace(/--[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/\b(extract|substring|trim|overlay)\s*\(([^()]*?)\bfrom\b/gi, '$1($2,');
  const clean = (raw: string): string => raw.replace(/["\x60]/g, '').replace(/^public\./, '');
  for (const [pattern, operation] of verbs) {
    const match = pattern.exec(flat);
    if (!match?.[1]) continue;
    let question = 0;
    const valueAt = (token: string): Value => {
      if (token.startsWith('\u0001')) return embedded[Number(token.slice(1, -1))] ?? unknown;
      if (token.startsWith('$')) return params[Number(token.slice(1)) - 1] ?? unknown;
      return params[question++] ?? unknown;
    };
    const filters: Filter[] = [];
    const values = new Map<string, Value>();
    const where = flat.search(/\bwhere\b/i);
    for (const found of flat.matchAll(
      /(["\x60]?[\w$]+["\x60]?(?:\.["\x60]?[\w$]+["\x60]?)?)(?:::\w+)?\s*(=|<>|!=|\bin\b|\bilike\b|\blike\b|= any)\s*(?:any\s*)?\(?\s*(\$\d+|\?|\u0001\d+\u0001|'[^']*')/gi,
    )) {
      const [, column = '', operator = '', token = ''] = found;
      const value = token.startsWith("'") ? literal(token.slice(1, -1)) : valueAt(token);
      if (operation === 'update' && found.index < (where === -1 ? flat.length : where) && !/\bon\b[^=]*$/i.test(flat.slice(0, found.index)))
        values.set(clean(column).split('.').at(-1) ?? '', value);
      else if (!operator.includes('<') && !operator.includes('!')) filters.push({ column: clean(column), value });
    }
    if (operation === 'create') insertValues(flat, valueAt, values);
    // `set ${columns}`: the statement takes its columns from a value.
    const whole =
      operation === 'update' ? /\bset\s+(?:[^=]*=[^,]*,\s*)*\u0001(\d+)\u0001\s*(?:,|where|returning|$)/i.exec(flat)?.[1] : undefined;
    if (whole !== undefined) values.set('*', embedded[Number(whole)] ?? unknown);
    return {
      operation,
      table: clean(match[1]),
      filters,
      values,
      open: /\u0001/.test(flat) && filters.length === 0 && operation !== 'create',
    };
  }
  return undefined;
}

function insertValues(flat: string, valueAt: (token: string) => Value, values: Map<string, Value>): void {
  const match = /\binsert\s+into\s+[^(]+\(([^)]*)\)\s*values\s*\((.*)/i.exec(flat);
  if (!match?.[1] || match[2] === undefined) return;
  const columns = match[1].split(',').map((column) => column.trim().replace(/["\x60]/g, ''));
  const tokens = match[2].split(',').map((token) => /(\$\d+|\?|\u0001\d+\u0001)/.exec(token)?.[1]);
  columns.forEach((column, nth) => {
    const token = tokens[nth];
    values.set(column, token ? valueAt(token) : unknown);
  });
}

/** SQL text and embedded values of a string or template value. */
export function sqlText(value: Value): { text: string; embedded: Value[] } {
  const embedded: Value[] = [];
  const exact = stringOf(value);
  if (exact !== undefined) return { text: exact, embedded };
  const text = (value.parts ?? []).map((part) => (typeof part === 'string' ? part : `\u0001${embedded.push(part) - 1}\u0001`)).join('');
  return { text, embedded };
}

// Columns named by the request are a write of whatever it sends, unless only those of a list pass.
function storedBy(values: ReadonlyMap<string, Value>): Value {
  const columns = values.get('*');
  const input = columns && inputOf(columns);
  if (!columns || !input) return { props: values };
  const named: (readonly string[] | undefined)[] = [];
  some(columns, (inner) => (inner.input && named.push(inner.among), false));
  if (named.includes(undefined)) return { input: { source: input.source } };
  return {
    props: new Map(named.flatMap((among) => among ?? []).map((column) => [column, { input: { source: input.source, name: column } }])),
  };
}

/** Runs a SQL string: records the access and gives its rows. */
export function runSql(call: NativeCall, statement: Value, params: readonly Value[]): { list: Value; one: Value; found: typeof nothing } {
  const { text, embedded } = sqlText(statement);
  const facts = readSql(text, embedded, params);
  if (!facts) return { list: unknown, one: unknown, found: nothing };
  const stored = facts.values.size > 0 ? storedBy(facts.values) : undefined;
  const { row, found } = access(call.machine, {
    kind: 'table',
    name: facts.table,
    operation: facts.operation,
    client: 'server',
    filters: facts.filters,
    openFilter: facts.open,
    ...(stored && { values: stored }),
    ...(stored?.input && { namesInSql: true }),
    asks: askedOfSql(text),
    node: call.node,
    module: call.module,
  });
  return { list: rows(row), one: row, found };
}

// `result.rows[0]` is a row or nothing; `rowCount`/`length` say which.
const resultOf = (list: Value, one: Value, found: typeof nothing, shape: 'pg' | 'list'): Value => {
  const first = oneOf([
    { value: foundRow(one), state: found },
    { value: literal(undefined), state: absent(one.row) },
  ]);
  const items = api('sql-rows', {
    data: list,
    member: (member) =>
      member === '0' || member === 'at'
        ? member === '0'
          ? first
          : native(() => first)
        : member === 'length'
          ? { whenTrue: found, ...tally }
          : undefined,
  });
  const withItems: Value = { ...items, ...(one.row && { row: one.row }), ...(one.who && { who: one.who }), items: [first], open: true };
  return shape === 'list' ? withItems : object({ rows: withItems, rowCount: { whenTrue: found, ...tally } }, true);
};

/** `pool.query(text, params)` of pg and its kin. */
export const query = (shape: 'pg' | 'list'): Value =>
  native((call) => {
    const [first] = call.args;
    const config = first?.props;
    const { list, one, found } = runSql(
      call,
      config?.get('text') ?? first ?? unknown,
      call.args[1]?.items ?? config?.get('values')?.items ?? [],
    );
    const result = resultOf(list, one, found, shape);
    const callback = call.args.find((arg) => arg.closure);
    if (callback) call.machine.call(callback, [literal(null), shape === 'pg' ? result : result], unknown, call.node, call.module);
    return shape === 'list' ? { items: [result, unknown], open: true } : result;
  });

/** A tagged template that runs SQL: postgres.js, Neon, Vercel Postgres, Bun. */
export const sqlTag = (shape: 'pg' | 'list'): Value =>
  api('sql-tag', {
    call: (call) => {
      const [text] = call.args;
      if (!text || (text.literal === undefined && !text.parts)) return sqlFragment(call);
      const { list, one, found } = runSql(call, text, call.args[1]?.items ?? []);
      return resultOf(list, one, found, shape);
    },
    member: (member) => {
      if (member === 'begin' || member === 'transaction' || member === 'savepoint')
        return native((call) =>
          call.machine.call(call.args.find((arg) => arg.closure) ?? unknown, [sqlTag(shape)], unknown, call.node, call.module),
        );
      if (member === 'query' || member === 'unsafe') return member === 'query' ? query('pg') : sqlTag(shape);
      return undefined;
    },
  });

const sqlFragment = (call: NativeCall): Value => call.args[0] ?? unknown;

const pool = (shape: 'pg' | 'list'): Value =>
  api('sql-pool', {
    data: new Map<string, Value>(),
    call: () => pool(shape),
    member: (member) => {
      if (member === 'query' || member === 'execute' || member === 'manyOrNone' || member === 'any') return query(shape);
      if (member === 'oneOrNone' || member === 'one' || member === 'none')
        return native((call) => {
          const { one, found } = runSql(call, call.args[0] ?? unknown, call.args[1]?.items ?? []);
          return member === 'oneOrNone'
            ? oneOf([
                { value: one, state: found },
                { value: literal(null), state: nothing },
              ])
            : one;
        });
      if (member === 'connect' || member === 'getConnection' || member === 'promise' || member === 'acquire')
        return native((call) =>
          call.args[0]?.closure
            ? call.machine.call(call.args[0], [literal(null), pool(shape)], unknown, call.node, call.module)
            : pool(shape),
        );
      if (member === 'prepare')
        return native((statement) =>
          api('sql-statement', {
            member: (verb) =>
              /^(get|all|run|iterate|first)$/.test(verb)
                ? native((call) => prepared(call, statement.args[0] ?? unknown, verb))
                : verb === 'bind'
                  ? native(({ self }) => self)
                  : undefined,
          }),
        );
      return undefined;
    },
  });

function prepared(call: NativeCall, statement: Value, verb: string): Value {
  const { list, one, found } = runSql(call, statement, call.args[0]?.items ?? call.args);
  return verb === 'get' || verb === 'first'
    ? oneOf([
        { value: one, state: found },
        { value: literal(undefined), state: nothing },
      ])
    : list;
}

/** Drivers that take SQL text. */
export function sqlPackage(packageName: string, exported: string): Value | undefined {
  switch (packageName) {
    case 'pg':
    case 'pg-promise':
      return exported === '*' || exported === 'default'
        ? api('pg', {
            call: () => native(() => pool('pg')),
            member: (member) => (member === 'Pool' || member === 'Client' ? api('pg-class', { call: () => pool('pg') }) : undefined),
          })
        : exported === 'Pool' || exported === 'Client'
          ? api('pg-class', { call: () => pool('pg') })
          : undefined;
    case 'mysql2':
    case 'mysql':
      return api('mysql', {
        member: (member) => (/^create(Pool|Connection)$/.test(member) ? native(() => pool('list')) : undefined),
        call: () => pool('list'),
      });
    case 'better-sqlite3':
    case 'sqlite3':
    case 'bun:sqlite':
      return api('sqlite', { call: () => pool('pg'), member: () => undefined });
    case 'postgres':
    case '@neondatabase/serverless':
    case 'slonik':
      return exported === 'Pool' || exported === 'Client'
        ? api('pg-class', { call: () => pool('pg') })
        : exported === 'default' || exported === '*' || exported === 'neon'
          ? native(() => sqlTag('list'))
          : undefined;
    case '@vercel/postgres':
      return exported === 'sql' ? sqlTag('pg') : exported === 'db' || exported === 'createPool' ? pool('pg') : undefined;
    default:
      return undefined;
  }
}
