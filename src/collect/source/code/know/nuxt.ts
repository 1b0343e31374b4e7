import { guarded, nothing } from '../interpret/state.ts';
import { identityPart } from '../interpret/member.ts';
import { api, literal, native, type NativeCall, object, oneOf, unknown, type Value } from '../interpret/value.ts';
import { maybeUser, sureUser } from './identity.ts';
import { eventFunctions, silentFunctions } from './nuxt-event.ts';
import { nuxtSupabase } from './supabase.ts';
import { input } from './web.ts';

/** A handler made by `defineEventHandler`: what runs, after what runs before it. */
export interface NuxtHandler {
  readonly handler: Value;
  readonly before: readonly Value[];
}

const defineHandler = native(({ args: [given] }) => {
  const whole = given?.props?.get('handler');
  const before = given?.props?.get('onRequest');
  return makeHandler({ handler: whole ?? given ?? unknown, before: before ? (before.items ?? [before]) : [] });
});

// Handlers may be called by other handlers: wrappers are written that way.
const makeHandler = (made: NuxtHandler): Value =>
  api('h3-handler', {
    data: made,
    call: (call) => {
      for (const hook of made.before) call.machine.call(hook, call.args, unknown, call.node, call.module);
      return call.machine.call(made.handler, call.args, unknown, call.node, call.module);
    },
  });

const cached = native(({ args: [given] }) => makeHandler({ handler: given?.props?.get('handler') ?? given ?? unknown, before: [] }));

const lazy = native((call) => {
  const made = call.args[0];
  return makeHandler({
    handler: native((inner) =>
      inner.machine.call(
        inner.machine.settle(inner.machine.call(made ?? unknown, [], unknown, call.node, call.module)),
        inner.args,
        unknown,
        inner.node,
        inner.module,
      ),
    ),
    before: [],
  });
});

/** One route of a router made with h3's `createRouter()`. */
export interface RouterRoute {
  readonly method: string;
  readonly path: string;
  readonly handler: Value;
  readonly node: NativeCall['node'];
  readonly module: NativeCall['module'];
}

/** The routes of a router's `handler`, with the base they are served under. */
export const nuxtRouterOf = (value: Value): { readonly base: string; readonly routes: readonly RouterRoute[] } | undefined =>
  value.api?.kind === 'h3-router-handler' ? (value.api.data as { base: string; routes: RouterRoute[] }) : undefined;

const makeRouter = native(() => {
  const routes: RouterRoute[] = [];
  const router: Value = api('h3-router', {
    member: (name) => {
      if (name === 'handler') return api('h3-router-handler', { data: { base: '', routes } });
      if (!/^(?:get|post|put|patch|delete|head|options|use|add)$/.test(name)) return undefined;
      return native(({ args: [path, handler], node, module }) => {
        const method = name === 'use' || name === 'add' ? 'ALL' : name.toUpperCase();
        if (typeof path?.literal?.is === 'string' && handler) routes.push({ method, path: path.literal.is, handler, node, module });
        return router;
      });
    },
  });
  return router;
});

const useBase = native(({ args: [base, handler] }) => {
  const router = handler && nuxtRouterOf(handler);
  return router && typeof base?.literal?.is === 'string'
    ? api('h3-router-handler', { data: { base: base.literal.is, routes: router.routes } })
    : (handler ?? unknown);
});

const withUser = (who: Value): Value => object({ user: who, secure: who, id: unknown, loggedInAt: unknown }, true);

/** `getUserSession()` of nuxt-auth-utils: a sealed cookie; without a login the object is empty. */
const userSession = native((call) => {
  call.machine.log.cookieSession ??= call.module.placeOf(call.node);
  return oneOf([
    {
      value: withUser({ who: { level: 'identity', part: 'user' } }),
      state: guarded('identity', 'getUserSession() has a user', call.module.placeOf(call.node)),
    },
    { value: object({ user: literal(undefined), secure: literal(undefined) }, true), state: nothing },
  ]);
});

// `useSession(event, { password })` of h3: sealed, so what stands in it the app has put there.
const sealed = native((outer) => {
  const own = new Map<string, Value>();
  const data = api('h3-session-data', {
    member: (name, call) => {
      const set = own.get(name);
      if (set) return set;
      call.machine.log.cookieSession ??= call.module.placeOf(call.node);
      const part = identityPart(name);
      return maybeUser(call, `the sealed session has ${name}`, 'identity', () => ({
        who: { level: 'identity', part, name, ...(part === 'user' && { field: true }) },
      }));
    },
  });
  void outer;
  return object({ data, id: unknown, update: native(() => unknown), clear: native(() => unknown) }, true);
});

const session = (who: Value): Value => ({ ...who, props: new Map([['user', who]]), open: true });

/** Settings of the server: those under `public` reach the browser, the others are secrets until shown otherwise. */
const runtimeConfig: Value = api('runtime-config', {
  member: (name) =>
    name === 'public' || name === 'app' ? { env: 'PUBLIC_CONFIG' } : { env: name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase() },
});

const library: Readonly<Record<string, Value>> = {
  defineEventHandler: defineHandler,
  eventHandler: defineHandler,
  defineHandler,
  defineLazyEventHandler: lazy,
  lazyEventHandler: lazy,
  defineCachedEventHandler: cached,
  cachedEventHandler: cached,
  defineCachedHandler: cached,
  defineCachedFunction: native(({ args }) => args[0] ?? unknown),
  cachedFunction: native(({ args }) => args[0] ?? unknown),
  createRouter: makeRouter,
  useBase,
  useRuntimeConfig: native(() => runtimeConfig),
  useSession: sealed,
  getUserSession: userSession,
  requireUserSession: native(
    (call) => (
      (call.machine.log.cookieSession ??= call.module.placeOf(call.node)),
      sureUser(call, 'requireUserSession()', 'identity', withUser)
    ),
  ),
  setUserSession: native(() => unknown),
  replaceUserSession: native(() => unknown),
  clearUserSession: native(() => unknown),
  getServerSession: native((call) => maybeUser(call, 'getServerSession()', 'identity', session)),
  getToken: native((call) => maybeUser(call, 'getToken() of the session')),
  defineNuxtConfig: native(({ args }) => args[0] ?? unknown),
  defineNitroConfig: native(({ args }) => args[0] ?? unknown),
  verifyPassword: native((call) => ({
    whenTrue: guarded('identity', `password checked: ${call.module.snippet(call.node, 80)}`, call.module.placeOf(call.node)),
  })),
  readJson: native(() => input('body')),
  ...Object.fromEntries(Object.entries(eventFunctions).map(([name, run]) => [name, native(run)])),
  ...Object.fromEntries(silentFunctions.map((name) => [name, native(() => unknown)])),
};

/** Names that Nuxt and Nitro put into scope without an import. `getSession` and the like stay out: apps have functions of that name. */
export const nuxtNames: readonly (readonly [string, Value])[] = Object.entries(library);

const modules = new Set([
  'h3',
  'nitro',
  'nitropack',
  'nitro-nightly',
  'nuxt-auth-utils',
  '@nuxt/kit',
  'nuxt',
  '#imports',
  '#nitro',
  '#auth',
  '#auth-utils',
]);

/** What h3, Nitro and the usual modules of Nuxt export. */
export function nuxtPackage(packageName: string, name: string): Value | undefined {
  if (packageName === '#supabase') return nuxtSupabase.get(name);
  if (!modules.has(packageName)) return undefined;
  if (name === 'HTTPError' || name === 'H3Error') return api('h3-error', { call: () => unknown });
  return Object.hasOwn(library, name) ? library[name] : undefined;
}
