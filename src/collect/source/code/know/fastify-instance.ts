import type { Place } from '../../../../core/finding.ts';
import { nothing } from '../interpret/state.ts';
import {
  alternativesOf,
  api,
  literal,
  type Machine,
  native,
  type NativeCall,
  object,
  stringOf,
  unknown,
  type Value,
} from '../interpret/value.ts';
import { addRoute, joined, shorthand } from './fastify-route.ts';
import { decorator, type FastifyInstance, fastifyServers, type Install, type Pending } from './fastify-scope.ts';
import { isAwaited, pathText } from './registration.ts';
import { routersOf } from './router.ts';

/** `Fastify()`. */
export function makeServer(call: Pick<NativeCall, 'machine' | 'node' | 'module'>): Value {
  const instance = makeInstance(call.module.placeOf(call.node), '', undefined);
  fastifyServers(call.machine).push(instance);
  routersOf(call.machine).push({
    framework: 'Fastify',
    entries: [],
    place: instance.place,
    prefix: '',
    mounted: false,
    root: true,
    fields: instance.decorators.instance,
  });
  return instance.value;
}

function makeInstance(place: Place, prefix: string, parent: FastifyInstance | undefined): FastifyInstance {
  const decorators = { instance: new Map<string, Value>(), request: new Map<string, Value>(), reply: new Map<string, Value>() };
  const parts = {
    prefix,
    place,
    hooks: [...(parent?.hooks ?? [])],
    routes: [],
    children: [],
    decorators,
    queue: [],
    gaps: [],
    ...(parent && { parent }),
  };
  const instance: FastifyInstance = { ...parts, value: instanceValue(() => instance) };
  return instance;
}

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'search', 'propfind']);

const instanceValue = (get: () => FastifyInstance): Value => {
  const member = (name: string): Value | undefined => {
    const instance = get();
    const known = decorator(instance, 'instance', name) ?? members.get(name)?.(instance);
    if (known) return known;
    if (verbs.has(name)) return native((call) => (addRoute(instance, shorthand(name, call), call), self));
    if (name === 'then' || name === 'catch' || name === 'finally') return undefined;
    if (/^(set|add|remove|with|print|log$|close$|inject$|swagger$|after$|ready$|listen$|on$)/.test(name))
      return native((call) => (started(instance, name, call), self));
    return api('fastify-unknown', { data: name });
  };
  const self: Value = {
    api: {
      kind: 'fastify',
      // The instance and its value name each other.
      get data() {
        return get();
      },
      assign: (name, value) => void get().decorators.instance.set(name, value),
      member,
    },
  };
  return self;
};

const own: Readonly<Record<string, (instance: FastifyInstance) => Value>> = {
  prefix: (instance) => literal(instance.prefix),
  route: (instance) => native((call) => (addRoute(instance, new Map(call.args[0]?.props ?? []), call), instance.value)),
  register: (instance) =>
    native((call) => {
      instance.queue.push({ plugin: call.args[0] ?? unknown, options: call.args[1] ?? object({}), node: call.node, module: call.module });
      if (isAwaited(call)) loadPlugins(call.machine, instance);
      return instance.value;
    }),
  addHook: (instance) =>
    native((call) => {
      const name = stringOf(call.args[0]);
      if (name && call.args[1])
        instance.hooks.push({ name, run: call.args[1], place: call.module.placeOf(call.node), module: call.module });
      return instance.value;
    }),
  decorate: (instance) => decorate(instance, 'instance'),
  decorateRequest: (instance) => decorate(instance, 'request'),
  decorateReply: (instance) => decorate(instance, 'reply'),
};

const members = new Map(Object.entries(own));

const decorate = (instance: FastifyInstance, on: keyof FastifyInstance['decorators']): Value =>
  native((call) => {
    const name = stringOf(call.args[0]);
    if (name) instance.decorators[on].set(name, call.args[1] ?? literal(undefined));
    return instance.value;
  });

// `listen` and `ready` load what waits; `after` waits its turn.
function started(instance: FastifyInstance, name: string, call: NativeCall): void {
  if (!['listen', 'ready', 'after', 'inject'].includes(name)) return;
  const callback = call.args.find((arg) => arg.closure);
  if (name === 'after' && callback) {
    const plugin = native((later) => later.machine.call(callback, [literal(null)], unknown, call.node, call.module));
    instance.queue.push({ plugin: api('fastify-plugin', { data: plugin }), options: object({}), node: call.node, module: call.module });
  }
  if (name !== 'after' || isAwaited(call)) loadPlugins(call.machine, instance);
  if (name !== 'after' && callback) call.machine.call(callback, [literal(null)], unknown, call.node, call.module);
}

const maxDepth = 20;

/** Loads the plugins that wait on an instance, in their order, each with the plugins it registers itself. */
export function loadPlugins(machine: Machine, instance: FastifyInstance): void {
  for (let next = instance.queue.shift(); next; next = instance.queue.shift()) {
    const later = instance.queue;
    instance.queue = [];
    load(machine, instance, next);
    loadPlugins(machine, instance);
    instance.queue = later;
  }
}

function load(machine: Machine, instance: FastifyInstance, pending: Pending): void {
  const call = { machine, node: pending.node, module: pending.module };
  const options = pending.options.closure
    ? machine.call(pending.options, [instance.value], unknown, pending.node, pending.module)
    : pending.options;
  const plugin = pluginOf(machine, pending.plugin, pending);
  const inner = plugin.api?.kind === 'fastify-plugin' ? pluginOf(machine, plugin.api.data as Value, pending) : plugin;
  if (inner.api?.kind === 'fastify-install') return (inner.api.data as Install)(instance, options, call);
  const place = pending.module.placeOf(pending.node);
  if (!inner.closure && !inner.native) return notFollowed(instance, inner, pending, place);
  let depth = 0;
  for (let at = instance.parent; at; at = at.parent) depth++;
  if (depth > maxDepth) return;
  let scope = instance;
  if (inner === plugin) {
    scope = makeInstance(place, joined(instance.prefix, pathText(options.props?.get('prefix')) ?? ''), instance);
    instance.children.push(scope);
  }
  const before = machine.state;
  machine.state = nothing;
  machine.budget = Math.max(machine.budget, 200_000);
  machine.call(inner, [scope.value, options, native(() => unknown)], scope.value, pending.node, pending.module);
  machine.state = before;
  if (scope !== instance) loadPlugins(machine, scope);
}

// `register(import('./x.js'))`, `register(require('./x'))` and `{ default: plugin }` all name a plugin.
function pluginOf(machine: Machine, value: Value, pending: Pending): Value {
  const settled = machine.settle(value);
  const one = alternativesOf(settled).find((item) => item.value.closure || item.value.api)?.value ?? settled;
  if (one.closure || one.native || one.api?.kind.startsWith('fastify')) return one;
  const inner = one.api?.kind === 'namespace' || one.props ? machine.member(one, 'default', true, pending.node, pending.module) : undefined;
  return inner && (inner.closure || inner.native || inner.api) ? inner : one;
}

const mayGuard = /auth|jwt|session|clerk|guard|keycloak|oidc|oauth|permission|acl|rbac|casbin|token|access/i;

// A plugin we cannot see inside is harmless (cors, swagger) unless its name says that it may guard.
function notFollowed(instance: FastifyInstance, plugin: Value, pending: Pending, place: Place): void {
  const known = plugin.api?.kind === 'package' ? (plugin.api.data as { package: string; missing?: boolean }) : undefined;
  const what = known ? `plugin ${known.package}` : `plugin ${pending.module.snippet(pending.node, 60)}`;
  if (known && !known.missing && !mayGuard.test(known.package)) return;
  instance.gaps.push({
    what,
    why: known?.missing ? 'imported from a file that is not in the repo' : 'may add hooks that we cannot see',
    place,
  });
}
