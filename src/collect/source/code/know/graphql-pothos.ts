import { stateWhen } from '../interpret/condition.ts';
import { both, either, type State } from '../interpret/state.ts';
import { alternativesOf, api, native, type NativeCall, stringOf, unknown, type Value } from '../interpret/value.ts';
import { guarding } from './endpoint.ts';
import { loadedWith, runModules } from './graphql-load.ts';
import { type RootField, schemaValue } from './graphql-schema.ts';

type Type = RootField['type'];

interface Builder {
  readonly options: Value;
  readonly fields: Map<string, RootField>;
  /** `authScopes` of a root type itself. */
  readonly typeScopes: Map<Type, Value>;
}

interface Field {
  /** `field`, `prismaField`, `string` and so on. */
  readonly method: string;
  readonly options: Value;
  /** What `t.withAuth(...)` asked for. */
  readonly scopes?: Value;
}

const registrations = /\.(?:query|mutation|subscription)(?:Fields?|Type)\s*\(/;
const rootCalls: Readonly<Record<string, { readonly type: Type; readonly kind: 'type' | 'field' | 'fields' }>> = Object.fromEntries(
  (['Query', 'Mutation', 'Subscription'] as const).flatMap((type) =>
    (['type', 'field', 'fields'] as const).map((kind) => [
      `${type.toLowerCase()}${kind === 'type' ? 'Type' : kind === 'field' ? 'Field' : 'Fields'}`,
      { type, kind },
    ]),
  ),
);

/** `new SchemaBuilder(options)` of Pothos. */
const schemaBuilder: Value = api('library-class', {
  call: ({ args: [options = unknown] }) => {
    const builder: Builder = { options, fields: new Map(), typeScopes: new Map() };
    const self: Value = api('pothos-builder', {
      data: builder,
      member: (name) => {
        const root = rootCalls[name];
        if (root) return native((call) => (register(builder, root, call), self));
        if (name === 'toSchema') return native((call) => toSchema(builder, call));
        if (name === 'then') return undefined;
        return native(() => api('pothos-ref', { member: (member) => (member === 'then' ? undefined : native(() => self)) }));
      },
    });
    return self;
  },
});

function toSchema(builder: Builder, call: NativeCall): Value {
  let loaded = false;
  return schemaValue(call, () => {
    if (!loaded) runModules(call.machine, loadedWith(call.machine, call.module), registrations);
    loaded = true;
    return [...builder.fields.values()];
  });
}

function register(builder: Builder, { type, kind }: { type: Type; kind: 'type' | 'field' | 'fields' }, call: NativeCall): void {
  const { machine, args, node, module } = call;
  const add = (name: string, field: Value, at: { readonly start: number }): void => {
    const declared = field.api?.kind === 'pothos-field' ? (field.api.data as Field) : undefined;
    if (!declared) return;
    const place = module.placeOf(at);
    builder.fields.set(`${type}.${name}`, {
      type,
      name,
      place,
      module,
      directives: [],
      resolve: native((run) => guarded(builder, type, declared, run)),
    });
  };
  if (kind === 'field') {
    const name = stringOf(args[0]);
    if (name !== undefined && args[1]) add(name, machine.call(args[1], [fieldBuilder()], unknown, node, module), node);
    return;
  }
  const given = kind === 'type' ? args[0]?.props?.get('fields') : args[0];
  const scopes = kind === 'type' ? args[0]?.props?.get('authScopes') : undefined;
  if (scopes) builder.typeScopes.set(type, scopes);
  if (!given) return;
  const made = machine.call(given, [fieldBuilder()], unknown, node, module);
  for (const [name, field] of made.props ?? []) add(name, field, (field.api?.data as { at?: { start: number } } | undefined)?.at ?? node);
}

/** `t` of a field's function. */
function fieldBuilder(scopes?: Value): Value {
  return api('pothos-t', {
    member: (name) => {
      if (name === 'withAuth') return native(({ args }) => fieldBuilder(args[0] ?? unknown));
      if (name === 'arg' || name === 'input' || name === 'args')
        return api('pothos-arg', { call: () => unknown, member: () => native(() => unknown) });
      return native(({ args, node }) => {
        const options = args.findLast((arg) => arg.props) ?? unknown;
        return api('pothos-field', { data: { method: name, options, at: node, ...(scopes && { scopes }) } });
      });
    },
  });
}

/** Asks for the scopes of a field, then runs its resolver. */
function guarded(builder: Builder, type: Type, { method, options, scopes }: Field, call: NativeCall): Value {
  const { machine, args } = call;
  const [parent = unknown, given = unknown, context = unknown, info = unknown] = args;
  // A field's own scopes stand in place of those of `withAuth`.
  const own = options.props?.get('authScopes') ?? scopes;
  const onType = options.props?.get('skipTypeScopes')?.literal?.is === true ? undefined : builder.typeScopes.get(type);
  guarding(machine, () => {
    for (const needed of [onType, own]) if (needed) ask(builder, needed, call, context);
  });
  if (!machine.state) return unknown;
  const resolve = options.props?.get('subscribe') ?? options.props?.get('resolve');
  if (!resolve) return unknown;
  const plain = [parent, given, context, info];
  const withQuery = /^prisma/.test(method) && method !== 'prismaObject';
  return machine.settle(machine.call(resolve, withQuery ? [unknown, ...plain] : plain, unknown, call.node, call.module));
}

// What the builder's options say of scopes, in the forms of version 3 and 4.
function scopesOf(builder: Builder, call: NativeCall, context: Value): Value {
  const { machine, node, module } = call;
  const make = builder.options.props?.get('authScopes') ?? builder.options.props?.get('scopeAuth')?.props?.get('authScopes') ?? unknown;
  return make.closure || make.native ? machine.settle(machine.call(make, [context], unknown, node, module)) : make;
}

function ask(builder: Builder, needed: Value, call: NativeCall, context: Value): void {
  const { machine, node, module, args } = call;
  const base = machine.state;
  if (!base) return;
  const asked = needed.closure || needed.native ? machine.settle(machine.call(needed, args, unknown, node, module)) : needed;
  const after = machine.state;
  if (!after) return;
  const passes = alternativesOf(asked).map(({ value, state }) => {
    machine.state = both(after, state);
    return pass(value, 'any', call, scopesOf(builder, call, context));
  });
  const open = passes.filter((state) => state !== undefined);
  machine.state = open.length === 0 ? undefined : open.reduce((a, b) => either(a, b));
}

/** State of the callers that a map of scopes lets pass: any of them is enough, under `$all` each is needed. */
function pass(needed: Value, mode: 'any' | 'all', call: NativeCall, scopes: Value): State | undefined {
  const { machine } = call;
  const base = machine.state;
  if (!base) return undefined;
  if (!needed.props) {
    const when = stateWhen(needed, true);
    return when && both(base, when);
  }
  let all: State | undefined = base;
  let any: State | undefined;
  for (const [name, given] of needed.props) {
    machine.state = mode === 'all' ? (all ?? base) : base;
    const one =
      name === '$all' || name === '$any' ? pass(given, name === '$all' ? 'all' : 'any', call, scopes) : scope(name, given, call, scopes);
    if (one) any = any ? either(any, one) : one;
    all = one && all && both(all, one);
  }
  machine.state = base;
  return mode === 'all' ? all : any;
}

function scope(name: string, given: Value, call: NativeCall, scopes: Value): State | undefined {
  const { machine, node, module } = call;
  // A scope that is not asked for grants nothing.
  const wanted = stateWhen(given, true);
  if (!wanted || !machine.state) return undefined;
  const found = machine.member(scopes, name, true, node, module);
  const answer = found.closure || found.native ? machine.settle(machine.call(found, [given], unknown, node, module)) : found;
  const when = stateWhen(answer, true);
  return when && machine.state ? both(machine.state, both(wanted, when)) : undefined;
}

/** What Pothos exports. */
export const pothosPackage = (packageName: string, name: string): Value | undefined =>
  packageName === '@pothos/core' && (name === 'default' || name === 'SchemaBuilder') ? schemaBuilder : undefined;
