import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { CollectFault } from '../../core/evidence.ts';
import { createVault } from '../../core/vault.ts';
import type { Page } from '../../evidence/http.ts';
import { openClient } from './client.ts';
import { documentsCollector } from './document.ts';
import { makeCertificate } from './fixtures/certificate.ts';
import { type LocalServer, serve, serveSecurely, site, targetOf } from './fixtures/server.ts';
import { askPlainHttp, pageCollector } from './page.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function look(server: LocalServer, at: { url?: URL; authorities?: string[] } = {}): Promise<Page> {
  const target = targetOf(at.url ?? server.url);
  const client = openClient(target, {
    delayMs: 0,
    limits: { totalMs: 3000 },
    pins: { 'portal.example.test': '127.0.0.1' },
    authorities: at.authorities ?? [],
  });
  open.push(client, server);
  const context = { target, signal: AbortSignal.timeout(20_000), vault: createVault(), progress: () => undefined };
  const documents = await documentsCollector.collect({ client }, context);
  return pageCollector.collect({ documents, client }, context);
}

const html = (body: string, head = ''): string =>
  `<!doctype html><html><head><title> Portal </title>${head}</head><body>${body}</body></html>`;

describe('the page', () => {
  it('is told with headers, cookies without values, title and policy', async () => {
    const page = await look(
      await serve((_, response) =>
        response
          .writeHead(200, {
            'content-type': 'text/html',
            'set-cookie': ['sid=very-secret-value; HttpOnly', 'theme=dark'],
            'x-frame-options': 'DENY',
          })
          .end(html('', '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">')),
      ),
    );
    expect(page).toMatchObject({
      status: 200,
      local: true,
      title: 'Portal',
      metaPolicy: "default-src 'self'",
      headers: { 'x-frame-options': 'DENY' },
    });
    expect(page.cookies.map(({ name, httpOnly }) => [name, httpOnly])).toEqual([
      ['sid', true],
      ['theme', false],
    ]);
    expect(JSON.stringify(page)).not.toContain('very-secret-value');
  });

  it('reads linked pages, login first, and none that does something or leaves the host', async () => {
    const server = await serve(
      site({
        '/': html(
          [
            '/about',
            '/logout',
            '/sign-out',
            '/items/delete',
            '/login',
            '/pricing',
            '/terms',
            '/file.pdf',
            '/search?q=1',
            'https://elsewhere.example/login',
            '/api/me',
            '//',
          ]
            .map((href) => `<a href="${href}">x</a>`)
            .join(''),
        ),
        '/login': html('<form action="/session" method="post"><input name=email><input type="password" name=p></form>'),
        '/about': html(''),
        '/pricing': html(''),
        '/terms': html(''),
      }),
    );
    const page = await look(server);
    expect(server.asked.toSorted()).toEqual(['/', '/about', '/login', '/pricing', '/terms']);
    expect(page.login).toEqual({
      url: new URL('/login', server.url).href,
      what: 'a form asks for a password',
      action: new URL('/session', server.url).href,
    });
  });

  it('finds where a password form sends the password', async () => {
    const page = await look(await serve(site({ '/': html('<form action="http://insecure.example/login"><input type=password></form>') })));
    expect(page.login?.action).toBe('http://insecure.example/login');
  });

  it('reads a page in another character set and one that is no page', async () => {
    const latin = await look(
      await serve(
        (_, r) =>
          void r.writeHead(200, { 'content-type': 'text/html; charset=iso-8859-1' }).end(Buffer.from('<title>Zürich</title>', 'latin1')),
      ),
    );
    expect(latin.title).toBe('Zürich');
    const json = await look(
      await serve((_, r) => void r.writeHead(200, { 'content-type': 'application/json' }).end('{"html":"<title>no</title>"}')),
    );
    expect(json.title).toBeUndefined();
  });

  it.each<[string, RequestListener, RegExp]>([
    [
      'a Cloudflare check',
      (_, r) => void r.writeHead(403, { 'cf-mitigated': 'challenge' }).end('<title>Just a moment...</title>'),
      /Cloudflare .* check for humans/,
    ],
    ['a Vercel check', (_, r) => void r.writeHead(429, { 'x-vercel-mitigated': 'challenge' }).end(), /Vercel .* check for humans/],
    [
      'a protected deployment',
      (_, r) => void r.writeHead(401, { 'set-cookie': '_vercel_sso_nonce=abc; Path=/' }).end(),
      /protected Vercel deployment/,
    ],
    ['a password in front', (_, r) => void r.writeHead(401, { 'www-authenticate': 'Basic realm="preview"' }).end(), /asks for a password/],
    ['a refusal', (_, r) => void r.writeHead(403).end(), /refuses/],
  ])('is not judged behind %s', async (_, handler, words) => {
    const fault = await look(await serve(handler)).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(CollectFault);
    expect((fault as CollectFault).message).toMatch(words);
    expect((fault as CollectFault).fault.remedy).not.toBe('');
  });

  it('an error page stays a page with its status', async () => {
    expect((await look(await serve((_, r) => void r.writeHead(500).end('boom')))).status).toBe(500);
  });
});

describe('plain http beside https', () => {
  it.each<[string, RequestListener, string]>([
    ['redirects', (_, r) => void r.writeHead(301, { location: 'https://portal.example.com/' }).end(), 'redirects'],
    [
      'redirects in the page',
      (_, r) =>
        void r
          .writeHead(200, { 'content-type': 'text/html' })
          .end(html('', '<meta http-equiv="refresh" content="0; url=https://portal.example.com/">')),
      'redirects',
    ],
    ['serves the page', (_, r) => void r.writeHead(200, { 'content-type': 'text/html' }).end(html('')), 'serves'],
    ['redirects elsewhere on http', (_, r) => void r.writeHead(302, { location: '/home' }).end(), 'nothing'],
    ['refuses', (_, r) => void r.writeHead(403).end(), 'nothing'],
  ])('%s', async (_, handler, answer) => {
    const server = await serve(handler);
    const client = openClient(targetOf(server.url), { delayMs: 0 });
    open.push(client, server);
    expect((await askPlainHttp(client, new URL(server.url.href.replace('http:', 'https:')), AbortSignal.timeout(9000)))?.answer).toBe(
      answer,
    );
  });

  it('is only asked where people would type it: on the usual port', async () => {
    const authority = makeCertificate('Test Authority');
    const certificate = makeCertificate('portal.example.test', { issuer: { name: 'Test Authority', key: authority.key } });
    const server = await serveSecurely(certificate, site({ '/': html('') }));
    const page = await look(server, { url: new URL(`https://portal.example.test:${server.url.port}/`), authorities: [authority.cert] });
    expect([page.url, page.local, page.plainHttp]).toEqual([`https://portal.example.test:${server.url.port}/`, false, undefined]);
  });
});
