import type { RequestListener } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../browser/find.ts';
import { launchBrowser } from '../../browser/launch.ts';
import { type Proxy, startProxy } from '../../browser/proxy.ts';
import { makeCertificate } from '../../http/fixtures/certificate.ts';
import { type LocalServer, serveSecurely } from '../../http/fixtures/server.ts';
import { emptySession } from '../wire/session.ts';
import type { VisitRules } from './guard.ts';
import { signInByPage } from './sign-in.ts';
import { go } from './steps.ts';
import { openVisit, type Visit } from './visit.ts';

const anna = { email: 'anna@customer.example', password: 'right-password-4711' };
const origin = 'https://app.example.test';
const form =
  '<!doctype html><form method="post" action="/login"><input name="email" type="email"><input name="password" type="password"><button>Sign in</button></form>';

/** Redirects of the app by path: status and where to. */
type Redirects = Readonly<Record<string, readonly [status: number, location: string]>>;

const chromium = findBrowser();
if (chromium === undefined) process.stderr.write('skipped: what leaves a window of the browser, because no Chromium is installed here\n');

describe.skipIf(chromium === undefined)('what leaves the window of a person', () => {
  const root = makeCertificate('Test Root');
  const leaf = makeCertificate('*.example.test', { issuer: { name: 'Test Root', key: root.key } });
  let proxy: Proxy;
  let browser: Browser;
  let server: LocalServer | undefined;
  let visit: Visit | undefined;
  /** `POST app.example.test/login email=…`, in the order they came. */
  let asked: string[] = [];
  beforeAll(async () => {
    proxy = await startProxy({ reaches: () => false, permits: () => false });
    browser = await launchBrowser({ proxy: proxy.server, headless: true });
  });
  afterAll(async () => {
    await browser.close();
    await proxy.stop();
  });
  afterEach(async () => {
    await visit?.close();
    await server?.close();
  });

  async function opened(
    redirects: Redirects,
    { certificate = leaf, authorities = [root.cert], ...rules }: VisitRules & { certificate?: typeof leaf; authorities?: string[] } = {},
  ): Promise<Visit> {
    asked = [];
    const answer: RequestListener = (request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        asked.push(`${request.method} ${request.headers.host}${request.url} ${body}`.trim());
        const to = redirects[`${request.method} ${request.url}`];
        if (to) return response.writeHead(to[0], { location: to[1], 'set-cookie': 'sid=0123456789abcdef; Path=/; Secure; HttpOnly' }).end();
        response.writeHead(200, { 'content-type': 'text/html' }).end(request.url === '/login' ? form : '<!doctype html><p>Hello</p>');
      });
    };
    server = await serveSecurely(certificate, answer);
    const place = { address: '127.0.0.1', port: Number(server.url.port) };
    visit = await openVisit(browser, origin, emptySession(), { way: { placeOf: () => Promise.resolve(place), authorities }, ...rules });
    return visit;
  }

  it('goes to a host that is verified, redirects of a sign-in and their cookies included', async () => {
    const window = await opened({ 'POST /login': [302, '/account'], 'GET /account': [302, '/home'] });
    expect(await signInByPage(window, origin, anna, ['/login'])).toBe(`${origin}/login`);
    expect(asked).toEqual([
      'GET app.example.test/login',
      expect.stringMatching(/^POST app\.example\.test\/login email=anna%40customer\.example&password=right-password-4711$/),
      'GET app.example.test/account',
      'GET app.example.test/home',
    ]);
    expect(window.page.url()).toBe(`${origin}/home`);
    expect((await window.session()).cookies.getCookieStringSync(origin)).toBe('sid=0123456789abcdef');
    expect(window.untrusted).toBeUndefined();
    expect([...window.turnedAway]).toEqual([]);
  });

  it.each([
    ['that it made itself', makeCertificate('app.example.test'), /signed its certificate itself/],
    ['for another name', makeCertificate('other.example.net', { issuer: { name: 'Test Root', key: root.key } }), /another name/],
    ['of an authority that nobody trusts', leaf, undefined],
  ])(
    'does not go to a host with a certificate %s',
    async (_, certificate, why) => {
      const window = await opened({}, { certificate, ...(why === undefined && { authorities: [] }) });
      expect(await signInByPage(window, origin, anna, ['/login'])).toBeUndefined();
      expect(asked).toEqual([]);
      expect(window.untrusted).toMatch(why ?? /^app\.example\.test cannot be trusted/);
    },
    30_000,
  );

  it('does not follow a redirect to what does harm, and stays where it is', async () => {
    const window = await opened({
      'GET /go/7': [302, '/cases/7/delete'],
      'GET /out': [302, '/go/out'],
      'GET /go/out': [307, '/logout'],
    });
    expect(await go(window, `${origin}/`)).toBe(true);
    expect(await go(window, `${origin}/go/7`)).toBe(false);
    expect(await go(window, `${origin}/out`)).toBe(false);
    expect(asked.filter((one) => /delete|logout/.test(one))).toEqual([]);
    expect(window.page.url()).toBe(`${origin}/`);
    expect([...window.turnedAway.keys()]).toEqual(['/cases/{id}/delete', '/logout']);
    expect(window.exchanges.filter(({ path, status }) => /delete|logout/.test(path) && status > 0)).toEqual([]);
  });

  it('takes no password to another host by a redirect, unless that host may be asked', async () => {
    const redirects: Redirects = { 'POST /login': [307, 'https://api.example.test/enter'] };
    const knows = (hostname: string): boolean => hostname.endsWith('.example.test');
    const strict = await opened(redirects, { knows, allows: (_, isFile) => isFile });
    await signInByPage(strict, origin, anna, ['/login']);
    expect(asked.filter((one) => one.includes('api.example.test'))).toEqual([]);
    expect([...strict.turnedAway]).toEqual([['https://api.example.test', 'it leads to api.example.test']]);
    await strict.close();
    await server?.close();
    const proven = await opened(redirects, { knows, allows: ({ hostname }) => hostname === 'api.example.test' });
    await signInByPage(proven, origin, anna, ['/login']);
    expect(asked.filter((one) => one.startsWith('POST api.example.test/enter email=anna'))).toHaveLength(1);
  }, 30_000);

  it('is counted at every step, and ends with the count', async () => {
    let left = 3;
    const window = await opened({ 'GET /a': [302, '/b'], 'GET /b': [302, '/c'], 'GET /c': [302, '/d'] }, { count: () => left-- > 0 });
    expect(await go(window, `${origin}/a`)).toBe(false);
    expect(asked.map((one) => one.slice(-2))).toEqual(['/a', '/b', '/c']);
  });
});
