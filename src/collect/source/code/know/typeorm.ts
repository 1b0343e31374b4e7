import { decoratorsOf, decorator } from './nest-decorators.ts';
import { api, type Machine, native, stringOf, unknown, type Value } from '../interpret/value.ts';
import { queryBuilder } from './typeorm-query.ts';
import { merge } from '../interpret/global-names.ts';
import { filtersOf } from './filters.ts';
import { objectQuery } from './orm.ts';
import { applied } from './nest-decorators.ts';
import { sqlTag } from './sql.ts';

/** The table of an entity: what `@Entity('orders')` says, else the class's name. */
export function tableOf(machine: Machine, entity: Value | undefined): string {
  const text = stringOf(entity);
  if (text !== undefined) return text;
  const made = entity?.constructs;
  if (!made) return entity?.api?.kind === 'entity-schema' ? (entity.api.data as string) : '*';
  for (const { name, args } of decoratorsOf(machine, made, made.node))
    if (name === 'Entity') return stringOf(args[0]) ?? stringOf(args[0]?.props?.get('name')) ?? made.node.id?.name ?? '*';
  return made.node.id?.name ?? '*';
}

type Operation = Parameters<typeof objectQuery>[2];

const reads: Readonly<Record<string, Operation['gives']>> = {
  find: 'many',
  findBy: 'many',
  findAndCount: 'many',
  findAndCountBy: 'many',
  findByIds: 'many',
  findOne: 'maybe',
  findOneBy: 'maybe',
  findOneById: 'maybe',
  findOneOrFail: 'one',
  findOneByOrFail: 'one',
  count: 'count',
  countBy: 'count',
  exist: 'count',
  exists: 'count',
  existsBy: 'count',
  sum: 'count',
  average: 'count',
  maximum: 'count',
  minimum: 'count',
};

// `delete(id)`, `update({ id }, values)`: the first argument says which rows.
const writes: Readonly<Record<string, Operation>> = {
  update: { operation: 'update', gives: 'count' },
  delete: { operation: 'delete', gives: 'count' },
  softDelete: { operation: 'delete', gives: 'count' },
  restore: { operation: 'update', gives: 'count' },
  increment: { operation: 'update', gives: 'count' },
  decrement: { operation: 'update', gives: 'count' },
};

/** Conditions of a find: those under `where` of its options, or the argument itself for the `By` methods and for plain conditions. */
const conditions = (method: string, given: Value | undefined): Value | undefined =>
  /By(?:OrFail)?$|ById$/.test(method) || (given && !given.props)
    ? idOrObject(given)
    : given?.props?.has('where')
      ? idOrObject(given.props.get('where'))
      : given?.props && [...given.props.keys()].every((name) => options.has(name))
        ? undefined
        : given;

const options = new Set([
  'relations',
  'order',
  'take',
  'skip',
  'select',
  'cache',
  'lock',
  'withDeleted',
  'loadEagerRelations',
  'join',
  'comment',
  'transaction',
]);

// `findOneBy(id)` and `delete(id)` take the key itself; a list of conditions means any of them.
const idOrObject = (value: Value | undefined): Value | undefined =>
  value && !value.props && (value.input ?? value.row ?? value.literal ?? value.who)
    ? { props: new Map([['id', value]]) }
    : value?.items && value.items.length === 1
      ? value.items[0]
      : value;

/** A repository of one entity; `table` is asked when a method is called. */
export const repository = (table: (machine: Machine) => string): Value =>
  api('typeorm-repository', {
    member: (method) => {
      const gives = reads[method];
      if (gives)
        return native((call) => {
          const found = objectQuery(call, table(call.machine), { operation: 'read', gives }, conditions(method, call.args[0]), undefined);
          return method.startsWith('findAndCount') ? { items: [found, unknown] } : found;
        });
      const write = writes[method];
      if (write) return native((call) => objectQuery(call, table(call.machine), write, idOrObject(call.args[0]), call.args[1]));
      switch (method) {
        case 'create':
          return native(({ args: [values] }) => (values ? merge([values]) : { props: new Map(), open: true }));
        case 'merge':
        case 'preload':
          return native(({ args }) => merge(args));
        case 'save':
        case 'insert':
        case 'upsert':
        case 'persist':
        case 'persistAndFlush':
          return native((call) => save(call, table(call.machine), call.args[0] ?? unknown));
        case 'remove':
        case 'softRemove':
        case 'removeAndFlush':
          return native((call) =>
            objectQuery(call, table(call.machine), { operation: 'delete', gives: 'one' }, rowFilter(call.args[0]), undefined),
          );
        case 'query':
          return sqlTag('list');
        case 'createQueryBuilder':
          return native((call) => queryBuilder({ operation: 'read', table: table(call.machine), filters: [], open: false, call }));
        case 'clear':
          return native((call) => objectQuery(call, table(call.machine), { operation: 'delete', gives: 'count' }, undefined, undefined));
        case 'manager':
          return entityManager();
        case 'withRepository':
        case 'extend':
          return native(() => repository(table));
        default:
          return undefined;
      }
    },
  });

const rowFilter = (entity: Value | undefined): Value | undefined =>
  entity?.row || entity?.alternatives?.some(({ value }) => value.row) ? { props: new Map([['id', entity]]) } : entity;

// `const order = new Order(); order.total = 1`
const plain = (value: Value): Value =>
  value.api?.kind === 'holder' && value.api.data instanceof Map ? { props: value.api.data as Map<string, Value>, open: true } : value;

// Saving what was read before changes that row; anything else is a new one, unless it brings a key.
function save(call: Parameters<NonNullable<Value['native']>>[0], table: string, entity: Value): Value {
  const one = plain(entity.items?.[0] ?? entity);
  const read = one.row ?? one.alternatives?.find(({ value }) => value.row)?.value.row;
  const key = one.props?.get('id');
  if (read)
    return objectQuery(
      call,
      table,
      { operation: 'update', gives: 'one' },
      { props: new Map([['id', { row: read }]]) },
      one.props ? one : undefined,
    );
  if (key && filtersOf(key).filters.length > 0)
    return objectQuery(call, table, { operation: 'update', gives: 'one' }, { props: new Map([['id', key]]) }, one);
  return objectQuery(call, table, { operation: 'create', gives: 'one' }, undefined, one);
}

/** `DataSource`, `EntityManager` and what a transaction hands to its function: repositories asked for by entity. */
export const entityManager = (): Value =>
  api('entity-manager', {
    member: (method) => {
      if (method === 'getRepository' || method === 'getTreeRepository' || method === 'withRepository' || method === 'getCustomRepository')
        return native(({ args: [entity] }) =>
          entity?.api?.kind === 'typeorm-repository' ? entity : repository((machine) => tableOf(machine, entity)),
        );
      if (method === 'transaction')
        return native((call) =>
          call.machine.call(call.args.find((arg) => arg.closure) ?? unknown, [entityManager()], unknown, call.node, call.module),
        );
      if (method === 'createQueryRunner') return native(() => queryRunner);
      if (method === 'createEntityManager' || method === 'fork') return native(() => entityManager());
      if (method === 'manager') return entityManager();
      if (method === 'query') return sqlTag('list');
      if (method === 'createQueryBuilder')
        return native((call) =>
          queryBuilder({
            operation: 'read',
            table: call.args[0] ? tableOf(call.machine, call.args[0]) : '*',
            filters: [],
            open: false,
            call,
          }),
        );
      if (method === 'save' || method === 'remove' || method === 'softRemove')
        return native((call) => {
          const named = call.args.length > 1 && (call.args[0]?.constructs ?? call.args[0]?.literal);
          const table = named ? tableOf(call.machine, call.args[0]) : tableOfRow(call.args[0]);
          const run = call.machine.member(
            repository(() => table),
            method,
            true,
            call.node,
            call.module,
          );
          return call.machine.call(run, named ? call.args.slice(1) : call.args, unknown, call.node, call.module);
        });
      if (!(method in reads || method in writes || /^(?:insert|upsert|create|merge|preload|clear)$/.test(method))) return undefined;
      return native((call) => {
        const own = repository((machine) => tableOf(machine, call.args[0]));
        return call.machine.call(
          call.machine.member(own, method, true, call.node, call.module),
          call.args.slice(1),
          own,
          call.node,
          call.module,
        );
      });
    },
  });

const tableOfRow = (value: Value | undefined): string => {
  const one = value?.items?.[0] ?? value;
  return (one?.row ?? one?.alternatives?.find((item) => item.value.row)?.value.row)?.access.name ?? '*';
};

const queryRunner: Value = api('query-runner', {
  member: (name) => (name === 'manager' ? entityManager() : name === 'query' ? sqlTag('list') : native(() => unknown)),
});

const inject = (make: (args: readonly Value[]) => Value): Value =>
  api('decorator-factory', { call: ({ args }) => applied({ name: 'InjectValue', args: [make(args)] }) });

// Conditions made by functions: what they compare with.
const operators: Readonly<Record<string, Value>> = {
  Equal: native(({ args }) => args[0] ?? unknown),
  In: native(({ args }) => args[0]?.items?.[0] ?? args[0] ?? unknown),
  ...Object.fromEntries(
    [
      'Not',
      'Like',
      'ILike',
      'Between',
      'LessThan',
      'LessThanOrEqual',
      'MoreThan',
      'MoreThanOrEqual',
      'IsNull',
      'Any',
      'Raw',
      'ArrayContains',
    ].map((name) => [name, native(() => api('typeorm-operator'))]),
  ),
};

// `class OrderRepository extends Repository<Order>` passes the entity to the constructor, or is asked for it by its decorator.
const repositoryClass: Value = api('library-class', { call: ({ args: [entity] }) => repository((machine) => tableOf(machine, entity)) });

// `Order.find()` of the active record style: `this` is the entity.
const baseEntity: Value = api('base-entity', {
  member: (method) =>
    method === 'new'
      ? undefined
      : native((call) => {
          const own = repository((machine) => tableOf(machine, call.self));
          return call.machine.call(call.machine.member(own, method, true, call.node, call.module), call.args, own, call.node, call.module);
        }),
});

/** What TypeORM, MikroORM and their Nest modules export. */
export function typeormPackage(packageName: string, name: string): Value | undefined {
  switch (packageName) {
    case '@nestjs/typeorm':
    case '@mikro-orm/nestjs':
      if (name === 'InjectRepository') return inject(([entity]) => repositoryOf(entity));
      return name === 'InjectDataSource' || name === 'InjectEntityManager' || name === 'InjectConnection'
        ? inject(() => entityManager())
        : undefined;
    case 'typeorm':
      if (name === 'Entity') return decorator('Entity');
      if (name === 'DataSource' || name === 'EntityManager' || name === 'Connection')
        return api('library-class', { call: () => entityManager() });
      if (/^(?:Tree|Mongo)?Repository$|^AbstractRepository$/.test(name)) return repositoryClass;
      if (name === 'BaseEntity') return baseEntity;
      if (name === 'getRepository' || name === 'getCustomRepository')
        return native(({ args: [entity] }) => repository((machine) => tableOf(machine, entity)));
      if (name === 'getConnection' || name === 'getManager' || name === 'createConnection') return native(() => entityManager());
      return operators[name];
    case '@mikro-orm/core':
    case '@mikro-orm/postgresql':
    case '@mikro-orm/mysql':
      if (name === 'Entity') return decorator('Entity');
      return /EntityManager$/.test(name)
        ? api('library-class', { call: () => entityManager() })
        : name === 'EntityRepository'
          ? repositoryClass
          : undefined;
    default:
      return undefined;
  }
}

// A repository class of the code's own stands for itself.
const repositoryOf = (entity: Value | undefined): Value => repository((machine) => tableOf(machine, entity));
