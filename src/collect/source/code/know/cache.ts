import { guarded, nothing } from '../interpret/state.ts';
import { api, inputOf, literal, native, type NativeCall, oneOf, some, unknown, type Value } from '../interpret/value.ts';

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

// Only a value of the caller's headers or cookies makes a key secret; an id in the address does not.
function entry(call: NativeCall): Value {
  const credential = call.args.find((arg) => some(arg, (value) => value.input?.source === 'header' || value.input?.source === 'cookie'));
  const input = credential && inputOf(credential);
  if (!input || (input.source === 'header' && input.name !== undefined && !/auth|key|token|secret|session/i.test(input.name)))
    return unknown;
  const place = call.module.placeOf(call.node);
  return oneOf([
    {
      value: { who: { level: 'identity', part: 'user' } },
      state: guarded('identity', 'stored under the credential the caller sent', place),
    },
    { value: literal(null), state: nothing },
  ]);
}
