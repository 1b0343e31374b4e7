import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createVault } from '../../core/vault.ts';
import type { Exposure } from '../../evidence/http.ts';
import type { Route } from '../../evidence/routes.ts';
import { sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { openClient } from './client.ts';
import { documentsCollector } from './document.ts';
import { exposuresCollector } from './exposures.ts';
import { stripeKey } from './fixtures/keys.ts';
import { type LocalServer, serve, site, targetOf } from './fixtures/server.ts';
import { viteApp } from './fixtures/vite-app.ts';
import { decoyOf } from './probe.ts';
import { probes } from './probes.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function look(
  handler: RequestListener,
  requests = 300,
  routes: readonly Route[] = [],
): Promise<{ found: readonly Exposure[]; server: LocalServer }> {
  const server = await serve(handler);
  const target = targetOf(server.url, requests);
  const client = openClient(target, { delayMs: 0, limits: { totalMs: 1500, headersMs: 400 } });
  open.push(client, server);
  const context = { target, signal: AbortSignal.timeout(30_000), vault: createVault(), progress: () => undefined };
  const documents = await documentsCollector.collect({ client }, context);
  return { found: await exposuresCollector.collect({ documents, client, inventory: sampleInventory(...routes) }, context), server };
}

const outcomes = (found: readonly Exposure[], outcome: Exposure['outcome']): string[] =>
  found.filter((one) => one.outcome === outcome).map(({ path }) => path);
const json =
  (value: unknown): RequestListener =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const page =
  (title: string, body = ''): RequestListener =>
  (_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<!doctype html><html><head><title>${title}</title></head><body>${body}</body></html>`);

const openApi = { openapi: '3.1.0', paths: { '/api/orders': { get: {}, post: {} }, '/api/orders/{id}': { delete: {}, parameters: [] } } };
/** Every kind of file as it looks when it is handed out. */
const leaks: Readonly<Record<string, string | Buffer | RequestListener>> = {
  '/.env': `# production\nDATABASE_URL=postgres://app@db/portal\nSTRIPE_SECRET_KEY=${stripeKey()}\nexport NODE_ENV=production\n`,
  '/.env.local': 'VITE_API_URL="https://api.example.com"\n',
  '/.env.production': 'APP_KEY=\n\nPRIVATE_KEY="-----BEGIN\nabc\n-----END"\n',
  '/.env.backup': 'A_B=1\n',
  '/.git/HEAD': 'ref: refs/heads/main\n',
  '/.git/config': '[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n\turl = https://github.com/acme/portal.git\n',
  '/package.json': json({ name: 'portal', scripts: { start: 'node server.js' }, dependencies: { express: '5' } }),
  '/server.js': "const app = require('express')();",
  '/api/debug': json({ env: { NODE_ENV: 'production', DATABASE_URL: 'postgres://x', HOME: '/root' } }),
  '/debug': json({ NODE_ENV: 'production', JWT_SECRET: 'short' }),
  '/api/env': json({ data: { vars: { PATH: '/bin', API_KEY: 'x' } } }),
  '/backup.sql': '-- PostgreSQL database dump\nCREATE TABLE public.orders (id int);\nCOPY public.orders (id) FROM stdin;\n',
  '/dump.sql': 'CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n',
  '/backup.zip': Buffer.from('PK\u0003\u0004rest of the archive', 'latin1'),
  '/backup.tar.gz': Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]),
  '/database.sqlite': 'SQLite format 3\0more',
  '/database.db': 'SQLite format 3\0more',
  '/docker-compose.yml': 'services:\n  web:\n    image: portal\n    environment:\n      TOKEN: x\n',
  '/config.json': json({ stripe: stripeKey() }),
  '/actuator': json({ _links: { self: { href: '/actuator' }, env: {}, health: {}, beans: {} } }),
  '/actuator/env': json({ activeProfiles: [], propertySources: [] }),
  '/phpinfo.php': page('PHP 8.3.1 - phpinfo()'),
  '/server-status': page('Apache Status', '<h1>Apache Server Status for portal</h1>'),
  '/metrics': '# HELP http_requests_total Requests.\n# TYPE http_requests_total counter\nhttp_requests_total 1\n',
  '/uploads/': page(
    'Index of /uploads/',
    '<h1>Index of /uploads/</h1><a href="../">../</a><a href="passport-anna.pdf">passport-anna.pdf</a><a href="invoice.pdf">x</a>',
  ),
  '/files/': page('listing directory /files/', '<a href="/files/a.txt">a</a>'),
  '/backup/': '<?xml version="1.0"?><ListBucketResult><Contents><Key>2026/a.sql</Key></Contents></ListBucketResult>',
  '/.DS_Store': Buffer.from('\0\0\0\u0001Bud1rest', 'latin1'),
  '/openapi.json': json(openApi),
  '/swagger.json': json({ swagger: '2.0', paths: {} }),
  '/api-docs': page('Swagger UI'),
};

describe('a server that hands out everything', () => {
  it('is caught on every single file, with what is inside by name and no value', async () => {
    const { found } = await look(site({ '/': '<title>Portal</title>', ...leaks }));
    expect(outcomes(found, 'exposed').toSorted()).toEqual(Object.keys(leaks).toSorted());
    const of = (path: string): Exposure | undefined => found.find((one) => one.path === path);
    expect(of('/.env')?.names).toEqual(['DATABASE_URL', 'STRIPE_SECRET_KEY', 'NODE_ENV']);
    expect(of('/.env')?.secrets.map(({ variable, sensitivity }) => [variable, sensitivity])).toContainEqual([
      'STRIPE_SECRET_KEY',
      'secret',
    ]);
    expect(of('/uploads/')?.names).toEqual(['passport-anna.pdf', 'invoice.pdf']);
    expect(of('/openapi.json')?.names).toEqual(['GET /api/orders', 'POST /api/orders', 'DELETE /api/orders/{id}']);
    expect(JSON.stringify(found)).not.toMatch(/sk_live_\w{10}/);
  });

  it.each(Object.keys(leaks))('has a probe or a follow-up for %s', (path) => {
    expect([...probes.map((probe) => probe.path), '/server.js']).toContain(path);
  });

  it('leaves no probe untested', () => {
    expect(Object.keys(leaks)).toEqual(expect.arrayContaining(probes.map(({ path }) => path)));
  });
});

describe('clean twins', () => {
  it.each<[string, RequestListener]>([
    ['a 404 for everything', site({ '/': '<title>Portal</title>' })],
    ['the page for everything (SPA fallback)', viteApp()],
    ['a soft 404: a page that says not found with status 200', site({ '/': '<title>Portal</title>' }, page('Not found'))],
    [
      'a 403 for hidden files',
      site({ '/': '<title>Portal</title>' }, (request, response) =>
        response.writeHead(request.url?.startsWith('/.') ? 403 : 404).end('Forbidden'),
      ),
    ],
    [
      'a redirect to the login',
      site({ '/': '<title>Portal</title>', '/login': page('Log in') }, (_, response) =>
        response.writeHead(302, { location: '/login' }).end(),
      ),
    ],
    ['JSON errors with status 200', site({ '/': '<title>Portal</title>' }, json({ error: 'not found', code: 404, path: 'x' }))],
    ['an empty 200', site({ '/': '<title>Portal</title>' }, (_, response) => response.writeHead(200).end())],
    [
      'plain text for everything',
      site({ '/': '<title>Portal</title>' }, (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('OK')),
    ],
  ])('%s exposes nothing', async (_, handler) => {
    const { found } = await look(handler);
    expect(outcomes(found, 'exposed')).toEqual([]);
    expect(outcomes(found, 'unknown')).toEqual([]);
    expect(found.length).toBeGreaterThanOrEqual(probes.length);
  });

  it.each<[string, string | RequestListener]>([
    ['/.env', page('KEY=value')],
    ['/.env', 'Please log in to continue.\nThen a=b.\nAnd more text.\nEven more.'],
    ['/.git/HEAD', 'ref: please'],
    ['/.git/HEAD', page('ref: refs/heads/main')],
    ['/config.json', json({ apiUrl: 'https://api.example.com', sentry: 'https://abc@o1.ingest.sentry.io/1' })],
    ['/package.json', json({ name: 'an icon set', icons: [] })],
    ['/api/debug', json({ debug: false })],
    ['/debug', json({ OK: true, VERSION: '1.2.3' })],
    ['/backup.zip', page('PK')],
    ['/backup.sql', 'CREATE an account to download.'],
    ['/metrics', page('Metrics of your business')],
    ['/uploads/', page('Uploads', '<a href="/help">Index of help pages</a>')],
    ['/files/', page('Index of /files/')],
    ['/docker-compose.yml', 'services: our services are great'],
    ['/phpinfo.php', page('What is phpinfo()?')],
    ['/openapi.json', json({ openapi: true })],
  ])('%s that is something harmless', async (path, content) => {
    const { found } = await look(site({ '/': '<title>Portal</title>', [path]: content }));
    expect(outcomes(found, 'exposed')).toEqual([]);
  });

  it('a trap that answers any hidden file with the same content is seen through', async () => {
    const trap: RequestListener = (request, response) =>
      response.writeHead(200).end(request.url?.includes('HEAD') ? 'ref: refs/heads/main\n' : 'DB_PASSWORD=trap\n');
    const { found } = await look(site({ '/': '<title>Portal</title>' }, trap));
    expect(outcomes(found, 'exposed')).toEqual([]);
    expect(found.find(({ path }) => path === '/.env')?.what).toContain('to any address');
  });
});

describe('folders that the code lists', () => {
  const folder = (path: string, files: Route['files'] = 'listed') => ({ ...sampleRoute({ method: 'GET', path }), ...(files && { files }) });
  const list = (path: string): RequestListener => page(`listing directory ${path}`, '<a href="/x/access.log">access.log</a>');

  it('are asked for: those alone, and none that is for everybody', async () => {
    const handler = site({ '/': '<title>Portal</title>', '/support/logs/': list('/support/logs/'), '/assets/': list('/assets/') });
    const routes = [folder('/support/logs'), folder('/closed'), folder('/assets', 'served'), folder('/.well-known'), folder('/of/:id')];
    const { found } = await look(handler, 300, routes);
    expect(found.slice(probes.length).map(({ path, outcome }) => [path, outcome])).toEqual([
      ['/support/logs/', 'exposed'],
      ['/closed/', 'not-exposed'],
    ]);
    expect(found.find(({ outcome }) => outcome === 'exposed')?.names).toEqual(['/x/access.log']);
  });
});

describe('what could not be told', () => {
  it.each<[string, RequestListener, RegExp]>([
    ['errors', (_, response) => response.writeHead(502).end(), /error \(502\)/],
    ['a rate limit', (_, response) => response.writeHead(429).end(), /slow down/],
    ['silence', () => undefined, /too long/],
  ])('is unknown after %s', async (_, handler, words) => {
    const { found } = await look(site({ '/': '<title>Portal</title>' }, handler));
    expect(outcomes(found, 'unknown').length).toBe(probes.length);
    expect(found[0]?.what).toMatch(words);
  });

  it('the worst are asked for first when requests run out', async () => {
    const { found } = await look(site({ '/': '<title>Portal</title>' }), 6);
    expect(outcomes(found, 'not-exposed')).toEqual(probes.slice(0, 5).map(({ path }) => path));
    expect(found.at(-1)?.what).toContain('limit of 6 requests');
  });

  it('a match without a cross-check is not believed', async () => {
    const { found } = await look(
      site({ '/': '<title>Portal</title>', '/.env': 'A_KEY=1\n', '/.git/HEAD': 'x' }, (request, response) =>
        (request.url ?? '').startsWith('/.lr') ? response.socket?.destroy() : response.writeHead(404).end(),
      ),
    );
    expect(found.find(({ path }) => path === '/.env')).toMatchObject({
      outcome: 'unknown',
      what: expect.stringContaining('cross-check') as string,
    });
  });
});

describe('the folder the scripts come from', () => {
  it('is looked at as well', async () => {
    const { found } = await look(
      viteApp({ fallback: false, files: { '/assets/': page('Index of /assets/', '<a href="index.js">x</a>') } }),
    );
    expect(outcomes(found, 'exposed')).toEqual(['/assets/']);
  });
});

describe('decoyOf', () => {
  it.each([
    ['/.env', '/.x'],
    ['/.env.local', '/.x.local'],
    ['/.git/HEAD', '/.x/HEAD'],
    ['/backup.tar.gz', '/x.tar.gz'],
    ['/api/debug', '/api/x'],
    ['/uploads/', '/x/'],
    ['/server/index.js', '/server/x.js'],
    ['/.DS_Store', '/.x'],
  ])('%s gives %s', (path, decoy) => {
    expect(decoyOf(path, 'x')).toBe(decoy);
  });
});
