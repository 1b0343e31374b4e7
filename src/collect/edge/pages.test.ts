import type { RequestListener } from 'node:http';
import { CookieJar } from 'tough-cookie';
import { describe, expect, it } from 'vitest';
import { securityHeaders } from '../../checks/edge/security-headers.ts';
import { sessionCookie } from '../../checks/edge/session-cookie.ts';
import type { GivenHost } from '../../core/target.ts';
import type { HostPages } from '../../evidence/edge-pages.ts';
import { startEdge } from './fixture.ts';
import { pagesCollector } from './pages.ts';

const app: GivenHost = { name: 'app.example.test', role: 'app' };

async function read(
  answer: RequestListener,
  hosts: readonly GivenHost[] = [app],
  people: unknown = 'nobody',
): Promise<{ hosts: readonly HostPages[]; asked: readonly string[] }> {
  const edge = await startEdge(hosts, answer);
  try {
    const { domains, client, asked } = edge;
    const context = {
      target: { domains, scope: { hosts: [], requests: 100, history: false } },
      signal: new AbortController().signal,
      progress: () => undefined,
    };
    const seen = await pagesCollector.collect({ client, people: () => Promise.resolve(people) } as never, context as never);
    return { hosts: seen.hosts, asked };
  } finally {
    await edge.stop();
  }
}

const page: RequestListener = (_, response) =>
  void response
    .writeHead(200, { 'content-type': 'text/html', 'x-frame-options': 'DENY', 'x-request-id': 'kept to itself' })
    .end('<h1>Hi</h1>');
const setting =
  (...lines: readonly string[]): RequestListener =>
  (request, response) => {
    if (request.url === '/login') response.setHeader('set-cookie', lines);
    page(request, response);
  };

describe('the pages of a host', () => {
  it('are its first one and its login, with the headers that protect them', async () => {
    const { hosts, asked } = await read(page);
    expect(hosts[0]?.pages.map(({ url, headers }) => [url, headers])).toEqual([
      ['https://app.example.test/', { 'x-frame-options': 'DENY' }],
      ['https://app.example.test/login', { 'x-frame-options': 'DENY' }],
    ]);
    expect(asked).toHaveLength(2);
  });

  it('are none where it leads elsewhere, or shows data alone', async () => {
    const { hosts } = await read(
      ({ headers: { host } }, response) =>
        void (host === 'api.example.test'
          ? response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
          : response.writeHead(302, { location: 'https://elsewhere.invalid/' }).end()),
      [app, { name: 'api.example.test', role: 'api' }, { name: 'old.example.test', role: 'marketing', redirectsTo: app.name }],
    );
    expect(hosts.map(({ name, pages, why }) => [name, pages.length, why])).toEqual([
      [app.name, 0, undefined],
      ['api.example.test', 0, undefined],
    ]);
  });

  it('are not told by an error, nor by a check for humans', async () => {
    const { hosts: broken } = await read(
      (_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
    );
    expect(broken[0]).toMatchObject({ pages: [], why: 'app.example.test answered 502 instead of a page.' });
    const { hosts: walled } = await read(
      (_, response) =>
        void response
          .writeHead(403, { 'content-type': 'text/html', 'cf-mitigated': 'challenge', server: 'cloudflare' })
          .end('<title>Just a moment...</title>'),
    );
    expect(walled[0]?.why).toContain('a check for humans');
  });
});

it('judges a header that is long as it was sent', async () => {
  const long = `default-src 'self'; img-src ${Array.from({ length: 300 }, (_, nth) => `https://img${nth}.example`).join(' ')}; frame-ancestors 'none'`;
  const { hosts } = await read(
    (_, response) => void response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': long }).end('<h1>Hi</h1>'),
  );
  const pages = { apex: 'example.test', hosts };
  const [told] = [...securityHeaders.evaluate({ pages })];
  expect(told?.message).not.toContain('X-Frame-Options');
});

describe('the cookies of a host', () => {
  it('are not counted without end', async () => {
    const { hosts } = await read(setting(...Array.from({ length: 400 }, (_, nth) => `sid-${nth}=x`)));
    expect(hosts[0]?.cookies).toHaveLength(50);
  });

  it('are as browsers keep them, where one of a name is refused and another is not', async () => {
    const { hosts } = await read(setting('sid=1; Domain=old.test; Secure', 'sid=2; Secure; HttpOnly; SameSite=Lax'));
    expect(hosts[0]?.cookies).toMatchObject([{ name: 'sid', secure: true, httpOnly: true }]);
    expect(hosts[0]?.cookies[0]?.refused).toBeUndefined();
  });

  it('are those of a sign-in as well, kept or refused', async () => {
    const cookies = new CookieJar();
    cookies.setCookieSync('sid=1; Secure; HttpOnly; SameSite=Lax', 'https://app.example.test/');
    const signedIn = (set: readonly string[], people: readonly object[]) => ({
      sender: { origin: 'https://app.example.test' },
      people,
      set: set.map((line) => ({ url: new URL('https://app.example.test/login'), line })),
    });
    const anna = { account: {}, session: { cookies } };
    const { hosts } = await read(page, [app], signedIn(['session=1; Domain=localhost'], [anna]));
    expect(hosts[0]?.cookies.map(({ name, signedIn: is, refused }) => [name, is, refused !== undefined])).toEqual([
      ['sid', true, false],
      ['session', undefined, true],
    ]);
    const severities = (all: readonly HostPages[]) =>
      [...sessionCookie.evaluate({ pages: { apex: 'example.test', hosts: all } })].map(({ outcome, severity }) => [outcome, severity]);
    expect(severities(hosts)).toEqual([
      ['pass', undefined],
      ['fail', 'low'],
    ]);
    // Nobody gets in, and this is why.
    const { hosts: none } = await read(page, [app], signedIn(['session=1; Domain=localhost'], []));
    expect(severities(none)).toEqual([['fail', 'high']]);
  });

  it.each([
    ['a=1; Domain=localhost; Secure', /Domain localhost/],
    ['a=1; Domain=.old-host.test; Secure', /Domain \.old-host\.test/],
    ['a=1; SameSite=None', /only together with Secure/],
    ['__Host-a=1; Secure; Path=/; Domain=example.test', /__Host- wants/],
    ['__Host-a=1; Secure', /__Host- wants/],
    ['__Secure-a=1', /__Secure- wants/],
    [`a=${'x'.repeat(4_200)}`, /more than 4096 bytes/],
  ])('browsers refuse %s', async (line, why) => {
    const { hosts } = await read(setting(line));
    expect(hosts[0]?.cookies[0]?.refused).toMatch(why);
  });

  it.each(['a=1', 'a=1; Domain=example.test; SameSite=None; Secure', '__Host-a=1; Path=/; Secure', '__Secure-a=1; Secure'])(
    'browsers keep %s',
    async (line) => {
      const { hosts } = await read(setting(line));
      expect(hosts[0]?.cookies.map(({ refused }) => refused)).toEqual([undefined]);
    },
  );

  it('are told without their values, each once, and not where one is taken away', async () => {
    const { hosts } = await read(
      setting('sid=very-secret; Secure; HttpOnly; SameSite=Lax', 'sid=other', 'old=; Max-Age=0; Domain=elsewhere.test'),
    );
    expect(hosts[0]?.cookies).toEqual([
      { name: 'sid', url: 'https://app.example.test/login', secure: true, httpOnly: true, sameSite: 'lax', persistent: false },
    ]);
    expect(JSON.stringify(hosts)).not.toContain('very-secret');
    const pages = { apex: 'example.test', hosts };
    expect([...sessionCookie.evaluate({ pages })].map(({ outcome }) => outcome)).toEqual(['pass']);
  });
});
