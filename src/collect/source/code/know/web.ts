import { setsForCaller } from './sent-cookie.ts';
import type { InputSource } from '../../../../evidence/routes.ts';
import { told } from './status.ts';
import {
  api,
  literal,
  type Machine,
  native,
  type NativeCall,
  object,
  oneOf,
  stringOf,
  thrown,
  unknown,
  type Value,
} from '../interpret/value.ts';
import { nothing } from '../interpret/state.ts';

/** A value of the request. */
export const input = (source: InputSource, name?: string): Value => ({ input: { source, ...(name !== undefined && { name }) } });

/** A response with this status: 4xx and 5xx turn the caller away, redirects lead elsewhere. */
export function response(status: Value | undefined, body?: Value): Value {
  if (status?.alternatives) return oneOf(told(status).map((item) => ({ value: response(item.value, body), state: item.state })));
  const code = status?.literal?.is;
  // The status of what was caught, or one computed beside an error text, turns the caller away.
  const failed = status?.from?.package === thrown.from?.package;
  const deny =
    typeof code === 'number' ? code >= 300 : failed || (status !== undefined && !status.literal && (body?.props?.has('error') ?? false));
  return {
    response: deny ? 'deny' : 'answer',
    api: {
      kind: 'Response',
      data: { status: code, body },
      member: (name) =>
        name === 'status' && typeof code === 'number'
          ? literal(code)
          : name === 'ok'
            ? literal(!deny)
            : name === 'headers' || name === 'cookies'
              ? responseBag()
              : undefined,
    },
  };
}

const responseBag = (): Value =>
  api('headers-out', { member: (name) => (name === 'set' || name === 'append' ? setsForCaller : native(() => unknown)) });

/** `Response` and `NextResponse`: constructors and their static makers. */
export const responseClass: Value = api('Response', {
  call: ({ args }) => response(args[1]?.props?.get('status'), args[0]),
  member: (name) => {
    if (name === 'json')
      return native(({ args }) => response(args[1]?.props?.get('status') ?? (args[1]?.literal ? args[1] : undefined), args[0]));
    if (name === 'redirect') return native(() => ({ ...response(literal(302)), response: 'deny' }));
    if (name === 'next' || name === 'rewrite')
      return native(() => ({
        response: 'pass',
        api: { kind: 'Response', member: (member) => (member === 'cookies' || member === 'headers' ? responseBag() : undefined) },
      }));
    if (name === 'error') return native(() => response(literal(500)));
    return undefined;
  },
});

/** Ends the request by throwing, as `redirect()` and `notFound()` do. */
export const endsRequest: Value = native(({ machine }) => ((machine.state = undefined), unknown));

const redirects: Value = native(({ machine }) => {
  if (machine.state) machine.log.redirects.push(machine.state);
  machine.state = undefined;
  return unknown;
});

/** The Headers of a request: reading one is an input, and remembered for webhooks. */
export const headersIn = (): Value =>
  api('headers', {
    member: (name) => {
      if (name === 'get' || name === 'has') return native((call) => headerValue(call.machine, stringOf(call.args[0]), call));
      if (name === 'entries' || name === 'forEach') return native(() => input('header'));
      return undefined;
    },
  });

export function headerValue(machine: Machine, name: string | undefined, call: Pick<NativeCall, 'node' | 'module'>): Value {
  const header = name?.toLowerCase();
  if (header) machine.log.headers.set(header, call.module.placeOf(call.node));
  if (header === 'cookie') return input('cookie');
  const value = input('header', header);
  if (!header || !credentialHeader.test(header)) return value;
  const state = {
    ...nothing,
    auth: 'presence' as const,
    guards: [{ level: 'presence' as const, what: `header ${header} is sent`, place: call.module.placeOf(call.node) }],
  };
  return oneOf([
    { value, state },
    { value: literal(undefined), state: nothing },
  ]);
}

const credentialHeader = /^(authorization|x-api-key|api-key|x-auth-token|x-access-token|x-app-id|x-internal-\w+)$/;

/** Cookies of a request, in the shape of Next.js (`get(name)?.value`). */
export const cookiesIn = (): Value =>
  api('cookies', {
    member: (name) => {
      if (name === 'get') return native((call) => cookie(call));
      if (name === 'getAll') return native(() => input('cookie'));
      if (name === 'has') return native((call) => presence(call, stringOf(call.args[0])));
      if (name === 'set') return setsForCaller;
      return native(() => unknown);
    },
  });

function cookie(call: NativeCall): Value {
  const name = stringOf(call.args[0]);
  const value = input('cookie', name);
  return oneOf([
    { value: { ...object({ value, name: literal(name ?? '') }, true), ...value }, state: present(call, name) },
    { value: literal(undefined), state: nothing },
  ]);
}

const presence = (call: NativeCall, name: string | undefined): Value => ({ whenTrue: present(call, name) });

const sessionish = /sess|auth|token|jwt|sid|sb-|user/i;

// A cookie that merely exists proves nothing, but tells the reader what the code takes for a login.
const present = (call: NativeCall, name: string | undefined) =>
  name === undefined || sessionish.test(name)
    ? {
        ...nothing,
        auth: 'presence' as const,
        guards: [{ level: 'presence' as const, what: `cookie ${name ?? ''} exists`, place: call.module.placeOf(call.node) }],
      }
    : nothing;

/** What the web platform and Next.js's server modules give. */
export function webPackage(packageName: string, name: string): Value | undefined {
  if (packageName === 'next' && (name === 'NextResponse' || name === 'NextRequest'))
    return name === 'NextResponse' ? responseClass : undefined;
  if (packageName === 'next') return nextModule[name];
  if (packageName === 'react')
    return name === 'cache'
      ? native(({ args }) => args[0] ?? unknown)
      : name === '*' || name === 'default'
        ? api('react', { member: (member) => webPackage('react', member) })
        : undefined;
  if (
    (packageName === 'react-router' ||
      packageName === '@remix-run/node' ||
      packageName === '@remix-run/server-runtime' ||
      packageName === '@vercel/remix' ||
      packageName === '@remix-run/cloudflare') &&
    name in remix
  )
    return remix[name];
  if (packageName === '@sveltejs/kit' && name in svelte) return svelte[name];
  return undefined;
}

const nextModule: Record<string, Value> = {
  redirect: redirects,
  permanentRedirect: redirects,
  notFound: endsRequest,
  unauthorized: endsRequest,
  forbidden: endsRequest,
  headers: native(() => headersIn()),
  cookies: native(() => cookiesIn()),
  draftMode: native(() => unknown),
  after: native(({ machine, args, node, module }) => (args[0]?.closure ? machine.call(args[0], [], unknown, node, module) : unknown)),
  unstable_cache: native(({ args }) => args[0] ?? unknown),
  cache: native(({ args }) => args[0] ?? unknown),
  revalidatePath: native(() => unknown),
  revalidateTag: native(() => unknown),
};

const status = (call: NativeCall): Value => {
  const init = call.args[1];
  return response(init?.props?.get('status') ?? (init?.literal ? init : undefined), call.args[0]);
};

const remix: Record<string, Value> = {
  json: native(status),
  data: native(status),
  redirect: native(() => ({ ...response(literal(302)), response: 'deny' })),
  replace: native(() => ({ ...response(literal(302)), response: 'deny' })),
  redirectDocument: native(() => ({ ...response(literal(302)), response: 'deny' })),
};

const svelte: Record<string, Value> = {
  json: native(status),
  text: native(status),
  error: endsRequest,
  redirect: redirects,
  fail: native(() => response(literal(400))),
};

/** A fetch-style `Request`; `path` and `method` are what is known of this route. */
export function webRequest(path: Value, method: Value): Value {
  const url = urlOf(path);
  return api('request', {
    data: new Map<string, Value>(),
    member: (name, call) => {
      switch (name) {
        case 'json':
        case 'text':
        case 'formData':
        case 'arrayBuffer':
        case 'blob':
          return native(() => (name === 'formData' ? formData() : input('body')));
        case 'headers':
          return headersIn();
        case 'cookies':
          return cookiesIn();
        case 'method':
          return method;
        case 'nextUrl':
          return url;
        case 'url':
          return { ...input('query'), api: { kind: 'request-url', data: url } };
        case 'body':
          return input('body');
        case 'query':
          return input('query');
        case 'ip':
          return input('header');
        case 'clone':
          return native(() => call.self);
        case 'auth':
          return oneOf([
            {
              value: { who: { level: 'identity', part: 'user' } },
              state: {
                ...nothing,
                auth: 'identity',
                guards: [
                  {
                    level: 'identity',
                    what: 'the session that the auth wrapper put on the request',
                    place: call.module.placeOf(call.node),
                  },
                ],
              },
            },
            { value: literal(null), state: nothing },
          ]);
        default:
          return undefined;
      }
    },
  });
}

const formData = (): Value =>
  api('form-data', {
    member: (name) =>
      name === 'get' || name === 'getAll' ? native(({ args }) => input('body', stringOf(args[0]))) : native(() => input('body')),
  });

/** A URL whose path is known (with unknown parts for parameters). */
export const urlOf = (path: Value): Value =>
  api('url', {
    member: (name) => {
      if (name === 'pathname') return path;
      if (name === 'searchParams')
        return api('search-params', {
          member: (member) =>
            member === 'get' || member === 'getAll'
              ? native(({ args }) => input('query', stringOf(args[0])))
              : native(() => input('query')),
        });
      if (name === 'clone') return native(() => urlOf(path));
      if (name === 'origin' || name === 'host' || name === 'hostname' || name === 'href' || name === 'search')
        return input(name === 'search' || name === 'href' ? 'query' : 'header', name);
      return undefined;
    },
  });
