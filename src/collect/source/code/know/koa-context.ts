import { remember } from '../interpret/patterns.ts';
import { stateWhen } from '../interpret/condition.ts';
import { answered, both, guarded, nothing, type State } from '../interpret/state.ts';
import { api, literal, type Machine, native, type NativeCall, oneOf, stringOf, unknown, type Value } from '../interpret/value.ts';
import { nodeRequest } from './express.ts';
import { readCaller } from './caller.ts';
import { refuses } from './status.ts';
import { input } from './web.ts';

const refusals =
  /^(?:badRequest|unauthorized|paymentRequired|forbidden|notFound|methodNotAllowed|notAcceptable|conflict|gone|tooManyRequests|internalServerError|notImplemented|unprocessableEntity)$/;

/** Koa's context `ctx` of one route: what is put on it or on `ctx.state` stays with what held where it was put. */
export function makeKoaContext(path: Value, method: string): Value {
  const base = nodeRequest(path, method);
  const own = new Map<string, Value>();
  const state = new Map<string, Value>();
  const fromRequest = (name: string, call: Omit<NativeCall, 'args'>): Value | undefined => base.api?.member?.(name, call);
  const callers = api('koa-state', {
    data: state,
    member: (name, call) => kept(state, name, call) ?? (callerName.test(name) ? fromRequest('user', call) : undefined),
  });
  const request: Value = api('koa-request', { data: own, member: (name, call) => own.get(name) ?? requestMember(name, call, fromRequest) });
  const response: Value = api('koa-response', { assign, member: (name, call) => responseMember(name, call, response) });
  const context: Value = api('koa-context', {
    assign: (name, value, machine) => (isAnswer.has(name) ? assign(name, value, machine) : remember(machine, own, name, value)),
    data: own,
    member: (name, call) => {
      const known = kept(own, name, call);
      if (known) return known;
      switch (name) {
        case 'state':
          return callers;
        case 'request':
        case 'req':
          return request;
        case 'response':
        case 'res':
          return response;
        case 'session':
          return fromRequest('session', call);
        case 'throw':
          return native(({ machine }) => ((machine.state = undefined), unknown));
        case 'assert':
          return native((inner) => (holds(inner.machine, inner.args[0] ?? unknown), literal(undefined)));
        case 'isAuthenticated':
          return fromRequest('isAuthenticated', call);
        case 'isUnauthenticated':
          return native((inner) => ({ whenFalse: guarded('identity', 'ctx.isUnauthenticated()', inner.module.placeOf(inner.node)) }));
        case 'login':
        case 'logIn':
        case 'logout':
        case 'logOut':
          return native(() => unknown);
        default:
          return requestMember(name, call, fromRequest) ?? responseMember(name, call, context);
      }
    },
  });
  return context;
}

function kept(store: ReadonlyMap<string, Value>, name: string, call: Omit<NativeCall, 'args'>): Value | undefined {
  const value = store.get(name);
  return value && readCaller(value, name, call);
}

const callerName = /^(?:user|auth|currentUser|userId|account|admin|jwt|jwtPayload|session)$/;
const isAnswer = new Set(['status', 'body', 'type', 'length', 'message', 'etag', 'lastModified']);

// `ctx.status = 401` turns the caller away on this path, unless a later one takes it back.
function assign(name: string, value: Value, machine: Machine): void {
  if (name === 'body' && machine.state) machine.log.answers.push(value);
  if (name !== 'status' || !machine.state) return;
  const refused = refuses(value);
  if (refused === true) machine.state = answered(machine.state);
  else if (refused === false) machine.state = open(machine.state);
}

/** The same state with the request still to be answered on all paths. */
export function open(state: State): State {
  const { unanswered: _, ...rest } = state;
  return rest;
}

function holds(machine: Machine, condition: Value): void {
  const when = stateWhen(condition, true);
  machine.state = machine.state && when && both(machine.state, when);
}

type FromRequest = (name: string, call: Omit<NativeCall, 'args'>) => Value | undefined;

function requestMember(name: string, call: Omit<NativeCall, 'args'>, fromRequest: FromRequest): Value | undefined {
  switch (name) {
    case 'query':
    case 'params':
    case 'body':
    case 'rawBody':
    case 'file':
    case 'files':
    case 'headers':
    case 'method':
    case 'path':
    case 'url':
    case 'originalUrl':
    case 'ip':
    case 'host':
    case 'hostname':
    case 'protocol':
    case 'user':
      return name === 'body' && call.self.api?.kind === 'koa-context' ? unknown : fromRequest(name, call);
    case 'header':
      return fromRequest('headers', call);
    case 'get':
      return fromRequest('get', call);
    case 'href':
    case 'search':
    case 'querystring':
      return input('query');
    case '_matchedRoute':
    case 'routerPath':
      return fromRequest('path', call);
    case 'cookies':
      return api('koa-cookies', { member: (inner) => (inner === 'get' ? native((got) => cookie(got)) : native(() => unknown)) });
    case 'req':
    case 'socket':
      return api('koa-request', { member: (inner, at) => requestMember(inner, at, fromRequest) });
    default:
      return undefined;
  }
}

function cookie(call: NativeCall): Value {
  const name = stringOf(call.args[0]);
  const value = input('cookie', name);
  const signed = call.args[1]?.props?.get('signed')?.literal?.is === true;
  // A signed cookie holds what the server put into it.
  if (signed) call.machine.log.cookieSession = call.module.placeOf(call.node);
  if (name !== undefined && !/sess|auth|token|jwt|sid|user/i.test(name)) return value;
  const what = signed ? `signed cookie ${name ?? ''}` : `cookie ${name ?? ''} exists`;
  const there: Value = signed ? { who: { level: 'identity', part: 'id' } } : value;
  return oneOf([
    { value: there, state: guarded(signed ? 'identity' : 'presence', what, call.module.placeOf(call.node)) },
    { value: literal(undefined), state: nothing },
  ]);
}

function responseMember(name: string, call: Omit<NativeCall, 'args'>, self: Value): Value | undefined {
  if (name === 'then' || name === 'catch' || name === 'finally') return undefined;
  if (name === 'status') return call.machine.state?.unanswered === undefined ? unknown : literal(400);
  if (name === 'redirect' || name === 'back')
    return native(({ machine }) => {
      if (!machine.state) return unknown;
      machine.log.redirects.push(machine.state);
      machine.state = answered(machine.state);
      return literal(undefined);
    });
  if (refusals.test(name)) return native(({ machine }) => (machine.state && (machine.state = answered(machine.state)), literal(undefined)));
  if (name === 'app') return api('koa-shared', { data: new Map<string, Value>() });
  if (isAnswer.has(name)) return unknown;
  return native(({ machine, args }) => {
    if (/^(?:send|end|write|json|render)$/.test(name)) machine.log.answers.push(name === 'render' ? unknown : { items: args });
    return self;
  });
}

/** A user that was found, or false: what Passport hands to a callback. */
export const userOrNot = (proved: State): Value =>
  oneOf([
    { value: { who: { level: 'identity', part: 'user' } }, state: proved },
    { value: literal(false), state: nothing },
  ]);
