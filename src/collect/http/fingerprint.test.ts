import { describe, expect, it } from 'vitest';
import { builders, developmentServers, frameworks, hosts } from './builders.ts';
import { type BuilderPage, builderPages, plainPages } from './fixtures/builders.ts';
import { recognise, type Traits } from './fingerprint.ts';
import { readHtml } from './html.ts';

const traitsOf = ({ url = 'https://portal.example.com/', headers = {}, html }: BuilderPage, cookies: string[] = []): Traits => ({
  url: new URL(url),
  headers,
  cookies,
  tags: readHtml(html).tags,
});
const names = (page: BuilderPage): string[] => recognise(builders, traitsOf(page)).map(({ name }) => name);

describe('builders', () => {
  const cases = Object.entries(builderPages).flatMap(([builder, pages]) =>
    Object.entries(pages).map(([what, page]) => ({ builder, what, page })),
  );
  it.each(cases)('$builder: $what', ({ builder, page }) => {
    expect(names(page)).toEqual([builder]);
    for (const { evidence } of recognise(builders, traitsOf(page))) for (const { what } of evidence) expect(what.length).toBeGreaterThan(5);
  });

  it('has a page for every builder it knows', () => {
    expect(Object.keys(builderPages).toSorted()).toEqual(Object.keys(builders).toSorted());
  });

  it.each(Object.entries(plainPages))('takes no builder from %s', (_, page) => {
    expect(names(page)).toEqual([]);
  });

  it('lists everything that told', () => {
    const [marker] = recognise(
      builders,
      traitsOf({ ...(builderPages['lovable']?.['own domain with template meta tags'] as BuilderPage), url: 'https://x.lovable.app/' }),
    );
    expect(marker?.evidence.map(({ what }) => what)).toEqual([
      'address below lovable.app',
      'meta og:image is "https://lovable.dev/opengraph-image-p98pqg.png"',
      'meta twitter:site is "@lovable_dev"',
      'meta author is "Lovable"',
    ]);
  });
});

describe('frameworks, hosts and development servers', () => {
  it.each([
    ['next', '<script src="/_next/static/chunks/main.js"></script>', {}],
    ['next', '', { 'x-powered-by': 'Next.js' }],
    ['vite', '<script type="module" crossorigin src="/assets/index-BxY3k9Qa.js"></script>', {}],
    ['nuxt', '<div id="__nuxt"></div>', {}],
    ['sveltekit', '<link rel="modulepreload" href="/_app/immutable/entry/start.js">', {}],
    ['express', '', { 'x-powered-by': 'Express' }],
    ['remix', '<script>window.__reactRouterContext = {}</script>', {}],
  ])('%s', (name, html, headers) => {
    expect(recognise(frameworks, traitsOf({ html, headers })).map((marker) => marker.name)).toEqual([name]);
  });

  it('tells hosts by headers and names', () => {
    expect(
      recognise(hosts, traitsOf({ html: '', headers: { server: 'Vercel', 'x-vercel-id': 'fra1::x' } })).map(({ name }) => name),
    ).toEqual(['vercel']);
    expect(
      recognise(hosts, traitsOf({ html: '', url: 'https://acme.netlify.app/', headers: { server: 'cloudflare', 'cf-ray': '1' } })).map(
        ({ name }) => name,
      ),
    ).toEqual(['netlify', 'cloudflare']);
    expect(recognise(hosts, traitsOf({ html: '', headers: { server: 'gunicorn' } }))).toEqual([]);
  });

  it('tells a development server from a build', () => {
    const dev =
      '<script type="module">import RefreshRuntime from "/@react-refresh"</script><script type="module" src="/@vite/client"></script><script type="module" src="/src/main.tsx"></script>';
    expect(recognise(developmentServers, traitsOf({ html: dev })).map(({ name }) => name)).toEqual(['Vite development server']);
    expect(
      recognise(developmentServers, traitsOf({ html: '<script src="/_next/static/development/_buildManifest.js"></script>' })).length,
    ).toBe(1);
    for (const src of [
      '/_next/static/chunks/%5Bturbopack%5D_browser_dev_hmr-client_ts_0fb9._.js',
      '/_next/static/chunks/main-app.js?v=1700000000',
    ])
      expect(recognise(developmentServers, traitsOf({ html: `<script src="${src}"></script>` })).length).toBe(1);
    expect(
      recognise(developmentServers, traitsOf({ html: '<script src="/_next/static/chunks/main-app-e3cec0207086b06c.js"></script>' })),
    ).toEqual([]);
    expect(recognise(developmentServers, traitsOf({ html: '<script type="module" src="/assets/index-BxY3k9Qa.js"></script>' }))).toEqual(
      [],
    );
  });
});
