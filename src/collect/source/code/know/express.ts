import type { AuthLevel } from '../../../../evidence/routes.ts';
import { both, flagged, guarded, nothing } from '../interpret/state.ts';
import { api, literal, native, object, oneOf, stringOf, unknown, type Value } from '../interpret/value.ts';
import { identityPart } from '../interpret/member.ts';
import { readCaller } from './caller.ts';
import { makeRouter, type RouterStyle } from './router.ts';
import { filesHandler } from './static-files.ts';
import { headerValue, input } from './web.ts';

const style: RouterStyle = {
  framework: 'Express',
  member: (_node, self, name) => {
    if (name === 'listen' || name === 'set' || name === 'enable' || name === 'disable' || name === 'engine' || name === 'on')
      return native(
        (call) => (
          call.args.at(-1)?.closure && name === 'listen'
            ? call.machine.call(call.args.at(-1) ?? unknown, [], unknown, call.node, call.module)
            : self,
          self
        ),
      );
    if (name === 'locals') return api('locals', { data: new Map<string, Value>() });
    return undefined;
  },
};

/** Middleware of packages, by what passing it proves. `pass` proves nothing and is known to be harmless. */
const middleware: Readonly<Record<string, { readonly level?: AuthLevel; readonly flag?: 'csrf' | 'rate'; readonly names?: RegExp }>> = {
  'express-jwt': { level: 'identity' },
  'express-oauth2-jwt-bearer': { level: 'identity', names: /^(auth|requiredScopes|claimEquals)$/ },
  'express-openid-connect': { level: 'identity', names: /^(requiresAuth)$/ },
  'connect-ensure-login': { level: 'identity', names: /ensureLoggedIn/ },
  'express-basic-auth': { level: 'identity' },
  'supertokens-node': { level: 'identity', names: /verifySession/ },
  'express-rate-limit': { flag: 'rate' },
  'express-slow-down': { flag: 'rate' },
  'express-brute': { flag: 'rate' },
  'rate-limiter-flexible': { flag: 'rate' },
  csurf: { flag: 'csrf' },
  'csrf-csrf': { flag: 'csrf' },
  'csrf-sync': { flag: 'csrf' },
  lusca: { flag: 'csrf' },
  'tiny-csrf': { flag: 'csrf' },
  '@dr.pogodin/csurf': { flag: 'csrf' },
};

/** What Express and its usual companions export. */
export function expressPackage(packageName: string, name: string): Value | undefined {
  if (packageName === 'express' || packageName === 'express-promise-router' || packageName === 'ultimate-express')
    return expressModule(packageName, name);
  if (packageName === 'passport' || packageName === 'koa-passport') return name === 'default' || name === '*' ? passport : undefined;
  if (packageName === 'express-async-handler' || packageName === 'express-async-errors') return native(({ args }) => args[0] ?? unknown);
  const known = middleware[packageName];
  if (!known) return undefined;
  if (name === '*' || name === 'default')
    return api('middleware', { call: () => protecting(packageName, known), member: (member) => expressPackage(packageName, member) });
  if (known.names && !known.names.test(name)) return undefined;
  return api('middleware', { call: () => protecting(packageName, known), member: () => protecting(packageName, known) });
}

function protecting(packageName: string, known: { readonly level?: AuthLevel; readonly flag?: 'csrf' | 'rate' }): Value {
  return native((call) => {
    const place = call.module.placeOf(call.node);
    const proved = known.level ? guarded(known.level, packageName, place) : known.flag ? flagged(known.flag, packageName, place) : nothing;
    if (call.machine.state) call.machine.state = both(call.machine.state, proved);
    const next = call.args.at(-1);
    return next?.native ? call.machine.call(next, [], unknown, call.node, call.module) : unknown;
  });
}

function expressModule(packageName: string, name: string): Value | undefined {
  if (name === 'Router') return native((call) => makeRouter(call, style, false));
  if (name === 'default' || name === '*') {
    if (packageName === 'express-promise-router') return native((call) => makeRouter(call, style, false));
    return api('express', {
      call: (call) => makeRouter(call, style, true),
      member: (member) =>
        member === 'Router'
          ? native((call) => makeRouter(call, style, false))
          : member === 'default'
            ? expressModule(packageName, 'default')
            : native(() => (member === 'static' ? filesHandler('served') : passThrough)),
    });
  }
  return native(() => (name === 'static' ? filesHandler('served') : passThrough));
}

/** A middleware that lets everybody through. */
export const passThrough: Value = native((call) =>
  call.args[2] ? call.machine.call(call.args[2], [], unknown, call.node, call.module) : unknown,
);

const passport: Value = api('passport', {
  member: (name) => {
    if (name === 'default') return passport;
    if (name === 'authenticate')
      return native((outer) => {
        const strategy = stringOf(outer.args[0]) ?? 'passport';
        const callback = outer.args.find((arg) => arg.closure);
        return native((call) => {
          const place = outer.module.placeOf(outer.node);
          const proved = guarded('identity', `passport.authenticate('${strategy}')`, place);
          if (callback)
            return call.machine.call(
              callback,
              [
                oneOf([{ value: literal(null), state: nothing }]),
                oneOf([
                  { value: { who: { level: 'identity', part: 'user' } }, state: proved },
                  { value: literal(false), state: nothing },
                ]),
                unknown,
              ],
              unknown,
              call.node,
              call.module,
            );
          if (call.machine.state) call.machine.state = both(call.machine.state, proved);
          return call.args[2] ? call.machine.call(call.args[2], [], unknown, call.node, call.module) : unknown;
        });
      });
    return native(() => passThrough);
  },
});

const maybe = (
  value: Value,
  what: string,
  call: { readonly module: { placeOf(node: { start: number }): { file?: string } }; readonly node: { start: number } },
): Value =>
  oneOf([
    { value, state: guarded('identity', what, call.module.placeOf(call.node)) },
    { value: literal(undefined), state: nothing },
  ]);

/** Where a handler stands: the path its router is mounted at, and the one the route was written with. */
export interface Standpoint {
  base?: Value;
  route?: string;
}

/** Express's request (also pages/api's): `method` and `url` are those of the route, `at` says which of its handlers is being run. */
export function nodeRequest(url: Value, method: string, at: Standpoint = {}): Value {
  const fields = new Map<string, Value>();
  return api('request', {
    data: fields,
    member: (name, call) => {
      const own = fields.get(name);
      if (own) return readCaller(own, name, call);
      switch (name) {
        case 'body':
        case 'rawBody':
          return input('body');
        case 'query':
          return input('query');
        case 'params':
          return input('path');
        case 'file':
        case 'files':
          return input('file');
        case 'method':
          return method === 'ALL' ? unknown : literal(method);
        case 'path':
        case 'originalUrl':
        case 'url':
          return url;
        case 'baseUrl':
          return at.base ?? url;
        case 'route':
          return at.route === undefined ? undefined : object({ path: literal(at.route) }, true);
        case 'headers':
          return api('headers', { member: (header, inner) => headerValue(inner.machine, header, inner) });
        case 'header':
        case 'get':
          return native((inner) => headerValue(inner.machine, stringOf(inner.args[0]), inner));
        case 'cookies':
        case 'signedCookies':
          return input('cookie');
        case 'ip':
        case 'hostname':
        case 'host':
        case 'protocol':
          return input('header', name);
        case 'session':
          call.machine.log.cookieSession = call.module.placeOf(call.node);
          return sessionOf(fields);
        case 'isAuthenticated':
          return native((inner) => ({ whenTrue: guarded('identity', 'req.isAuthenticated()', inner.module.placeOf(inner.node)) }));
        case 'user':
        case 'auth':
        case 'currentUser':
        case 'userId':
        case 'account':
        case 'admin':
          return maybe({ who: { level: 'identity', part: identityPart(name) === 'id' ? 'id' : 'user' } }, `req.${name} is set`, call);
        case 'csrfToken':
          return native(() => unknown);
        default:
          return undefined;
      }
    },
  });
}

// The server's own session store: what stands in it was put there by the app.
const sessionOf = (fields: Map<string, Value>): Value => {
  let session = fields.get('session');
  if (session) return session;
  const inner = new Map<string, Value>();
  session = api('session', {
    data: inner,
    member: (name, call) => {
      if (inner.has(name)) return inner.get(name);
      if (/^(destroy|save|regenerate|reload|touch|cookie|id)$/.test(name))
        return native((inner2) =>
          inner2.args[0]?.closure ? inner2.machine.call(inner2.args[0], [literal(null)], unknown, inner2.node, inner2.module) : unknown,
        );
      return maybe({ who: { level: 'identity', part: identityPart(name) } }, `req.session.${name} is set`, call);
    },
  });
  fields.set('session', session);
  return session;
};
