import type { Node } from 'oxc-parser';
import { ancestry, type Made, memberName } from '../interpret/instance.ts';
import { api, type Machine, type Span, unknown, type Value } from '../interpret/value.ts';
import { decoratorsOf, keyOf } from './nest-decorators.ts';

/** How a module provides what is asked for by a token. */
export interface Provider {
  readonly useClass?: Value;
  readonly useValue?: Value;
  readonly useFactory?: Value;
  readonly useExisting?: Value;
  /** Tokens of the factory's parameters. */
  readonly inject?: readonly Value[];
  /** The module class that lists it. */
  readonly owner: unknown;
}

interface Container {
  readonly providers: Map<unknown, Provider[]>;
  readonly instances: Map<unknown, Value>;
  readonly provided: Map<Provider, Value>;
  /** The module class that declares a class as provider or controller. */
  readonly home: Map<unknown, unknown>;
}

const containers = new WeakMap<Machine, Container>();

const containerOf = (machine: Machine): Container => {
  let container = containers.get(machine);
  if (!container)
    containers.set(machine, (container = { providers: new Map(), instances: new Map(), provided: new Map(), home: new Map() }));
  return container;
};

/** Notes a provider of a module. */
export function provide(machine: Machine, token: Value, provider: Provider): void {
  const { providers, home } = containerOf(machine);
  const key = keyOf(token);
  providers.set(key, [...(providers.get(key) ?? []), provider]);
  const made = (provider.useClass ?? token).constructs;
  if (made && !home.has(made.node)) home.set(made.node, provider.owner);
}

/** Notes that a module declares a controller. */
export const settleIn = (machine: Machine, made: Made, owner: unknown): void => void containerOf(machine).home.set(made.node, owner);

const nowhere: Span = { start: 0, end: 0 };
const constructBudget = 60_000;

/** What is injected for a token: the nearest provider's value, or an instance of the class that is the token. */
export function resolveToken(machine: Machine, token: Value, asking?: unknown): Value {
  const container = containerOf(machine);
  const all = container.providers.get(keyOf(token)) ?? [];
  const provider = all.find(({ owner }) => owner === asking) ?? all.at(-1);
  if (!provider) return token.constructs ? instanceOf(machine, token.constructs) : made(machine, token);
  const known = container.provided.get(provider);
  if (known) return known;
  container.provided.set(provider, unknown);
  const value = provided(machine, provider, token);
  container.provided.set(provider, value);
  return value;
}

// A class of a library we know.
const made = (machine: Machine, token: Value): Value => {
  const module = machine.code.module(machine.code.product[0] ?? '');
  return token.api && token.api.kind !== 'package' && module ? machine.aside(() => machine.construct(token, [], nowhere, module)) : unknown;
};

function provided(machine: Machine, provider: Provider, token: Value): Value {
  if (provider.useValue) return provider.useValue;
  if (provider.useExisting) return resolveToken(machine, provider.useExisting, provider.owner);
  if (provider.useFactory) {
    const { useFactory, inject = [] } = provider;
    const args = inject.map((item) => resolveToken(machine, item.props?.get('token') ?? item, provider.owner));
    const module = useFactory.closure?.module;
    return module ? machine.aside(() => machine.settle(machine.call(useFactory, args, unknown, nowhere, module))) : unknown;
  }
  const target = provider.useClass ?? token;
  return target.constructs ? instanceOf(machine, target.constructs) : made(machine, target);
}

/** The one instance of a class, with its dependencies injected. */
export function instanceOf(machine: Machine, target: Made): Value {
  const { instances, home } = containerOf(machine);
  const known = instances.get(target.node);
  if (known) return known;
  // Classes that need each other see the other one once it is there.
  instances.set(
    target.node,
    api('injected', {
      member: (name, call) => call.machine.member(instances.get(target.node) ?? unknown, name, true, call.node, call.module),
    }),
  );
  const owner = home.get(target.node);
  const value = machine.aside(() => {
    machine.budget = constructBudget;
    const { classes } = ancestry(machine, target);
    const one = classes.find((item) => constructorOf(item)) ?? target;
    const args = (constructorOf(one)?.value.params ?? []).map((param) => injected(machine, one, param, owner));
    machine.budget = constructBudget;
    const self = machine.construct({ constructs: target }, args, target.node, target.module);
    const fields = self.api?.data instanceof Map ? (self.api.data as Map<string, Value>) : undefined;
    for (const item of classes.toReversed().flatMap((made) => made.node.body.body.map((member) => ({ made, member })))) {
      if (item.member.type !== 'PropertyDefinition' || item.member.decorators.length === 0) continue;
      const name = memberName(item.member);
      const given = asked(machine, item.made, item.member, owner);
      if (name !== undefined && given) fields?.set(name, given);
    }
    prepare(machine, target, self);
    return self;
  });
  instances.set(target.node, value);
  return value;
}

// Connections are mostly opened once the modules are there.
function prepare(machine: Machine, target: Made, self: Value): void {
  for (const name of ['onModuleInit', 'onApplicationBootstrap']) {
    const run = machine.member(self, name, true, nowhere, target.module);
    const { node, module } = run.closure ?? {};
    if (node && module && /\bthis\.\w+\s*=[^=]/.test(module.text.slice(node.start, node.end)))
      machine.settle(machine.call(run, [], self, nowhere, module));
  }
}

const constructorOf = (target: Made) => {
  for (const item of target.node.body.body) if (item.type === 'MethodDefinition' && item.kind === 'constructor') return item;
  return undefined;
};

function injected(machine: Machine, target: Made, param: Node, owner: unknown): Value {
  const inner: Node = param.type === 'TSParameterProperty' ? param.parameter : param;
  const name: Node = inner.type === 'AssignmentPattern' ? inner.left : inner;
  return (
    asked(machine, target, param, owner) ??
    asked(machine, target, name, owner) ??
    resolveToken(machine, typeValue(machine, target, name), owner)
  );
}

// `@Inject(TOKEN)`, or a decorator that brings the value itself (`@InjectRepository(User)`).
function asked(machine: Machine, target: Made, node: object, owner: unknown): Value | undefined {
  for (const { name, args } of decoratorsOf(machine, target, node)) {
    if (name === 'InjectValue') return args[0] ?? unknown;
    if (name !== 'Inject') continue;
    const [token = typeValue(machine, target, node as Node)] = args;
    return resolveToken(machine, token, owner);
  }
  return undefined;
}

/** The class that a type annotation names, as a value. */
export function typeValue(machine: Machine, target: Pick<Made, 'scope'>, node: Node): Value {
  const annotation = (node as { typeAnnotation?: { typeAnnotation?: Node } | null }).typeAnnotation?.typeAnnotation;
  if (annotation?.type !== 'TSTypeReference' || annotation.typeName.type !== 'Identifier') return unknown;
  const { name } = annotation.typeName;
  return machine.aside(() => machine.lookup(name, target.scope));
}
