import { type DataAccess } from '../../../../evidence/routes.ts';
import { tally } from '../interpret/made.ts';
import { type NativeCall, type Value, api, literal, native, object, stringOf, unknown } from '../interpret/value.ts';
import { both } from '../interpret/state.ts';
import { ownRelations } from './prisma-relations.ts';
import { access, maybeRow, rows } from './access.ts';
import { type Asked, askedOfObject } from './asked.ts';
import { sqlTag } from './sql.ts';
import { filtersOf } from './filters.ts';

interface Verb {
  readonly operation: DataAccess['operation'];
  readonly gives: 'one' | 'maybe' | 'many' | 'count' | 'sums';
  /** It throws where there is no such row. */
  readonly sure?: true;
}

const prismaVerbs: Record<string, Verb> = {
  findUnique: { operation: 'read', gives: 'maybe' },
  findFirst: { operation: 'read', gives: 'maybe' },
  findUniqueOrThrow: { operation: 'read', gives: 'one', sure: true },
  findFirstOrThrow: { operation: 'read', gives: 'one', sure: true },
  findMany: { operation: 'read', gives: 'many' },
  count: { operation: 'read', gives: 'count' },
  aggregate: { operation: 'read', gives: 'sums' },
  groupBy: { operation: 'read', gives: 'many' },
  create: { operation: 'create', gives: 'one' },
  createMany: { operation: 'create', gives: 'count' },
  createManyAndReturn: { operation: 'create', gives: 'many' },
  update: { operation: 'update', gives: 'one', sure: true },
  updateMany: { operation: 'update', gives: 'count' },
  upsert: { operation: 'update', gives: 'one' },
  delete: { operation: 'delete', gives: 'one', sure: true },
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
                  askedOfObject(call.args[0], 'select', 'include'),
                ),
              )
            : undefined;
        },
      });
    },
  });

/** A query whose filter and values are objects. */
export function objectQuery(
  call: NativeCall,
  table: string,
  verb: Verb,
  where: Value | undefined,
  values: Value | undefined,
  asks?: Asked,
): Value {
  const { filters, open } = filtersOf(where);
  // A number of rows is not the rows.
  if (verb.operation === 'read' && (verb.gives === 'count' || verb.gives === 'sums')) return verb.gives === 'count' ? tally : unknown;
  const { row, found } = access(call.machine, {
    kind: 'table',
    name: table,
    operation: verb.operation,
    client: 'server',
    filters,
    openFilter: open,
    ...(values && { values }),
    asks,
    node: call.node,
    module: call.module,
  });
  if (verb.gives === 'many') return rows(row);
  if (verb.gives === 'count') return { whenTrue: found, ...tally };
  const own = ownRelations(call, table);
  const one: Value = own.size > 0 ? { ...row, props: own, open: true } : row;
  if (verb.gives === 'maybe') return maybeRow(one, found);
  // `findUniqueOrThrow`, `update` and `delete` end here when there is no row.
  if ((verb.sure || verb.operation === 'read') && call.machine.state) call.machine.state = both(call.machine.state, found);
  return one;
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

/** ORMs and drivers whose queries are objects. */
export function ormPackage(packageName: string, name: string): Value | undefined {
  if (name === 'PrismaClient') return api('prisma-class', { call: () => prismaClient() });
  switch (packageName) {
    case '@prisma/client':
      // Beside the client and its namespace, the generated package has the enums of the schema: their values are their names.
      return /^(?:Prisma|\*|default)$/.test(name) || !/^[A-Z]/.test(name)
        ? undefined
        : api('prisma-enum', { member: (value) => literal(value) });
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
