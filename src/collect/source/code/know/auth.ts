import { decodedToken } from '../interpret/decoded-token.ts';
import { credentialsProvider } from './credentials.ts';
import { secretShown } from '../interpret/secrets.ts';
import { guarded, nothing } from '../interpret/state.ts';
import {
  type Alternative,
  type NativeCall,
  type Value,
  api,
  inputOf,
  literal,
  native,
  object,
  oneOf,
  some,
  unknown,
} from '../interpret/value.ts';
import { clerk } from './clerk.ts';
import { maybeUser, sureUser, raise } from './identity.ts';
import { signToken, tokenBuilder } from './signed-token.ts';

const session = (who: Value): Value => ({ ...who, props: new Map([['user', who]]), open: true });

/** next-auth / Auth.js. */
function nextAuth(name: string): Value | undefined {
  if (name === 'getServerSession' || name === 'unstable_getServerSession' || name === 'getSession')
    return native((call) => maybeUser(call, `${name}()`, 'identity', session));
  if (name === 'getToken') return native((call) => maybeUser(call, 'getToken() of next-auth'));
  if (name === 'withAuth') return middlewareWrapper('withAuth of next-auth');
  if (name === 'default' || name === 'NextAuth')
    return api('next-auth', {
      call: () =>
        object(
          {
            auth: api('next-auth-auth', {
              call: (call) => {
                const handler = call.args.find((arg) => arg.closure);
                return handler ? handler : maybeUser(call, 'auth() of next-auth', 'identity', session);
              },
            }),
            handlers: object({ GET: unknown, POST: unknown }, true),
            signIn: native(() => unknown),
            signOut: native(() => unknown),
          },
          true,
        ),
      member: (member) => nextAuth(member),
    });
  return undefined;
}

/** Middleware that lets only signed-in callers through to the function it wraps. */
const middlewareWrapper = (what: string): Value =>
  native(({ args, node: outer, module: outerModule }) => {
    const handler = args.find((arg) => arg.closure || arg.wraps);
    return native((call) => {
      raise(call, guarded('identity', what, outerModule.placeOf(outer)));
      return handler ? call.machine.call(handler, call.args, unknown, call.node, call.module) : { response: 'pass' };
    });
  });

/** jsonwebtoken, jose and the like: `verify` throws on a bad token, `decode` checks nothing. */
function jwt(name: string): Value | undefined {
  if (
    name === 'verify' ||
    name === 'jwtVerify' ||
    name === 'verifyToken' ||
    name === 'jwtDecrypt' ||
    name === 'compactVerify' ||
    name === 'compactDecrypt'
  )
    return native((call) => {
      const callback = call.args.find((arg) => arg.closure);
      if (call.args[0] && inputOf(call.args[0])?.source === 'cookie') call.machine.log.cookieSession ??= call.module.placeOf(call.node);
      if (callback) {
        const before = call.machine.state;
        const place = call.module.placeOf(call.node);
        const outcomes: Alternative[] = [
          { value: literal(null), state: guarded('identity', `${name}() of the token`, place) },
          { value: object({}, true), state: nothing },
        ];
        call.machine.call(callback, [oneOf(outcomes), { who: { level: 'identity', part: 'user' } }], unknown, call.node, call.module);
        call.machine.state = before;
        return unknown;
      }
      return sureUser(call, `${name}() of the token`, 'identity', (who) =>
        name === 'jwtVerify' || name === 'jwtDecrypt' || name === 'compactVerify' || name === 'compactDecrypt'
          ? object({ payload: who, plaintext: who, protectedHeader: unknown }, true)
          : who,
      );
    });
  if (name === 'sign') return signToken;
  if (name === 'SignJWT') return tokenBuilder;
  if (name === 'decode' || name === 'decodeJwt' || name === 'jwtDecode' || name === 'default')
    return name === 'default'
      ? api('jwt', {
          member: (member) => jwt(member),
          call: (call) => decoded(call, 'jwtDecode()'),
        })
      : native((call) => decoded(call, `${name}()`));
  return undefined;
}

const decoded = (call: NativeCall, what: string): Value =>
  call.machine.state?.flags.has('verified-token')
    ? decodedToken(call, what)
    : maybeUser(call, `${what}, which checks no signature`, 'unverified-session');

/** Sessions sealed or stored by the server: their fields name the caller. */
const sealedSession = (what: string): Value =>
  native((call) =>
    api('session', {
      data: new Map<string, Value>(),
      member: (field) =>
        /^(save|destroy|updateConfig|get|set|commit|regenerate)$/.test(field)
          ? native(() => (field === 'get' ? maybeUser(call, what) : unknown))
          : maybeUser(call, `${what} has ${field}`),
    }),
  );

const byPackage: Record<string, (name: string) => Value | undefined> = {
  'next-auth': nextAuth,
  '@auth/core': nextAuth,
  '@auth/express': nextAuth,
  '@clerk/nextjs': clerk,
  '@clerk/express': clerk,
  '@clerk/clerk-sdk-node': clerk,
  '@clerk/backend': (name) => (name === 'verifyToken' ? jwt(name) : clerk(name)),
  jsonwebtoken: (name) => (name === '*' ? jwt('default') : jwt(name)),
  jose: (name) => (name === '*' ? api('jose', { member: (member) => jwt(member) }) : jwt(name)),
  djwt: jwt,
  '@zaubrik/djwt': jwt,
  // Unlike its namesakes, `decode` of jwt-simple checks the signature.
  'jwt-simple': (name) =>
    name === '*' || name === 'default'
      ? api('jwt-simple', { member: (member) => (member === 'decode' ? jwt('verify') : undefined) })
      : name === 'decode'
        ? jwt('verify')
        : undefined,
  'jwt-decode': (name) => jwt(name === '*' ? 'default' : name),
  'fast-jwt': (name) => (name === 'createVerifier' ? native(() => jwt('verify') ?? unknown) : undefined),
  'hono/jwt': jwt,
  'iron-session': (name) => (name === 'getIronSession' ? sealedSession('the sealed session') : undefined),
  lucia: (name) =>
    name === 'Lucia'
      ? api('lucia', {
          call: () =>
            api('lucia', {
              member: (member) =>
                member === 'validateSession'
                  ? native((call) => maybeUser(call, 'lucia.validateSession()', 'identity', (who) => object({ user: who, session: who })))
                  : undefined,
            }),
        })
      : undefined,
  'next-firebase-auth-edge': (name) =>
    name === 'getTokens' ? native((call) => maybeUser(call, 'getTokens() of next-firebase-auth-edge')) : undefined,
  bcrypt: password,
  bcryptjs: password,
  argon2: password,
  '@node-rs/argon2': password,
  '@node-rs/bcrypt': password,
};

function password(name: string): Value | undefined {
  if (name === '*' || name === 'default') return api('password-hash', { member: (member) => password(member) });
  if (name === 'compare' || name === 'compareSync' || name === 'verify' || name === 'verifySync')
    return native((call) => {
      const place = call.module.placeOf(call.node);
      const what = call.module.snippet(call.node, 80);
      const callback = call.args.find((arg) => arg.closure);
      const kept = call.args.find((arg) => some(arg, (value) => value.row !== undefined, 1)) ?? unknown;
      const proved: Value = { whenTrue: secretShown(kept, `password checked: ${what}`, place) };
      if (callback) call.machine.call(callback, [literal(null), proved], unknown, call.node, call.module);
      return proved;
    });
  if (name === 'hash' || name === 'hashSync')
    return native(({ args }) => (args[0] && inputOf(args[0]) ? { input: { source: 'body', name: 'password' } } : unknown));
  return undefined;
}

/** What an auth package exports. */
export function authPackage(packageName: string, name: string, specifier: string): Value | undefined {
  if (specifier === 'hono/jwt') return undefined;
  if (/providers\/credentials/i.test(specifier))
    return name === 'default' || name === '*' || name === 'Credentials' ? credentialsProvider : undefined;
  if (/next-auth\/providers\//.test(specifier)) return undefined;
  return byPackage[packageName]?.(name);
}
