import { defineCheck } from '../../core/check.ts';
import { plural } from '../../core/wording.ts';
import { type Bundles, liveBundles, livePage, type Page, type SourceMap } from '../../evidence/http.ts';

export const liveSourceMap = defineCheck({
  id: 'audit/live-source-map',
  severity: 'medium',
  covers: ['SEC-sourcemaps'],
  doc: {
    title: 'The running app publishes its source code as source maps',
    why: 'Source maps give back the code as it was written, comments and file names included. Strangers then read how the app works instead of guessing; it is no hole by itself, but it shows the way to the others.',
    fix: 'Switch source maps off for production: Vite build.sourcemap: false (or "hidden" and upload them only to your error tracker), Next.js productionBrowserSourceMaps: false. Build and deploy again.',
    effort: 'minutes',
  },
  needs: { bundles: liveBundles, page: livePage },
  examples: {
    fails: [
      {
        name: 'index.js.map is served with the sources inside',
        given: {
          page: page(),
          bundles: bundlesWith({
            url: 'https://portal.example.com/assets/index.js.map',
            sources: 812,
            own: ['src/App.tsx', 'src/lib/supabase.ts'],
            ownCount: 96,
            content: true,
          }),
        },
      },
    ],
    passes: [
      { name: 'no source maps', given: { page: page(), bundles: bundlesWith() } },
      {
        name: 'a source map of packages only',
        given: {
          page: page(),
          bundles: bundlesWith({
            url: 'https://portal.example.com/assets/vendor.js.map',
            sources: 40,
            own: [],
            ownCount: 0,
            content: false,
          }),
        },
      },
    ],
  },
  *evaluate({ bundles, page }) {
    // A development server hands out the sources by its nature; `dev-server-live` is about that.
    if (page.development) return;
    const maps = bundles.scripts.flatMap(({ sourceMap }) => (sourceMap && sourceMap.ownCount > 0 ? [sourceMap] : []));
    const [first] = maps;
    if (first) {
      const content = maps.some((map) => map.content);
      const sources = maps.reduce((sum, { ownCount }) => sum + ownCount, 0);
      yield {
        outcome: 'fail',
        subject: 'source maps',
        severity: content ? 'medium' : 'low',
        message: content
          ? `${plural(maps.length, 'source map')} of the running app ${maps.length === 1 ? 'gives' : 'give'} anybody ${plural(sources, 'source file')} of yours to read.`
          : `${plural(maps.length, 'source map')} of the running app ${maps.length === 1 ? 'tells' : 'tell'} anybody the names of ${plural(sources, 'source file')} of yours.`,
        place: { url: first.url },
        proof: maps.slice(0, 5).map(({ url, own, sources: all }) => ({
          kind: 'http',
          request: `GET ${url}`,
          response: `200, a source map of ${plural(all, 'file')}: ${own.slice(0, 5).join(', ')}`,
        })),
      };
    } else if (bundles.scripts.length > 0)
      yield {
        outcome: 'pass',
        subject: 'source maps',
        message: `No source map of your code was found beside ${plural(bundles.scripts.length, 'script')}.`,
      };
  },
});

function bundlesWith(sourceMap?: SourceMap): Bundles {
  return {
    scripts: [{ url: 'https://portal.example.com/assets/index.js', bytes: 240_000, ...(sourceMap && { sourceMap }) }],
    secrets: [],
    endpoints: [],
    backends: [],
    tables: [],
    thirdParties: [],
    gaps: [],
  };
}

function page(): Page {
  const url = 'https://portal.example.com/';
  return {
    url,
    status: 200,
    headers: {},
    cookies: [],
    redirects: [],
    local: false,
    builders: [],
    frameworks: [],
    host: [],
    pages: [{ url, status: 200 }],
    gaps: [],
  };
}
