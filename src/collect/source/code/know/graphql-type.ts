import { posix } from 'node:path';
import { stateWhen } from '../interpret/condition.ts';
import type { Made } from '../interpret/instance.ts';
import { recordGap } from '../interpret/log.ts';
import { both } from '../interpret/state.ts';
import { native, type NativeCall, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import { guarding } from './endpoint.ts';
import { type Asked, graphqlArgument, graphqlDecorator, type RootMethod, rootMethods } from './graphql-classes.ts';
import { type RootField, schemaValue } from './graphql-schema.ts';
import { applied, argumentsOf, type Decorator, decoratorsOf, settled } from './nest-decorators.ts';
import { instanceOf } from './nest-inject.ts';
import { flatten } from './registration.ts';

/** `buildSchema({ resolvers, authChecker })` of TypeGraphQL. */
const buildSchema: Value = native((call) => {
  const [options = unknown] = call.args;
  const listed = flatten(options.props?.get('resolvers'));
  let fields: RootField[] | undefined;
  const place = call.module.placeOf(call.node);
  const classes = listed.flatMap((item) => (item.constructs ? [item.constructs] : byPattern(call, stringOf(item) ?? item.parts?.at(-1))));
  const gaps = classes.length === 0 ? [{ what: 'the resolver classes', why: 'where they are listed could not be followed', place }] : [];
  return schemaValue(call, () => (fields ??= classes.flatMap((made) => fieldsOf(call, made, options))), gaps);
});

// `resolvers: [__dirname + '/**/*.resolver.ts']`
function byPattern(call: NativeCall, pattern: string | Value | undefined): Made[] {
  const end = typeof pattern === 'string' ? posix.basename(pattern) : '';
  if (!end.includes('*')) return [];
  const { code } = call.machine;
  const fits = namesMatching(end);
  return code.product.flatMap((path) => {
    const module = fits(posix.basename(path)) ? code.module(path) : undefined;
    return [...(module?.exports.keys() ?? [])].flatMap((name) => (module && call.machine.exported(module, name).constructs) ?? []);
  });
}

// `*.{resolver,subscriber}.js`: the pattern is the repo's, so nothing of it becomes an expression; what is built to `.js` was written in `.ts`.
function namesMatching(pattern: string): (name: string) => boolean {
  const [whole = '', before = pattern, list = '', after = ''] = /^([^{]*)\{([^}]*)\}([^{}]*)$/.exec(pattern) ?? [];
  const patterns = whole === '' ? [pattern] : list.split(',').map((one) => `${before}${one}${after}`);
  const kinds = patterns.flatMap((one) => (one.endsWith('.js') ? [one, `${one.slice(0, -2)}ts`] : [one]));
  return (name) => kinds.some((one) => fitsWildcard(name, one.split(/\*+/)));
}

// The pieces between the stars, in their order.
function fitsWildcard(name: string, pieces: readonly string[]): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= name.length - last.length;
}

function fieldsOf(call: NativeCall, made: Made, options: Value): RootField[] {
  const { machine } = call;
  const onClass = decoratorsOf(machine, made, made.node);
  return rootMethods(machine, made).map((method) => ({
    type: method.type,
    name: method.name,
    place: method.place,
    module: method.made.module,
    directives: [],
    resolve: native((run) => answer(run, made, method, onClass, options)),
  }));
}

function answer(call: NativeCall, made: Made, method: RootMethod, onClass: readonly Decorator[], options: Value): Value {
  const { machine, node } = call;
  const { module } = method.made;
  const [parent = unknown, args = unknown, context = unknown, info = unknown] = call.args;
  const asked: Asked = { parent, args, context, info };
  const about = object({ root: parent, args, context, info }, true);
  guarding(machine, () => authorized(call, [...onClass, ...method.decorators], about, options));
  const layers = [
    ...flatten(options.props?.get('globalMiddlewares')),
    ...argumentsOf(onClass, 'graphql UseMiddleware'),
    ...argumentsOf(method.decorators, 'graphql UseMiddleware'),
  ];
  const instance = instanceOf(machine, made);
  const step = (at: number): Value => {
    if (!machine.state) return unknown;
    const layer = layers[at];
    if (!layer) {
      const given = method.method.value.params.map(
        (param) => graphqlArgument(machine, method.made, param, asked) ?? custom(call, method.made, param, about) ?? unknown,
      );
      return machine.settle(machine.call(machine.member(instance, method.key, true, node, module), given, instance, node, module));
    }
    const held = layer.constructs ? instanceOf(machine, layer.constructs) : undefined;
    const run = held ? machine.member(held, 'use', true, node, module) : layer;
    let result: Value = unknown;
    const next = native(() => (result = step(at + 1)));
    machine.settle(machine.call(run, [about, next], held ?? unknown, node, module));
    return result;
  };
  return step(0);
}

// `@CurrentUser()` made with `createParamDecorator(({ context }) => context.user)`
function custom(call: NativeCall, made: Made, param: Parameters<typeof graphqlArgument>[2], about: Value): Value | undefined {
  const found = decoratorsOf(call.machine, made, param).find(({ name }) => name === 'graphql Custom');
  return found?.args[0] && call.machine.call(found.args[0], [about], unknown, call.node, made.module);
}

/** Asks the auth checker where `@Authorized` stands. */
function authorized(call: NativeCall, decorators: readonly Decorator[], about: Value, options: Value): void {
  const { machine, node, module } = call;
  const wanted = decorators.filter(({ name }) => name === 'graphql Authorized');
  if (wanted.length === 0 || !machine.state) return;
  const checker = options.props?.get('authChecker');
  const held = checker?.constructs && instanceOf(machine, checker.constructs);
  const run = held ? machine.member(held, 'check', true, node, module) : checker;
  if (!run?.closure && !run?.native) {
    recordGap(machine.log, '@Authorized', 'could not see what the auth checker asks for', wanted[0]?.place ?? {});
    return;
  }
  const roles = settled({ items: wanted.flatMap(({ args }) => args.flatMap((arg) => flatten(arg))) });
  const answered = machine.settle(machine.call(run, [about, roles], held ?? unknown, node, module));
  const when = stateWhen(answered, true);
  machine.state = machine.state && when && both(machine.state, when);
}

const decorators = new Set([
  'Resolver',
  'Query',
  'Mutation',
  'Subscription',
  'FieldResolver',
  'Arg',
  'Args',
  'Ctx',
  'Root',
  'Info',
  'Authorized',
  'UseMiddleware',
]);

/** What TypeGraphQL exports. */
export function typeGraphqlPackage(packageName: string, name: string): Value | undefined {
  if (packageName !== 'type-graphql') return undefined;
  if (name === 'buildSchema' || name === 'buildSchemaSync') return buildSchema;
  if (name === 'createParamDecorator' || name === 'createParameterDecorator')
    return native(({ args: [make = unknown] }) => applied({ name: 'graphql Custom', args: [make] }));
  return decorators.has(name) ? graphqlDecorator(name) : undefined;
}
