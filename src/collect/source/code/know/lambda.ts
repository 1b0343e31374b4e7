import type { Place } from '../../../../core/finding.ts';
import { noteExit } from '../interpret/log.ts';
import { both, guarded, nothing, type State } from '../interpret/state.ts';
import {
  alternativesOf,
  api,
  literal,
  type Machine,
  native,
  type NativeCall,
  object,
  oneOf,
  unknown,
  type Value,
} from '../interpret/value.ts';
import { maybeUser } from './identity.ts';
import { refuses } from './status.ts';
import { headerValue, input } from './web.ts';

/** What the gateway in front of a function is told to check. */
export interface Gateway {
  /** What holds where the function is reached. */
  readonly entry: State;
  /** True when the gateway identifies callers and hands their claims on. */
  readonly authorizes: boolean;
}

export const openGateway: Gateway = { entry: nothing, authorizes: false };

/** The event that API Gateway and Netlify hand to a function: method and path are those of the route. */
export function gatewayEvent(path: Value, method: string, gateway: Gateway): Value {
  const verb = method === 'ALL' ? unknown : literal(method);
  const http = object({ method: verb, path, sourceIp: input('header', 'ip'), userAgent: input('header', 'user-agent') }, true);
  const requestContext = api('lambda-request-context', {
    member: (name) => {
      if (name === 'authorizer') return gateway.authorizes ? authorizer : literal(undefined);
      if (name === 'http') return http;
      if (name === 'httpMethod') return verb;
      if (name === 'path' || name === 'resourcePath') return path;
      if (name === 'identity') return object({ sourceIp: input('header', 'ip') }, true);
      return undefined;
    },
  });
  return api('lambda-event', {
    data: new Map<string, Value>(),
    member: (name) => {
      switch (name) {
        case 'body':
          return input('body');
        case 'headers':
        case 'multiValueHeaders':
          return headers;
        case 'httpMethod':
          return verb;
        case 'path':
        case 'rawPath':
        case 'resource':
          return path;
        case 'queryStringParameters':
        case 'multiValueQueryStringParameters':
        case 'rawQuery':
        case 'rawQueryString':
          return input('query');
        case 'pathParameters':
          return input('path');
        case 'cookies':
          return input('cookie');
        case 'requestContext':
          return requestContext;
        default:
          return undefined;
      }
    },
  });
}

const headers: Value = api('headers', { member: (name, call) => headerValue(call.machine, name, call) });

// The gateway has checked the token before it calls: its claims are the caller.
const caller: Value = { who: { level: 'identity', part: 'user' } };
const authorizer: Value = api('lambda-authorizer', {
  member: (name, { machine, node, module }) =>
    name === 'claims' || name === 'lambda'
      ? caller
      : name === 'jwt'
        ? object({ claims: caller }, true)
        : machine.member(caller, name, true, node, module),
});

/** The context of Netlify's first kind of functions: `clientContext.user` is set where Netlify Identity knows the caller. */
export const netlifyContext: Value = api('netlify-context', {
  member: (name, call) =>
    name === 'clientContext'
      ? object({ user: maybeUser(call, 'clientContext.user of Netlify Identity is set') }, true)
      : name === 'user'
        ? maybeUser(call, 'the user of Netlify Identity is set')
        : undefined,
});

/** Counts what a function returns (or hands to its callback) as an answer, unless its `statusCode` turns the caller away. */
export function noteGatewayAnswer(machine: Machine, answer: Value): void {
  const { state } = machine;
  if (!state) return;
  for (const item of alternativesOf(machine.settle(answer))) {
    const status = item.value.props?.get('statusCode') ?? item.value.props?.get('status');
    if (item.value.response === 'deny' || (status && refusing(status))) continue;
    // A status that differs by path refuses on some of them only.
    for (const one of status ? alternativesOf(status) : [{ value: unknown, state: nothing }])
      if (!refusing(one.value)) noteExit(machine.log, both(both(state, item.state), one.state), item.value);
  }
}

const refusing = (status: Value): boolean => refuses(status) === true;

/** `callback(null, response)` of the older style. */
export const gatewayCallback: Value = native(({ machine, args }) => {
  if (args[1]) noteGatewayAnswer(machine, args[1]);
  return literal(undefined);
});

/** What the packages of Netlify and AWS functions export. */
export function lambdaPackage(packageName: string, name: string): Value | undefined {
  if (packageName === '@netlify/functions') {
    if (name === 'builder' || name === 'stream' || name === 'wrap') return native(({ args }) => args[0] ?? unknown);
    if (name === 'schedule') return native(({ args }) => ({ api: { kind: 'scheduled-function', data: args[1] } }));
    return undefined;
  }
  if (packageName === '@middy/core')
    return name === 'default' || name === '*' || name === 'middy' ? native(({ args }) => middy(args[0])) : undefined;
  if (packageName === 'serverless-http' || packageName === '@vendia/serverless-express' || packageName === '@codegenie/serverless-express')
    return native(({ args }) => ({ api: { kind: 'wrapped-server', data: args[0] ?? args[0] } }));
  return undefined;
}

// middy(handler).use(middleware): what the middleware does before runs before, in the order of registration.
function middy(handler: Value | undefined): Value {
  const before: Value[] = [];
  const self: Value = api('middy', {
    call: (call) => {
      const request = object({ event: call.args[0] ?? unknown, context: call.args[1] ?? unknown, response: unknown, error: unknown }, true);
      for (const step of before) {
        const early = call.machine.call(step, [request], unknown, call.node, call.module);
        if (!call.machine.state) return unknown;
        if (early.props?.has('statusCode')) noteGatewayAnswer(call.machine, early);
      }
      const inner = inside.handler;
      return inner ? call.machine.call(inner, call.args, unknown, call.node, call.module) : unknown;
    },
    member: (name) => {
      if (name === 'handler') return native(({ args }) => ((inside.handler = args[0]), self));
      if (name === 'before') return native(({ args }) => (args[0] && before.push(args[0]), self));
      if (name === 'use')
        return native(({ args }) => {
          for (const one of args[0]?.items ?? args) {
            const step = one.props?.get('before');
            if (step) before.push(step);
          }
          return self;
        });
      return name === 'after' || name === 'onError' ? native(() => self) : undefined;
    },
  });
  const inside: { handler: Value | undefined } = { handler };
  return self;
}

/** The state that a gateway's authorizer or key makes hold. */
export const gatewayGuard = (what: string, place: Place, role = false): State =>
  guarded(role ? 'role' : 'identity', what, place, role ? ['machine'] : []);

/** An object that may be missing, the first with what its presence proves. */
export const present = (value: Value, what: string, call: Pick<NativeCall, 'node' | 'module'>): Value =>
  oneOf([
    { value, state: guarded('identity', what, call.module.placeOf(call.node)) },
    { value: literal(undefined), state: nothing },
  ]);
