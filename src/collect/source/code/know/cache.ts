import type { DataAccess } from '../../../../evidence/routes.ts';
import { guarded, nothing } from '../interpret/state.ts';
import { api, inputOf, literal, native, type NativeCall, oneOf, some, stringOf, unknown, type Value } from '../interpret/value.ts';

const stores = new Set([
  '@upstash/redis',
  'ioredis',
  'redis',
  '@vercel/kv',
  'lru-cache',
  'node-cache',
  'keyv',
  '@keyv/redis',
  'memcached',
  'memjs',
  'quick-lru',
  '@isaacs/ttlcache',
  'cache-manager',
  'flat-cache',
]);

/** Key-value stores: what was put there under a credential's hash proves the caller as the row it was read from does. */
export function cachePackage(packageName: string): Value | undefined {
  return stores.has(packageName) ? store() : undefined;
}

const store = (): Value =>
  api('store', {
    call: () => store(),
    member: (name) => {
      if (name === 'then' || name === 'catch' || name === 'finally') return undefined;
      if (/^(get|hget|hgetall|getex|getdel|json|get_?json)$/i.test(name)) return name === 'json' ? store() : native(entry);
      if (/^(fromEnv|createClient|duplicate|connect|default|new|Redis|LRUCache|kv|createCache|caching|multi|pipeline)$/i.test(name))
        return store();
      return native(() => unknown);
    },
  });

const codeKey = /(?:^|[^a-z])(otp|code|pin|token|verif\w*|reset\w*|activat\w*|confirm\w*|challenge|magic\w*|2fa|mfa)(?:$|[^a-z])/i;

/** A code kept under `otp:USER` until it is sent back: like the column of a row that is read by its owner's name. */
function mailedCode(call: NativeCall): Value {
  const key = textOf(call.args[0]) + (call.args[1] ? `:${textOf(call.args[1])}` : '');
  if (!codeKey.test(key)) return unknown;
  // `otp:${user.id}`: whoever sends the code is whom that row is about.
  const owner = call.args
    .flatMap((arg) => arg.parts ?? [])
    .find((part): part is Value => typeof part !== 'string' && part.row !== undefined);
  const access: DataAccess = owner?.row?.access ?? {
    kind: 'table',
    name: 'code store',
    operation: 'read',
    client: 'server',
    place: call.module.placeOf(call.node),
    auth: 'none',
    scope: 'none',
    inputs: [],
    subject: 'unknown',
  };
  return { row: { access, column: 'otp' } };
}

const textOf = (value: Value | undefined): string =>
  stringOf(value) ?? value?.parts?.map((part) => (typeof part === 'string' ? part : '')).join('') ?? '';

// Only a value of the caller's headers or cookies makes a key secret; an id in the address does not.
function entry(call: NativeCall): Value {
  const credential = call.args.find((arg) => some(arg, (value) => value.input?.source === 'header' || value.input?.source === 'cookie'));
  const input = credential && inputOf(credential);
  if (!input || (input.source === 'header' && input.name !== undefined && !/auth|key|token|secret|session/i.test(input.name)))
    return mailedCode(call);
  const place = call.module.placeOf(call.node);
  return oneOf([
    {
      value: { who: { level: 'identity', part: 'user' } },
      state: guarded('identity', 'stored under the credential the caller sent', place),
    },
    { value: literal(null), state: nothing },
  ]);
}
