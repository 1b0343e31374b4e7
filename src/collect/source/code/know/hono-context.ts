import { remember } from '../interpret/patterns.ts';
import { answered, both, type State, unanswered } from '../interpret/state.ts';
import { api, literal, type Machine, native, type NativeCall, oneOf, stringOf, unknown, type Value } from '../interpret/value.ts';
import { maybeUser } from './identity.ts';
import { readCaller } from './caller.ts';
import { refuses } from './status.ts';
import { validOf } from './hono-validation.ts';
import { sqlPackage } from './sql.ts';
import { headerValue, input, response, webRequest } from './web.ts';

const contexts = new WeakMap<Machine, Value>();

/** The context of the route being run, for `getContext()` of hono/context-storage. */
export const currentContext = (machine: Machine): Value => contexts.get(machine) ?? unknown;

/** Hono's context `c` of one route. What middleware sets on it stays with what held where it was set. */
export function makeContext(machine: Machine, path: Value, method: string): Value {
  const store = new Map<string, Value>();
  const request = requestOf(path, method, store);
  const read = (name: string, call: Pick<NativeCall, 'machine' | 'node' | 'module'>): Value => {
    const kept = store.get(name);
    if (kept) return readCaller(kept, name, call);
    return callerName.test(name) ? maybeUser(call, `c.get('${name}') is set`) : unknown;
  };
  const context: Value = api('hono-context', {
    data: store,
    member: (name) => {
      switch (name) {
        case 'req':
          return request;
        case 'env':
          return environment;
        case 'get':
          return native((call) => read(stringOf(call.args[0]) ?? '', call));
        case 'set':
          return native(
            (call) => (remember(call.machine, store, stringOf(call.args[0]) ?? '', call.args[1] ?? unknown), literal(undefined)),
          );
        case 'var':
          return api('hono-var', { member: (key, call) => read(key, call) });
        case 'json':
        case 'text':
        case 'html':
        case 'body':
        case 'newResponse':
          return native((call) => respond(call, statusOf(call.args[1])));
        case 'render':
          return native((call) => respond(call, undefined));
        case 'redirect':
          return native((call) => respond(call, literal(302)));
        case 'notFound':
          return native((call) => respond(call, literal(404)));
        case 'status':
          return native((call) => (setStatus(call.machine, call.args[0] ?? unknown), literal(undefined)));
        case 'res':
          return api('hono-res', { data: new Map<string, Value>() });
        case 'executionCtx':
        case 'event':
          return api('execution-context', {
            member: (inner) => (inner === 'waitUntil' ? native((call) => call.machine.settle(call.args[0] ?? unknown)) : undefined),
          });
        default:
          return name === 'then' ? undefined : native(() => unknown);
      }
    },
  });
  contexts.set(machine, context);
  return context;
}

const callerName = /^(?:user|session|auth|authUser|currentUser|userId|jwtPayload|account|admin|member|claims)$/;

/** Bindings and secrets of the runtime: `c.env.DB` may be Cloudflare's D1, the rest are settings. */
export const environment: Value = api('environment', {
  member: (name) => {
    if (name === 'NODE_ENV') return literal('production');
    if (/^(?:DB|D1|DATABASE|[A-Z]+_DB)$/.test(name)) return { ...d1, env: name };
    return { env: name };
  },
});

const d1: Value = sqlPackage('better-sqlite3', 'default')?.api?.call?.({} as NativeCall) ?? unknown;

const statusOf = (value: Value | undefined): Value | undefined => value?.props?.get('status') ?? (value?.props ? undefined : value);

// A status set before (`c.status(401); return c.json(...)`) counts where it was set.
function respond(call: NativeCall, status: Value | undefined): Value {
  const { machine } = call;
  const answer = response(status, call.args[0]);
  if (status || !machine.state || machine.state.unanswered === undefined) return answer;
  const denied = response(literal(400));
  if (machine.state.unanswered === null) return denied;
  return oneOf([
    { value: answer, state: machine.state.unanswered },
    { value: denied, state: answered(machine.state) },
  ]);
}

function setStatus(machine: Machine, status: Value): void {
  if (machine.state && refuses(status) === true) machine.state = answered(machine.state);
}

/** What holds where a response that is no refusal leaves: of all paths, those whose status was not set to one. */
export const openPart = (state: State, alternative: State): State | undefined => unanswered(both(state, alternative));

function requestOf(path: Value, method: string, store: ReadonlyMap<string, Value>): Value {
  const web = webRequest(path, method === 'ALL' ? unknown : literal(method));
  return api('hono-request', {
    data: new Map<string, Value>(),
    member: (name, call) => {
      switch (name) {
        case 'param':
          return native(({ args }) => input('path', stringOf(args[0])));
        case 'query':
        case 'queries':
          return native(({ args }) => input('query', stringOf(args[0])));
        case 'header':
          return native((inner) =>
            inner.args.length === 0 ? headersObject() : headerValue(inner.machine, stringOf(inner.args[0]), inner),
          );
        case 'valid':
          return native(({ args }) => validOf(store, stringOf(args[0])));
        case 'json':
        case 'text':
        case 'formData':
        case 'parseBody':
        case 'arrayBuffer':
        case 'blob':
          return native(() => input('body'));
        case 'raw':
          return web;
        case 'path':
        case 'routePath':
          return path;
        case 'cookie':
          return native(() => input('cookie'));
        default:
          return web.api?.member?.(name, call);
      }
    },
  });
}

// `c.req.header()` gives all headers as an object.
const headersObject = (): Value => api('headers', { member: (name, call) => headerValue(call.machine, name, call) });
