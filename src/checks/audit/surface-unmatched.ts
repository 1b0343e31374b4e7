import { defineCheck } from '../../core/check.ts';
import { plural } from '../../core/wording.ts';
import { type Bundles, liveBundles } from '../../evidence/http.ts';
import { type Route, type RouteInventory, sourceRoutes } from '../../evidence/routes.ts';

/** Addresses that the host or Supabase answers, not the code. */
const platform = /^\/(rest|auth|storage|realtime|graphql)\/v1(\/|$)|^\/_(vercel|next|nuxt)\/|^\/cdn-cgi\/|^\/~api\//;
/** Routes that no page calls: other systems do. */
const calledByOthers: readonly Route['purposes'][number][] = ['webhook', 'cron', 'health', 'debug'];
const maxNamed = 30;

/** Path of an address the app itself answers; `undefined` for another host's. */
function ownPath(url: string, own: ReadonlySet<string>): string | undefined {
  if (url.startsWith('/')) return url === '/' || platform.test(url) ? undefined : url;
  if (!URL.canParse(url)) return undefined;
  const { host, pathname } = new URL(url);
  if (/\.supabase\.(co|in)$/.test(host)) return pathname.startsWith('/functions/v1/') ? pathname : undefined;
  return own.has(host) && !platform.test(pathname) ? pathname : undefined;
}

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');
const open = (segment: string): boolean => /[:{[*]/.test(segment);
const rest = (segment: string): boolean => segment.includes('*') || segment.includes('...');

/** True when both can be the same address; parameters fit anything, a catch-all fits the rest. */
function fits(called: string, route: string): boolean {
  const [left, right] = [segmentsOf(called), segmentsOf(route)];
  const wild = right.findIndex(rest);
  // A route for everything (the page of a single-page app) says nothing about any address.
  if (wild === 0) return false;
  const length = wild < 0 ? right.length : wild;
  if (wild < 0 ? left.length !== right.length : left.length < length) return false;
  return right.slice(0, length).every((segment, index) => open(segment) || open(left[index] ?? '') || segment === left[index]);
}

export const surfaceUnmatched = defineCheck({
  id: 'audit/surface-unmatched',
  severity: 'low',
  covers: ['S1-C1', 'API9-hosts-inventory', 'API9-old-versions'],
  doc: {
    title: 'The running app and the code do not name the same API addresses',
    why: 'What runs but is not in the code was not audited: an old deployment, another backend. What is in the code but never called may be a forgotten door.',
    fix: 'Deploy the code you audited, or name the repo that holds the missing addresses; delete routes that nothing calls.',
    effort: 'hours',
  },
  needs: { bundles: liveBundles, routes: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'the app calls an address the code does not have',
        given: { bundles: bundlesWith('/api/orders', '/api/legacy/export'), routes: routesOf('/api/orders') },
      },
    ],
    passes: [
      {
        name: 'every address called is a route of the code',
        given: { bundles: bundlesWith('/api/orders', '/api/orders/:param'), routes: routesOf('/api/orders', '/api/orders/:id') },
      },
    ],
  },
  *evaluate({ bundles, routes }) {
    const hosts = new Set(bundles.scripts.flatMap(({ url }) => (URL.canParse(url) ? [new URL(url).host] : [])));
    const named = bundles.endpoints.flatMap(({ url, script }) => {
      const path = ownPath(url, hosts);
      return path === undefined ? [] : [{ path, script }];
    });
    const functions = bundles.tables.flatMap(({ kind, name, script }) =>
      kind === 'function' ? [{ path: `/functions/v1/${name}`, script }] : [],
    );
    const called = [...new Map([...named, ...functions].map((one) => [one.path, one])).values()];
    const callable = routes.routes.filter(
      ({ kind }) => kind === 'http' || kind === 'edge-function' || kind === 'openapi' || kind === 'graphql' || kind === 'trpc',
    );
    if (called.length === 0) return;

    // A form may well send to a page; it is only missed when nothing of the code answers there.
    const onlyLive = called.filter(({ path }) => !routes.routes.some((route) => fits(path, route.path)));
    if (onlyLive.length > 0)
      yield {
        outcome: 'fail',
        subject: 'only live',
        message: `The running app names ${plural(onlyLive.length, 'API address', 'API addresses')} that this code has no route for: ${onlyLive
          .slice(0, 3)
          .map(({ path }) => path)
          .join(', ')}${onlyLive.length > 3 ? ' …' : ''}.`,
        place: { url: onlyLive[0]?.script ?? '' },
        proof: onlyLive
          .slice(0, maxNamed)
          .map(({ path, script }) => ({ kind: 'step', place: { url: script, name: path }, text: 'Named by the running app' })),
      };
    else
      yield {
        outcome: 'pass',
        subject: 'only live',
        message: `${called.length === 1 ? 'The one API address' : `All ${plural(called.length, 'API address', 'API addresses')}`} that the running app names ${called.length === 1 ? 'is a route' : 'are routes'} of this code.`,
      };

    const onlyCode = callable.filter(
      (route) => !route.purposes.some((purpose) => calledByOthers.includes(purpose)) && !called.some(({ path }) => fits(path, route.path)),
    );
    if (onlyCode.length > 0 && bundles.scripts.length > 0)
      yield {
        outcome: 'unknown',
        subject: 'only in code',
        message: `${plural(onlyCode.length, 'route')} of the code ${onlyCode.length === 1 ? 'is' : 'are'} named by no script of the running app: ${onlyCode
          .slice(0, 3)
          .map(({ id }) => id)
          .join(', ')}${onlyCode.length > 3 ? ' …' : ''}.`,
        proof: onlyCode.slice(0, maxNamed).map(({ id, place }) => ({ kind: 'step', place: { ...place, name: id }, text: 'In the code' })),
        toKnow: 'Who calls them: another system, a page behind the login, or nobody. Delete those that nobody calls.',
      };
  },
});

function bundlesWith(...urls: string[]): Bundles {
  const script = 'https://portal.example.com/assets/index.js';
  return {
    scripts: [{ url: script, bytes: 1000 }],
    secrets: [],
    endpoints: urls.map((url) => ({ url, script })),
    backends: [],
    tables: [],
    thirdParties: [],
    gaps: [],
  };
}

function routesOf(...paths: string[]): RouteInventory {
  const place = { file: 'server/routes.ts', line: 1 };
  const routes = paths.map((path) => ({
    id: `GET ${path}`,
    kind: 'http' as const,
    framework: 'express',
    method: 'GET',
    path,
    place,
    auth: 'identity' as const,
    guards: [],
    roles: [],
    data: [],
    effects: [],
    csrf: 'not-cookie' as const,
    purposes: [],
    unresolved: [],
  }));
  return { routes, gaps: [], middleware: [] };
}
