import type { DataAccess } from '../../../../evidence/routes.ts';
import { api, literal, native, type NativeCall, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import { objectQuery } from './orm.ts';
import { query } from './sql.ts';

interface Method {
  readonly operation: DataAccess['operation'];
  readonly gives: 'one' | 'maybe' | 'many' | 'count';
  /** Index of the argument that holds `where`, the values, or the primary key. */
  readonly options?: number;
  readonly values?: number;
  readonly key?: number;
}

const methods = new Map<string, Method>(
  Object.entries({
    findAll: { operation: 'read', gives: 'many', options: 0 },
    findAndCountAll: { operation: 'read', gives: 'many', options: 0 },
    findOne: { operation: 'read', gives: 'maybe', options: 0 },
    findByPk: { operation: 'read', gives: 'maybe', key: 0 },
    findOrCreate: { operation: 'create', gives: 'one', options: 0 },
    findOrBuild: { operation: 'read', gives: 'one', options: 0 },
    count: { operation: 'read', gives: 'count', options: 0 },
    max: { operation: 'read', gives: 'count', options: 1 },
    min: { operation: 'read', gives: 'count', options: 1 },
    sum: { operation: 'read', gives: 'count', options: 1 },
    create: { operation: 'create', gives: 'one', values: 0 },
    bulkCreate: { operation: 'create', gives: 'many', values: 0 },
    upsert: { operation: 'update', gives: 'count', values: 0 },
    update: { operation: 'update', gives: 'count', values: 0, options: 1 },
    increment: { operation: 'update', gives: 'count', options: 1 },
    destroy: { operation: 'delete', gives: 'count', options: 0 },
    restore: { operation: 'update', gives: 'count', options: 0 },
    truncate: { operation: 'delete', gives: 'count' },
  } satisfies Record<string, Method>),
);

/** A Sequelize model: a class of the app, or one made by `sequelize.define`. `nameOf` tells the class it is asked of. */
const model = (nameOf: (call: NativeCall) => string): Value =>
  api('sequelize-model', {
    member: (name) => {
      const method = methods.get(name);
      if (method) return native((call) => run(call, nameOf(call), method));
      // `User.scope('active').findAll()` is still about users.
      if (name === 'scope' || name === 'unscoped' || name === 'schema' || name === 'withScope') return native((call) => call.self);
      return undefined;
    },
  });

function run(call: NativeCall, table: string, { operation, gives, options, values, key }: Method): Value {
  const given = options === undefined ? undefined : call.args[options];
  const where = key === undefined ? given?.props?.get('where') : object({ id: call.args[key] ?? unknown });
  const strict = [given, call.args[1]].some((one) => one?.props?.get('rejectOnEmpty')?.literal?.is === true);
  const written = values === undefined ? given?.props?.get('defaults') : call.args[values];
  return objectQuery(call, table, { operation, gives: gives === 'maybe' && strict ? 'one' : gives }, where, written);
}

const classModel = model((call) => call.self.constructs?.node.id?.name ?? '*');

const database: Value = api('sequelize', {
  member: (name) => {
    if (name === 'define' || name === 'model') return native(({ args }) => model(() => stringOf(args[0]) ?? '*'));
    if (name === 'query') return query('list');
    if (name === 'transaction')
      return native((call) =>
        call.args.at(-1)?.closure ? call.machine.call(call.args.at(-1) ?? unknown, [unknown], unknown, call.node, call.module) : unknown,
      );
    return undefined;
  },
});

/** Sequelize and sequelize-typescript. */
export function sequelizePackage(packageName: string, name: string): Value | undefined {
  if (packageName !== 'sequelize' && packageName !== 'sequelize-typescript' && packageName !== '@sequelize/core') return undefined;
  if (name === 'Model') return classModel;
  // `[Op.or]: [...]` reads like MongoDB's `$or`.
  if (name === 'Op') return api('sequelize-operators', { member: (operator) => literal(`$${operator}`) });
  if (name === 'Sequelize') return api('sequelize-class', { call: () => database });
  return name === '*' || name === 'default'
    ? api('sequelize-class', { call: () => database, member: (member) => sequelizePackage(packageName, member) })
    : undefined;
}
