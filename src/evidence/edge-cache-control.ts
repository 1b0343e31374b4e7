import type { CachedRoute } from './edge-cache.ts';
import type { CacheVerdict } from './edge-cache-rules.ts';

/** What an answer says of caches: its Cache-Control, and in how many seconds it expires by its Expires. */
export type CacheWords = Pick<CachedRoute, 'cacheControl' | 'expiresIn'>;

/**
 * Whether the edge keeps an answer that says so much of caches, by what the rules leave to the app. `undefined`: it says something, but nothing of how long, and
 * the rules want to hear that. What is kept but asked for anew each time (`no-cache`, a lifetime of 0) is given to nobody else, and counts as not kept.
 * https://developers.cloudflare.com/cache/concepts/cache-control/#conditions and .../cache/how-to/cache-rules/settings/#edge-ttl
 */
export function keepsAnswer(outcome: Exclude<CacheVerdict['outcome'], 'unknown'>, words: CacheWords): boolean | undefined {
  if (outcome === 'kept' || outcome === 'passed') return outcome === 'kept';
  const says = (words.cacheControl ?? '').toLowerCase();
  const has = (names: string): boolean => new RegExp(`(?:^|[\\s,])(?:${names})(?=$|[\\s,=])`).test(says);
  const seconds = (name: string): number | undefined => {
    const [, value] = new RegExp(`(?:^|[\\s,])${name}\\s*=\\s*"?(\\d+)`).exec(says) ?? [];
    return value === undefined ? undefined : Number(value);
  };
  const lifetime = seconds('s-maxage') ?? seconds('max-age') ?? words.expiresIn;
  if (has('private|no-store|no-cache') || (lifetime !== undefined && lifetime <= 0)) return false;
  // RFC 9111 §3.5.
  if ((outcome === 'marked' || outcome === 'allowed') && !has('public|s-maxage|must-revalidate')) return false;
  if (outcome === 'asked' || outcome === 'marked') return true;
  // Whether Expires alone counts as "cache-control header present" is not said anywhere.
  if (says.trim() === '') return lifetime === undefined ? false : undefined;
  return lifetime !== undefined || has('public') ? true : undefined;
}
