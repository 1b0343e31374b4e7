import { stateWhen } from '../interpret/condition.ts';
import { both, flagged } from '../interpret/state.ts';
import {
  api,
  isNullish,
  literal,
  type Machine,
  native,
  type NativeCall,
  object,
  oneOf,
  stringOf,
  unknown,
  type Value,
} from '../interpret/value.ts';
import { endpointHandler, type Operation } from './endpoint.ts';
import { maybeUser, raise, sureUser } from './identity.ts';
import { remember } from '../interpret/patterns.ts';
import { cookieMaker, sessionStorage } from './remix-session.ts';
import { webPackage } from './web.ts';

/** Gives the operations of the app that a server file hands its requests to. */
type Front = (file: string, contextOf: (call: NativeCall) => Value | undefined) => readonly Operation[];

const fronts = new WeakMap<Machine, Front>();

/** Lets servers of the repo reach the routes of its apps through `createRequestHandler`. */
export const standBehind = (machine: Machine, front: Front): void => void fronts.set(machine, front);

// The server that is in front of the app: what it checks holds for every route, and the context it makes is what loaders see.
const requestHandler = native((outer) => {
  const load = outer.args[0]?.props?.get('getLoadContext');
  const contextOf = (call: NativeCall): Value | undefined => {
    if (load) return call.machine.settle(call.machine.call(load, call.args, unknown, call.node, call.module));
    const given = call.args[1];
    return given?.api?.kind === 'router-context' || given?.props ? given : undefined;
  };
  return endpointHandler((call) => {
    const operations = fronts.get(call.machine)?.(outer.module.path, contextOf) ?? [];
    return { operations, listed: operations.length === 0 };
  });
});

const runtimes = new Set([
  'react-router',
  '@react-router/node',
  '@react-router/cloudflare',
  '@react-router/architect',
  '@react-router/express',
  '@remix-run/express',
  '@remix-run/architect',
  '@remix-run/node',
  '@remix-run/cloudflare',
  '@remix-run/deno',
  '@remix-run/server-runtime',
  '@remix-run/router',
  '@remix-run/react',
  '@netlify/remix-runtime',
  '@vercel/remix',
  '@shopify/remix-oxygen',
  'remix',
]);

/** What Remix, React Router in framework mode and their usual companions export. */
export function remixPackage(packageName: string, name: string, specifier: string): Value | undefined {
  if (runtimes.has(packageName)) return runtime[name] ?? webPackage('react-router', name);
  if (packageName === '@react-router/dev') return specifier.endsWith('/routes') ? routeConfig[name] : undefined;
  switch (packageName) {
    case '@react-router/fs-routes':
      return name === 'flatRoutes' ? folder('flat') : undefined;
    case 'react-router-auto-routes':
      return name === 'autoRoutes' ? folder('hybrid') : undefined;
    case 'remix-flat-routes':
      return name === 'flatRoutes' ? folder('hybrid') : undefined;
    case '@react-router/remix-routes-option-adapter':
      return name === 'remixRoutesOptionAdapter'
        ? native((call) => (call.args[0] ? call.machine.call(call.args[0], [unknown], unknown, call.node, call.module) : unknown))
        : undefined;
    case '@epic-web/remember':
      return name === 'remember'
        ? native(({ machine, args, node, module }) => machine.call(args[1] ?? unknown, [], unknown, node, module))
        : undefined;
    case 'remix-auth':
      return name === 'Authenticator' ? native(() => authenticator) : undefined;
    case 'remix-utils':
      return name === 'CSRF' ? native(() => csrf) : undefined;
    case 'tiny-invariant':
    case 'invariant':
    case 'ts-invariant':
    case '@epic-web/invariant':
    case 'assert':
    case 'node:assert':
      return /^(?:default|\*|invariant|invariantResponse|assert|ok|strict)$/.test(name) ? asserts : undefined;
    case 'cloudflare:workers':
      return name === 'env' ? api('environment', { member: (key) => ({ env: key }) }) : undefined;
    default:
      return undefined;
  }
}

// After `invariant(user)` there is a user: without one it has thrown.
const asserts: Value = api('assert', {
  call: (call) => {
    const holds = stateWhen(call.args[0] ?? unknown, true);
    if (call.machine.state) call.machine.state = holds && both(call.machine.state, holds);
    return unknown;
  },
  member: (name) => (name === 'ok' || name === 'default' || name === 'strict' ? asserts : undefined),
});

const runtime: Readonly<Record<string, Value>> = {
  createCookieSessionStorage: native(({ args }) => sessionStorage(args, 'cookie')),
  createSessionStorage: native(({ args }) => sessionStorage(args, 'server')),
  createMemorySessionStorage: native(({ args }) => sessionStorage(args, 'server')),
  createFileSessionStorage: native(({ args }) => sessionStorage(args, 'server')),
  createWorkersKVSessionStorage: native(({ args }) => sessionStorage(args, 'server')),
  createArcTableSessionStorage: native(({ args }) => sessionStorage(args, 'server')),
  createCookie: native(cookieMaker),
  createRequestHandler: requestHandler,
  RouterContextProvider: native(() => routerContext()),
  unstable_RouterContextProvider: native(() => routerContext()),
  createContext: native(contextKey),
  unstable_createContext: native(contextKey),
  defer: native(({ args }) => args[0] ?? unknown),
};

/** A key of the router's context: what was set under it in one place is read under it in another. */
function contextKey({ args, module, node }: NativeCall): Value {
  const place = module.placeOf(node);
  return api('router-context-key', { data: { key: `${place.file}:${place.line}`, ...(args[0] && { fallback: args[0] }) } });
}

const caller = /^(?:user|session|account|currentUser|authUser|auth)$/;

/** The context that middleware and loaders share: a typed map in React Router 7, whatever the server puts there before. */
export function routerContext(): Value {
  const store = new Map<string, Value>();
  const keyOf = (key: Value | undefined): string => (key?.api?.kind === 'router-context-key' ? (key.api.data as { key: string }).key : '*');
  return api('router-context', {
    data: store,
    member: (name, outer) => {
      if (name === 'set')
        return native(({ machine, args }) => (remember(machine, store, keyOf(args[0]), args[1] ?? unknown), literal(undefined)));
      if (name === 'get') return native((call) => contextValue(call, store.get(keyOf(call.args[0]))));
      const own = store.get(name);
      if (own) return own;
      if (name === 'cloudflare' || name === 'env')
        return api('platform', {
          member: (key) =>
            name === 'env' ? { env: key } : key === 'env' ? api('environment', { member: (inner) => ({ env: inner }) }) : undefined,
        });
      return caller.test(name) ? maybeUser(outer, `context.${name} is set`) : undefined;
    },
  });
}

// Reading a key without a default that nothing has set throws, so there the value is what was set.
function contextValue(call: NativeCall, stored: Value | undefined): Value {
  const fallback = (call.args[0]?.api?.data as { fallback?: Value } | undefined)?.fallback;
  if (!stored) return fallback ?? unknown;
  if (fallback || !stored.alternatives) return stored;
  const set = stored.alternatives.filter((item) => !isNullish(item.value));
  const [only] = set;
  if (set.length === 1 && only && set.length < stored.alternatives.length) {
    raise(call, only.state);
    return only.value;
  }
  return oneOf(set);
}

const authenticator: Value = api('remix-auth', {
  data: new Map<string, Value>(),
  member: (name) => {
    if (name === 'authenticate') return native((call) => sureUser(call, 'authenticate() of remix-auth'));
    if (name === 'isAuthenticated')
      return native((call) =>
        call.args[1]?.props?.has('failureRedirect')
          ? sureUser(call, 'isAuthenticated() of remix-auth, which redirects strangers')
          : maybeUser(call, 'isAuthenticated() of remix-auth'),
      );
    return name === 'use' || name === 'unuse' || name === 'logout' ? native(({ self }) => self) : undefined;
  },
});

const csrf: Value = api('csrf', {
  member: (name) =>
    name === 'validate'
      ? native((call) => (raise(call, flagged('csrf', 'csrf.validate()', call.module.placeOf(call.node))), unknown))
      : native(() => unknown),
});

// The functions of a routes.ts give plain objects; routes/remix-tree.ts reads them.
const entry = (
  path: Value | undefined,
  file: Value | undefined,
  more: readonly Value[],
  extra: Readonly<Record<string, Value>> = {},
): Value =>
  object({
    path: path ?? unknown,
    file: file ?? unknown,
    children: more.find((item) => item.items !== undefined) ?? { items: [] },
    ...extra,
  });

const routeConfig: Readonly<Record<string, Value>> = {
  route: native(({ args: [path, file, ...more] }) => entry(path, file, more)),
  index: native(({ args: [file] }) => entry(literal(undefined), file, [], { index: literal(true) })),
  layout: native(({ args: [file, ...more] }) => entry(literal(undefined), file, more)),
  prefix: native(({ args: [path, children] }) => prefixed(stringOf(path) ?? '', children)),
  relative: native(({ args: [base] }) => relative(stringOf(base) ?? '')),
};

// As the library does it: a layout stays without a path, what is nested in it gets the prefix.
const prefixed = (path: string, routes: Value | undefined): Value => ({
  items: (routes?.items ?? []).map((route) => {
    const own = stringOf(route.props?.get('path'));
    const addressed = own !== undefined || route.props?.get('index')?.literal?.is === true;
    return {
      ...route,
      props: new Map([
        ...(route.props ?? []),
        addressed
          ? ['path', literal(own === undefined || own === '' ? path : `${path}/${own}`)]
          : ['children', prefixed(path, route.props?.get('children'))],
      ]),
    };
  }),
  ...(routes?.open && { open: true }),
});

const relative = (base: string): Value => {
  const within = (name: string, at: number): Value =>
    native((call) => {
      const file = stringOf(call.args[at]);
      const args = call.args.map((arg, nth) => (nth === at && file !== undefined ? literal(`${base}/${file}`) : arg));
      return routeConfig[name]?.native?.({ ...call, args }) ?? unknown;
    });
  return object({
    route: within('route', 1),
    index: within('index', 0),
    layout: within('layout', 0),
    prefix: routeConfig['prefix'] ?? unknown,
  });
};

/** Routes by the names of files, in the folder of the options or `routes`. */
const folder = (convention: 'flat' | 'hybrid'): Value =>
  native(({ args }) => {
    const named = stringOf(args[0]) ?? stringOf(args[0]?.props?.get('rootDirectory')) ?? stringOf(args[0]?.props?.get('routesDir'));
    return { items: [api('route-folder', { data: { convention, folder: named ?? 'routes' } })] };
  });
