import type { DataAccess } from '../../../../evidence/routes.ts';
import type { Module } from '../module.ts';
import { absent, found as foundRow } from '../interpret/rows.ts';
import { tally } from '../interpret/made.ts';
import { api, literal, type Machine, native, object, oneOf, type Span, stringOf, unknown, type Value } from '../interpret/value.ts';
import { access, type Filter, maybeRow, rows } from './access.ts';
import { type Asked, askedOfObject, columnsIn, countsRows } from './asked.ts';
import { sqlTag, sqlText } from './sql.ts';

interface Column {
  readonly table: string;
  readonly column: string;
}

/** A Drizzle table: its members are columns. */
export const drizzleTable = (name: string): Value =>
  api('drizzle-table', {
    data: name,
    member: (column) =>
      column.startsWith('$')
        ? undefined
        : api('drizzle-column', { data: { table: name, column } satisfies Column, member: () => undefined }),
  });

interface Condition {
  readonly filters: readonly Filter[];
  readonly open: boolean;
}

const condition = (filters: readonly Filter[], open = false): Value =>
  api('drizzle-condition', { data: { filters, open } satisfies Condition });
const conditionOf = (value: Value | undefined): Condition =>
  value?.api?.kind === 'drizzle-condition'
    ? (value.api.data as Condition)
    : value === undefined
      ? { filters: [], open: false }
      : {
          filters: (value.alternatives ?? []).flatMap((item) =>
            item.value.api?.kind === 'drizzle-condition' ? (item.value.api.data as Condition).filters : [],
          ),
          open: !value.literal,
        };
const columnOf = (value: Value | undefined): string => (value?.api?.kind === 'drizzle-column' ? (value.api.data as Column).column : '*');

const operators: Record<string, Value> = {
  eq: native(({ args }) => condition([{ column: columnOf(args[0]), value: args[1] ?? unknown }])),
  inArray: native(({ args }) => condition([{ column: columnOf(args[0]), value: args[1]?.items?.[0] ?? args[1] ?? unknown }])),
  and: native(({ args }) => {
    const parts = args.map(conditionOf);
    return condition(
      parts.flatMap((part) => part.filters),
      parts.every((part) => part.open) && parts.length > 0,
    );
  }),
  or: native(() => condition([], true)),
  ...Object.fromEntries(
    ['ne', 'gt', 'gte', 'lt', 'lte', 'like', 'ilike', 'isNull', 'isNotNull', 'not', 'between', 'exists'].map((name) => [
      name,
      native(() => condition([])),
    ]),
  ),
};

interface Query {
  readonly operation: DataAccess['operation'];
  readonly table?: string;
  readonly where: Condition;
  readonly values?: Value;
  /** What `select({...})` lists. */
  readonly fields?: Value;
  readonly joined?: readonly string[];
  readonly node: Span;
  readonly module: Module;
}

const tableOf = (value: Value | undefined): string => (value?.api?.kind === 'drizzle-table' ? (value.api.data as string) : '*');

function builder(query: Query): Value {
  const next = (change: Partial<Query>): Value => builder({ ...query, ...change });
  return api('drizzle-query', {
    settle: (machine) => run(machine, query),
    member: (name) => {
      if (name === 'then' || name === 'catch' || name === 'finally') return undefined;
      if (name === 'from') return native(({ args, node, module }) => next({ table: tableOf(args[0]), node, module }));
      if (name === 'where')
        return native(({ args }) => {
          const added = conditionOf(args[0]);
          return next({ where: { filters: [...query.where.filters, ...added.filters], open: query.where.open || added.open } });
        });
      if (name === 'values' || name === 'set') return native(({ args }) => next({ values: args[0]?.items?.[0] ?? args[0] ?? unknown }));
      if (/Join$/.test(name) && name !== 'innerJoin')
        return native(({ args }) => next({ joined: [...(query.joined ?? []), tableOf(args[0])] }));
      if (name === 'innerJoin')
        return native(({ args }) =>
          next({
            joined: [...(query.joined ?? []), tableOf(args[0])],
            where: {
              filters: [...query.where.filters, ...conditionOf(args[1]).filters.filter(({ value }) => value.who)],
              open: query.where.open,
            },
          }),
        );
      return native(() => next({}));
    },
  });
}

// Without a list a join gives the columns of all its tables.
function askedOf({ fields, table, joined = [] }: Query): Asked {
  if (fields === undefined) return ['*', ...joined.map((name) => `${name}.*`)];
  if (fields.api?.kind === 'drizzle-table') return ['*'];
  if (!fields.props || fields.open) return undefined;
  return [...fields.props].flatMap(([name, value]) => {
    const column = value.api?.kind === 'drizzle-column' ? (value.api.data as Column) : undefined;
    if (column) return [listed(name, column.table === table ? column.column : `${column.table}.${column.column}`)];
    if (value.api?.kind === 'drizzle-table') return [`${tableOf(value)}.*`];
    const { text, embedded } = sqlText(value);
    if (countsRows(text)) return [];
    const words = [...columnsIn(text), ...embedded.map(columnOf)];
    return words.length > 0 ? words.map((word) => listed(name, word)) : [name];
  });
}

// `sql<number>\`count(*)\`.as('total')`: the text, which may be given a name.
const expression = (text: Value): Value => ({
  ...text,
  ...api('drizzle-text', { member: (name) => (name === 'as' || name === 'mapWith' ? native(({ self }) => self) : undefined) }),
});

const listed = (name: string, path: string): string => (name === path ? name : `${name}:${path}`);

function run(machine: Machine, query: Query): Value {
  const { row, found } = access(machine, {
    kind: 'table',
    name: query.table ?? '*',
    operation: query.operation,
    client: 'server',
    filters: query.where.filters,
    openFilter: query.where.open,
    ...(query.values && { values: query.values }),
    asks: askedOf(query),
    node: query.node,
    module: query.module,
  });
  const first = maybeRow(row, found);
  return {
    ...rows(row),
    items: [first],
    api: {
      kind: 'drizzle-rows',
      member: (name) =>
        name === '0' ? first : name === 'length' ? { whenTrue: found, ...tally } : name === 'at' ? native(() => first) : undefined,
    },
  };
}

/** A Drizzle database. */
export const drizzleDatabase = (): Value =>
  api('drizzle', {
    member: (name) => {
      const start = (operation: DataAccess['operation']): Value =>
        native(({ args, node, module }) =>
          builder({
            operation,
            ...(operation !== 'read' ? { table: tableOf(args[0]) } : args[0] && { fields: args[0] }),
            where: { filters: [], open: false },
            node,
            module,
          }),
        );
      if (name === 'select' || name === 'selectDistinct') return start('read');
      if (name === '$count') return native(() => tally);
      if (name === 'insert') return start('create');
      if (name === 'update') return start('update');
      if (name === 'delete') return start('delete');
      if (name === 'transaction')
        return native((call) => call.machine.call(call.args[0] ?? unknown, [drizzleDatabase()], unknown, call.node, call.module));
      if (name === 'execute') return sqlTag('pg');
      if (name === 'query') return api('drizzle-relations', { member: (table) => relational(table) });
      return undefined;
    },
  });

const relational = (table: string): Value =>
  api('drizzle-relation', {
    member: (method) =>
      native((call) => {
        const where = call.args[0]?.props?.get('where');
        const given = where?.closure
          ? call.machine.call(where, [drizzleTable(table), object(operators)], unknown, call.node, call.module)
          : where;
        const plain = given?.props
          ? { filters: [...given.props].map(([column, value]) => ({ column, value })), open: given.open ?? false }
          : conditionOf(given);
        const { row, found } = access(call.machine, {
          kind: 'table',
          name: table,
          operation: 'read',
          client: 'server',
          filters: plain.filters,
          openFilter: plain.open,
          asks: askedOfObject(call.args[0], 'columns', 'with'),
          node: call.node,
          module: call.module,
        });
        return method === 'findFirst'
          ? oneOf([
              { value: foundRow(row), state: found },
              { value: literal(undefined), state: absent(row.row) },
            ])
          : rows(row);
      }),
  });

/** What Drizzle's packages export. */
export function drizzlePackage(packageName: string, name: string): Value | undefined {
  if (packageName !== 'drizzle-orm') return undefined;
  if (name === 'drizzle') return native(() => drizzleDatabase());
  if (/^(pg|mysql|sqlite|singlestore)Table$/.test(name)) return native(({ args }) => drizzleTable(stringOf(args[0]) ?? '*'));
  if (/^(pg|mysql|singlestore)Schema$/.test(name))
    return native(() => object({ table: native(({ args }) => drizzleTable(stringOf(args[0]) ?? '*')) }, true));
  if (/^(pg|mysql|sqlite)TableCreator$/.test(name))
    return native(({ machine, args, node, module }) =>
      native((call) => {
        const prefixed = args[0] ? machine.call(args[0], [call.args[0] ?? unknown], unknown, node, module) : unknown;
        return drizzleTable(stringOf(prefixed) ?? stringOf(call.args[0]) ?? '*');
      }),
    );
  if (name === 'sql')
    return api('drizzle-sql', { call: ({ args }) => expression(args[0] ?? unknown), member: () => native(() => unknown) });
  if (name === 'count' || name === 'countDistinct') return native(() => expression(literal('count(*)')));
  return operators[name];
}
