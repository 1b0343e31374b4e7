import { parametersOf } from '../interpret/call.ts';
import { remember } from '../interpret/patterns.ts';
import { both, flagged, guarded, join, nothing, type State } from '../interpret/state.ts';
import {
  alternativesOf,
  api,
  literal,
  type Machine,
  native,
  type NativeCall,
  object,
  oneOf,
  some,
  stringOf,
  unknown,
  type Value,
} from '../interpret/value.ts';
import { raise } from './identity.ts';
import type { Exchange } from './fastify-exchange.ts';
import { runHook } from './fastify-hooks.ts';
import type { FastifyInstance, Install } from './fastify-scope.ts';
import { input } from './web.ts';

/** A preHandler that proves `state` by letting the request pass. */
export const provingHook = (state: (call: NativeCall) => State): Value =>
  native((call) => {
    raise(call, state(call));
    const done = call.args.at(-1);
    return done?.native ? call.machine.call(done, [], unknown, call.node, call.module) : literal(undefined);
  });

const option = (options: Value, name: string): Value | undefined => options.props?.get(name);

/** @fastify/jwt: `request.jwtVerify()` throws on a bad token and sets `request.user`. */
export const jwtPlugin: Install = (instance, options) => {
  const namespace = stringOf(option(options, 'namespace'));
  const named = (base: string): string => stringOf(option(options, `jwt${base}`)) ?? (namespace ? `${namespace}Jwt${base}` : `jwt${base}`);
  const field = stringOf(option(options, 'decoratorName')) ?? 'user';
  const inCookie = option(options, 'cookie') !== undefined;
  const format = option(options, 'formatUser');
  const proved = (call: NativeCall): State => guarded('identity', `request.${named('Verify')}()`, call.module.placeOf(call.node));
  const caller = (call: NativeCall): Value => {
    const who: Value = { who: { level: 'identity', part: 'user' } };
    return format?.closure ? call.machine.call(format, [who], unknown, call.node, call.module) : who;
  };
  const verify = native((call) => {
    const { machine } = call;
    const place = call.module.placeOf(call.node);
    if (inCookie) machine.log.cookieSession = place;
    else machine.log.headerCredential = place;
    const fields = call.self.api?.data as Map<string, Value> | undefined;
    const user = caller(call);
    const callback = call.args.find((arg) => arg.closure ?? arg.native);
    if (!callback) {
      raise(call, proved(call));
      if (fields instanceof Map) remember(machine, fields, field, user);
      return user;
    }
    if (fields instanceof Map)
      fields.set(
        field,
        oneOf([
          { value: user, state: proved(call) },
          { value: literal(undefined), state: nothing },
        ]),
      );
    const before = machine.state;
    machine.call(
      callback,
      [
        oneOf([
          { value: literal(null), state: proved(call) },
          { value: object({}, true), state: nothing },
        ]),
        user,
      ],
      unknown,
      call.node,
      call.module,
    );
    machine.state = before;
    return literal(undefined);
  });
  instance.decorators.request.set(named('Verify'), verify);
  instance.decorators.request.set(
    named('Decode'),
    native((call) =>
      oneOf([
        {
          value: { who: { level: 'unverified-session', part: 'user' } },
          state: guarded('unverified-session', 'request.jwtDecode(), which checks no signature', call.module.placeOf(call.node)),
        },
        { value: literal(null), state: nothing },
      ]),
    ),
  );
  const inner = namespace ? object({ [namespace]: tokens() }, true) : tokens();
  instance.decorators.instance.set('jwt', inner);
};

const tokens = (): Value =>
  api('fastify-jwt', {
    member: (name) => {
      if (name === 'verify')
        return native(
          (call) => (
            raise(call, guarded('identity', 'verify() of the token', call.module.placeOf(call.node))),
            { who: { level: 'identity', part: 'user' } }
          ),
        );
      if (name === 'decode') return native(() => ({ who: { level: 'unverified-session', part: 'user' } }));
      return undefined;
    },
  });

/** @fastify/auth: `fastify.auth([a, b])` passes when one of the checks does, with `{ relation: 'and' }` when all do. */
export const authPlugin: Install = (instance) => {
  instance.decorators.instance.set(
    'auth',
    native((outer) => {
      const all = stringOf(option(outer.args[1] ?? unknown, 'relation')) === 'and';
      const checks = outer.args[0]?.items ?? [];
      return native((call) => {
        combine(call.machine, checks, all, { request: call.args[0] ?? unknown, reply: () => call.args[1] ?? unknown }, outer);
        const done = call.args[2];
        return done?.native ? call.machine.call(done, [], unknown, call.node, call.module) : literal(undefined);
      });
    }),
  );
};

// A list inside the list is combined the other way round.
function combine(
  machine: Machine,
  checks: readonly Value[],
  all: boolean,
  exchange: Exchange,
  site: Pick<NativeCall, 'node' | 'module'>,
): void {
  const base = machine.state;
  const passed: (State | undefined)[] = [];
  for (const check of checks) {
    if (!all) machine.state = base;
    if (check.items) combine(machine, check.items, !all, exchange, site);
    else runHook(machine, check, exchange, site);
    passed.push(machine.state);
  }
  if (!all && checks.length > 0) machine.state = join(passed);
}

/** @fastify/bearer-auth: a list of keys; keys written into the repo are known to all who read it. */
export const bearerPlugin: Install = (instance, options, { node, module }) => {
  const keys = option(options, 'keys');
  const written =
    keys !== undefined && !some(keys, (value) => value.env !== undefined) && some(keys, (value) => value.literal !== undefined, 3);
  const place = module.placeOf(node);
  const level = written && !option(options, 'auth') ? 'presence' : 'identity';
  const hook = provingHook(() =>
    both(
      guarded(level, 'bearer key of @fastify/bearer-auth', place),
      level === 'identity' ? flagged('proof', 'bearer key', place) : nothing,
    ),
  );
  if (option(options, 'addHook')?.literal?.is === false) instance.decorators.instance.set('verifyBearerAuth', hook);
  else instance.hooks.push({ name: 'onRequest', run: hook, place, module });
};

/** @fastify/basic-auth: `fastify.basicAuth` runs the app's own `validate`. */
export const basicPlugin: Install = (instance, options) => {
  const validate = option(options, 'validate');
  instance.decorators.instance.set(
    'basicAuth',
    native((call) => {
      const [request = unknown, reply = unknown, done] = call.args;
      const fn = validate?.closure?.node;
      const passed: State[] = [];
      const finish = native(({ machine, args }) => {
        const open = alternativesOf(args[0] ?? literal(undefined)).filter(({ value }) => value.literal && !value.literal.is);
        for (const { state } of open) if (machine.state) passed.push(both(machine.state, state));
        return literal(undefined);
      });
      call.machine.call(
        validate ?? unknown,
        [input('header', 'authorization'), input('header', 'authorization'), request, reply, finish],
        instance.value,
        call.node,
        call.module,
      );
      if (fn && !fn.async && parametersOf(fn).length > 4) call.machine.state = join(passed);
      return done?.native && call.machine.state ? call.machine.call(done, [], unknown, call.node, call.module) : literal(undefined);
    }),
  );
};

/** @fastify/rate-limit: every route registered after it, unless `global` is false; single routes by `config.rateLimit`. */
export const ratePlugin: Install = (instance, options, { node, module }) => {
  const place = module.placeOf(node);
  const limit = provingHook(() => flagged('rate', '@fastify/rate-limit', place));
  const everywhere = option(options, 'global')?.literal?.is !== false;
  const onRoute = native(({ args }) => {
    const route = args[0]?.props as Map<string, Value> | undefined;
    const own = route?.get('config')?.props?.get('rateLimit');
    const wanted = own === undefined ? everywhere : own.literal?.is !== false;
    if (route && wanted) route.set('onRequest', { items: [limit, ...(route.get('onRequest') ? [route.get('onRequest') ?? unknown] : [])] });
    return literal(undefined);
  });
  instance.hooks.push({ name: 'onRoute', run: onRoute, place, module });
  instance.decorators.instance.set(
    'rateLimit',
    native(() => limit),
  );
};

/** @fastify/csrf-protection. */
export const csrfPlugin: Install = (instance) =>
  void instance.decorators.instance.set(
    'csrfProtection',
    provingHook((call) => flagged('csrf', 'fastify.csrfProtection', call.module.placeOf(call.node))),
  );

/** @fastify/sensible: `fastify.assert(x, 401)` goes on only where x holds; `httpErrors` are for throwing. */
export const sensiblePlugin: Install = (instance) =>
  void instance.decorators.instance.set('httpErrors', api('http-errors', { member: () => native(() => ({ response: 'deny' })) }));

/** @fastify/env: settings come from the environment. */
export const envPlugin: Install = (instance: FastifyInstance, options) =>
  void instance.decorators.instance.set(
    stringOf(option(options, 'confKey')) ?? 'config',
    api('environment', { member: (name) => (name === 'NODE_ENV' ? literal('production') : { env: name }) }),
  );
