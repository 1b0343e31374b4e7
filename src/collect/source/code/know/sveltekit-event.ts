import { setsForCaller } from './sent-cookie.ts';
import { nothing } from '../interpret/state.ts';
import { api, literal, type Machine, native, type NativeCall, object, oneOf, stringOf, unknown, type Value } from '../interpret/value.ts';
import { maybeUser } from './identity.ts';
import { fetchFunction } from './effects.ts';
import { cookiesIn, input, urlOf, webRequest } from './web.ts';

const events = new WeakMap<Machine, Value>();

/** The event of the route being run, for `getRequestEvent()` of $app/server. */
export const currentEvent = (machine: Machine): Value => events.get(machine) ?? unknown;

/**
 * SvelteKit's `RequestEvent` for one route: `url.pathname` is what is known of its path, `locals` keeps what the hooks put there.
 * `parent` is what `await parent()` does in a load function.
 */
export function makeEvent(machine: Machine, path: Value, method: string, routeId: string, parent: Value = unknown): Value {
  const own = new Map<string, Value>();
  const locals = localsOf();
  const request = webRequest(path, method === 'ALL' ? unknown : literal(method));
  const event: Value = api('sveltekit-event', {
    data: own,
    member: (name) => {
      const set = own.get(name);
      if (set) return set;
      switch (name) {
        case 'request':
          return request;
        case 'url':
          return urlOf(path);
        case 'params':
          return input('path');
        case 'cookies':
          return cookies;
        case 'locals':
          return locals;
        case 'fetch':
          return fetchFunction;
        case 'parent':
          return parent;
        case 'route':
          return object({ id: literal(routeId) });
        case 'platform':
          return platform;
        case 'getClientAddress':
          return native(() => input('header', 'ip'));
        case 'isSubRequest':
          return literal(false);
        case 'untrack':
          return native((call) => (call.args[0] ? call.machine.call(call.args[0], [], unknown, call.node, call.module) : unknown));
        default:
          return undefined;
      }
    },
  });
  events.set(machine, event);
  return event;
}

const caller = /^(?:user|session|account|currentUser|authUser|profile)$/;

// A name that the app tests but that nothing we saw sets was set out of sight: the test is still what stands between stranger and data.
function localsOf(): Value {
  const data = new Map<string, Value>();
  return api('locals', {
    data,
    member: (name, call) => data.get(name) ?? (caller.test(name) ? maybeUser(call, `locals.${name} is set`) : undefined),
  });
}

const present = cookiesIn();

// Next.js's cookies hold objects, SvelteKit's plain strings; what a cookie that is there proves is the same.
const cookies: Value = api('cookies', {
  member: (name, outer) => {
    if (name === 'get') return native((call) => cookieText(call));
    if (name === 'getAll') return native(() => ({ items: [object({ name: input('cookie'), value: input('cookie') })], open: true }));
    if (name === 'set') return setsForCaller;
    if (name === 'delete' || name === 'serialize') return native(() => unknown);
    return present.api?.member?.(name, outer);
  },
});

function cookieText(call: NativeCall): Value {
  const name = stringOf(call.args[0]);
  const found = present.api?.member?.('get', call)?.native?.(call);
  const state = found?.alternatives?.[0]?.state ?? nothing;
  if (state !== nothing) call.machine.log.cookieSession ??= call.module.placeOf(call.node);
  return oneOf([
    { value: input('cookie', name), state },
    { value: literal(undefined), state: nothing },
  ]);
}

// `platform.env` of Cloudflare holds settings and bindings.
const platform: Value = api('platform', {
  member: (name) => (name === 'env' ? api('environment', { member: (key) => ({ env: key }) }) : undefined),
});
