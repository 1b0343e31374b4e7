import type { DataAccess } from '../../../../evidence/routes.ts';
import { api, native, type NativeCall, stringOf, unknown, type Value } from '../interpret/value.ts';
import { access, type Filter, maybeRow, rows } from './access.ts';

/** A query that TypeORM's builder is putting together. */
interface Query {
  readonly operation: DataAccess['operation'];
  readonly table: string;
  readonly filters: readonly Filter[];
  /** True when a condition could not be read. */
  readonly open: boolean;
  readonly values?: Value;
  /** Where the query began: the place of the access. */
  readonly call: Pick<NativeCall, 'node' | 'module'>;
}

const ends: Readonly<Record<string, 'one' | 'maybe' | 'many' | 'pair' | 'count'>> = {
  getOne: 'maybe',
  getOneOrFail: 'one',
  getRawOne: 'maybe',
  getMany: 'many',
  getRawMany: 'many',
  getRawAndEntities: 'many',
  getManyAndCount: 'pair',
  getCount: 'count',
  getExists: 'count',
  execute: 'count',
  stream: 'many',
};

/** `repository.createQueryBuilder('order').where('order.id = :id', { id }).getOne()`. */
export function queryBuilder(query: Query): Value {
  const next = (change: Partial<Query>): Value => queryBuilder({ ...query, ...change });
  return api('typeorm-builder', {
    member: (name) => {
      const gives = ends[name];
      if (gives) return native((call) => run(call, query, gives));
      switch (name) {
        case 'where':
        case 'andWhere':
        case 'having':
        case 'andHaving':
          return native((call) => next(condition(query, call)));
        case 'orWhere':
          return native(() => next({ open: true }));
        case 'setParameter':
          return native(({ args: [key, value] }) =>
            next({ filters: filled(query.filters, new Map([[stringOf(key) ?? '', value ?? unknown]])) }),
          );
        case 'setParameters':
          return native(({ args: [values] }) => next({ filters: filled(query.filters, values?.props ?? new Map()) }));
        case 'update':
          return native(({ args }) => next({ operation: 'update', ...(args[0]?.props && { values: args[0] }), ...named(args[0]) }));
        case 'delete':
        case 'softDelete':
          return native(() => next({ operation: 'delete' }));
        case 'insert':
          return native(() => next({ operation: 'create' }));
        case 'into':
        case 'from':
          return native(({ args }) => next(named(args[0])));
        case 'set':
        case 'values':
          return native(({ args }) => next({ values: args[0]?.items?.[0] ?? args[0] ?? unknown }));
        case 'whereInIds':
          return native(({ args }) =>
            next({ filters: [...query.filters, { column: 'id', value: args[0]?.items?.[0] ?? args[0] ?? unknown }] }),
          );
        case 'then':
        case 'catch':
          return undefined;
        case 'clone':
          return native(() => next({}));
        default:
          return native(() => next({}));
      }
    },
  });
}

const named = (entity: Value | undefined): Partial<Query> => {
  const table = stringOf(entity) ?? entity?.constructs?.node.id?.name;
  return table === undefined ? {} : { table };
};

/** A condition: text with `:name` places, an object, or a function that adds brackets. */
function condition(query: Query, { args: [text, values] }: NativeCall): Partial<Query> {
  if (text?.props) return { filters: [...query.filters, ...[...text.props].map(([column, value]) => ({ column, value }))] };
  const source = stringOf(text) ?? text?.parts?.map((part) => (typeof part === 'string' ? part : '?')).join('');
  if (source === undefined) return { open: true };
  if (/\bor\b/i.test(source)) return { open: true };
  const filters = [...source.matchAll(/([\w."`]+)\s*(?:=|\bin\b)\s*\(?\s*:(?:\.\.\.)?(\w+)/gi)].map((match): Filter => {
    const name = match[2] ?? '';
    return { column: column(match[1] ?? ''), value: values?.props?.get(name) ?? { parts: [`:${name}`] } };
  });
  return { filters: [...query.filters, ...filters] };
}

const column = (text: string): string => text.replaceAll(/["`]/g, '').split('.').at(-1) ?? text;

// Parameters may be set after the condition that names them.
const filled = (filters: readonly Filter[], values: ReadonlyMap<string, Value>): Filter[] =>
  filters.map((filter) => {
    const [place] = filter.value.parts ?? [];
    const value = typeof place === 'string' ? values.get(place.slice(1)) : undefined;
    return value ? { ...filter, value } : filter;
  });

function run(call: NativeCall, query: Query, gives: 'one' | 'maybe' | 'many' | 'pair' | 'count'): Value {
  const { row, found } = access(call.machine, {
    kind: 'table',
    name: query.table,
    operation: query.operation,
    client: 'server',
    filters: query.filters,
    openFilter: query.open,
    ...(query.values && { values: query.values }),
    node: query.call.node,
    module: query.call.module,
  });
  if (gives === 'count') return { whenTrue: found };
  if (gives === 'one') return row;
  if (gives === 'maybe') return maybeRow(row, found);
  return gives === 'pair' ? { items: [rows(row), unknown] } : rows(row);
}
