import { defineCheck } from '../../core/check.ts';
import { livePage, type Page } from '../../evidence/http.ts';

export const plainHttp = defineCheck({
  id: 'audit/plain-http',
  severity: 'high',
  covers: ['AUTHN-tls-login', 'MB-4', 'REST-https-only', 'RM-use-https', 'CF-always-https'],
  doc: {
    title: 'The app or its login travels over unencrypted http',
    why: 'On a café or hotel network anybody nearby can read what travels over http, passwords and customer data included, and change the page on the way.',
    fix: 'Switch on https at your host (it is free and one click on Vercel, Netlify, Cloudflare and the builders) and redirect every http address to https.',
    effort: 'minutes',
  },
  needs: { page: livePage },
  examples: {
    fails: [
      {
        name: 'a login page over http',
        given: {
          page: pageAt('http://portal.example.com/', {
            login: { url: 'http://portal.example.com/login', what: 'a form asks for a password' },
          }),
        },
      },
      {
        name: 'a form on an https page sends the password over http',
        given: {
          page: pageAt('https://portal.example.com/', {
            login: { url: 'https://portal.example.com/', what: 'a form asks for a password', action: 'http://portal.example.com/session' },
          }),
        },
      },
      {
        name: 'http serves the same page instead of redirecting',
        given: {
          page: pageAt('https://portal.example.com/', {
            plainHttp: { url: 'http://portal.example.com/', answer: 'serves', detail: '200, the page itself' },
          }),
        },
      },
    ],
    passes: [
      {
        name: 'http redirects to https',
        given: {
          page: pageAt('https://portal.example.com/', {
            plainHttp: { url: 'http://portal.example.com/', answer: 'redirects', detail: '308, sends visitors to https' },
          }),
        },
      },
    ],
  },
  *evaluate({ page }) {
    const { url, login, plainHttp: plain } = page;
    if (page.local || page.pages.length === 0) return;
    const proof = (request: string, response: string) => [{ kind: 'http' as const, request: `GET ${request}`, response }];
    if (url.startsWith('http:')) {
      yield {
        outcome: 'fail',
        subject: 'app',
        severity: login ? 'blocker' : 'high',
        message: login ? `Customers sign in at ${login.url} without encryption.` : `The app at ${url} is served without encryption.`,
        place: { url: login?.url ?? url },
        proof: proof(url, `${page.status}, over http and not redirected to https`),
      };
      return;
    }
    const sendsPlain = login?.action?.startsWith('http:') === true;
    if (login && sendsPlain)
      yield {
        outcome: 'fail',
        subject: 'login form',
        severity: 'blocker',
        message: `The login form at ${login.url} sends the password to an address without encryption.`,
        place: { url: login.url },
        proof: [{ kind: 'step', text: `The form sends to ${login.action ?? ''}` }],
      };
    const downgrade = page.redirects.findIndex(
      (passed, index) => index > 0 && passed.startsWith('http:') && page.redirects[index - 1]?.startsWith('https:') === true,
    );
    if (downgrade >= 0)
      yield {
        outcome: 'fail',
        subject: 'redirects',
        severity: 'medium',
        message: `On the way to the app visitors are sent from https back to http.`,
        place: { url: page.redirects[downgrade] ?? url },
        proof: [{ kind: 'step', text: [...page.redirects, url].join(' → ') }],
      };
    if (plain?.answer === 'serves')
      yield {
        outcome: 'fail',
        subject: 'http address',
        severity: 'medium',
        message: `${plain.url} serves the app without encryption instead of sending visitors to https.`,
        place: { url: plain.url },
        proof: proof(plain.url, plain.detail),
      };
    else if (!sendsPlain && downgrade < 0)
      yield {
        outcome: 'pass',
        subject: 'app',
        message:
          plain?.answer === 'redirects' ? 'The app is served over https, and http addresses lead there.' : 'The app is served over https.',
      };
  },
});

function pageAt(url: string, more: Partial<Page>): Page {
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
    ...more,
  };
}
