import type { Place } from '../../../../core/finding.ts';
import type { Module } from '../module.ts';
import { api, type Machine, native, type NativeCall, stringOf, type Value } from '../interpret/value.ts';

/** One registration on a router, in the order of the code. */
export interface RouterEntry {
  readonly kind: 'use' | 'route';
  /** Upper case; `ALL` for any. */
  readonly method: string;
  readonly path: string;
  readonly handlers: readonly Value[];
  readonly place: Place;
  readonly module: Module;
}

/** A router object of a server framework: what was registered on it, and where it was mounted. */
export interface RouterNode {
  readonly framework: string;
  readonly entries: RouterEntry[];
  readonly place: Place;
  prefix: string;
  mounted: boolean;
  /** True for the application itself: it needs no mount to be reachable. */
  readonly root: boolean;
  /** Things put on the object by name (Fastify's decorators, `app.locals`). */
  readonly fields: Map<string, Value>;
}

/** All routers of a run, in the order they were made. */
export type RouterRegistry = RouterNode[];

const registries = new WeakMap<Machine, RouterRegistry>();

/** The routers made while a machine ran the modules of a repo. */
export function routersOf(machine: Machine): RouterRegistry {
  let registry = registries.get(machine);
  if (!registry) registries.set(machine, (registry = []));
  return registry;
}

/** The router behind a value. */
export const nodeOf = (value: Value): RouterNode | undefined => (value.api?.kind === 'router' ? (value.api.data as RouterNode) : undefined);

export interface RouterStyle {
  readonly framework: string;
  /** Members beyond the verbs, e.g. Fastify's `register`. */
  member?(node: RouterNode, self: Value, name: string): Value | undefined;
}

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'all', 'options', 'head', 'del', 'query']);

/** Makes a router object: `get`, `post`, `use`, `route` and so on note what is registered. */
export function makeRouter(call: Pick<NativeCall, 'machine' | 'node' | 'module'>, style: RouterStyle, root: boolean, prefix = ''): Value {
  const node: RouterNode = {
    framework: style.framework,
    entries: [],
    place: call.module.placeOf(call.node),
    prefix,
    mounted: false,
    root,
    fields: new Map(),
  };
  routersOf(call.machine).push(node);
  return routerValue(node, style);
}

export function routerValue(node: RouterNode, style: RouterStyle): Value {
  const self: Value = api('router', {
    data: node,
    member: (name) => {
      const field = node.fields.get(name);
      if (field) return field;
      const own = style.member?.(node, self, name);
      if (own) return own;
      if (verbs.has(name)) return native((call) => (register(node, name === 'del' ? 'DELETE' : name.toUpperCase(), call), self));
      if (name === 'use') return native((call) => (use(node, call), self));
      if (name === 'route') return native((call) => routeChain(node, stringOf(call.args[0]) ?? '*', call.module));
      if (name === 'param') return native(() => self);
      return undefined;
    },
  });
  return self;
}

/** Notes `verb(path, ...handlers)`; `app.get('setting')` with one argument is no route. */
export function register(node: RouterNode, method: string, call: NativeCall): void {
  const [first, ...rest] = call.args;
  const written = (item: Value | undefined): string => (stringOf(item) === '*' ? '/*' : pathOf(item));
  const paths = first?.items ? first.items.map(written) : [written(first)];
  const handlers = flat(rest);
  if (handlers.length === 0) return;
  for (const path of paths)
    node.entries.push({ kind: 'route', method, path, handlers, place: call.module.placeOf(call.node), module: call.module });
}

function use(node: RouterNode, call: NativeCall): void {
  const [first] = call.args;
  const named =
    first !== undefined &&
    (stringOf(first) !== undefined ||
      (first.items?.every((item) => stringOf(item) !== undefined) ?? false) ||
      first.parts !== undefined ||
      first.api?.kind === 'regexp');
  const paths = !named ? ['/'] : first.items ? first.items.map((item) => stringOf(item) ?? '*') : [pathOf(first)];
  const handlers = flat(named ? call.args.slice(1) : call.args);
  for (const handler of handlers) {
    const inner = nodeOf(handler);
    if (inner) inner.mounted = true;
  }
  for (const path of paths)
    node.entries.push({ kind: 'use', method: 'ALL', path, handlers, place: call.module.placeOf(call.node), module: call.module });
}

const flat = (values: readonly Value[]): Value[] => values.flatMap((value) => (value.items && !value.api ? flat(value.items) : [value]));

function pathOf(value: Value | undefined): string {
  if (!value) return '/';
  const exact = stringOf(value);
  if (exact !== undefined) return exact;
  if (value.parts) return value.parts.map((part) => (typeof part === 'string' ? part : (stringOf(part) ?? ''))).join('');
  return '*';
}

// `router.route('/x').get(a).post(b)`
function routeChain(node: RouterNode, path: string, module: Module): Value {
  const chain: Value = api('route-chain', {
    member: (name) =>
      verbs.has(name)
        ? native(
            (call) => (
              node.entries.push({
                kind: 'route',
                method: name.toUpperCase(),
                path,
                handlers: flat(call.args),
                place: module.placeOf(call.node),
                module: call.module,
              }),
              chain
            ),
          )
        : undefined,
  });
  return chain;
}
