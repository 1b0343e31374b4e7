import type { Builder } from '../../evidence/source.ts';
import { attribute, header, hostEnds, inline, loads, meta, type Sign } from './fingerprint.ts';

/**
 * What the builders leave in a published page. A sign has to be theirs alone: a picture or chat widget from a builder's
 * CDN says nothing about who built the page. Cursor leaves nothing, so it is only told from the repo.
 */
export const builders: Readonly<Record<Exclude<Builder, 'cursor'>, readonly Sign[]>> = {
  lovable: [
    hostEnds('.lovable.app', '.lovableproject.com'),
    loads(/^(https?:)?\/\/cdn\.gpteng\.co\//, 'script'),
    loads(/\/~flock\.js$/, 'script'),
    loads(/\/lovable-uploads\/|storage\.googleapis\.com\/gpt-engineer-file-uploads\//),
    meta(/^(og|twitter):image$/, /^https:\/\/lovable\.dev\/|gpt-engineer-file-uploads|\.lovable\.app-\d+\.png/),
    meta(/^twitter:site$/, /^@lovable(_dev)?$/i),
    meta(/^author$/, /^lovable$/i),
    attribute('id', /^lovable-badge$/),
  ],
  bolt: [hostEnds('.bolt.host'), loads(/^https:\/\/bolt\.new\/badge/), meta(/^(og|twitter):image$/, /^https:\/\/bolt\.new\//)],
  v0: [
    meta(/^generator$/, /^v0\.(dev|app)$/),
    hostEnds('.vusercontent.net'),
    ({ url }) => (/^v0-.*\.vercel\.app$/.test(url.hostname) ? 'address of a v0 deployment' : undefined),
  ],
  replit: [
    hostEnds('.replit.app', '.replit.dev', '.repl.co'),
    loads(/^https:\/\/replit\.com\/public\/js\/replit-/, 'script'),
    header('replit-cluster'),
  ],
  base44: [
    hostEnds('.base44.app'),
    loads(/^https:\/\/base44\.com\/logo|\/base44-prod\/public\//),
    meta(/^(og|twitter):image$/, /base44\.com\/|\/base44-prod\//),
  ],
  framer: [
    hostEnds('.framer.app', '.framer.website', '.framer.ai', '.framer.media'),
    meta(/^generator$/, /^Framer\b/),
    loads(/^https:\/\/framerusercontent\.com\/sites\//, 'script', 'link'),
    attribute('data-framer-hydrate-v2'),
    attribute('id', /^__framer-badge-container$/),
  ],
  webflow: [hostEnds('.webflow.io'), meta(/^generator$/, /^Webflow$/), attribute('data-wf-site'), attribute('data-wf-page')],
  gohighlevel: [
    hostEnds('.clientportal.ludicrous.cloud', '.leadconnectorhq.com', '.gohighlevel.com'),
    loads(/^https:\/\/stcdn\.leadconnectorhq\.com\/(_preview|funnel|membership|client-portal)/, 'script', 'link'),
  ],
  flutterflow: [
    hostEnds('.flutterflow.app'),
    meta(/^(og|twitter):image$/, /\/flutterflow-prod-hosting\//),
    meta(/description$/, /^Built with FlutterFlow\.?$/),
  ],
  flutter: [
    loads(/(^|\/)(flutter_bootstrap|flutter|main\.dart)\.js(\?|$)/, 'script'),
    inline(/_flutter\.(loader|buildConfig)|flutter_service_worker\.js/, 'starts Flutter'),
    ({ tags }) => (tags.some(({ name }) => name === 'flt-glass-pane' || name === 'flutter-view') ? 'Flutter elements' : undefined),
  ],
  'react-native': [loads(/\/_expo\/static\/js\/web\//, 'script', 'link'), attribute('id', /^expo-(reset|generated-fonts)$/)],
};

/** Frameworks, by what their builds put into the page. */
export const frameworks: Readonly<Record<string, readonly Sign[]>> = {
  next: [loads(/\/_next\/static\//, 'script', 'link'), header('x-powered-by', /^Next\.js/), attribute('id', /^__next$/)],
  vite: [loads(/(^|\/)assets\/[\w.-]+-[\w-]{8}\.js(\?|$)/, 'script'), loads(/^\/@vite\/client/, 'script')],
  'create-react-app': [loads(/\/static\/js\/main\.[0-9a-f]{8}(\.chunk)?\.js/, 'script')],
  nuxt: [loads(/\/_nuxt\//, 'script', 'link'), attribute('id', /^__nuxt$/)],
  sveltekit: [loads(/\/_app\/immutable\//, 'script', 'link'), attribute('data-sveltekit-preload-data')],
  remix: [inline(/__(remixContext|reactRouterContext)\b/, 'sets up React Router (Remix)')],
  astro: [meta(/^generator$/, /^Astro\b/), ({ tags }) => (tags.some(({ name }) => name === 'astro-island') ? 'Astro islands' : undefined)],
  gatsby: [attribute('id', /^___gatsby$/), meta(/^generator$/, /^Gatsby\b/)],
  angular: [attribute('ng-version')],
  wordpress: [meta(/^generator$/, /^WordPress\b/), loads(/\/wp-(content|includes)\//)],
  express: [header('x-powered-by', /^Express$/i)],
  php: [header('x-powered-by', /^PHP\//i), ({ cookies }) => (cookies.includes('PHPSESSID') ? 'cookie PHPSESSID' : undefined)],
};

/** Hosts and proxies in front of the app, by the headers they add. */
export const hosts: Readonly<Record<string, readonly Sign[]>> = {
  vercel: [header('x-vercel-id'), header('server', /^Vercel$/i), hostEnds('.vercel.app')],
  netlify: [header('x-nf-request-id'), header('server', /^Netlify/i), hostEnds('.netlify.app')],
  cloudflare: [header('cf-ray'), header('server', /^cloudflare/i), hostEnds('.pages.dev', '.workers.dev')],
  'github-pages': [header('x-github-request-id'), header('server', /^GitHub\.com$/i)],
  firebase: [hostEnds('.web.app', '.firebaseapp.com')],
  render: [header('x-render-origin-server'), hostEnds('.onrender.com')],
  railway: [header('x-railway-request-id'), header('server', /^railway/i), hostEnds('.up.railway.app')],
  fly: [header('fly-request-id'), hostEnds('.fly.dev')],
  heroku: [hostEnds('.herokuapp.com'), header('via', /\bvegur\b|heroku-router/i)],
  cloudfront: [header('x-amz-cf-id')],
  nginx: [header('server', /^nginx/i)],
  apache: [header('server', /^Apache/i)],
  caddy: [header('server', /^Caddy/i)],
};

/** Marks of a development server, which hands out sources and error details to anybody. */
export const developmentServers: Readonly<Record<string, readonly Sign[]>> = {
  'Vite development server': [
    loads(/\/@vite\/client(\?|$)/, 'script'),
    inline(/["']\/@(react-refresh|vite\/client)["']/, 'loads Vite’s hot reload'),
  ],
  'Next.js development server': [
    loads(/\/_next\/static\/(chunks\/)?(development|react-refresh)|\/_next\/static\/development\//, 'script'),
    loads(/\/_next\/static\/chunks\/((\[|%5B)turbopack(\]|%5D)_browser_dev|(webpack|main-app)\.js\?v=\d)/i, 'script', 'link'),
    inline(/"buildId":"development"/, 'names the build "development"'),
  ],
  'webpack development server': [loads(/(^|\/)webpack-dev-server\.js/, 'script')],
};
