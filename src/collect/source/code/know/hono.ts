import { remember } from '../interpret/patterns.ts';
import { stateWhen } from '../interpret/condition.ts';
import { both, flagged, guarded, nothing, type State } from '../interpret/state.ts';
import { api, literal, native, type NativeCall, object, oneOf, some, stringOf, unknown, type Value } from '../interpret/value.ts';
import type { AuthLevel } from '../../../../evidence/routes.ts';
import { authPackage } from './auth.ts';
import { raise } from './identity.ts';
import { appOf, createFactory, createRoute, makeApp, serveApp } from './hono-app.ts';
import { currentContext, environment } from './hono-context.ts';
import { exceptMiddleware, everyMiddleware, someMiddleware } from './hono-combine.ts';
import { schemaValidator, validator } from './hono-validation.ts';
import { validationPackage } from './validation.ts';
import { input } from './web.ts';

/** A middleware that proves `state` and goes on; `keep` puts what it learned on the context. */
const proving = (state: (call: NativeCall) => State, keep?: readonly [string, Value]): Value =>
  native((call) => {
    raise(call, state(call));
    const store = call.args[0]?.api?.data;
    if (keep && store instanceof Map) remember(call.machine, store as Map<string, Value>, keep[0], keep[1]);
    return goOn(call);
  });

const goOn = (call: NativeCall): Value => (call.args[1] ? call.machine.call(call.args[1], [], unknown, call.node, call.module) : unknown);
const caller: Value = { who: { level: 'identity', part: 'user' } };

/** hono/jwt and hono/jwk as middleware. */
const jwtMiddleware = (name: string): Value =>
  native(({ args, node, module }) => {
    const place = module.placeOf(node);
    const inCookie = args[0]?.props?.get('cookie') !== undefined;
    return proving(
      ({ machine }) => {
        if (inCookie) machine.log.cookieSession = place;
        return guarded('identity', `${name}() of Hono`, place);
      },
      ['jwtPayload', caller],
    );
  });

/** hono/bearer-auth: a key, or the app's own check of the token. */
const bearerAuth: Value = native(({ args, node, module }) => {
  const options = args[0]?.props;
  const place = module.placeOf(node);
  const verify = options?.get('verifyToken');
  if (verify)
    return checked(place, 'bearerAuth()', (call) =>
      call.machine.call(verify, [input('header', 'authorization'), call.args[0] ?? unknown], unknown, node, module),
    );
  return keyed(options?.get('token'), 'bearerAuth()', place);
});

/** hono/basic-auth: a password, or the app's own check. */
const basicAuth: Value = native(({ args, node, module }) => {
  const options = args[0]?.props;
  const place = module.placeOf(node);
  const verify = options?.get('verifyUser');
  const credential = input('header', 'authorization');
  if (verify)
    return checked(place, 'basicAuth()', (call) =>
      call.machine.call(verify, [credential, credential, call.args[0] ?? unknown], unknown, node, module),
    );
  return keyed(options?.get('password'), 'basicAuth()', place);
});

// A key written into the repo is known to all who read it.
function keyed(key: Value | undefined, what: string, place: ReturnType<NativeCall['module']['placeOf']>): Value {
  const written =
    key !== undefined && !some(key, (value) => value.env !== undefined) && some(key, (value) => value.literal !== undefined, 3);
  const level: AuthLevel = written ? 'presence' : 'identity';
  return proving(() =>
    both(
      guarded(level, written ? `${what} with a key written into the code` : what, place),
      written ? nothing : flagged('proof', what, place),
    ),
  );
}

function checked(place: ReturnType<NativeCall['module']['placeOf']>, what: string, check: (call: NativeCall) => Value): Value {
  return native((call) => {
    const { machine } = call;
    raise(call, guarded('presence', what, place));
    const answer = machine.settle(check(call));
    const when = machine.state && stateWhen(answer, true);
    machine.state = when && machine.state && both(machine.state, when);
    return goOn(call);
  });
}

const getCookie: Value = native(({ args, node, module }) => {
  const name = stringOf(args[1]);
  const value = input('cookie', name);
  if (args.length < 2 || (name !== undefined && !/sess|auth|token|jwt|sid|user/i.test(name))) return value;
  return oneOf([
    { value, state: guarded('presence', `cookie ${name ?? ''} exists`, module.placeOf(node)) },
    { value: literal(undefined), state: nothing },
  ]);
});

// A signed cookie holds what the server put into it.
const getSignedCookie: Value = native((call) => {
  const name = stringOf(call.args[2]);
  call.machine.log.cookieSession = call.module.placeOf(call.node);
  return oneOf([
    {
      value: { who: { level: 'identity', part: 'id' } },
      state: guarded('identity', `signed cookie ${name ?? ''}`, call.module.placeOf(call.node)),
    },
    { value: literal(false), state: nothing },
  ]);
});

const flagging = (flag: 'csrf' | 'rate', what: string): Value =>
  native(({ node, module }) => proving(() => flagged(flag, what, module.placeOf(node))));
const through: Value = native(() => native((call) => goOn(call)));

/** Adapters that hand an app to a platform: `handle(app)`, `serve(app)`. */
const serving: Value = native(({ args, module }) => {
  const given = args[0]?.props?.get('fetch') ?? args[0];
  const app = appOf(given);
  if (app) serveApp(app, module.path);
  return app ? { api: { kind: 'hono-fetch', data: app } } : unknown;
});

const exceptionClass: Value = api('hono-exception', {
  call: ({ args }) => object({ status: args[0] ?? literal(500), message: args[1]?.props?.get('message') ?? unknown }, true),
  member: () => undefined,
});

const hono = new Map<string, Value>(
  Object.entries({
    Hono: api('hono-class', { call: (call) => makeApp(call) }),
    createMiddleware: native(({ args }) => args[0] ?? unknown),
    createFactory,
    HTTPException: exceptionClass,
    jwt: jwtMiddleware('jwt'),
    jwk: jwtMiddleware('jwk'),
    bearerAuth,
    basicAuth,
    getCookie,
    getSignedCookie,
    csrf: flagging('csrf', 'csrf() of Hono'),
    env: native(() => environment),
    handle: serving,
    getContext: native(({ machine }) => currentContext(machine)),
    tryGetContext: native(({ machine }) => currentContext(machine)),
    some: someMiddleware,
    every: everyMiddleware,
    except: exceptMiddleware,
    validator,
  }),
);

const companions: Readonly<Record<string, (name: string) => Value | undefined>> = {
  '@hono/zod-openapi': (name) =>
    name === 'OpenAPIHono'
      ? api('hono-class', { call: (call) => makeApp(call) })
      : name === 'createRoute'
        ? createRoute
        : name === 'z'
          ? validationPackage('zod', name)
          : undefined,
  '@hono/zod-validator': (name) => (name === 'zValidator' ? schemaValidator : undefined),
  '@hono/valibot-validator': (name) => (name === 'vValidator' ? schemaValidator : undefined),
  '@hono/typebox-validator': (name) => (name === 'tbValidator' ? schemaValidator : undefined),
  '@hono/arktype-validator': (name) => (name === 'arktypeValidator' ? schemaValidator : undefined),
  '@hono/standard-validator': (name) => (name === 'sValidator' ? schemaValidator : undefined),
  '@hono/node-server': (name) => (name === 'serve' || name === 'handle' || name === 'createAdaptorServer' ? serving : undefined),
  '@hono/clerk-auth': (name) =>
    name === 'getAuth' ? authPackage('@clerk/express', 'getAuth', '') : name === 'clerkMiddleware' ? through : undefined,
  '@hono/auth-js': (name) =>
    name === 'verifyAuth'
      ? native(({ node, module }) =>
          proving(
            () => guarded('identity', 'verifyAuth() of Auth.js', module.placeOf(node)),
            ['authUser', object({ session: caller, token: caller, user: caller }, true)],
          ),
        )
      : name === 'initAuthConfig'
        ? through
        : undefined,
  '@hono/oidc-auth': (name) =>
    name === 'oidcAuthMiddleware'
      ? native(({ node, module }) => proving(() => guarded('identity', 'oidcAuthMiddleware()', module.placeOf(node))))
      : name === 'getAuth'
        ? native(() => caller)
        : undefined,
  '@hono/firebase-auth': (name) =>
    name === 'verifyFirebaseAuth' || name === 'verifySessionCookieFirebaseAuth'
      ? native(({ node, module }) => proving(() => guarded('identity', `${name}()`, module.placeOf(node))))
      : name === 'getFirebaseToken'
        ? native(() => caller)
        : undefined,
  'hono-rate-limiter': (name) => (name === 'rateLimiter' ? flagging('rate', 'hono-rate-limiter') : undefined),
  chanfana: (name) => (name === 'fromHono' ? native(({ args }) => args[0] ?? unknown) : undefined),
};

/** What Hono, its modules and the usual companions export. */
export function honoPackage(packageName: string, name: string): Value | undefined {
  if (packageName === 'hono' || packageName === '@hono/hono') {
    if (name === '*' || name === 'default') return api('hono-module', { member: (member) => honoPackage('hono', member) });
    return (
      hono.get(name) ??
      (name === 'verify' || name === 'decode' || name === 'verifyWithJwks'
        ? authPackage('jsonwebtoken', name === 'decode' ? 'decode' : 'verify', '')
        : undefined)
    );
  }
  return Object.hasOwn(companions, packageName) ? companions[packageName]?.(name) : undefined;
}
