import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createVault, type Vault } from '../../core/vault.ts';
import type { Bundles } from '../../evidence/http.ts';
import { bundlesCollector } from './bundles.ts';
import { openClient } from './client.ts';
import { documentsCollector } from './document.ts';
import { stripeKey, supabaseKey } from './fixtures/keys.ts';
import { type LocalServer, serve, site, targetOf } from './fixtures/server.ts';
import { viteApp } from './fixtures/vite-app.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function read(
  handler: RequestListener,
  requests = 200,
): Promise<{ bundles: Bundles; server: LocalServer; vault: Vault; paths: (urls: readonly string[]) => string[] }> {
  const server = await serve(handler);
  const target = targetOf(server.url, requests);
  const client = openClient(target, { delayMs: 0, limits: { totalMs: 2000, headersMs: 500 } });
  open.push(client, server);
  const vault = createVault();
  const context = { target, signal: AbortSignal.timeout(30_000), vault, progress: () => undefined };
  const documents = await documentsCollector.collect({ client }, context);
  const bundles = await bundlesCollector.collect({ documents, client }, context);
  return { bundles, server, vault, paths: (urls) => urls.map((url) => url.replace(server.url.origin, '')) };
}

const kinds = (bundles: Bundles): string[] =>
  bundles.secrets.map(({ kind, sensitivity, location }) => `${kind} ${sensitivity} ${location}`);

describe('a built app', () => {
  it('is read whole: entry, preloads, pages loaded on demand; strangers are named and not asked', async () => {
    const { bundles, paths } = await read(viteApp());
    expect(paths(bundles.scripts.map(({ url }) => url))).toEqual([
      '/assets/Admin-Dx9JOKUM.js',
      '/assets/index-BxY3k9Qa.js',
      '/assets/vendor-CyfczNyW.js',
    ]);
    expect(bundles.thirdParties).toEqual(['www.googletagmanager.com']);
    expect(bundles.endpoints.map(({ method, url, script }) => [method, url, paths([script])[0]])).toEqual([
      ['POST', '/api/orders', '/assets/index-BxY3k9Qa.js'],
      ['DELETE', '/api/admin/users/:param', '/assets/Admin-Dx9JOKUM.js'],
    ]);
    expect(bundles.backends.map(({ kind, project }) => [kind, project])).toEqual([['supabase', 'abcdefghijklmnopqrst']]);
    expect(bundles.tables.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'table orders',
      'storage documents',
      'rpc order_totals',
      'function send-invite',
    ]);
    expect([bundles.secrets, bundles.gaps, bundles.scripts.filter(({ sourceMap }) => sourceMap)]).toEqual([[], [], []]);
  });

  it('gives away secrets in the entry, in a page loaded on demand, in the HTML; the public key is told apart; no value is kept', async () => {
    const service = supabaseKey('service_role');
    const anon = supabaseKey('anon');
    const stripe = stripeKey();
    const { bundles, vault } = await read(
      viteApp({ entry: `const K="${anon}";`, chunk: `mk(u,"${service}")`, inline: `<script>window.cfg={k:"${stripe}"}</script>` }),
    );
    expect(kinds(bundles).toSorted()).toEqual([
      expect.stringMatching(/^stripe.* secret page$/),
      expect.stringMatching(/anon.* public bundle$/),
      expect.stringMatching(/service.* secret bundle$/),
    ]);
    for (const value of [service, stripe]) {
      expect(JSON.stringify(bundles)).not.toContain(value);
      expect(vault.scrub(value)).not.toContain(value.slice(8));
    }
  });

  it.each(['hidden', 'named', 'inline'] as const)('gives away its sources by %s maps', async (maps) => {
    const service = supabaseKey('service_role');
    const { bundles, paths } = await read(viteApp({ maps, source: `const key = "${service}";` }));
    const found = bundles.scripts.find(({ url }) => url.includes('index-'))?.sourceMap;
    expect(found).toMatchObject({ sources: 2, own: ['src/index-BxY3k9Qa.js'], ownCount: 1, content: true });
    expect(paths([found?.url ?? ''])).toEqual([maps === 'inline' ? '/assets/index-BxY3k9Qa.js' : '/assets/index-BxY3k9Qa.js.map']);
    expect(bundles.secrets.find(({ location }) => location === 'source-map')?.places[0]).toMatchObject({
      name: expect.stringMatching(/^src\//) as string,
      line: 2,
    });
  });

  it('is not taken to have maps because the page answers for them', async () => {
    const { bundles, server } = await read(viteApp());
    expect(bundles.scripts.every(({ sourceMap }) => sourceMap === undefined)).toBe(true);
    expect(server.asked.filter((path) => path.endsWith('.map')).length).toBeLessThanOrEqual(2);
  });
});

describe('a Next.js app', () => {
  it('is read through its chunk table and the data of its page', async () => {
    const { bundles, paths } = await read(
      site({
        '/': `<script src="/_next/static/chunks/webpack-1.js" async></script><script>self.__next_f.push([1,"[\\"12\\",\\"static/chunks/app/orders/page-9f.js\\"]"])</script>`,
        '/_next/static/chunks/webpack-1.js': 'r.u=e=>"static/chunks/"+e+"."+({7:"aa"})[e]+".js"',
        '/_next/static/chunks/7.aa.js': 'fetch("/api/seven")',
        '/_next/static/chunks/app/orders/page-9f.js': 'fetch("/api/orders")',
      }),
    );
    expect(paths(bundles.scripts.map(({ url }) => url))).toEqual([
      '/_next/static/chunks/7.aa.js',
      '/_next/static/chunks/app/orders/page-9f.js',
      '/_next/static/chunks/webpack-1.js',
    ]);
    expect(bundles.endpoints.map(({ url }) => url).toSorted()).toEqual(['/api/orders', '/api/seven']);
  });
});

describe('a server-rendered app', () => {
  it('names its addresses in forms', async () => {
    const { bundles } = await read(
      site({
        '/': '<form method="post" action="/session?next=/"></form><form method="POST"></form><form action="/search"></form><form method=post action="https://pay.example/x"></form><form method="post" action="javascript:go()"></form>',
      }),
    );
    expect(bundles.endpoints.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /session',
      'POST /',
      'POST https://pay.example/x',
    ]);
  });
});

describe('what goes wrong', () => {
  it('a script of the page that is missing, hangs or is a page is a gap of the entry; a missing chunk is not', async () => {
    const { bundles, paths } = await read(
      site({
        '/': '<script src="/gone.js"></script><script src="/hangs.js"></script><script src="/page.js"></script><script src="/fine.js"></script>',
        '/hangs.js': () => undefined,
        '/page.js': (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>App</title>'),
        '/fine.js': 'import("./never-built.js")',
      }),
    );
    expect(paths(bundles.gaps.map(({ what }) => what)).toSorted()).toEqual(['/gone.js', '/hangs.js', '/page.js']);
    expect(bundles.gaps.every(({ entry }) => entry === true)).toBe(true);
    expect(paths(bundles.scripts.map(({ url }) => url))).toEqual(['/fine.js']);
  });

  it('an app with more scripts than the run may ask for is read as far as that goes, and says so', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`/c${index}.js`, `import"./c${index * 2 + 1}.js";import"./c${index * 2 + 2}.js"`]),
    );
    const { bundles, server } = await read(site({ '/': '<script type="module" src="/c0.js"></script>', ...many }), 60);
    expect(server.asked.length).toBeLessThanOrEqual(60);
    expect(bundles.scripts.length).toBeGreaterThan(10);
    expect(bundles.gaps.at(-1)).toMatchObject({ what: expect.stringMatching(/^\d+ more scripts$/) as string });
  });

  it('a page that names scripts in private networks does not make us ask there', async () => {
    const { bundles, server } = await read(
      site({ '/': '<script src="http://169.254.169.254/_next/static/x.js"></script><script src="http://10.0.0.1/a.js"></script>' }),
    );
    expect(server.asked).toEqual(['/']);
    expect(bundles.gaps.map(({ why }) => why)).toEqual([expect.stringContaining('private network')]);
    expect(bundles.thirdParties).toEqual(['10.0.0.1']);
  });

  it('a page without end is a gap of the entry', async () => {
    const { bundles } = await read((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      const more = (): void => {
        while (response.writable && response.write('<p>'.repeat(100_000))) continue;
        response.once('drain', more);
      };
      more();
    });
    expect(bundles.gaps).toMatchObject([{ why: 'the page is larger than we read', entry: true }]);
  });

  it('binary junk and an endless script do not stop the rest', async () => {
    const { bundles } = await read(
      site({
        '/': '<script src="/junk.js"></script><script src="/endless.js"></script><script src="/fine.js"></script>',
        '/junk.js': Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)),
        '/endless.js': (_, response) => {
          const filler = Buffer.alloc(256 * 1024, 'a;');
          const more = (): void => {
            while (response.writable && response.write(filler)) continue;
            response.once('drain', more);
          };
          more();
        },
        '/fine.js': 'fetch("/api/fine")',
      }),
    );
    expect(bundles.endpoints.map(({ url }) => url)).toEqual(['/api/fine']);
    expect(bundles.gaps.map(({ why }) => why)).toEqual([expect.stringMatching(/^only the first/)]);
  });
});
