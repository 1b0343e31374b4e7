import { guarded, nothing } from '../interpret/state.ts';
import { identityPart } from '../interpret/member.ts';
import { api, literal, native, type NativeCall, oneOf, stringOf, unknown, type Value } from '../interpret/value.ts';
import { input } from './web.ts';

// What apps keep in a session to know the caller by; a theme or a message there says nothing about them.
const identityKey =
  /user|account|auth|uid|member|customer|client|admin|role|mail|org|tenant|team|workspace|token|sess|^sub$|^id$|login|profile|person|staff/i;

// Half a login, a one-time challenge or the state of an OAuth round is not the caller's identity.
const notIdentity =
  /unverified|pending|challenge|attempt|csrf|nonce|state$|remember|redirect|flash|toast|theme|locale|return_?to|error|message|success/i;

const namesCaller = (key: string): boolean => identityKey.test(key) && !notIdentity.test(key);

/** `createCookieSessionStorage(...)` and its kin: `getSession(header)` reads a session that the server signed or stored. */
export function sessionStorage(args: readonly Value[], kept: 'cookie' | 'server'): Value {
  const cookie = args[0]?.props?.get('cookie') ?? args[0];
  // A session that lives in the cookie and is not signed is whatever the caller writes into it.
  const trusted = kept === 'server' || isSigned(cookie);
  const members: Readonly<Record<string, Value>> = {
    getSession: native((call) => session(call, trusted)),
    commitSession: native(() => unknown),
    destroySession: native(() => unknown),
  };
  return api('remix-session-storage', { data: new Map<string, Value>(), member: (name) => members[name] });
}

const isSigned = (cookie: Value | undefined): boolean => {
  if (cookie?.api?.kind === 'remix-cookie') return cookie.api.data === 'signed';
  const secrets = cookie?.props?.get('secrets');
  return secrets !== undefined && !(secrets.items?.length === 0) && !(secrets.literal && !secrets.literal.is);
};

function session(opened: NativeCall, trusted: boolean): Value {
  const own = new Map<string, Value>();
  // `getSession()` without the request's cookie begins an empty session.
  const fresh = opened.args.length === 0;
  const read = (name: string, call: Pick<NativeCall, 'machine' | 'node' | 'module'>): Value => {
    const set = own.get(name);
    if (set || fresh) return set ?? literal(undefined);
    if (!namesCaller(name)) return unknown;
    call.machine.log.cookieSession ??= call.module.placeOf(call.node);
    const level = trusted ? 'identity' : 'presence';
    const what = trusted ? `the session has ${name}` : `the session has ${name}, which nothing signs`;
    const part = identityPart(name);
    return oneOf([
      {
        value: { who: { level, part, name, ...(part === 'user' && { field: true }) } },
        state: guarded(level, what, call.module.placeOf(call.node)),
      },
      { value: literal(undefined), state: nothing },
    ]);
  };
  return api('remix-session', {
    member: (name) => {
      if (name === 'get') return native((call) => read(stringOf(call.args[0]) ?? 'session', call));
      if (name === 'has')
        return native((call) => ({ whenTrue: read(stringOf(call.args[0]) ?? 'session', call).alternatives?.[0]?.state ?? nothing }));
      if (name === 'set' || name === 'flash')
        return native(({ args }) => (own.set(stringOf(args[0]) ?? '*', args[1] ?? unknown), literal(undefined)));
      if (name === 'unset') return native(({ args }) => (own.set(stringOf(args[0]) ?? '*', literal(undefined)), literal(undefined)));
      if (name === 'data') return api('remix-session-data', { member: read });
      return undefined;
    },
  });
}

/** `createCookie(name, { secrets })`: what a signed one holds, the server wrote. */
export function cookieMaker({ args: [name, options] }: NativeCall): Value {
  const signed = isSigned(options);
  const label = stringOf(name) ?? 'cookie';
  return api('remix-cookie', {
    data: signed ? 'signed' : 'plain',
    member: (member) => {
      if (member === 'serialize') return native(() => unknown);
      if (member !== 'parse') return undefined;
      return native((call) => {
        if (!signed || !namesCaller(label))
          return oneOf([
            { value: input('cookie', label), state: nothing },
            { value: literal(null), state: nothing },
          ]);
        call.machine.log.cookieSession ??= call.module.placeOf(call.node);
        return oneOf([
          {
            value: { who: { level: 'identity', part: 'user', field: true } },
            state: guarded('identity', `signed cookie ${label}`, call.module.placeOf(call.node)),
          },
          { value: literal(null), state: nothing },
        ]);
      });
    },
  });
}
