import { noteExit } from '../interpret/log.ts';
import { answered, flagged } from '../interpret/state.ts';
import {
  api,
  inputOf,
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
import { nothing } from '../interpret/state.ts';
import { maybeUser, raise } from './identity.ts';
import { refuses } from './status.ts';
import { cookiesIn, headersIn, headerValue, input, response, urlOf, webRequest } from './web.ts';

/** What is known of the request behind an h3 event. */
interface EventFacts {
  readonly path: Value;
  readonly method: string;
}

const callerName = /^(?:user|session|account|auth|currentUser|authUser|userId)$/;

/** The event of h3 (Nuxt, Nitro) for one route; `context` keeps what middleware put there. */
export function makeEvent(path: Value, method: string): Value {
  const verb = method === 'ALL' ? unknown : literal(method);
  const context = contextOf();
  const request = webRequest(path, verb);
  const node = object({ req: nodeRequest(path, verb, request), res: nodeResponse() }, true);
  return api('h3-event', {
    data: { path, method } satisfies EventFacts,
    member: (name) => {
      switch (name) {
        case 'context':
          return context;
        case 'path':
          return path;
        case 'method':
          return verb;
        case 'headers':
          return headersIn();
        case 'node':
          return node;
        case 'req':
        case 'request':
          return node.props?.get('req');
        case 'url':
          return urlOf(path);
        case 'waitUntil':
          return native(({ machine, args }) => machine.settle(args[0] ?? unknown));
        default:
          return undefined;
      }
    },
  });
}

const factsOf = (event: Value | undefined): EventFacts | undefined =>
  event?.api?.kind === 'h3-event' ? (event.api.data as EventFacts) : undefined;

function contextOf(): Value {
  const data = new Map<string, Value>();
  return api('event-context', {
    data,
    member: (name, call) => {
      const own = data.get(name);
      if (own) return own;
      if (name === 'params') return input('path');
      if (name === 'cloudflare')
        return api('platform', {
          member: (key) => (key === 'env' ? api('environment', { member: (inner) => ({ env: inner }) }) : undefined),
        });
      // What a module puts there out of our sight (Clerk's `auth()`, the session of Better Auth) is tested like a session.
      return callerName.test(name) ? { ...maybeUser(call, `event.context.${name} is set`), api: readerOf(name) } : undefined;
    },
  });
}

// `event.context.auth()` as Clerk gives it.
const readerOf = (name: string) => ({
  kind: 'context-reader',
  call: (call: NativeCall) =>
    maybeUser(call, `event.context.${name}()`, 'identity', (who) => object({ userId: who, sessionClaims: who }, true)),
});

// Headers of Node are a plain object, those of the web have `get`; both are asked for under `event.req`.
function nodeRequest(path: Value, method: Value, request: Value): Value {
  return api('h3-request', {
    data: new Map<string, Value>(),
    member: (name, call) => {
      if (name === 'url' || name === 'originalUrl') return path;
      if (name === 'method') return method;
      if (name === 'headers')
        return api('headers', {
          member: (header, inner) =>
            header === 'get' || header === 'has' ? headersIn().api?.member?.(header, inner) : headerValue(inner.machine, header, inner),
        });
      if (name === 'socket' || name === 'connection') return api('socket', { member: (key) => input('header', key) });
      return request.api?.member?.(name, call);
    },
  });
}

// `event.node.res.statusCode = 401` decides how what is returned counts.
const nodeResponse = (): Value =>
  api('h3-response', {
    assign: (name, value, machine) => {
      if (name === 'statusCode') setStatus(machine, value);
    },
    member: (name) =>
      name === 'end' || name === 'json' || name === 'send'
        ? native(({ machine, args }) => (machine.state && noteExit(machine.log, machine.state, { items: args }), response(literal(200))))
        : native(() => unknown),
  });

function setStatus(machine: Machine, status: Value): void {
  if (machine.state && refuses(status) === true) machine.state = answered(machine.state);
}

const body = (args: readonly Value[], at: number): Value => {
  const validated = args[at] !== undefined;
  return input('body', validated ? 'validated' : undefined);
};

// What a validator gives back has the fields it knows; one that the app wrote itself may be followed.
function checked(call: NativeCall, raw: Value): Value {
  const validator = call.args[1];
  if (!validator?.closure) return body(call.args, 1);
  const result = call.machine.call(validator, [raw], unknown, call.node, call.module);
  return inputOf(result) || result.props || result.alternatives ? result : raw;
}

const headerOf = (call: NativeCall): Value => headerValue(call.machine, stringOf(call.args[1]), call);

function cookie(call: NativeCall): Value {
  const name = stringOf(call.args[1]);
  const found = cookiesIn()
    .api?.member?.('get', call)
    ?.native?.({ ...call, args: [call.args[1] ?? unknown] });
  const state = found?.alternatives?.[0]?.state ?? nothing;
  if (state !== nothing) call.machine.log.cookieSession ??= call.module.placeOf(call.node);
  return oneOf([
    { value: input('cookie', name), state },
    { value: literal(undefined), state: nothing },
  ]);
}

/** `createError(...)` is thrown or returned, `sendError` and a redirect answer: all turn the caller away. */
const refusal = ({ args }: NativeCall): Value => {
  const status = args[0]?.props?.get('statusCode') ?? args[0]?.props?.get('status') ?? literal(500);
  return { ...response(status), response: 'deny' };
};

const isMethod = ({ args }: NativeCall): Value => {
  const method = factsOf(args[0])?.method;
  const wanted = (args[1]?.items ?? [args[1] ?? unknown]).map((item) => stringOf(item)?.toUpperCase());
  return method === undefined || method === 'ALL' || wanted.includes(undefined) ? unknown : literal(wanted.includes(method));
};

/** Functions of h3 that take the event. */
export const eventFunctions: Readonly<Record<string, (call: NativeCall) => Value>> = {
  getRouterParam: ({ args }) => input('path', stringOf(args[1])),
  getRouterParams: () => input('path'),
  getValidatedRouterParams: () => input('path', 'validated'),
  getQuery: () => input('query'),
  getValidatedQuery: (call) => checked(call, input('query')),
  readBody: ({ args }) => body(args, 2),
  readValidatedBody: (call) => checked(call, input('body')),
  readRawBody: () => input('body'),
  readFormData: ({ machine, node, module, args }) => {
    const request = machine.member(args[0] ?? unknown, 'req', true, node, module);
    return machine.call(machine.member(request, 'formData', true, node, module), [], request, node, module);
  },
  readMultipartFormData: () => ({ items: [input('file')], open: true }),
  getHeader: headerOf,
  getRequestHeader: headerOf,
  getHeaders: () => headersObject,
  getRequestHeaders: () => headersObject,
  getRequestURL: ({ args }) => urlOf(factsOf(args[0])?.path ?? unknown),
  getRequestPath: ({ args }) => factsOf(args[0])?.path ?? unknown,
  getRequestHost: () => input('header', 'host'),
  getRequestIP: () => input('header', 'ip'),
  getMethod: ({ args }) => {
    const method = factsOf(args[0])?.method;
    return method === undefined || method === 'ALL' ? unknown : literal(method);
  },
  getRequestWebStream: () => input('body'),
  toWebRequest: ({ args, machine, node, module }) => machine.member(args[0] ?? unknown, 'req', true, node, module),
  isMethod,
  assertMethod: (call) => {
    if (isMethod(call).literal?.is === false) call.machine.state = undefined;
    return unknown;
  },
  getCookie: cookie,
  parseCookies: () => api('cookies', { member: (name, call) => cookie({ ...call, args: [unknown, literal(name)] }) }),
  setResponseStatus: ({ machine, args }) => (setStatus(machine, args[1] ?? unknown), literal(undefined)),
  createError: refusal,
  sendError: (call) => refusal({ ...call, args: call.args.slice(1) }),
  sendRedirect: () => ({ ...response(literal(302)), response: 'deny' }),
  sendNoContent: () => response(literal(204)),
  send: ({ args }) => response(literal(200), args[1]),
  sendStream: () => response(literal(200)),
  sendProxy: () => response(literal(200)),
  proxyRequest: () => response(literal(200)),
  handleCors: () => literal(false),
  requireBasicAuth: (call) => (raise(call, flagged('proof', 'basic auth', call.module.placeOf(call.node))), unknown),
};

const headersObject: Value = api('headers', { member: (name, call) => headerValue(call.machine, name, call) });

/** Functions of h3 that only write to the response. */
export const silentFunctions: readonly string[] = [
  'setHeader',
  'setHeaders',
  'setResponseHeader',
  'setResponseHeaders',
  'appendHeader',
  'appendResponseHeader',
  'removeResponseHeader',
  'setCookie',
  'deleteCookie',
  'handleCacheHeaders',
  'defineRouteMeta',
  'appendCorsHeaders',
];
