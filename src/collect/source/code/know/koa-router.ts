import type { CallExpression, Node } from 'oxc-parser';
import { api, literal, native, type NativeCall, stringOf, unknown, type Value } from '../interpret/value.ts';
import { flatten, pathText, registrationPlace } from './registration.ts';
import { makeRouter, nodeOf, type RouterNode, type RouterStyle } from './router.ts';

const verbs = new Map(
  ['get', 'post', 'put', 'patch', 'delete', 'del', 'all', 'head', 'options', 'link', 'unlink'].map((verb) => [
    verb,
    verb === 'del' ? 'DELETE' : verb.toUpperCase(),
  ]),
);

/** Koa's application: middleware in the order of `use`. */
const appStyle: RouterStyle = {
  framework: 'Koa',
  member: (node, self, name) => {
    if (name === 'use') return native((call) => (mount(node, '/', given(call), call), self));
    if (name === 'callback') return native(() => unknown);
    if (name === 'context' || name === 'state') return api('koa-shared', { data: node.fields, member: (field) => node.fields.get(field) });
    if (name === 'listen' || name === 'on' || name === 'once')
      return native((call) => {
        const callback = call.args.at(-1);
        if (name === 'listen' && callback?.closure) call.machine.call(callback, [], unknown, call.node, call.module);
        return self;
      });
    return undefined;
  },
};

/** Routers of koa-router, @koa/router and koa-joi-router. */
const routerStyle: RouterStyle = {
  framework: 'Koa',
  member: (node, self, name) => {
    const verb = verbs.get(name);
    if (verb) return native((call) => (route(node, verb, call), self));
    switch (name) {
      // The middleware made of a router stands for the router.
      case 'routes':
      case 'middleware':
        return native(() => self);
      case 'allowedMethods':
        return native(() => goOn);
      case 'router':
        return self;
      case 'prefix':
        return native((call) => ((node.prefix = `${pathText(call.args[0]) ?? ''}${node.prefix}`), self));
      case 'use':
        return native((call) => (use(node, call), self));
      case 'register':
        return native((call) => (register(node, call), self));
      case 'route':
        return native((call) => (flatten(call.args[0]).forEach((config) => described(node, config, call)), self));
      case 'redirect':
      case 'swagger':
      case 'param':
        return native(() => self);
      default:
        return undefined;
    }
  },
};

/** Middleware that does nothing but go on. */
export const goOn: Value = native((call) =>
  call.args[1] ? call.machine.call(call.args[1], [], unknown, call.node, call.module) : unknown,
);

type Site = Pick<NativeCall, 'machine' | 'node' | 'module'>;

/** `new Koa()`. */
export const makeKoa = (call: Site): Value => makeRouter(call, appStyle, true);

/** `new Router({ prefix })`. */
export const makeKoaRouter = (call: Site, options: Value | undefined): Value =>
  makeRouter(call, routerStyle, false, pathText(options?.props?.get('prefix')) ?? '');

/** A middleware that dispatches to what it is given below a path: koa-mount, koa-route, combined routers. */
export function dispatcher(
  call: Site,
  entries: readonly { readonly method?: string; readonly path: string; readonly handlers: readonly Value[] }[],
): Value {
  const value = makeRouter(call, routerStyle, false);
  const node = nodeOf(value);
  for (const { method, path, handlers } of entries) {
    for (const handler of handlers) mounted(handler);
    node?.entries.push({
      kind: method ? 'route' : 'use',
      method: method ?? 'ALL',
      path,
      handlers,
      place: registrationPlace(call),
      module: call.module,
    });
  }
  return value;
}

function mounted(handler: Value): void {
  const inner = nodeOf(handler);
  if (inner) inner.mounted = true;
}

function mount(node: RouterNode, path: string, handlers: readonly Value[], call: NativeCall): void {
  const list = handlers.flatMap((handler) => flatten(handler));
  for (const handler of list) mounted(handler);
  node.entries.push({ kind: 'use', method: 'ALL', path, handlers: list, place: call.module.placeOf(call.node), module: call.module });
}

// A router that cannot be found (`plugin.routes()`) makes routes of its own and guards no others.
const given = (call: NativeCall): readonly Value[] =>
  call.args.filter(
    (arg, nth) =>
      nodeOf(arg) !== undefined ||
      !namesRouter((call.node as Node).type === 'CallExpression' ? (call.node as CallExpression).arguments[nth] : undefined),
  );

const namesRouter = (node: Node | undefined): boolean =>
  node?.type === 'CallExpression' &&
  node.callee.type === 'MemberExpression' &&
  node.callee.property.type === 'Identifier' &&
  /^(?:routes|middleware|allowedMethods)$/.test(node.callee.property.name);

const isPath = (value: Value | undefined): boolean =>
  value !== undefined &&
  flatten(value).length > 0 &&
  flatten(value).every((one) => stringOf(one) !== undefined || one.parts !== undefined || one.api?.kind === 'regexp');

function use(node: RouterNode, call: NativeCall): void {
  const named = isPath(call.args[0]);
  const args = given(call);
  const handlers = named ? args.slice(1) : args;
  for (const path of named ? flatten(call.args[0]).map((one) => pathText(one) ?? '*') : ['/']) mount(node, path, handlers, call);
}

// `router.get('name', '/path', ...)` names the route; objects among the handlers describe what is validated.
function route(node: RouterNode, method: string, call: NativeCall): void {
  const named = stringOf(call.args[0]) !== undefined && isPath(call.args[1]) && call.args.length > 2;
  const [path, ...rest] = named ? call.args.slice(1) : call.args;
  add(node, method, path, rest, call);
}

function add(node: RouterNode, method: string, path: Value | undefined, given: readonly Value[], call: NativeCall): void {
  const handlers = given
    .flatMap((handler) => flatten(handler))
    .filter((handler) => !handler.literal && (!handler.props || handler.closure !== undefined));
  if (handlers.length === 0) return;
  for (const one of path && flatten(path).length > 0 ? flatten(path) : [literal('/')])
    node.entries.push({ kind: 'route', method, path: pathText(one) ?? '*', handlers, place: registrationPlace(call), module: call.module });
}

function register(node: RouterNode, call: NativeCall): void {
  for (const method of flatten(call.args[1]))
    add(node, stringOf(method)?.toUpperCase() ?? 'ALL', call.args[0], call.args.slice(2, 3), call);
}

// koa-joi-router: `router.route({ method, path, validate, pre, handler })`
function described(node: RouterNode, config: Value, call: NativeCall): void {
  const { props } = config;
  if (!props) return;
  for (const method of flatten(props.get('method')))
    add(
      node,
      stringOf(method)?.toUpperCase() ?? 'ALL',
      props.get('path'),
      [props.get('pre') ?? literal(undefined), props.get('handler') ?? unknown],
      call,
    );
}
