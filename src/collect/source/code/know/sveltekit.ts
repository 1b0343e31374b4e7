import { api, literal, native, type NativeCall, object, unknown, type Value } from '../interpret/value.ts';
import { maybeUser } from './identity.ts';
import { currentEvent } from './sveltekit-event.ts';
import { input } from './web.ts';

/** A remote function (`query`, `command`, `form` of $app/server): code of the server that the browser calls by name. */
export interface RemoteFunction {
  readonly kind: 'query' | 'command' | 'form' | 'prerender';
  readonly handler: Value;
  /** Whether the arguments are checked by a schema first. */
  readonly validated: boolean;
}

/** What SvelteKit's modules export, and the handles of auth libraries made for it. */
export function sveltekitPackage(packageName: string, name: string, specifier: string): Value | undefined {
  switch (packageName) {
    case '@sveltejs/kit':
      return specifier === '@sveltejs/kit/hooks' && name === 'sequence' ? native(({ args }) => sequence(args)) : undefined;
    case '$env':
      return environment(name, specifier);
    case '$app':
      return appModule(name, specifier);
    case '@auth/sveltekit':
      return name === 'SvelteKitAuth' || name === 'default' ? native(() => authJs) : undefined;
    case 'svelte-clerk':
    case 'clerk-sveltekit':
      return name === 'withClerkHandler' || name === 'handleClerk' ? native(() => clerkHandle) : undefined;
    case 'better-auth':
      return name === 'svelteKitHandler'
        ? native((call) => resolveWith(call, call.args[0]?.props?.get('event') ?? unknown, call.args[0]?.props?.get('resolve') ?? unknown))
        : undefined;
    default:
      return undefined;
  }
}

/** `sequence(a, b)`: one handle that runs several, each within the one before. */
const sequence = (handles: readonly Value[]): Value => ({ api: { kind: 'sveltekit-sequence', data: handles } });

/** The handles behind a value, in their order. */
export const handlesOf = (value: Value): readonly Value[] =>
  value.api?.kind === 'sveltekit-sequence' ? (value.api.data as readonly Value[]).flatMap(handlesOf) : [value];

const resolveWith = (call: Pick<NativeCall, 'machine' | 'node' | 'module'>, event: Value, resolve: Value): Value =>
  call.machine.call(resolve, [event], unknown, call.node, call.module);

function environment(name: string, specifier: string): Value | undefined {
  if (specifier.includes('/static/')) return name === '*' ? api('environment', { member: (key) => ({ env: key }) }) : { env: name };
  return name === 'env' ? api('environment', { member: (key) => ({ env: key }) }) : undefined;
}

function appModule(name: string, specifier: string): Value | undefined {
  if (specifier === '$app/environment' || specifier === '$app/env')
    return name === 'dev' || name === 'building' || name === 'browser' ? literal(false) : undefined;
  if (specifier === '$app/paths') return name === 'base' || name === 'assets' ? literal('') : native(({ args }) => args[0] ?? unknown);
  if (specifier !== '$app/server') return undefined;
  if (name === 'getRequestEvent') return native(({ machine }) => currentEvent(machine));
  if (name === 'query' || name === 'command' || name === 'form' || name === 'prerender')
    return api('remote-maker', {
      call: ({ args }) => remote(name, args),
      member: (member) => (member === 'batch' ? native(({ args }) => remote(name, args)) : undefined),
    });
  return undefined;
}

function remote(kind: RemoteFunction['kind'], args: readonly Value[]): Value {
  const handler = args.find((arg) => arg.closure) ?? args.at(-1) ?? unknown;
  const validated = args[0] !== handler && args[0]?.literal?.is !== 'unchecked';
  return api('remote-function', {
    data: { kind, handler, validated } satisfies RemoteFunction,
    call: (call) => call.machine.call(handler, call.args, unknown, call.node, call.module),
  });
}

/** The remote function behind an export. */
export const remoteOf = (value: Value): RemoteFunction | undefined =>
  value.api?.kind === 'remote-function' ? (value.api.data as RemoteFunction) : undefined;

/** Puts a session reader on `event.locals`, as the libraries' handles do, and goes on. */
const handleThatSets = (name: string, what: string, wrap: (who: Value) => Value): Value =>
  native((call) => {
    const event = call.args[0]?.props?.get('event') ?? unknown;
    const locals = call.machine.member(event, 'locals', true, call.node, call.module);
    const store = locals.api?.data;
    if (store instanceof Map)
      (store as Map<string, Value>).set(
        name,
        native((inner) => maybeUser(inner, what, 'identity', wrap)),
      );
    return resolveWith(call, event, call.args[0]?.props?.get('resolve') ?? unknown);
  });

const session = (who: Value): Value => ({ ...who, props: new Map([['user', who]]), open: true });

const authJs: Value = object(
  {
    handle: native((call) => {
      handleThatSets('getSession', 'locals.getSession() of Auth.js', session).native?.({
        ...call,
        args: [object({ event: call.args[0]?.props?.get('event') ?? unknown })],
      });
      return handleThatSets('auth', 'locals.auth() of Auth.js', session).native?.(call) ?? unknown;
    }),
    signIn: native(() => unknown),
    signOut: native(() => unknown),
  },
  true,
);

const clerkHandle = handleThatSets('auth', 'locals.auth() of Clerk', (who) =>
  object(
    { userId: { who: { level: 'identity', part: 'id' } }, sessionClaims: who, orgId: { who: { level: 'identity', part: 'tenant' } } },
    true,
  ),
);

/** The arguments a remote function is called with: the caller's, cut down to known fields where a schema checks them. */
export const remoteInput = ({ validated }: RemoteFunction): Value => input('body', validated ? 'validated' : undefined);
