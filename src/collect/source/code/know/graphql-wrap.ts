import { stateWhen } from '../interpret/condition.ts';
import { both, either, type State } from '../interpret/state.ts';
import { alternativesOf, api, native, type NativeCall, unknown, type Value } from '../interpret/value.ts';
import { guarding } from './endpoint.ts';
import { resolved } from './graphql-run.ts';
import { type GraphSchema, mapped, type RootField, schemaOf } from './graphql-schema.ts';
import { flatten } from './registration.ts';

/** graphql-shield's rules: functions of a field's arguments that pass, or rules put together. */
type Rule = (call: NativeCall) => State | undefined;

const ruleValue = (run: Rule): Value => api('shield-rule', { data: run });

// What a rule answers: true passes; false, an error or a text refuses.
function asked(call: NativeCall, rule: Value): State | undefined {
  const { machine, args, node, module } = call;
  if (!machine.state) return undefined;
  const answer = machine.settle(machine.call(rule, args, unknown, node, module));
  const passes = alternativesOf(answer).filter(
    ({ value }) => value.response !== 'deny' && typeof value.literal?.is !== 'string' && !value.props && !value.constructs,
  );
  const when =
    passes.length === 0 ? undefined : stateWhen(passes.length === alternativesOf(answer).length ? answer : { alternatives: passes }, true);
  return machine.state && when && both(machine.state, when);
}

function judge(call: NativeCall, rule: Value): State | undefined {
  const base = call.machine.state;
  try {
    if (rule.api?.kind === 'shield-rule') return (rule.api.data as Rule)(call);
    return rule.closure || rule.native ? asked(call, rule) : base;
  } finally {
    call.machine.state = base;
  }
}

const every = (rules: readonly Value[]): Value =>
  ruleValue((call) => {
    const { machine } = call;
    for (const rule of rules) {
      machine.state = judge(call, rule);
      if (!machine.state) return undefined;
    }
    return machine.state;
  });

const any = (rules: readonly Value[]): Value =>
  ruleValue((call) => {
    const passing = rules.map((rule) => judge(call, rule)).filter((state) => state !== undefined);
    return passing.length === 0 ? undefined : passing.reduce((a, b) => either(a, b));
  });

// `rule()(fn)` and `rule('name', options)(fn)`.
const rule: Value = native(() => native(({ args: [run = unknown] }) => ruleValue((call) => asked(call, run))));

const shield: Readonly<Record<string, Value>> = {
  rule,
  allow: ruleValue((call) => call.machine.state),
  deny: ruleValue(() => undefined),
  and: native(({ args }) => every(args)),
  chain: native(({ args }) => every(args)),
  or: native(({ args }) => any(args)),
  race: native(({ args }) => any(args)),
  not: native(({ args: [inner = unknown] }) =>
    ruleValue((call) => {
      const base = call.machine.state;
      return inner.api?.kind === 'shield-rule' && judge(call, inner) === base ? undefined : base;
    }),
  ),
  shield: native(({ args: [tree = unknown, options] }) => api('shield', { data: { tree, fallback: options?.props?.get('fallbackRule') } })),
};

interface Shield {
  readonly tree: Value;
  readonly fallback?: Value;
}

// The rule of a field: its own, that of all fields of the type, that of the whole type, else the fallback.
function ruleFor({ tree, fallback }: Shield, field: RootField): Value | undefined {
  if (tree.api?.kind === 'shield-rule') return tree;
  const ofType = tree.props?.get(field.type) ?? tree.props?.get('*');
  if (ofType?.api?.kind === 'shield-rule') return ofType;
  return ofType?.props?.get(field.name) ?? ofType?.props?.get('*') ?? fallback;
}

/** One layer of graphql-middleware around a field. */
function layered(field: RootField, layer: Value): RootField {
  const inner = native((call) => resolved(call.machine, field, call.args));
  if (layer.api?.kind === 'shield') {
    const found = ruleFor(layer.api.data as Shield, field);
    if (!found) return field;
    return {
      ...field,
      resolve: native((call) => {
        guarding(call.machine, () => {
          call.machine.state = judge(call, found);
        });
        return call.machine.state ? resolved(call.machine, field, call.args) : unknown;
      }),
    };
  }
  const own = layer.props?.get(field.type);
  const run = layer.closure || layer.native ? layer : own?.closure ? own : own?.props?.get(field.name);
  if (!run) return field;
  return { ...field, resolve: native((call) => call.machine.call(run, [inner, ...call.args], unknown, call.node, call.module)) };
}

/** `applyMiddleware(schema, ...layers)`: the first layer is the outermost. */
const applyMiddleware: Value = native((call) => {
  const [given = unknown, ...layers] = call.args;
  const schema = schemaOf(given);
  return schema ? around(schema, layers, call) : given;
});

const around = (schema: GraphSchema, layers: readonly Value[], call: NativeCall): Value =>
  mapped(schema, call, (field) => layers.toReversed().reduce(layered, field));

/** `composeResolvers(resolvers, { 'Query.*': [isAdmin] })`: each guard is given the next resolver. */
const composeResolvers: Value = native(({ args: [resolvers = unknown, rules] }) => {
  const change = (type: string, map: Value): Value => ({
    ...map,
    props: new Map(
      [...(map.props ?? [])].map(([name, resolve]): [string, Value] => {
        const guards = [...(rules?.props ?? [])].filter(([pattern]) => covers(pattern, type, name)).flatMap(([, list]) => flatten(list));
        return [name, guards.length === 0 ? resolve : composed(guards, resolve)];
      }),
    ),
  });
  return { ...resolvers, props: new Map([...(resolvers.props ?? [])].map(([type, map]) => [type, map.props ? change(type, map) : map])) };
});

const composed = (guards: readonly Value[], resolve: Value): Value =>
  native((call) => {
    const { machine, args, node, module } = call;
    const built = guards.reduceRight((next, guard) => machine.call(guard, [next], unknown, node, module), resolve);
    return machine.call(built, args, unknown, node, module);
  });

const covers = (pattern: string, type: string, name: string): boolean => {
  const [ofType = '*', ofField = '*'] = pattern.split('.');
  const fits = (one: string, text: string): boolean =>
    one === '*' ||
    one === text ||
    (/^\{.*\}$/.test(one) &&
      one
        .slice(1, -1)
        .split(',')
        .map((part) => part.trim())
        .includes(text));
  return fits(ofType, type) && fits(ofField, name);
};

/** `combineResolvers(isAuthenticated, resolve)` of graphql-resolvers: the first that does not skip answers. */
const combineResolvers: Value = native(({ args: resolvers }) =>
  native((call) => {
    const { machine, args, node, module } = call;
    let answer: Value = unknown;
    for (const [nth, one] of resolvers.entries()) {
      answer = machine.settle(machine.call(one, args, unknown, node, module));
      if (nth === resolvers.length - 1 || !machine.state) break;
      // What a guard returns other than `skip` is an answer, mostly an error.
      const on = alternativesOf(answer).filter(
        ({ value }) => value.api?.kind === 'skip' || (value.literal !== undefined && value.literal.is === undefined),
      );
      if (on.length === 0 && answer.alternatives) machine.state = undefined;
      else if (on.length > 0 && machine.state)
        machine.state = both(
          machine.state,
          on.map(({ state }) => state).reduce((a, b) => either(a, b)),
        );
    }
    return answer;
  }),
);

/** Packages that put guards around resolvers. */
export function graphqlWrappers(packageName: string, name: string): Value | undefined {
  if (packageName === 'graphql-shield') return shield[name];
  if (packageName === 'graphql-middleware') return name === 'applyMiddleware' ? applyMiddleware : undefined;
  if (packageName === '@graphql-tools/resolvers-composition') return name === 'composeResolvers' ? composeResolvers : undefined;
  if (packageName === 'graphql-resolvers')
    return name === 'combineResolvers' ? combineResolvers : name === 'skip' ? api('skip') : undefined;
  return undefined;
}
