import { both, flagged, guarded, join, nothing, type State } from '../interpret/state.ts';
import { remember } from '../interpret/patterns.ts';
import { matches } from '../interpret/regexp.ts';
import { api, literal, native, type NativeCall, oneOf, some, stringOf, unknown, type Value } from '../interpret/value.ts';
import { raise } from './identity.ts';
import { userOrNot } from './koa-context.ts';
import { dispatcher, goOn, makeKoa, makeKoaRouter } from './koa-router.ts';
import { flatten, pathText } from './registration.ts';
import { nodeOf } from './router.ts';

const next = (call: NativeCall): Value =>
  call.args[1] && call.machine.state ? call.machine.call(call.args[1], [], unknown, call.node, call.module) : unknown;

/** A middleware that lets those through for whom `state` holds, and may put the caller on `ctx.state`. */
const proving = (state: () => State, keep?: string): Value =>
  native((call) => {
    raise(call, state());
    if (keep) keepCaller(call, keep, { who: { level: 'identity', part: 'user' } });
    return next(call);
  });

function keepCaller(call: NativeCall, name: string, user: Value): void {
  const state = call.machine.member(call.args[0] ?? unknown, 'state', true, call.node, call.module);
  if (state.api?.data instanceof Map) remember(call.machine, state.api.data as Map<string, Value>, name, user);
}

/** koa-jwt: the token is verified, or the request goes on without it where it is told so. */
const jwt: Value = native(({ args, node, module }) => {
  const options = args[0]?.props;
  const place = module.placeOf(node);
  const key = stringOf(options?.get('key')) ?? 'user';
  const proved = guarded('identity', 'koa-jwt', place);
  if (options?.get('passthrough')?.literal?.is !== true) return exceptable(proving(() => proved, key));
  return native((call) => {
    keepCaller(
      call,
      key,
      oneOf([
        { value: { who: { level: 'identity', part: 'user' } }, state: proved },
        { value: literal(undefined), state: nothing },
      ]),
    );
    return next(call);
  });
});

// `.unless({ path: [...] })` of koa-unless: skipped for the paths and methods listed.
const exceptable = (middleware: Value): Value =>
  api('koa-guard', {
    call: (call) => call.machine.call(middleware, call.args, call.self, call.node, call.module),
    member: (name) => (name === 'unless' ? native(({ args }) => unless(middleware, args[0] ?? unknown)) : undefined),
  });

const unless = (middleware: Value, options: Value): Value =>
  native((call) => {
    const skipped = isSkipped(call, options);
    if (skipped === true) return next(call);
    if (skipped === false) return call.machine.call(middleware, call.args, call.self, call.node, call.module);
    const base = call.machine.state;
    const passed: State[] = [];
    const gather = native((inner) => (inner.machine.state && passed.push(inner.machine.state), unknown));
    call.machine.call(middleware, [call.args[0] ?? unknown, gather], call.self, call.node, call.module);
    call.machine.state = join([base, ...passed], 'the path may be an exception');
    return next(call);
  });

function isSkipped(call: NativeCall, options: Value): boolean | undefined {
  const read = (name: string): Value => call.machine.member(call.args[0] ?? unknown, name, true, call.node, call.module);
  const path = read('path');
  const text = stringOf(path) ?? path.parts?.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  const method = stringOf(read('method'));
  const methods = flatten(options.props?.get('method')).map(stringOf);
  if (method !== undefined && methods.includes(method)) return true;
  let unclear = options.closure !== undefined || options.props?.get('custom') !== undefined || text === undefined;
  for (const item of flatten(options.props?.get('path'))) {
    const pattern = item.api?.kind === 'regexp' ? (item.api.data as { pattern: string; flags: string }) : undefined;
    const only = flatten(item.props?.get('methods')).map(stringOf);
    if (only.length > 0 && method !== undefined && !only.includes(method)) continue;
    const wanted = item.props ? item.props.get('url') : item;
    const inner = wanted?.api?.kind === 'regexp' ? (wanted.api.data as { pattern: string; flags: string }) : pattern;
    const fits =
      inner && text !== undefined
        ? matches(inner.pattern, inner.flags, text)
        : wanted && stringOf(wanted) !== undefined
          ? stringOf(wanted) === text
          : undefined;
    if (fits === true) return true;
    if (fits === undefined) unclear = true;
  }
  return unclear ? undefined : false;
}

/** koa-passport: `authenticate` is middleware, or runs a callback with what it found. */
const passport: Value = api('koa-passport', {
  member: (name) => {
    if (name === 'default') return passport;
    if (name === 'authenticate' || name === 'authorize') return native((outer) => authenticate(outer));
    if (name === 'initialize' || name === 'session') return native(() => goOn);
    return native(() => unknown);
  },
});

function authenticate(outer: NativeCall): Value {
  const proved = guarded('identity', `passport.authenticate('${stringOf(outer.args[0]) ?? 'passport'}')`, outer.module.placeOf(outer.node));
  const callback = outer.args.find((arg) => arg.closure);
  if (!callback) return proving(() => proved, 'user');
  return native((call) =>
    call.machine.call(callback, [literal(null), userOrNot(proved), unknown, unknown], unknown, call.node, call.module),
  );
}

/** koa-compose: middleware one after another. */
const compose: Value = native(({ args }) => {
  const list = flatten(args[0]);
  return native((call) => {
    const { machine } = call;
    for (const middleware of list) {
      const passed: State[] = [];
      const gather = native((inner) => (inner.machine.state && passed.push(inner.machine.state), unknown));
      const before = machine.state;
      machine.call(middleware, [call.args[0] ?? unknown, gather], unknown, call.node, call.module);
      machine.state = (middleware.closure ?? middleware.native ?? middleware.api?.call) ? join(passed) : before;
    }
    return next(call);
  });
});

const mount: Value = native((call) => {
  const path = pathText(call.args[0]);
  return dispatcher(call, [{ path: path ?? '/', handlers: call.args.slice(path === undefined ? 0 : 1) }]);
});

// `route.get('/orders', handler)` of koa-route is a middleware by itself.
const routes: Value = api('koa-route', {
  member: (name) =>
    /^(?:get|post|put|patch|delete|del|all)$/.test(name)
      ? native((call) =>
          dispatcher(call, [
            {
              method: name === 'del' ? 'DELETE' : name.toUpperCase(),
              path: pathText(call.args[0]) ?? '*',
              handlers: call.args.slice(1).map(withContext),
            },
          ]),
        )
      : undefined,
});

// Its handlers get the parameters after the context.
const withContext = (handler: Value): Value =>
  native((call) =>
    call.machine.call(
      handler,
      [call.args[0] ?? unknown, { input: { source: 'path' } }, { input: { source: 'path' } }],
      unknown,
      call.node,
      call.module,
    ),
  );

const combine: Value = native((outer) =>
  native(() => dispatcher(outer, [{ path: '/', handlers: outer.args.flatMap((arg) => flatten(arg)).filter((arg) => nodeOf(arg)) }])),
);

const basic: Value = native(({ args, node, module }) => {
  const password = args[0]?.props?.get('pass');
  const written = password !== undefined && !some(password, (value) => value.env !== undefined) && password.literal !== undefined;
  const place = module.placeOf(node);
  return exceptable(
    proving(() =>
      written
        ? guarded('presence', 'koa-basic-auth with a password written into the code', place)
        : both(guarded('identity', 'koa-basic-auth', place), flagged('proof', 'koa-basic-auth', place)),
    ),
  );
});

const flagging = (flag: 'csrf' | 'rate', what: string): Value =>
  api('koa-flag', {
    call: ({ node, module }) => proving(() => flagged(flag, what, module.placeOf(node))),
    member: () => flagging(flag, what),
  });
const routerClass: Value = api('koa-router-class', {
  call: (call) => makeKoaRouter(call, call.args[0]),
  member: (name) => (name === 'Router' || name === 'default' ? routerClass : undefined),
});
const appClass: Value = api('koa-class', { call: (call) => makeKoa(call), member: (name) => (name === 'default' ? appClass : undefined) });

/** The function a module is, under any of the names it is imported by. */
const packages = new Map<string, Value>([
  ['koa', appClass],
  ['koa-router', routerClass],
  ['@koa/router', routerClass],
  ['koa-joi-router', routerClass],
  ['koa-tree-router', routerClass],
  ['koa-swagger-decorator', api('koa-swagger', { member: (name) => (name === 'SwaggerRouter' ? routerClass : undefined) })],
  ['koa-mount', mount],
  ['koa-route', routes],
  ['koa-compose', compose],
  ['koa-combine-routers', combine],
  ['koa-convert', native(({ args }) => args[0] ?? unknown)],
  ['koa-jwt', jwt],
  ['koa-passport', passport],
  ['koa-basic-auth', basic],
  ['koa-ratelimit', flagging('rate', 'koa-ratelimit')],
  ['koa2-ratelimit', flagging('rate', 'koa2-ratelimit')],
  ['koa-csrf', flagging('csrf', 'koa-csrf')],
]);

/** What Koa, its routers and the usual middleware export. */
export function koaPackage(packageName: string, name: string): Value | undefined {
  const value = packages.get(packageName);
  if (!value || name === '*' || name === 'default') return value;
  return value.api?.member ? (value.api.member(name, {} as Omit<NativeCall, 'args'>) ?? undefined) : value;
}
