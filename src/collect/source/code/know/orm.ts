import type { DataAccess } from '../../../../evidence/routes.ts';
import { alternativesOf, api, native, type NativeCall, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import { nothing } from '../interpret/state.ts';
import { ownRelations } from './prisma-relations.ts';
import { access, type Filter, maybeRow, rows } from './access.ts';
import { sqlTag } from './sql.ts';

/** Comparisons in a filter object (`where: { id, organisation: { ownerId } }`), nested relations by their last name. */
export function filtersOf(where: Value | undefined, prefix = '', depth = 5): { filters: Filter[]; open: boolean } {
  if (!where) return { filters: [], open: false };
  const filters: Filter[] = [];
  let open = false;
  for (const { value } of alternativesOf(where)) {
    if (!value.props) {
      if (value !== unknown && (value.input ?? value.who ?? value.row)) filters.push({ column: prefix || 'id', value });
      else if (!value.literal) open = true;
      continue;
    }
    if (value.open) open = true;
    for (const [name, item] of value.props) {
      if (/^(AND|\$and)$/.test(name)) for (const part of item.items ?? [item]) merge(filtersOf(part, prefix, depth - 1));
      else if (/^(OR|NOT|\$or|\$nor)$/.test(name)) open = true;
      else if (/^(equals|in|is|some|every|\$eq|\$in|_eq|_in)$/.test(name))
        depth > 0 && item.props
          ? merge(filtersOf(item, prefix, depth - 1))
          : filters.push({ column: prefix || name, value: item.items?.length === 1 ? (item.items[0] ?? item) : item });
      else if (item.props && depth > 0 && !item.api) merge(filtersOf(item, name, depth - 1));
      else filters.push({ column: name, value: item });
    }
  }
  function merge(inner: { filters: Filter[]; open: boolean }): void {
    filters.push(...inner.filters);
    open ||= inner.open;
  }
  return { filters, open };
}

interface Verb {
  readonly operation: DataAccess['operation'];
  readonly gives: 'one' | 'maybe' | 'many' | 'count';
}

const prismaVerbs: Record<string, Verb> = {
  findUnique: { operation: 'read', gives: 'maybe' },
  findFirst: { operation: 'read', gives: 'maybe' },
  findUniqueOrThrow: { operation: 'read', gives: 'one' },
  findFirstOrThrow: { operation: 'read', gives: 'one' },
  findMany: { operation: 'read', gives: 'many' },
  count: { operation: 'read', gives: 'count' },
  aggregate: { operation: 'read', gives: 'count' },
  groupBy: { operation: 'read', gives: 'many' },
  create: { operation: 'create', gives: 'one' },
  createMany: { operation: 'create', gives: 'count' },
  createManyAndReturn: { operation: 'create', gives: 'many' },
  update: { operation: 'update', gives: 'one' },
  updateMany: { operation: 'update', gives: 'count' },
  upsert: { operation: 'update', gives: 'one' },
  delete: { operation: 'delete', gives: 'one' },
  deleteMany: { operation: 'delete', gives: 'count' },
};

/** A Prisma client: its members are models, their methods queries. */
export const prismaClient = (): Value =>
  api('prisma', {
    member: (model) => {
      if (model === '$transaction')
        return native((call) =>
          call.args[0]?.closure
            ? call.machine.call(call.args[0], [prismaClient()], unknown, call.node, call.module)
            : (call.args[0] ?? unknown),
        );
      if (/^\$(queryRaw|executeRaw)(Unsafe)?$/.test(model)) return sqlTag('list');
      if (model.startsWith('$')) return native(() => prismaClient());
      return api('prisma-model', {
        member: (method) => {
          const verb = prismaVerbs[method];
          return verb
            ? native((call) =>
                objectQuery(
                  call,
                  model,
                  verb,
                  call.args[0]?.props?.get('where'),
                  call.args[0]?.props?.get('data') ?? call.args[0]?.props?.get('update'),
                ),
              )
            : undefined;
        },
      });
    },
  });

/** A query whose filter and values are objects. */
export function objectQuery(call: NativeCall, table: string, verb: Verb, where: Value | undefined, values: Value | undefined): Value {
  const { filters, open } = filtersOf(where);
  const { row, found } = access(call.machine, {
    kind: 'table',
    name: table,
    operation: verb.operation,
    client: 'server',
    filters,
    openFilter: open,
    ...(values && { values }),
    node: call.node,
    module: call.module,
  });
  if (verb.gives === 'many') return rows(row);
  if (verb.gives === 'count') return { whenTrue: found };
  const own = ownRelations(call, table);
  const one: Value = own.size > 0 ? { ...row, props: own, open: true } : row;
  return verb.gives === 'one' ? one : maybeRow(one, found);
}

const mongooseVerbs: Record<string, Verb & { readonly byId?: true; readonly valuesAt?: number }> = {
  find: { operation: 'read', gives: 'many' },
  findOne: { operation: 'read', gives: 'maybe' },
  findById: { operation: 'read', gives: 'maybe', byId: true },
  exists: { operation: 'read', gives: 'maybe' },
  countDocuments: { operation: 'read', gives: 'count' },
  aggregate: { operation: 'read', gives: 'many' },
  create: { operation: 'create', gives: 'one', valuesAt: 0 },
  insertOne: { operation: 'create', gives: 'one', valuesAt: 0 },
  insertMany: { operation: 'create', gives: 'many', valuesAt: 0 },
  findByIdAndUpdate: { operation: 'update', gives: 'maybe', byId: true, valuesAt: 1 },
  findOneAndUpdate: { operation: 'update', gives: 'maybe', valuesAt: 1 },
  updateOne: { operation: 'update', gives: 'count', valuesAt: 1 },
  updateMany: { operation: 'update', gives: 'count', valuesAt: 1 },
  replaceOne: { operation: 'update', gives: 'count', valuesAt: 1 },
  findByIdAndDelete: { operation: 'delete', gives: 'maybe', byId: true },
  findByIdAndRemove: { operation: 'delete', gives: 'maybe', byId: true },
  findOneAndDelete: { operation: 'delete', gives: 'maybe' },
  deleteOne: { operation: 'delete', gives: 'count' },
  deleteMany: { operation: 'delete', gives: 'count' },
  findByPk: { operation: 'read', gives: 'maybe', byId: true },
  findAll: { operation: 'read', gives: 'many' },
};

/** A Mongoose model, MongoDB collection or Sequelize model: filters come first, values second. */
export const documentModel = (name: string): Value =>
  api('model', {
    call: (call) => savable(name, call.args[0] ?? unknown),
    member: (method) => {
      const verb = mongooseVerbs[method];
      if (!verb) return undefined;
      return native((call) => {
        const [first] = call.args;
        const inner = first?.props?.get('where') ?? first;
        const where = verb.byId ? object({ id: first ?? unknown }) : verb.operation === 'create' ? undefined : inner;
        const values = verb.valuesAt === undefined ? undefined : call.args[verb.valuesAt];
        return chain(objectQuery(call, name, verb, where, values?.props?.get('$set') ?? values));
      });
    },
  });

// `.populate().sort().lean()` change nothing we look at: awaiting the chain gives the result.
const chain = (result: Value): Value =>
  api('query-chain', {
    settle: () => result,
    member: (name) =>
      name === 'then' || name === 'catch' || name === 'finally'
        ? undefined
        : name === 'exec' || name === 'lean' || name === 'toArray' || name === 'next'
          ? native(() => chain(result))
          : native(() => chain(result)),
  });

const savable = (name: string, values: Value): Value =>
  api('document', {
    data: new Map<string, Value>(values.props ?? []),
    member: (member) =>
      member === 'save'
        ? native((call) => objectQuery(call, name, { operation: 'create', gives: 'one' }, undefined, values))
        : values.props?.get(member),
  });

/** Firestore through the Admin SDK: security rules do not apply to it. */
export const firestore = (): Value =>
  api('firestore', {
    member: (name) =>
      name === 'collection' || name === 'collectionGroup'
        ? native(({ args }) => collection(stringOf(args[0]) ?? '*', []))
        : name === 'doc'
          ? native(({ args }) => document((stringOf(args[0]) ?? '*').split('/')[0] ?? '*', args[0] ?? unknown))
          : name === 'runTransaction' || name === 'batch'
            ? native((call) =>
                call.args[0]?.closure ? call.machine.call(call.args[0], [unknown], unknown, call.node, call.module) : unknown,
              )
            : undefined,
  });

const collection = (name: string, filters: readonly Filter[]): Value =>
  api('firestore-collection', {
    member: (member) => {
      if (member === 'doc') return native(({ args }) => document(name, args[0] ?? unknown));
      if (member === 'where')
        return native(({ args }) => collection(name, [...filters, { column: stringOf(args[0]) ?? '*', value: args[2] ?? unknown }]));
      if (member === 'orderBy' || member === 'limit' || member === 'select' || member === 'offset' || member === 'startAfter')
        return native(() => collection(name, filters));
      if (member === 'get' || member === 'count')
        return native((call) =>
          snapshotOf(
            access(call.machine, {
              kind: 'table',
              name,
              operation: 'read',
              client: 'server',
              filters,
              node: call.node,
              module: call.module,
            }).row,
          ),
        );
      if (member === 'add')
        return native(
          (call) =>
            access(call.machine, {
              kind: 'table',
              name,
              operation: 'create',
              client: 'server',
              filters,
              ...(call.args[0] && { values: call.args[0] }),
              node: call.node,
              module: call.module,
            }).row,
        );
      return undefined;
    },
  });

const documentVerbs: Record<string, DataAccess['operation']> = {
  get: 'read',
  set: 'update',
  update: 'update',
  delete: 'delete',
  create: 'create',
};

const document = (name: string, id: Value): Value =>
  api('firestore-document', {
    member: (member) => {
      const operation = documentVerbs[member];
      if (member === 'collection') return native(({ args }) => collection(stringOf(args[0]) ?? '*', [{ column: 'id', value: id }]));
      if (!operation) return undefined;
      return native((call) => {
        const { row, found } = access(call.machine, {
          kind: 'table',
          name,
          operation,
          client: 'server',
          filters: [{ column: 'id', value: id }],
          ...(call.args[0] && operation !== 'read' && { values: call.args[0] }),
          node: call.node,
          module: call.module,
        });
        return snapshotOf(row, found);
      });
    },
  });

const snapshotOf = (row: Value, found = nothing): Value =>
  object(
    {
      exists: { whenTrue: found },
      data: native(() => maybeRow(row, found)),
      docs: { items: [object({ data: native(() => row), id: row }, true)], open: true },
      empty: unknown,
      id: row,
    },
    true,
  );

/** ORMs and drivers whose queries are objects. */
export function ormPackage(packageName: string, name: string): Value | undefined {
  if (name === 'PrismaClient') return api('prisma-class', { call: () => prismaClient() });
  switch (packageName) {
    case 'mongoose':
      return name === 'model'
        ? native(({ args }) => documentModel(stringOf(args[0]) ?? '*'))
        : name === '*' || name === 'default'
          ? api('mongoose', {
              member: (member) =>
                member === 'models'
                  ? api('models', { member: (model) => documentModel(model) })
                  : member === 'model'
                    ? native(({ args }) => documentModel(stringOf(args[0]) ?? '*'))
                    : undefined,
            })
          : name === 'models'
            ? api('models', { member: (model) => documentModel(model) })
            : undefined;
    case 'mongodb':
      return name === 'MongoClient' ? api('mongo-class', { call: () => mongoClient() }) : undefined;
    case 'sequelize':
      return name === 'Model' ? api('sequelize-model', {}) : undefined;
    case 'firebase-admin':
      return name === '*' || name === 'default' ? undefined : name === 'getFirestore' ? native(() => firestore()) : undefined;
    default:
      return undefined;
  }
}

const mongoClient = (): Value =>
  api('mongo', {
    member: (member) =>
      member === 'db' || member === 'connect'
        ? native(() => mongoClient())
        : member === 'collection'
          ? native(({ args }) => documentModel(stringOf(args[0]) ?? '*'))
          : undefined,
  });
