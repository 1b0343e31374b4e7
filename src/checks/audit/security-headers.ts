import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { livePage, type Page } from '../../evidence/http.ts';

interface Wanted {
  readonly name: string;
  readonly value: string;
  readonly against: string;
  readonly serious: boolean;
  readonly there: (page: Page) => boolean;
}

const headerOf = ({ headers }: Page, name: string): string => (Object.hasOwn(headers, name) ? (headers[name] ?? '') : '');
const policies = (page: Page): string => `${headerOf(page, 'content-security-policy')};`.toLowerCase();
const encrypted = (page: Page): boolean => page.url.startsWith('https:') && !page.local;

// What OWASP's HTTP Headers cheat sheet asks of every page, less what only matters to few apps.
const wanted: readonly Wanted[] = [
  {
    name: 'Strict-Transport-Security',
    value: 'max-age=15552000; includeSubDomains',
    against: 'a first visit over unencrypted http',
    serious: true,
    there: (page) =>
      !encrypted(page) || Number(/max-age\s*=\s*"?(\d{1,12})/i.exec(headerOf(page, 'strict-transport-security'))?.[1] ?? 0) > 0,
  },
  {
    name: 'X-Frame-Options',
    value: 'DENY',
    against: 'other sites that show your app in a hidden frame and steal clicks',
    serious: true,
    there: (page) =>
      /^\s*(deny|sameorigin)/i.test(headerOf(page, 'x-frame-options')) || /(^|;|,)\s*frame-ancestors\s+(?!\*)[^;\s]/.test(policies(page)),
  },
  {
    name: 'X-Content-Type-Options',
    value: 'nosniff',
    against: 'uploads that a browser takes for scripts',
    serious: false,
    there: (page) => /^\s*nosniff/i.test(headerOf(page, 'x-content-type-options')),
  },
  {
    name: 'Referrer-Policy',
    value: 'strict-origin-when-cross-origin',
    against: 'addresses with private ids passed on to other sites',
    serious: false,
    there: (page) => headerOf(page, 'referrer-policy').trim() !== '',
  },
  {
    name: 'Content-Security-Policy',
    value: "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'",
    against: 'foreign scripts in your pages',
    serious: false,
    there: (page) => /(^|;|,)\s*(default|script)-src\s/.test(`${policies(page)} ${page.metaPolicy?.toLowerCase() ?? ''}`),
  },
];

const json = (missing: readonly Wanted[]): string =>
  missing.map(({ name, value }) => `{ "key": "${name}", "value": "${value}" }`).join(', ');
const lines = (missing: readonly Wanted[]): string => missing.map(({ name, value }) => `${name}: ${value}`).join('; ');

/** Where this app's host takes headers from. */
function recipe(page: Page, missing: readonly Wanted[]): string {
  const has = (list: Page['host'], name: string): boolean => list.some((marker) => marker.name === name);
  const note = missing.some(({ name }) => name === 'Content-Security-Policy')
    ? ' Try the Content-Security-Policy as Content-Security-Policy-Report-Only first: it must name every outside service your pages use.'
    : '';
  if (has(page.frameworks, 'next')) return `In next.config, return from headers() for source "/(.*)": ${json(missing)}.${note}`;
  if (has(page.host, 'vercel')) return `In vercel.json: "headers": [{ "source": "/(.*)", "headers": [${json(missing)}] }].${note}`;
  if (has(page.host, 'netlify')) return `In the file public/_headers, below a line /*: ${lines(missing)}.${note}`;
  if (has(page.frameworks, 'express')) return `Install helmet and put app.use(helmet()) before your routes.${note}`;
  if (has(page.host, 'cloudflare'))
    return `In the file public/_headers (Pages), or as a Response Header Transform Rule in the Cloudflare dashboard: ${lines(missing)}.${note}`;
  if (has(page.host, 'nginx')) return `In the nginx server block, one add_header … always; line for each: ${lines(missing)}.${note}`;
  return `Set these headers where your host lets you, or with a proxy such as Cloudflare in front: ${lines(missing)}.${note}`;
}

export const securityHeaders = defineCheck({
  id: 'audit/security-headers',
  severity: 'medium',
  covers: ['RM-hsts-header', 'RM-no-sniff-header', 'REST-frame-none', 'RM-csp-header', 'ASVS-3.4.5', 'ASVS-3.4.3'],
  doc: {
    title: 'The pages lack headers that tell browsers to protect them',
    why: 'These headers cost nothing and switch on protections every browser has: against hidden frames, unencrypted first visits and files taken for scripts.',
    fix: 'Set the headers once for all pages, in the configuration of your host or with helmet in Express.',
    effort: 'minutes',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html'],
  },
  needs: { page: livePage },
  examples: {
    fails: [
      { name: 'a Vercel app without any', given: { page: pageWith({ 'content-type': 'text/html' }, ['vercel']) } },
      { name: 'everything but HSTS', given: { page: pageWith({ ...safe(), 'strict-transport-security': 'max-age=0' }) } },
      {
        name: 'frames allowed from anywhere',
        given: { page: pageWith({ ...safe(), 'x-frame-options': '', 'content-security-policy': "default-src 'self'; frame-ancestors *" }) },
      },
    ],
    passes: [
      { name: 'all of them', given: { page: pageWith(safe()) } },
      {
        name: 'frame-ancestors instead of X-Frame-Options',
        given: {
          page: pageWith({ ...safe(), 'x-frame-options': '', 'content-security-policy': "default-src 'self'; frame-ancestors 'none'" }),
        },
      },
    ],
  },
  *evaluate({ page }) {
    if (page.pages.length === 0) return;
    if (page.status >= 400) {
      yield {
        outcome: 'unknown',
        subject: 'headers',
        severity: 'low',
        message: `The address answered with an error (${page.status}), whose headers may not be those of the app.`,
        toKnow: 'Give the address of a page that opens.',
      };
      return;
    }
    const missing = wanted.filter(({ there }) => !there(page));
    if (missing.length === 0) {
      yield {
        outcome: 'pass',
        subject: 'headers',
        message: 'The first page sends the headers that switch on the protections of browsers.',
      };
      return;
    }
    yield {
      outcome: 'fail',
      subject: 'headers',
      severity: missing.some(({ serious }) => serious) && !page.local ? 'medium' : 'low',
      message: `The pages do not send ${andList(missing.map(({ name }) => name))}.`,
      place: { url: page.url },
      fix: recipe(page, missing),
      proof: [
        { kind: 'http', request: `GET ${page.url}`, response: `${page.status}, without ${andList(missing.map(({ name }) => name))}` },
        ...missing.map(({ name, against }) => ({ kind: 'step' as const, text: `${name} guards against ${against}` })),
      ],
    };
  },
});

function safe(): Record<string, string> {
  return {
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'self'",
  };
}

function pageWith(headers: Record<string, string>, hosts: readonly string[] = []): Page {
  const url = 'https://portal.example.com/';
  return {
    url,
    status: 200,
    headers,
    cookies: [],
    redirects: [],
    local: false,
    builders: [],
    frameworks: [],
    host: hosts.map((name) => ({ name, evidence: [] })),
    pages: [{ url, status: 200 }],
    gaps: [],
  };
}
