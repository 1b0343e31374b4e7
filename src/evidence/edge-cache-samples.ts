import type { CachedRoute, CacheTry, EdgeCache } from './edge-cache.ts';

/** Somebody else who was asked for, and what came of it. */
export const tryOf = (change: Partial<CacheTry> = {}): CacheTry => ({
  way: 'query',
  request: 'GET /api/me?launch-ready=…',
  who: 'bert',
  outcome: 'withstood',
  status: 200,
  shows: [],
  notes: [],
  ...change,
});

/** An edge with one private address. */
export const cacheOf = (tries: readonly CacheTry[], route: Partial<CachedRoute> = {}, change: Partial<EdgeCache> = {}): EdgeCache => ({
  origin: 'https://app.example.com',
  control: { caches: 'yes', text: 'GET /app.js, asked for twice, came out of a cache the second time (x-cache: HIT)' },
  routes: [{ path: '/api/me', whose: 'anna', tries, ...route }],
  requests: 40,
  ...change,
});
