import { stateWhen } from '../interpret/condition.ts';
import { both } from '../interpret/state.ts';
import { api, native, type NativeCall, stringOf, unknown, type Value } from '../interpret/value.ts';
import { guarding } from './endpoint.ts';
import { type RootField, schemaValue } from './graphql-schema.ts';
import { flatten } from './registration.ts';

type Type = RootField['type'];

/** Fields that a definition of Nexus adds to a root type, found when the schema is asked for them. */
interface Definition {
  readonly type: Type | undefined;
  readonly fields: (call: NativeCall) => RootField[];
}

const definition = (type: Type | undefined, fields: Definition['fields']): Value =>
  api('nexus-type', { data: { type, fields } satisfies Definition });

const rootOf = (name: string | undefined): Type | undefined =>
  name === 'Query' || name === 'Mutation' || name === 'Subscription' ? name : undefined;

function field(type: Type, name: string, options: Value, at: Pick<NativeCall, 'node' | 'module'>): RootField {
  return {
    type,
    name,
    place: at.module.placeOf(at.node),
    module: at.module,
    directives: [],
    resolve: native((call) => {
      const { machine, args, node, module } = call;
      const authorize = options.props?.get('authorize');
      if (authorize)
        guarding(machine, () => {
          const answer = machine.settle(machine.call(authorize, args, unknown, node, module));
          const when = stateWhen(answer, true);
          machine.state = machine.state && when && both(machine.state, when);
        });
      const resolve = options.props?.get('resolve');
      return resolve && machine.state ? machine.settle(machine.call(resolve, args, unknown, node, module)) : unknown;
    }),
  };
}

// `definition(t) { t.list.nonNull.field('orders', { resolve }) }`
function defined(type: Type, run: Value, call: NativeCall): RootField[] {
  const fields: RootField[] = [];
  const t: Value = api('nexus-t', {
    call: (made) => {
      const [first = unknown, second] = made.args;
      const name = stringOf(first) ?? stringOf(first.props?.get('name'));
      if (name !== undefined) fields.push(field(type, name, second ?? first, made));
      return t;
    },
    member: (name) => (name === 'then' ? undefined : t),
  });
  call.machine.aside(() => call.machine.call(run, [t], unknown, call.node, call.module));
  return fields;
}

const block = (type: Type | undefined, options: Value | undefined, at: NativeCall): Value => {
  const run = options?.props?.get('definition');
  return definition(type, () => (type && run ? defined(type, run, at) : []));
};

const makers: Readonly<Record<string, (call: NativeCall) => Value>> = {
  queryType: (call) => block('Query', call.args[0], call),
  mutationType: (call) => block('Mutation', call.args[0], call),
  subscriptionType: (call) => block('Subscription', call.args[0], call),
  objectType: (call) => block(rootOf(stringOf(call.args[0]?.props?.get('name'))), call.args[0], call),
  extendType: (call) => block(rootOf(stringOf(call.args[0]?.props?.get('type'))), call.args[0], call),
  queryField: (call) => single('Query', call),
  mutationField: (call) => single('Mutation', call),
  subscriptionField: (call) => single('Subscription', call),
};

// `queryField('order', options)`, `queryField('order', () => options)` or `queryField((t) => t.field(...))`
function single(type: Type, call: NativeCall): Value {
  const [first = unknown, second = unknown] = call.args;
  const name = stringOf(first);
  if (name === undefined) return definition(type, () => defined(type, first, call));
  return definition(type, () => {
    const options = second.closure ? call.machine.aside(() => call.machine.call(second, [], unknown, call.node, call.module)) : second;
    return [field(type, name, options, call)];
  });
}

// `makeSchema({ types })`: types come in arrays, objects and modules.
const makeSchema: Value = native((call) => {
  const found: Definition[] = [];
  const visit = (value: Value, depth: number): void => {
    if (value.api?.kind === 'nexus-type') found.push(value.api.data as Definition);
    else if (value.api?.kind === 'namespace') {
      const module = call.machine.code.module(value.api.data as string);
      for (const name of module ? namesOf(call, module.path) : [])
        visit(call.machine.member(value, name, true, call.node, call.module), depth - 1);
    } else if (depth > 0) for (const item of value.props?.values() ?? flatten(value).filter((one) => one !== value)) visit(item, depth - 1);
  };
  visit(call.args[0]?.props?.get('types') ?? unknown, 5);
  let fields: RootField[] | undefined;
  const gaps =
    found.length === 0
      ? [{ what: 'the GraphQL types', why: 'where they are listed could not be followed', place: call.module.placeOf(call.node) }]
      : [];
  return schemaValue(call, () => (fields ??= found.flatMap((one) => one.fields(call))), gaps);
});

// Names a module exports, with those it passes on from others.
function namesOf(call: NativeCall, path: string, seen = new Set<string>()): string[] {
  const module = seen.has(path) ? undefined : call.machine.code.module(path);
  seen.add(path);
  if (!module) return [];
  const further = module.exportAll.flatMap((source) => {
    const target = call.machine.code.resolve(path, source);
    return target.kind === 'file' ? namesOf(call, target.path, seen) : [];
  });
  return [...module.exports.keys(), ...further];
}

/** What Nexus exports. */
export function nexusPackage(packageName: string, name: string): Value | undefined {
  if (packageName !== 'nexus' && packageName !== '@nexus/schema') return undefined;
  if (name === 'makeSchema') return makeSchema;
  const make = makers[name];
  return make && native(make);
}
