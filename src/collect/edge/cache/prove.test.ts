import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { privateDataCached } from '../../../checks/edge/private-data-cached.ts';
import { privateDataStorable } from '../../../checks/edge/private-data-storable.ts';
import type { EdgeCache } from '../../../evidence/edge-cache.ts';
import { openSender } from '../../access/wire/sender.ts';
import { enterAs } from '../people.ts';
import { type CachedAppOptions, startCachedApp } from './fixture.ts';
import { type KeyOf, startNodeCache } from './node-cache.ts';
import { proveCache } from './prove.ts';
import { type CacheServer, isInstalled, startNginx, startVarnish } from './servers.ts';

interface Looked {
  readonly seen: EdgeCache;
  /** `fail /api/me: bert`. */
  readonly told: string[];
  readonly passed: string[];
  /** What the app was asked. */
  readonly asked: readonly string[];
}

async function look(options: CachedAppOptions, inFront: (port: number) => Promise<CacheServer | undefined>): Promise<Looked> {
  const app = await startCachedApp(options);
  const cache = await inFront(app.port);
  const origin = cache?.origin ?? `http://127.0.0.1:${app.port}`;
  const sender = openSender({ origin, requests: 3_000, userAgent: 'test', changes: false });
  try {
    const common = { routes: [], progress: () => undefined };
    const seen = await proveCache({ app: await enterAs({ sender, people: app.people, ...common }), ...common });
    const all = [...privateDataCached.evaluate({ cache: seen })];
    return {
      seen,
      told: all
        .filter(({ outcome }) => outcome !== 'pass')
        .map(({ outcome, subject }) => `${outcome} ${subject}`)
        .toSorted(),
      passed: all
        .filter(({ outcome }) => outcome === 'pass')
        .map(({ subject }) => subject ?? '')
        .toSorted(),
      asked: app.asked,
    };
  } finally {
    await sender.close();
    await cache?.stop();
    await app.stop();
  }
}

const everyRoute = ['/account', '/api/me', '/api/orders'];
const waysIn = (seen: EdgeCache): string[] =>
  [...new Set(seen.routes.flatMap(({ tries }) => tries.flatMap(({ way, outcome }) => (outcome === 'shown' ? [way] : []))))].toSorted();

describe.concurrent('without any cache', () => {
  it('nobody is shown what is another’s, and that nothing is kept is known', async () => {
    const { seen, told, passed, asked } = await look({ takesSuffixes: true, blog: true }, () => Promise.resolve(undefined));
    expect(told).toEqual([]);
    expect(passed).toEqual(everyRoute);
    expect(seen.control.caches).toBe('untold');
    expect(asked.filter((one) => !/^(?:GET|HEAD|POST \/(?:api\/)?login)/.test(one))).toEqual([]);
  });

  it('a hole of the app is none of a cache', async () => {
    const { told, passed } = await look({ openOrders: true }, () => Promise.resolve(undefined));
    expect(told).toEqual([]);
    expect(passed).toEqual(['/account', '/api/me']);
  });

  it.each([3, 4, 7])('what a page shows by chance, each %i times, is nobody’s', async (tips) => {
    const { told } = await look({ tips, takesSuffixes: true }, () => Promise.resolve(undefined));
    expect(told).toEqual([]);
  });

  it('behind a check for humans nobody can be signed in, and that is no verdict', async () => {
    const wall = createServer((_, response) =>
      response.writeHead(403, { server: 'cloudflare', 'content-type': 'text/html' }).end('<title>Just a moment...</title>'),
    );
    await new Promise<void>((done) => wall.listen(0, '127.0.0.1', done));
    const origin = `http://127.0.0.1:${(wall.address() as AddressInfo).port}`;
    const stop = (): Promise<void> => new Promise((done) => wall.close(() => done()));
    await expect(look({}, () => Promise.resolve({ origin, stop }))).rejects.toThrow(/could not be signed in/);
  });

  it('what the app tells caches to keep is told of each address', async () => {
    const { seen } = await look({ cacheControl: 'public, s-maxage=60' }, () => Promise.resolve(undefined));
    expect([...privateDataStorable.evaluate({ cache: seen })].map(({ outcome, subject }) => `${outcome} ${subject}`).toSorted()).toEqual(
      everyRoute.map((path) => `fail ${path}`),
    );
  });
});

describe.concurrent('Expires', () => {
  it.each([
    ['0', 0],
    [new Date(Date.now() + 3_600_000).toUTCString(), 3_600],
    ['Thu, 19 Nov 1981 08:52:00 GMT', -1e9],
  ])('%s is told in seconds', async (expires, seconds) => {
    const { seen } = await look({ expires }, () => Promise.resolve(undefined));
    const [{ expiresIn = Number.NaN } = {}] = seen.routes;
    expect(Math.abs(Math.max(expiresIn, -1e9) - seconds)).toBeLessThan(120);
    expect(seen.routes.every((one) => one.cacheControl === undefined)).toBe(true);
  });
});

describe.concurrent('a small cache of ours, where no real one is installed', () => {
  const bare = (url: string): string => url.split('?')[0] ?? url;
  it.each<[string, CachedAppOptions, KeyOf]>([
    ['by address', {}, (_, url) => url],
    ['by address without its query', {}, (method, url) => (method === 'GET' ? bare(url) : undefined)],
    ['by what looks like a file', { takesSuffixes: true }, (_, url) => (/\.css/.test(url) ? url : undefined)],
    ['by address and Authorization', {}, (_, url, { authorization }) => `${url} ${authorization ?? ''}`],
  ])('that keeps answers %s', async (_, options, keyOf) => {
    const { told } = await look(options, (port) =>
      startNodeCache(port, (method, url, headers) => (method === 'POST' ? undefined : keyOf(method, url, headers))),
    );
    expect(told).toContain('fail /api/me');
  });

  it.each<[string, CachedAppOptions, KeyOf]>([
    ['by address and cookie', {}, (_, url, { cookie }) => `${url} ${cookie ?? ''}`],
    [
      'by address where no cookie is sent, and keeps nothing else',
      { takesSuffixes: true },
      (_, url, { cookie }) => (cookie === undefined ? url : undefined),
    ],
    ['by what looks like a file, and the app takes no suffixes', {}, (_, url) => (/\.css/.test(url) ? url : undefined)],
  ])('is right where it keeps answers %s', async (_, options, keyOf) => {
    const { told, passed } = await look(options, (port) =>
      startNodeCache(port, (method, url, headers) => (method === 'POST' ? undefined : keyOf(method, url, headers))),
    );
    expect(told).toEqual([]);
    expect(passed).toEqual(everyRoute);
  });

  it('that gives everybody the same page, which names one of them: nobody can tell whether that is meant', async () => {
    const keyOf: KeyOf = (_, url) => (url.startsWith('/blog') ? bare(url) : undefined);
    const { told } = await look({ blog: true }, (port) => startNodeCache(port, keyOf, { 'x-cache': 'HIT' }));
    expect(told).toEqual(['unknown /blog/first']);
  });
});

describe.concurrent('a host of the API beside the app', () => {
  it.each<[string, KeyOf, readonly string[]]>([
    ['that gives what it kept to others', (method, url) => (method === 'GET' ? url : undefined), ['fail']],
    ['that keeps nothing', () => undefined, []],
  ])('%s', async (_, keyOf, expected) => {
    const app = await startCachedApp();
    const cache = await startNodeCache(app.port, keyOf);
    const open = (origin: string) => openSender({ origin, requests: 3_000, userAgent: 'test', changes: false });
    const [sender, api] = [open(`http://127.0.0.1:${app.port}`), open(cache.origin)];
    // The session of the app is good at the API too: cookies of this machine know no ports.
    try {
      const common = { routes: [], progress: () => undefined };
      const seen = await proveCache({ app: await enterAs({ sender, people: app.people, ...common }), apis: [api], ...common });
      const told = [...privateDataCached.evaluate({ cache: seen })];
      const { host } = new URL(api.origin);
      expect([...new Set(told.filter(({ outcome }) => outcome !== 'pass').map(({ outcome }) => outcome))]).toEqual(expected);
      expect(told.map(({ outcome, subject }) => `${outcome} ${subject}`)).toContain(`${expected[0] ?? 'pass'} ${host}/api/me`);
      expect(told.map(({ outcome, subject }) => `${outcome} ${subject}`)).toContain('pass /api/me');
      // Each line says what was otherwise about who asked.
      const lines = (told.find(({ outcome }) => outcome === 'fail')?.proof ?? []).flatMap((one) => ('request' in one ? [one.request] : []));
      expect(lines.length).toBe(new Set(lines).size);
      if (expected.length > 0) expect(lines.join('\n')).toMatch(/no cookie and no Authorization.*\n.*some cookie.*\n.*some Authorization/);
    } finally {
      await Promise.all([sender.close(), api.close(), cache.stop(), app.stop()]);
    }
  });
});

const skips = (program: string): boolean => {
  const isMissing = !isInstalled(program);
  if (isMissing) process.stderr.write(`skipped: ${program} is not installed, so its cache is not tried\n`);
  return isMissing;
};

const ignoring = 'proxy_cache c; proxy_cache_valid 200 60s; proxy_ignore_headers Cache-Control Set-Cookie Vary Expires;';
const status = 'add_header X-Cache-Status $upstream_cache_status;';

describe.skipIf(skips('nginx')).concurrent('nginx', () => {
  it.each<[string, CachedAppOptions, string, string]>([
    ['keeps whatever comes, by its address', {}, `${ignoring} ${status}`, ''],
    ['keeps whatever comes, and does not say so', {}, ignoring, ''],
    ['keeps what the app calls public', { cacheControl: 'public, max-age=60' }, 'proxy_cache c;', ''],
    ['keeps it without the query in its key', {}, `${ignoring} proxy_cache_key $uri; ${status}`, ''],
    ['keeps it without the query in its key, and does not say so', {}, `${ignoring} proxy_cache_key $uri;`, ''],
    ['keeps only what is asked for again', {}, `${ignoring} proxy_cache_min_uses 2;`, ''],
    ['keeps only what comes without a cookie', {}, `${ignoring} proxy_cache_bypass $cookie_sid;`, ''],
  ])('that %s', async (_, options, rules, extra) => {
    const { told, seen } = await look(options, (port) => startNginx(port, rules, extra));
    expect(told).toContain('fail /api/me');
    expect(told.filter((one) => one.startsWith('unknown'))).toEqual([]);
    expect(
      seen.routes.find(({ path }) => path === '/api/me')?.tries.some(({ who, outcome }) => who !== 'anna' && outcome === 'shown'),
    ).toBe(true);
  });

  it('that keeps what looks like a file', async () => {
    const { told, seen } = await look({ takesSuffixes: true }, (port) =>
      startNginx(port, '', `location ~* \\.(css|js)$ { proxy_pass $app; ${ignoring} }`),
    );
    expect(told).toEqual(everyRoute.map((path) => `fail ${path}`));
    expect(waysIn(seen)).toEqual(['suffix']);
  });

  it.each<[string, CachedAppOptions, string, string]>([
    ['keeps nothing', { takesSuffixes: true }, '', ''],
    ['keeps files alone, and the app takes no suffixes', {}, '', `location ~* \\.(css|js)$ { proxy_pass $app; ${ignoring} ${status} }`],
    [
      'keeps what is public, and the app says what is private',
      { cacheControl: 'private, no-store', takesSuffixes: true },
      `proxy_cache c; proxy_cache_valid 200 60s; ${status}`,
      '',
    ],
    ['has the cookie in its key', {}, `${ignoring} proxy_cache_key $uri$is_args$args$http_cookie;`, ''],
    ['passes by whoever has a session', {}, `${ignoring} proxy_cache_bypass $cookie_sid; proxy_no_cache $cookie_sid;`, ''],
    ['keeps a page for everybody that names its author', { blog: true, cacheControl: 'no-store' }, `proxy_cache c; ${status}`, ''],
  ])('is right where it %s', async (_, options, rules, extra) => {
    const { told, passed } = await look(options, (port) => startNginx(port, rules, extra));
    expect(told).toEqual([]);
    expect(passed).toEqual(everyRoute);
  });

  it('is proven to keep something, where it does', async () => {
    const { seen } = await look({ cacheControl: 'no-store' }, (port) => startNginx(port, `proxy_cache c; ${status}`));
    expect(seen.control).toMatchObject({ caches: 'yes', text: expect.stringMatching(/x-cache-status: HIT/) as string });
  });
});

describe.skipIf(skips('varnishd')).concurrent('varnish', () => {
  const careless = `sub vcl_recv { if (req.method == "GET" || req.method == "HEAD") { return (hash); } }
sub vcl_backend_response { if (bereq.method == "GET" && beresp.status == 200) { unset beresp.http.set-cookie; set beresp.ttl = 60s; } }`;

  it('that keeps whatever comes', async () => {
    const { told, seen } = await look({}, (port) => startVarnish(port, careless));
    expect(told).toContain('fail /api/me');
    expect(seen.control.caches).toBe('yes');
  });

  it('that keeps whatever comes without its query', async () => {
    const { told } = await look({}, (port) =>
      startVarnish(port, `${careless}\nsub vcl_hash { hash_data(regsub(req.url, "\\?.*", "")); return (lookup); }`),
    );
    expect(told).toContain('fail /api/me');
  });

  it('that takes the cookie off what looks like a file', async () => {
    const strips = `sub vcl_recv { if (req.url ~ "\\.css") { set req.http.x-static = "1"; return (hash); } return (pass); }
sub vcl_backend_response { if (bereq.http.x-static) { unset beresp.http.set-cookie; set beresp.ttl = 60s; } }`;
    const { told, seen } = await look({ takesSuffixes: true }, (port) => startVarnish(port, strips));
    expect(told).toEqual(everyRoute.map((path) => `fail ${path}`));
    expect(waysIn(seen)).toEqual(['suffix']);
  });

  it('is right as it comes: it passes by whoever has a cookie', async () => {
    const { told, passed } = await look({ takesSuffixes: true }, (port) => startVarnish(port, ''));
    expect(told).toEqual([]);
    expect(passed).toEqual(everyRoute);
  });
});
