import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { anyNameServed } from '../../checks/edge/any-name-served.ts';
import { apiMethodLost } from '../../checks/edge/api-method-lost.ts';
import { hstsMissing } from '../../checks/edge/hsts-missing.ts';
import { httpNotRedirected } from '../../checks/edge/http-not-redirected.ts';
import { httpsDowngrade } from '../../checks/edge/https-downgrade.ts';
import { loginRedirectsWrongly } from '../../checks/edge/login-redirects-wrongly.ts';
import { redirectLoop } from '../../checks/edge/redirect-loop.ts';
import { redirectLosesPath } from '../../checks/edge/redirect-loses-path.ts';
import { wrongHost } from '../../checks/edge/wrong-host.ts';
import type { GivenHost } from '../../core/target.ts';
import type { Redirects } from '../../evidence/edge-redirects.ts';
import { type EdgeFixture, isSecure, startEdge } from './fixture.ts';
import { pinnedPlace } from './places.ts';
import { redirectsCollector } from './redirects.ts';

const map: readonly GivenHost[] = [
  { name: 'old.example.test', role: 'marketing', redirectsTo: 'www.example.test' },
  { name: 'www.example.test', role: 'marketing' },
  { name: 'app.example.test', role: 'app', login: '/login', callbacks: ['/auth/callback'], mailedLinks: ['/auth/confirm'] },
  { name: 'api.example.test', role: 'api' },
];
const checks = [
  anyNameServed,
  apiMethodLost,
  hstsMissing,
  httpNotRedirected,
  httpsDowngrade,
  loginRedirectsWrongly,
  redirectLoop,
  redirectLosesPath,
  wrongHost,
];

let open: EdgeFixture | undefined;
afterEach(async () => {
  await open?.stop();
  open = undefined;
});

const hsts = { 'strict-transport-security': 'max-age=31536000' };
const send = (response: ServerResponse, status: number, headers: Record<string, string> = {}, body = ''): void =>
  void response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);

/** All as it should be; `wrong` answers first where it wants to. */
const site =
  (wrong: (host: string, path: string, secure: boolean, response: ServerResponse) => boolean = () => false): RequestListener =>
  (request, response) => {
    const host = (request.headers.host ?? '').split(':')[0] ?? '';
    const path = request.url ?? '/';
    const secure = isSecure(request);
    if (wrong(host, path, secure, response)) return;
    if (!map.some(({ name }) => name === host)) return send(response, 421);
    if (!secure) return send(response, 308, { location: `https://${host}${path}` });
    if (host === 'old.example.test') return send(response, 301, { ...hsts, location: `https://www.example.test${path}` });
    const isThere = /^\/(?:$|login|auth\/)/.test(path);
    send(response, isThere ? 200 : 404, hsts, `<title>${host}</title>`);
  };

async function look(
  handler: RequestListener,
  settings: Parameters<typeof startEdge>[2] = {},
): Promise<{ seen: Redirects; told: string[]; outcomes: string[] }> {
  open = await startEdge(map, handler, settings);
  const seen = await redirectsCollector.collect({ client: open.client }, {
    target: { domains: open.domains, scope: { hosts: [], requests: 500, history: false } },
    signal: new AbortController().signal,
    progress: () => undefined,
  } as never);
  const observations = checks.flatMap((check) => [...check.evaluate({ redirects: seen })].map((one) => ({ check: check.id, ...one })));
  return {
    seen,
    told: observations.filter(({ outcome }) => outcome === 'fail').map(({ check, subject }) => `${check}: ${subject}`),
    outcomes: observations.filter(({ outcome }) => outcome === 'unknown').map(({ check, subject }) => `${check}: ${subject}`),
  };
}

/** That a host goes wrong on one path, or on all. */
const at = (host: string, path: string | undefined, act: (response: ServerResponse, path: string) => void, secure?: boolean) =>
  site((asked, asking, isHttps, response) => {
    if (asked !== host || (path !== undefined && (asking.split('?')[0] ?? '') !== path) || (secure !== undefined && secure !== isHttps))
      return false;
    act(response, asking);
    return true;
  });

describe('a domain whose redirects are right', () => {
  it('is told nothing, and asked little', async () => {
    const { told, outcomes } = await look(site());
    expect(told).toEqual([]);
    expect(outcomes).toEqual([]);
    expect(open?.asked.length).toBeLessThan(60);
  });
});

describe('a fault is told, and nothing else', () => {
  it.each<[string, RequestListener, string[]]>([
    [
      'https that leads back to http, behind a proxy that leads to https',
      at('www.example.test', undefined, (response, path) => send(response, 301, { location: `http://www.example.test${path}` }), true),
      [
        'edge/hsts-missing: www.example.test',
        'edge/https-downgrade: old.example.test',
        'edge/https-downgrade: www.example.test',
        'edge/redirect-loop: old.example.test',
        'edge/redirect-loop: www.example.test',
      ],
    ],
    [
      'http that shows the page',
      at('www.example.test', '/', (response) => send(response, 200, {}, 'page'), false),
      ['edge/http-not-redirected: www.example.test'],
    ],
    [
      'an old host that shows the page itself',
      at('old.example.test', undefined, (response) => send(response, 200, hsts, 'page'), true),
      ['edge/wrong-host: old.example.test'],
    ],
    [
      'an old host that leads everybody to the start page',
      at('old.example.test', undefined, (response) => send(response, 301, { ...hsts, location: 'https://www.example.test/' }), true),
      ['edge/redirect-loses-path: old.example.test'],
    ],
    [
      'a redirect to https that drops the query',
      at(
        'app.example.test',
        undefined,
        (response, path) => send(response, 301, { location: `https://app.example.test${path.split('?')[0]}` }),
        false,
      ),
      [
        'edge/api-method-lost: app.example.test',
        'edge/login-redirects-wrongly: app.example.test callback /auth/callback',
        'edge/login-redirects-wrongly: app.example.test mailed /auth/confirm',
        'edge/redirect-loses-path: app.example.test',
      ],
    ],
    [
      'a login that asks to come back to this machine',
      at(
        'app.example.test',
        '/login',
        (response) =>
          send(response, 302, {
            ...hsts,
            location: 'https://id.example.org/authorize?client_id=1&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb',
          }),
        true,
      ),
      ['edge/login-redirects-wrongly: app.example.test login /login'],
    ],
    [
      'a callback that leads to a preview',
      at(
        'app.example.test',
        '/auth/callback',
        (response) => send(response, 302, { ...hsts, location: 'https://my-app.vercel.app/auth' }),
        true,
      ),
      ['edge/login-redirects-wrongly: app.example.test callback /auth/callback'],
    ],
    [
      'a mailed link that is not there',
      at('app.example.test', '/auth/confirm', (response) => send(response, 404, hsts), true),
      ['edge/login-redirects-wrongly: app.example.test mailed /auth/confirm'],
    ],
    [
      'an API that is moved by 301',
      at('api.example.test', undefined, (response, path) => send(response, 301, { location: `https://api.example.test${path}` }), false),
      ['edge/api-method-lost: api.example.test'],
    ],
    ['no HSTS', at('api.example.test', undefined, (response) => send(response, 404), true), ['edge/hsts-missing: api.example.test']],
    [
      'a page for any name',
      site((host, _, secure, response) => {
        if (secure || (host !== 'launch-ready-probe.invalid' && host !== 'www.example.test')) return false;
        send(response, 200, {}, 'page');
        return true;
      }),
      ['edge/any-name-served: www.example.test', 'edge/http-not-redirected: www.example.test'],
    ],
    [
      'an app that looks at no name, behind http that leads to https whatever the name',
      site((host, path, secure, response) => {
        if (host !== 'launch-ready-probe.invalid') return false;
        if (secure) send(response, 200, hsts, '<title>app.example.test</title>');
        else send(response, 308, { location: `https://${host}${path}` });
        return true;
      }),
      ['edge/any-name-served: app.example.test'],
    ],
    [
      'a page that reloads itself elsewhere',
      at(
        'www.example.test',
        '/',
        (response) => send(response, 200, hsts, '<meta http-equiv="refresh" content="0; url=https://my-app.netlify.app/">'),
        true,
      ),
      ['edge/wrong-host: old.example.test', 'edge/wrong-host: www.example.test'],
    ],
  ])('%s', async (_, handler, expected) => {
    const { told } = await look(handler);
    expect(told.toSorted()).toEqual(expected.toSorted());
  });
});

describe('what is no fault', () => {
  it.each<[string, RequestListener]>([
    [
      'a page that sets a cookie and asks again',
      site((host, path, secure, response) => {
        const cookie = response.req.headers.cookie ?? '';
        if (host !== 'app.example.test' || path !== '/' || !secure || cookie.includes('seen=1')) return false;
        send(response, 302, { ...hsts, location: '/', 'set-cookie': 'seen=1; Secure' });
        return true;
      }),
    ],
    [
      'a login elsewhere that comes back to the app',
      at(
        'app.example.test',
        '/login',
        (response) =>
          send(response, 302, {
            ...hsts,
            location: 'https://id.example.org/authorize?redirect_uri=https%3A%2F%2Fapp.example.test%2Fauth%2Fcallback',
          }),
        true,
      ),
    ],
    [
      'a sign-in that ends at another host of the domain',
      at('app.example.test', '/auth/callback', (response) => send(response, 302, { ...hsts, location: 'https://www.example.test/' }), true),
    ],
    [
      'an app that shows its login first, with where to go afterwards',
      at(
        'app.example.test',
        '/launch-ready/deep-link',
        (response, path) => send(response, 302, { ...hsts, location: `/login?next=${encodeURIComponent(path)}` }),
        true,
      ),
    ],
  ])('%s', async (_, handler) => {
    const { told, outcomes } = await look(handler);
    expect(told).toEqual([]);
    expect(outcomes).toEqual([]);
  });

  const signInAt = (location: string): RequestListener =>
    site((host, path, secure, response) => {
      if (host !== 'app.example.test' || !secure || path.startsWith('/auth/')) return false;
      send(response, 302, { ...hsts, location });
      return true;
    });
  it.each([
    'https://auth.example.test/login?next=%2F',
    'https://accounts.example.test/sign-in?redirect_url=https%3A%2F%2Fapp.example.test%2F',
    'https://tenant.eu.auth0.com/authorize?client_id=1&redirect_uri=https%3A%2F%2Fapp.example.test%2Fauth%2Fcallback',
    'https://login.example.org/?client_id=1&redirect_uri=https%3A%2F%2Fapp.example.test%2Fauth%2Fcallback',
  ])('an app that sends whoever is not signed in to %s', async (location) => {
    const { told, outcomes } = await look(signInAt(location));
    expect(told).toEqual([]);
    expect(outcomes).toEqual([]);
  });

  it('is one where that is a preview, or a page that asks for no sign-in', async () => {
    const preview = await look(signInAt('https://my-app.vercel.app/login'));
    expect(preview.told).toContain('edge/wrong-host: app.example.test');
    await open?.stop();
    const elsewhere = await look(signInAt('https://shop.example.org/'));
    expect(elsewhere.told).toContain('edge/wrong-host: app.example.test');
  });

  it.each([429, 503, 403])('that it takes no more for now, or refuses us (%i): it cannot be told, and never fails', async (status) => {
    const { told, outcomes } = await look((_, response) => send(response, status));
    // What an API says at its start page is often that: there it is the API itself that leaves the header out.
    expect(told).toEqual(status === 403 ? ['edge/hsts-missing: api.example.test'] : []);
    expect(outcomes).toContain('edge/login-redirects-wrongly: app.example.test login /login');
    expect(outcomes).toContain('edge/http-not-redirected: www.example.test');
    expect(outcomes).toContain('edge/hsts-missing: www.example.test');
  });

  it('a check for humans: it cannot be told, and never fails', async () => {
    const bot: RequestListener = (_, response) => send(response, 403, { server: 'cloudflare' }, '<title>Just a moment...</title>');
    const { told, outcomes } = await look(bot);
    expect(told).toEqual([]);
    expect(outcomes).toContain('edge/redirect-loop: app.example.test');
    expect(outcomes).toContain('edge/login-redirects-wrongly: app.example.test login /login');
  });

  it('an expired certificate: what lies behind it cannot be told', async () => {
    const { told, outcomes, seen } = await look(site(), { days: -0.5 });
    expect(told).toEqual([]);
    expect(outcomes).toContain('edge/hsts-missing: app.example.test');
    expect(seen.hosts[2]?.rows.find(({ scheme }) => scheme === 'https')).toMatchObject({
      end: 'failed',
      fault: 'certificate',
      why: expect.stringMatching(/expired/) as string,
    });
  });
});

describe('hostile answers', () => {
  it('end in time: bodies without end, bombs, silence', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
    const handler = site((host, path, secure, response) => {
      if (!secure) return false;
      if (host === 'www.example.test') {
        response.writeHead(200, { ...hsts, 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(bomb);
        return true;
      }
      if (host === 'api.example.test') {
        response.writeHead(200, { ...hsts, 'content-type': 'text/html' });
        const clock = setInterval(() => response.write('x'), 50);
        response.on('close', () => clearInterval(clock));
        return true;
      }
      return host === 'app.example.test' && path.startsWith('/auth');
    });
    const { seen } = await look(handler, { limits: { headersMs: 2_500, totalMs: 4_000, idleMs: 2_500 } });
    const ends = (host: string): Set<string> => new Set(seen.hosts.find(({ name }) => name === host)?.rows.map(({ end }) => end));
    expect(ends('www.example.test')).toEqual(new Set(['answer']));
    expect(ends('api.example.test')).toContain('answer');
    expect(ends('app.example.test')).toEqual(new Set(['answer', 'failed']));
  });
});

describe('where a host is reached before the cut-over', () => {
  it.each([
    ['127.0.0.1', 'http:', { address: '127.0.0.1', port: 80 }],
    ['127.0.0.1', 'https:', { address: '127.0.0.1', port: 443 }],
    ['127.0.0.1:443', 'http:', { address: '127.0.0.1', port: 80 }],
    ['127.0.0.1:8443', 'https:', { address: '127.0.0.1', port: 8443 }],
    ['[::1]:8443', 'https:', { address: '::1', port: 8443 }],
    ['127.0.0.1:8443', 'http:', 'unsaid'],
  ])('%s for %s', (text, protocol, place) => {
    expect(pinnedPlace({ 'a.example': text }, protocol, 'a.example')).toEqual(place);
  });

  it('is not said of a host that is not pinned, and of http alone where only that is', () => {
    expect(pinnedPlace(undefined, 'https:', 'a.example')).toBeUndefined();
    expect(pinnedPlace({ 'http://a.example': '127.0.0.1:8080' }, 'http:', 'a.example')).toEqual({ address: '127.0.0.1', port: 8080 });
    expect(pinnedPlace({ 'http://a.example': '127.0.0.1:8080' }, 'https:', 'a.example')).toBe('unsaid');
  });
});
