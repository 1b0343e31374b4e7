import { createHash } from 'node:crypto';
import { apex } from '../draft.ts';
import { html, to } from '../web.ts';
import type { DomainFlaw } from './flaw.ts';

const www = `www.${apex}`;
const app = `app.${apex}`;
const api = `api.${apex}`;

const elsewhere = 'api.berths.example';
/** Addresses that nobody finds who only reads. */
const calls = `
const at = (scheme, path) => [scheme, ['api', 'berths', 'example'].join('.') + path].join('://');
new Image().src = at('http', '/map.png');
document.head.append(Object.assign(document.createElement('script'), { src: at('http', '/map.js') }));
try { new WebSocket(at('ws', '/tides')); } catch {}
`;

/** Redirects, headers, pages, and the cache in front of the app. */
export const webFlaws: readonly DomainFlaw[] = [
  {
    id: 'http-not-redirected',
    title: 'The site is shown over http as well.',
    checks: ['edge/http-not-redirected'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host }) => (scheme === 'http' && host === www ? html('Harbourline') : undefined)),
  },
  {
    id: 'slash-redirect-drops-https',
    title: 'The API behind the proxy takes every visit for http, and adds the missing slash that way.',
    checks: ['edge/https-downgrade'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, url, path }) =>
        scheme === 'https' && host === api && !path.endsWith('/') ? to(308, `http://${api}${url.replace(path, `${path}/`)}`) : undefined,
      ),
  },
  {
    id: 'redirect-circle',
    title: 'The bare domain leads to www, and www to the bare domain.',
    checks: ['edge/redirect-loop'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, url }) =>
        scheme === 'https' && host === www ? to(301, `https://${apex}${url}`) : undefined,
      ),
  },
  {
    id: 'redirect-loses-path',
    title: 'Whatever is asked for on the bare domain, it leads to the start page of www.',
    checks: ['edge/redirect-loses-path'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host }) => (scheme === 'https' && host === apex ? to(301, `https://${www}/`) : undefined)),
  },
  {
    id: 'apex-shows-pages',
    title: 'The bare domain shows the site itself instead of leading to www.',
    checks: ['edge/wrong-host'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host }) => (scheme === 'https' && host === apex ? html('Harbourline') : undefined)),
  },
  {
    id: 'open-redirect-at-login',
    title: 'The login sends people on to whatever address stands behind next.',
    checks: ['edge/open-redirect'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, path, url }) => {
        const next =
          scheme === 'https' && host === app && path === '/login' ? new URL(url, `https://${app}`).searchParams.get('next') : null;
        // As many apps do that look for the slash of a path of their own.
        return next?.startsWith('/') ? to(302, next) : undefined;
      }),
  },
  {
    id: 'login-comes-back-to-localhost',
    title: 'The login asks the identity provider to send people back to localhost.',
    checks: ['edge/login-redirects-wrongly'],
    change({ web }) {
      const back = encodeURIComponent('http://localhost:3000/auth/callback');
      web.pages.unshift(({ scheme, host, path, method }) =>
        scheme === 'https' && host === app && path === '/login' && method === 'GET'
          ? to(302, `https://id.lighthouse.example/authorize?client_id=harbourline&redirect_uri=${back}`)
          : undefined,
      );
    },
  },
  {
    id: 'callback-loses-code',
    title: 'The redirect to https drops the code that a sign-in comes back with.',
    checks: ['edge/login-redirects-wrongly'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, path }) =>
        scheme === 'http' && host === app && path.startsWith('/auth/') ? to(301, `https://${app}${path}`) : undefined,
      ),
  },
  {
    id: 'callback-slash-loses-code',
    title: 'Whoever takes the slash off the end of an address forgets what stands behind it, the code of a sign-in included.',
    checks: ['edge/slash-variant'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, path }) =>
        scheme === 'https' && host === app && path === '/auth/callback/' ? to(308, path.slice(0, -1)) : undefined,
      ),
  },
  {
    id: 'callback-slash-not-there',
    title: 'The address that a sign-in comes back to is not there with a slash at its end.',
    checks: ['edge/slash-variant'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, path }) =>
        scheme === 'https' && host === app && path === '/auth/callback/' ? html('Not found', '', 404) : undefined,
      ),
  },
  {
    id: 'login-slash-in-a-circle',
    title: 'The login adds a slash that something behind it takes off again.',
    checks: ['edge/slash-variant'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, path }) =>
        scheme === 'https' && host === app && path === '/login/' ? to(308, '/login/') : undefined,
      ),
  },
  {
    id: 'post-becomes-get',
    title: 'The API leads from http to https by 301, so that what is posted arrives as a GET without its data.',
    checks: ['edge/api-method-lost'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, url }) => (scheme === 'http' && host === api ? to(301, `https://${api}${url}`) : undefined)),
  },
  {
    id: 'any-host-header-served',
    title: 'The server of www shows the site whatever name it is called by.',
    checks: ['edge/any-name-served'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, url, path, server }) => {
        if (server !== www) return undefined;
        return scheme === 'http' ? to(308, `https://${host}${url}`) : path === '/' ? html('Harbourline') : undefined;
      }),
  },
  {
    id: 'hsts-missing',
    title: 'The app does not tell browsers to come by https only.',
    checks: ['edge/hsts-missing'],
    change: ({ web }) => void delete web.hsts[app],
  },
  {
    id: 'app-in-any-frame',
    title: 'Every site may show the app in a frame.',
    checks: ['edge/security-headers'],
    change: ({ web }) => void delete web.guards[app]?.['x-frame-options'],
  },
  {
    id: 'scripts-from-anywhere',
    title: 'The site has a Content-Security-Policy that takes scripts from everywhere.',
    checks: ['edge/security-headers'],
    change: ({ web }) => void (web.guards[www]!['content-security-policy'] = "default-src 'self'; script-src * 'unsafe-inline'"),
  },
  {
    id: 'session-cookie-of-localhost',
    title: 'The app sets its session cookie for localhost, as it did during development.',
    checks: ['edge/session-cookie'],
    change: ({ web }) => void (web.sessions[app] = 'session=none-yet; Path=/; Domain=localhost; Secure; HttpOnly; SameSite=Lax'),
  },
  {
    id: 'session-cookie-bare',
    title: 'The session cookie of the app may travel over http, and scripts can read it.',
    checks: ['edge/session-cookie'],
    change: ({ web }) => void (web.sessions[app] = 'session=none-yet; Path=/'),
  },
  {
    id: 'signed-in-cookie-bare',
    title: 'The cookie that keeps people signed in may travel over http, and scripts can read it.',
    checks: ['edge/session-cookie'],
    change: ({ app: options }) => void (options.cookie = 'SameSite=Lax'),
  },
  {
    id: 'session-cookie-for-the-website',
    title: 'The session cookie of the app goes to the website as well.',
    checks: ['edge/session-cookie'],
    change: ({ web }) => void (web.sessions[app] = `session=none-yet; Path=/; Domain=${apex}; Secure; HttpOnly; SameSite=Lax`),
  },
  {
    id: 'script-over-http',
    title: 'The site loads a script without encryption, and browsers block it.',
    checks: ['edge/mixed-content'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, path }) =>
        scheme === 'https' && host === www && path === '/'
          ? html('Harbourline', '<script src="http://cdn.berths.example/map.js"></script>')
          : undefined,
      ),
  },
  {
    id: 'form-over-http-after-sign-in',
    title: 'The account of a customer has a form that sends to http.',
    checks: ['edge/mixed-content'],
    change: ({ app: options }) =>
      void (options.onAccount = `<form method="post" action="http://${api}/orders"><input name="note"><button>Order</button></form>`),
  },
  {
    id: 'calls-over-http-after-sign-in',
    title: 'Scripts of the account make up addresses with http and ws in them, of a picture, a script and a socket.',
    checks: ['edge/mixed-content'],
    browser: true,
    change({ app: options, web }) {
      options.onAccount = `<script>${calls}</script>`;
      // A policy that knows the script and the other host: it is the browser's rule about http that stops them.
      const hash = createHash('sha256').update(calls).digest('base64');
      web.guards[app]!['content-security-policy'] =
        `default-src 'self'; script-src 'self' 'sha256-${hash}' http://${elsewhere}; img-src 'self' http://${elsewhere}; connect-src 'self' ws://${elsewhere}`;
    },
  },
  {
    id: 'cors-echoes-origin',
    title: 'The API lets every site read what it shows signed-in customers.',
    checks: ['edge/cors-too-open'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host, origin }) =>
        scheme === 'https' && host === api && origin !== undefined
          ? {
              status: 200,
              headers: {
                'access-control-allow-origin': origin,
                'access-control-allow-credentials': 'true',
                vary: 'Origin',
                'content-type': 'application/json',
              },
              body: '{}',
            }
          : undefined,
      ),
  },
  {
    id: 'cache-everything',
    title: 'The cache keeps every page by its address alone, and gives one customer what is another’s.',
    checks: ['edge/private-data-cached'],
    change: (draft) => void (draft.cacheKey = (method, url) => (method === 'GET' ? url : undefined)),
  },
  {
    id: 'web-cache-deception',
    title: 'The cache keeps what looks like a file, and the app shows an account at such addresses too.',
    checks: ['edge/private-data-cached'],
    change(draft) {
      draft.app.takesSuffixes = true;
      draft.cacheKey = (method, url) => (method === 'GET' && /\.(?:css|js|png)(?:\?|$)/.test(url) ? url : undefined);
    },
  },
  {
    id: 'x-forwarded-host-poisons-cache',
    title: 'The app loads its scripts from the host that X-Forwarded-Host names, and the cache gives that page to everybody.',
    checks: ['edge/cache-poisoned'],
    change(draft) {
      draft.app.believesForwarded = true;
      draft.cacheKey = (method, url, { cookie }) =>
        method === 'GET' && /^\/(?:login)?(?:\?|$)/.test(url) && cookie === undefined ? url : undefined;
    },
  },
  {
    id: 'private-marked-public',
    title: 'The app tells caches to keep what belongs to one customer.',
    checks: ['edge/private-data-storable'],
    change: ({ app: options }) => void (options.cacheControl = 'public, max-age=600'),
  },
];
