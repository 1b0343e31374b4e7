import { maybeUser, raise, sureUser } from './identity.ts';
import { guarded, nothing } from '../interpret/state.ts';
import { type NativeCall, type Value, api, literal, native, object, oneOf, unknown } from '../interpret/value.ts';

/** Clerk. */
export function clerk(name: string): Value | undefined {
  if (name === 'auth' || name === 'getAuth') {
    const make = (call: NativeCall): Value =>
      oneOf([
        { value: clerkAuth(true), state: guarded('identity', `${name}() of Clerk`, call.module.placeOf(call.node)) },
        { value: clerkAuth(false), state: nothing },
      ]);
    return api('clerk-auth', { call: make, member: (member) => (member === 'protect' ? protect() : undefined) });
  }
  if (name === 'currentUser') return native((call) => maybeUser(call, 'currentUser() of Clerk'));
  if (name === 'clerkMiddleware' || name === 'withClerkMiddleware' || name === 'authMiddleware')
    return native(({ args }) => {
      const handler = args.find((arg) => arg.closure);
      if (!handler) return native(() => ({ response: 'pass' }));
      return native((call) =>
        call.machine.call(handler, [clerk('auth') ?? unknown, call.args[0] ?? unknown, unknown], unknown, call.node, call.module),
      );
    });
  if (name === 'createRouteMatcher') return native(({ args }) => native((call) => routeMatch(args[0] ?? unknown, call)));
  if (name === 'requireAuth' || name === 'ClerkExpressRequireAuth')
    return native((outer) =>
      native(
        (call) => (
          raise(call, guarded('identity', `${name}() of Clerk`, outer.module.placeOf(outer.node))),
          call.args[2] ? call.machine.call(call.args[2], [], unknown, call.node, call.module) : unknown
        ),
      ),
    );
  return undefined;
}

const clerkAuth = (signedIn: boolean): Value =>
  object({
    userId: signedIn ? { who: { level: 'identity', part: 'id' } } : literal(null),
    orgId: signedIn ? { who: { level: 'identity', part: 'tenant' } } : literal(null),
    sessionClaims: signedIn ? { who: { level: 'identity', part: 'user' } } : literal(null),
    orgRole: signedIn ? { who: { level: 'identity', part: 'role' } } : literal(null),
    isAuthenticated: literal(signedIn),
    has: native((call) => ({ whenTrue: guarded('role', 'has() of Clerk', call.module.placeOf(call.node)) })),
    protect: protect(),
    redirectToSignIn: native(() => ({ response: 'deny' })),
  });

const protect = (): Value => native((call) => sureUser(call, 'auth.protect() of Clerk'));

// The matcher's patterns are path-to-regexp strings; they decide on the concrete path of the route.
function routeMatch(patterns: Value, call: NativeCall): Value {
  const request = call.args[0];
  const path =
    request &&
    call.machine.member(call.machine.member(request, 'nextUrl', true, call.node, call.module), 'pathname', true, call.node, call.module);
  const list = patterns.items ?? [patterns];
  return (
    native(({ machine }) => {
      let open = false;
      for (const pattern of list) {
        const known = typeof pattern.literal?.is === 'string' && path ? matchesPath(pattern.literal.is, path) : undefined;
        if (known === true) return literal(true);
        if (known === undefined) open = true;
      }
      void machine;
      return open ? unknown : literal(false);
    }).native?.(call) ?? unknown
  );
}

/** Whether a path-to-regexp style pattern (`/dashboard(.*)`, `/api/:path*`) matches a route's path; `undefined` when parameters leave it open. */
export function matchesPath(pattern: string, path: Value): boolean | undefined {
  const text =
    typeof path.literal?.is === 'string' ? path.literal.is : path.parts?.map((part) => (typeof part === 'string' ? part : '_x_')).join('');
  if (text === undefined) return undefined;
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, (character) =>
      character === '(' ||
      character === ')' ||
      character === '.' ||
      character === '*' ||
      character === '?' ||
      character === '|' ||
      character === '!' ||
      character === '+'
        ? character
        : `\\${character}`,
    )
    .replace(/\/:\w+\*/g, '(?:/.*)?')
    .replace(/\/:\w+\+/g, '/.+')
    .replace(/:\w+/g, '[^/]+');
  try {
    return new RegExp(`^${source}/?$`).test(text);
  } catch {
    return undefined;
  }
}
