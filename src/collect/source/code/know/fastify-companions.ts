import { recordGap } from '../interpret/log.ts';
import { guarded, join, nothing, type State } from '../interpret/state.ts';
import { api, literal, native, type NativeCall, oneOf, stringOf, unknown, type Value } from '../interpret/value.ts';
import { raise } from './identity.ts';
import { addRoute } from './fastify-route.ts';
import type { Install } from './fastify-scope.ts';
import { nodeResponse } from './node-response.ts';
import { ormPackage } from './orm.ts';
import { sqlPackage } from './sql.ts';

/** @fastify/http-proxy: everything below the prefix goes on to another server, behind the `preHandler` if there is one. */
export const proxyPlugin: Install = (instance, options, call) => {
  const given = new Map(options.props ?? []);
  given.set('url', literal(`${stringOf(given.get('prefix')) ?? ''}/*`));
  given.set('method', literal('ALL'));
  given.set(
    'handler',
    native(() => ({ response: 'answer' })),
  );
  addRoute(instance, given, call);
};

/** @fastify/oauth2: the path on which a login with another provider begins. */
export const oauthPlugin: Install = (instance, options, call) => {
  const start = options.props?.get('startRedirectPath');
  if (!start) return;
  const handler = native(({ machine }) => (machine.state && machine.log.redirects.push(machine.state), { response: 'deny' }));
  addRoute(
    instance,
    new Map([
      ['url', start],
      ['method', literal('GET')],
      ['handler', handler],
    ]),
    call,
  );
};

/** @fastify/middie and @fastify/express: middleware in Express style, which passes by calling `next`. */
export const middiePlugin: Install = (instance) => {
  instance.decorators.instance.set(
    'use',
    native((outer) => {
      const handlers = outer.args.filter((arg) => arg.closure ?? arg.native ?? arg.api);
      const only = stringOf(outer.args[0]);
      for (const handler of handlers)
        instance.hooks.push({
          name: 'onRequest',
          run: native((call) => middleware(call, handler, only)),
          place: outer.module.placeOf(outer.node),
          module: outer.module,
        });
      return instance.value;
    }),
  );
};

function middleware(call: NativeCall, handler: Value, only: string | undefined): Value {
  const { machine } = call;
  const before = machine.state;
  const passed: State[] = [];
  const next = native(
    (inner) => (
      inner.machine.state && inner.args.every((arg) => arg.literal && !arg.literal.is) && passed.push(inner.machine.state),
      unknown
    ),
  );
  machine.call(handler, [call.args[0] ?? unknown, nodeResponse(), next], unknown, call.node, call.module);
  const followed = handler.closure ?? handler.native ?? handler.api?.call;
  // A middleware for one path says nothing of the others; which of them this is cannot be told from here.
  machine.state = !followed ? before : only && only !== '/' ? join([before, ...passed]) : join(passed);
  if (followed && passed.length === 0)
    recordGap(
      machine.log,
      handler.closure?.name ?? 'a middleware',
      'could not see how it lets a request through',
      call.module.placeOf(call.node),
    );
  return literal(undefined);
}

/** @fastify/postgres, @fastify/mysql and @fastify/mongodb put a client on the instance. */
export const databasePlugin =
  (name: 'pg' | 'mysql' | 'mongo'): Install =>
  (instance) => {
    const made =
      name === 'mongo' ? ormPackage('mongodb', 'MongoClient') : sqlPackage(name === 'pg' ? 'pg' : 'mysql2', name === 'pg' ? 'Pool' : '*');
    const client = made?.api?.call?.(nowhere);
    if (client)
      instance.decorators.instance.set(
        name,
        name === 'mongo'
          ? api('mongo', { member: (member, call) => (member === 'db' ? client : client.api?.member?.(member, call)) })
          : client,
      );
  };

// These constructors look at none of their arguments.
const nowhere = {} as NativeCall;

/** @fastify/passport: `passport.authenticate('jwt')` is a hook. */
export const passport: Value = api('fastify-passport', {
  member: (name) => {
    if (name === 'default') return passport;
    if (name === 'authenticate' || name === 'authorize') return native((outer) => authenticate(outer));
    if (name === 'initialize' || name === 'secureSession') return native(() => api('fastify-install', { data: () => undefined }));
    return native(() => unknown);
  },
  call: () => passport,
});

function authenticate(outer: NativeCall): Value {
  const what = `passport.authenticate('${stringOf(outer.args[0]) ?? 'passport'}')`;
  const proved = guarded('identity', what, outer.module.placeOf(outer.node));
  const callback = outer.args.find((arg) => arg.closure);
  const user = oneOf([
    { value: { who: { level: 'identity', part: 'user' } }, state: proved },
    { value: literal(null), state: nothing },
  ]);
  return native((call) => {
    if (callback)
      return call.machine.call(
        callback,
        [call.args[0] ?? unknown, call.args[1] ?? unknown, literal(null), user],
        unknown,
        call.node,
        call.module,
      );
    raise(call, proved);
    const fields = call.args[0]?.api?.data;
    if (fields instanceof Map) (fields as Map<string, Value>).set('user', user);
    return literal(undefined);
  });
}
