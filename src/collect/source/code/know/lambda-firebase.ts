import { api, native, object, unknown, type Value } from '../interpret/value.ts';
import { present } from './lambda.ts';
import { input } from './web.ts';

/** A function of Firebase that clients can call. */
export interface FirebaseFunction {
  readonly kind: 'request' | 'call';
  readonly handler: Value;
  readonly options: Value | undefined;
}

/** The function behind an export; `undefined` for triggers and schedules, which no client reaches. */
export const firebaseFunctionOf = (value: Value): FirebaseFunction | undefined =>
  value.api?.kind === 'firebase-function' ? (value.api.data as FirebaseFunction) : undefined;

/** What `firebase-functions` exports, of both generations. */
export function firebasePackage(packageName: string, name: string): Value | undefined {
  if (packageName !== 'firebase-functions') return undefined;
  if (name === 'onRequest') return maker('request');
  if (name === 'onCall' || name === 'onCallGenkit') return maker('call');
  if (name === 'HttpsError') return api('https-error', { call: () => unknown });
  return builder(undefined);
}

const maker = (kind: FirebaseFunction['kind'], given?: Value): Value =>
  native(({ args }) => {
    const [first, second] = args;
    const handler = second ?? first ?? unknown;
    const options = second ? first : given;
    return { api: { kind: 'firebase-function', data: { kind, handler, options } satisfies FirebaseFunction } };
  });

// `functions.region(...).runWith({...}).https.onCall(...)`: the options are kept on the way.
const builder = (options: Value | undefined): Value =>
  api('firebase-functions', {
    call: ({ args }) => builder(args[0]?.props ? args[0] : options),
    member: (name) => {
      if (name === 'onRequest') return maker('request', options);
      if (name === 'onCall') return maker('call', options);
      if (name === 'config') return native(() => config);
      if (name === 'HttpsError') return api('https-error', { call: () => unknown });
      if (name === 'logger') return api('logger', { member: () => native(() => unknown) });
      return builder(options);
    },
  });

const config: Value = api('environment', { member: (name) => ({ env: name.toUpperCase() }) });

const identity = (call: Parameters<typeof present>[2], what: string): Value =>
  present(
    {
      ...object({ uid: { who: { level: 'identity', part: 'id' } }, token: { who: { level: 'identity', part: 'user' } } }, true),
      who: { level: 'identity', part: 'user' },
    },
    what,
    call,
  );

/** What a callable function is given: data and context of the first generation, one request of the second. */
export function callableArguments({ handler }: FirebaseFunction): readonly Value[] {
  const parameters = handler.closure?.node.params.length ?? 1;
  const context = api('callable-context', {
    member: (name, call) => (name === 'auth' ? identity(call, 'context.auth is set') : name === 'rawRequest' ? unknown : undefined),
  });
  if (parameters >= 2) return [input('body'), context];
  // With one parameter it is the request of the second generation, or the data of the first.
  const request: Value = {
    ...input('body'),
    api: {
      kind: 'callable-request',
      member: (name, call) => (name === 'data' ? input('body') : name === 'auth' ? identity(call, 'request.auth is set') : undefined),
    },
  };
  return [request, context];
}
