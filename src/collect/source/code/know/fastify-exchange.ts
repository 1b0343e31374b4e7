import { answerOnce, hasAnswered } from '../interpret/answering.ts';
import { remember } from '../interpret/patterns.ts';
import { stateWhen } from '../interpret/condition.ts';
import { answered, both, type State, unanswered } from '../interpret/state.ts';
import {
  alternativesOf,
  api,
  literal,
  type Machine,
  native,
  type NativeCall,
  object,
  stringOf,
  unknown,
  type Value,
} from '../interpret/value.ts';
import { maybeUser } from './identity.ts';
import { nodeRequest } from './express.ts';

import { readCaller } from './caller.ts';
import { decorator, type FastifyInstance, type FastifyRoute } from './fastify-scope.ts';
import { refuses } from './status.ts';
import { input } from './web.ts';

/** The request and reply of one route. Hooks and the handler share the request; a reply differs by who holds it. */
export interface Exchange {
  readonly request: Value;
  /** In a hook a status alone does not end the request, only sending does; in the handler what follows `code(401)` is a refusal. */
  reply(inHook: boolean): Value;
}

/** Makes the exchange; `path` is the route's path with its parameters open. */
export function makeExchange(route: FastifyRoute, path: Value): Exchange {
  return { request: requestOf(route, path), reply: (inHook) => replyOf(route.instance, inHook) };
}

function requestOf(route: FastifyRoute, path: Value): Value {
  const { instance } = route;
  const fields = new Map<string, Value>();
  const base = nodeRequest(path, route.method);
  const config = route.options.get('config') ?? object({});
  const request: Value = api('request', {
    data: fields,
    member: (name, call) => {
      const own = fields.get(name);
      if (own) return readCaller(own, name, call);
      const decorated = decorator(instance, 'request', name);
      const bound = decorated && bind(decorated, request, call);
      if (bound) return bound;
      switch (name) {
        case 'server':
          return instance.value;
        case 'routeOptions':
          return object(
            { config, url: literal(route.path), method: literal(route.method), schema: route.options.get('schema') ?? literal(undefined) },
            true,
          );
        case 'routeConfig':
          return config;
        case 'context':
          return object({ config }, true);
        case 'routerPath':
          return literal(route.path);
        case 'raw':
        case 'req':
          return request;
        case 'session':
          return sessionOf(fields, base, call);
        case 'unsignCookie':
          return native((inner) =>
            maybeUser(inner, 'a cookie signed by the server', 'identity', (who) => object({ valid: literal(true), value: who })),
          );
        case 'isMultipart':
          return native(() => unknown);
        case 'file':
        case 'files':
        case 'parts':
        case 'formData':
        case 'saveRequestFiles':
          return native(() => input('file'));
        default:
          return base.api?.member?.(name, call);
      }
    },
  });
  return request;
}

// Functions put on the request see it as `this`; `decorateRequest('user', null)` only reserves the name.
function bind(value: Value, self: Value, call: Omit<NativeCall, 'args'>): Value | undefined {
  if (value.closure) return value.closure.node.type === 'ArrowFunctionExpression' ? value : { closure: { ...value.closure, self } };
  const getter = value.props?.get('getter');
  if (getter) return call.machine.call(getter, [], self, call.node, call.module);
  return value.literal ? undefined : value;
}

// @fastify/secure-session reads with `session.get('userId')`, @fastify/session with `session.userId`.
function sessionOf(fields: Map<string, Value>, base: Value, call: Omit<NativeCall, 'args'>): Value {
  const inner = base.api?.member?.('session', call) ?? unknown;
  const store = new Map<string, Value>();
  const read = (name: string, at: Omit<NativeCall, 'args'>): Value => store.get(name) ?? inner.api?.member?.(name, at) ?? unknown;
  const session = api('session', {
    data: store,
    member: (name, at) => {
      if (name === 'get') return native((got) => read(stringOf(got.args[0]) ?? 'user', got));
      if (name === 'set')
        return native((got) => (remember(got.machine, store, stringOf(got.args[0]) ?? 'user', got.args[1] ?? unknown), literal(undefined)));
      if (name === 'delete' || name === 'touch' || name === 'options' || name === 'regenerate') return native(() => literal(undefined));
      return read(name, at);
    },
  });
  fields.set('session', session);
  return session;
}

const refusals =
  /^(?:badRequest|unauthorized|paymentRequired|forbidden|notFound|methodNotAllowed|notAcceptable|conflict|gone|tooManyRequests|internalServerError|preconditionFailed|unprocessableEntity|locked|callNotFound)$/;
const sends = new Set(['send', 'view', 'viewAsync', 'sendFile', 'download', 'html', 'sendBinary']);

function replyOf(instance: FastifyInstance, inHook: boolean, status: Value = unknown): Value {
  const self: Value = api('reply', {
    data: new Map<string, Value>(),
    member: (name, call) => {
      const decorated = decorator(instance, 'reply', name);
      const bound = decorated && bind(decorated, self, call);
      if (bound) return bound;
      if (name === 'code' || name === 'status') return native((inner) => withStatus(inner, instance, inHook));
      if (sends.has(name)) return native((inner) => send(inner, status, inner.args[0]));
      if (name === 'redirect')
        return native((inner) => {
          const from = inner.machine.state && unanswered(inner.machine.state);
          if (from) inner.machine.log.redirects.push(from);
          return send(inner, literal(302), undefined);
        });
      if (refusals.test(name)) return native((inner) => send(inner, literal(400), undefined));
      if (name === 'hijack') return native(() => self);
      if (name === 'sent') return hasAnswered(call.machine.state);
      if (name === 'raw' || name === 'res') return rawReply(status);
      if (name === 'request') return undefined;
      if (name === 'server') return instance.value;
      if (name === 'statusCode') return status;
      if (name === 'then') return undefined;
      if (/^(jwtSign|generateCsrf|getHeaders?|hasHeader|getResponseTime|log)$/.test(name)) return native(() => unknown);
      return native(() => self);
    },
  });
  return self;
}

// `reply.raw.writeHead(401); reply.raw.end()`
const rawReply = (status: Value): Value =>
  api('raw-reply', {
    member: (name) => {
      if (name === 'writeHead') return native((call) => rawReply(call.args[0] ?? unknown));
      if (name === 'end' || name === 'write') return native((call) => send(call, status, call.args[0]));
      return name === 'on' || name === 'once' || name === 'setHeader' || name === 'flushHeaders' ? native(() => unknown) : undefined;
    },
  });

function withStatus(call: NativeCall, instance: FastifyInstance, inHook: boolean): Value {
  const status = call.args[0] ?? unknown;
  const { machine } = call;
  if (!inHook && machine.state && refuses(status) === true) machine.state = answered(machine.state);
  return replyOf(instance, inHook, status);
}

const errorArgument = /^(?:new\s+\w*Error\b|\w*\.?httpErrors\.|(?:err|error|e)$|createError\()/;

// The first answer counts; what is sent on a path that has answered goes nowhere.
function send(call: NativeCall, status: Value, body: Value | undefined): Value {
  const { machine } = call;
  const node = call.node as { arguments?: readonly { start: number; end: number }[] };
  const written = node.arguments?.[0] ? call.module.snippet(node.arguments[0], 40) : '';
  const deny = status === unknown ? errorArgument.test(written) || body?.response === 'deny' : refuses(status) === true;
  return {
    ...answerOnce(machine, deny),
    api: { kind: 'reply', member: (name) => (name === 'then' ? undefined : native(({ self }) => self)) },
  };
}

/** `done` of hooks in callback style: passes on, unless it is given an error. */
export function passes(machine: Machine, gather: (state: State) => void): Value {
  return native(({ args }) => {
    if (!machine.state) return unknown;
    const error = args[0] ?? literal(undefined);
    const fine = alternativesOf(error).some(({ value }) => value.literal && !value.literal.is) ? stateWhen(error, false) : undefined;
    if (fine) gather(both(machine.state, fine));
    else if (error.literal && !error.literal.is) gather(machine.state);
    return literal(undefined);
  });
}
