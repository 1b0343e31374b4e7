import { andList } from '../core/wording.ts';
import { hostOf, isHttpsAlone } from '../evidence/edge-redirects.ts';
import type { Page } from '../evidence/http.ts';

/** What is judged of a page: its address, and what it sent. */
export type SentPage = Pick<Page, 'url' | 'headers' | 'metaPolicy' | 'local'>;

/** A header that a page should send. */
export interface WantedHeader {
  readonly name: string;
  /** What to set where nothing else is known. */
  readonly value: string;
  /** What it guards against. */
  readonly against: string;
  /** Its absence alone is worth more than a note. */
  readonly serious: boolean;
  /** What is wrong, as the end of the sentence "The pages …"; `undefined`: nothing. */
  readonly fault: (page: SentPage) => string | undefined;
}

const headerOf = ({ headers }: SentPage, name: string): string => (Object.hasOwn(headers, name) ? (headers[name] ?? '') : '');
/** Whether HSTS would say anything: not over http, nor on a top-level domain that browsers ask by https alone. */
const needsHsts = ({ url, local }: SentPage): boolean => url.startsWith('https:') && !local && !isHttpsAlone(hostOf(url));

type Policy = ReadonlyMap<string, readonly string[]>;

/** Each policy with its directives (CSP level 3, section 2.2): several headers are joined by a comma, and each of them holds; a repeated directive is ignored. */
function policiesIn(text: string): Policy[] {
  return text
    .toLowerCase()
    .split(',')
    .map((policy) => {
      const directives = new Map<string, readonly string[]>();
      for (const part of policy.split(';')) {
        const [name = '', ...sources] = part.trim().split(/\s+/);
        if (name !== '' && !directives.has(name)) directives.set(name, sources);
      }
      return directives;
    })
    .filter(({ size }) => size > 0);
}

const anywhere = new Set(['*', 'http:', 'https:']);

/** Frames: `frame-ancestors` of any policy, where there is one, counts in place of X-Frame-Options (CSP level 3, section 6.4.2.1). */
function frameFault(page: SentPage): string | undefined {
  const ancestors = policiesIn(headerOf(page, 'content-security-policy')).flatMap((policy) => {
    const sources = policy.get('frame-ancestors');
    return sources ? [sources] : [];
  });
  if (ancestors.length > 0)
    return ancestors.every((sources) => sources.some((source) => anywhere.has(source)))
      ? 'let every site show them in a frame (frame-ancestors)'
      : undefined;
  const old = headerOf(page, 'x-frame-options').trim();
  if (/^(deny|sameorigin)/i.test(old)) return undefined;
  return old === '' ? missing('X-Frame-Options') : `send an X-Frame-Options that browsers leave aside (${old.slice(0, 60)})`;
}

/**
 * Scripts: whether some policy of the page holds foreign ones back. One that takes scripts from every site, or all that stands in the page, does not, unless a
 * nonce, a hash or strict-dynamic makes browsers ignore that (CSP level 3, sections 6.7.3.2 and 8.2).
 */
function scriptFault(page: SentPage): string | undefined {
  const all = policiesIn(`${headerOf(page, 'content-security-policy')},${page.metaPolicy ?? ''}`).flatMap((policy) => {
    const sources = policy.get('script-src-elem') ?? policy.get('script-src') ?? policy.get('default-src');
    return sources ? [sources] : [];
  });
  if (all.length === 0)
    return `${headerOf(page, 'content-security-policy')}${page.metaPolicy ?? ''}`.trim() === ''
      ? missing('Content-Security-Policy')
      : 'send a Content-Security-Policy that says nothing of scripts';
  const faults = all.map((sources) => {
    const isNamed = sources.some((source) => /^'(?:nonce-|sha(?:256|384|512)-)/.test(source));
    const isStrict = isNamed && sources.includes("'strict-dynamic'");
    const wide = isStrict ? undefined : sources.find((source) => anywhere.has(source) || source === 'data:');
    if (wide !== undefined) return `take scripts from everywhere (Content-Security-Policy with ${wide})`;
    return sources.includes("'unsafe-inline'") && !isNamed
      ? "run every script that gets into them (Content-Security-Policy with 'unsafe-inline')"
      : undefined;
  });
  return faults.includes(undefined) ? undefined : faults[0];
}

const missing = (name: string): string => `do not send ${name}`;

/** What OWASP's HTTP Headers cheat sheet asks of every page, less what only matters to few apps. */
export const wantedHeaders: readonly WantedHeader[] = [
  {
    name: 'Strict-Transport-Security',
    value: 'max-age=15552000; includeSubDomains',
    against: 'a first visit over unencrypted http',
    serious: true,
    fault: (page) =>
      !needsHsts(page) || Number(/max-age\s*=\s*"?(\d{1,12})/i.exec(headerOf(page, 'strict-transport-security'))?.[1] ?? 0) > 0
        ? undefined
        : missing('Strict-Transport-Security'),
  },
  {
    name: 'X-Frame-Options',
    value: 'DENY',
    against: 'other sites that show your app in a hidden frame and steal clicks',
    serious: true,
    fault: frameFault,
  },
  {
    name: 'X-Content-Type-Options',
    value: 'nosniff',
    against: 'uploads that a browser takes for scripts',
    serious: false,
    fault: (page) => (/^\s*nosniff/i.test(headerOf(page, 'x-content-type-options')) ? undefined : missing('X-Content-Type-Options')),
  },
  {
    name: 'Referrer-Policy',
    value: 'strict-origin-when-cross-origin',
    against: 'addresses with private ids passed on to other sites',
    serious: false,
    fault(page) {
      const value = headerOf(page, 'referrer-policy').trim().toLowerCase();
      if (value === '') return missing('Referrer-Policy');
      // The last one that a browser knows counts (Referrer Policy, section 8.1).
      return /(?:^|,)\s*(?:unsafe-url|no-referrer-when-downgrade)$/.test(value)
        ? `pass their whole address on to other sites (Referrer-Policy: ${value.slice(0, 60)})`
        : undefined;
    },
  },
  {
    name: 'Content-Security-Policy',
    value: "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'",
    against: 'foreign scripts in your pages',
    serious: false,
    fault: scriptFault,
  },
];

/** Faults as the end of one sentence: what is not sent goes together. */
export function faultsText(faults: readonly string[]): string {
  const start = missing('');
  const unsent = faults.flatMap((fault) => (fault.startsWith(start) ? [fault.slice(start.length)] : []));
  const others = faults.filter((fault) => !fault.startsWith(start));
  return [...(unsent.length > 0 ? [`${start}${andList(unsent)}`] : []), ...others].join('; they ');
}

const json = (wanted: readonly WantedHeader[]): string =>
  wanted.map(({ name, value }) => `{ "key": "${name}", "value": "${value}" }`).join(', ');
const lines = (wanted: readonly WantedHeader[]): string => wanted.map(({ name, value }) => `${name}: ${value}`).join('; ');

/** Where this app's host takes headers from, and what to put there. */
export function headersRecipe(page: Pick<Page, 'host' | 'frameworks'>, wanted: readonly WantedHeader[]): string {
  const has = (list: Page['host'], name: string): boolean => list.some((marker) => marker.name === name);
  const note = wanted.some(({ name }) => name === 'Content-Security-Policy')
    ? ' Try the Content-Security-Policy as Content-Security-Policy-Report-Only first: it must name every outside service your pages use.'
    : '';
  if (has(page.frameworks, 'next')) return `In next.config, return from headers() for source "/(.*)": ${json(wanted)}.${note}`;
  if (has(page.host, 'vercel')) return `In vercel.json: "headers": [{ "source": "/(.*)", "headers": [${json(wanted)}] }].${note}`;
  if (has(page.host, 'netlify')) return `In the file public/_headers, below a line /*: ${lines(wanted)}.${note}`;
  if (has(page.frameworks, 'express')) return `Install helmet and put app.use(helmet()) before your routes.${note}`;
  if (has(page.host, 'cloudflare'))
    return `In the file public/_headers (Pages), or as a Response Header Transform Rule in the Cloudflare dashboard: ${lines(wanted)}.${note}`;
  if (has(page.host, 'nginx')) return `In the nginx server block, one add_header … always; line for each: ${lines(wanted)}.${note}`;
  return `Set these headers where your host lets you, or with a proxy such as Cloudflare in front: ${lines(wanted)}.${note}`;
}

/** Name of one fault of the headers of a host, for whoever tells the same from elsewhere. */
export const headerAccess = (header: string, url: string): string => `pages without ${header} at ${hostOf(url)}`;
