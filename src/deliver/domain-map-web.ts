import type { Block } from '../core/deliverable.ts';
import type { Evidence } from '../core/evidence.ts';
import { type CachedRoute, edgeCache } from '../evidence/edge-cache.ts';
import { edgeCors, type HostCors } from '../evidence/edge-cors.ts';
import { edgePages, type HostPages, protectiveHeaders } from '../evidence/edge-pages.ts';
import { edgeRedirects, hostOf, type HostRedirects, meantHost, type RedirectRow, type Redirects } from '../evidence/edge-redirects.ts';
import { type TlsHost, tlsHosts, type TlsHosts } from '../evidence/tls.ts';
import { type Collected, read } from './evidence-of.ts';

/** What the web part of the domain map shows, whatever is judged. */
export const domainWebEvidence: readonly Evidence[] = [edgeRedirects, tlsHosts];

/** Where every address leads, the certificates, which other sites may read answers, and what caches give to others: of what was looked at. */
export function domainWeb(collected: Collected): Block[] {
  const redirects = read(collected, edgeRedirects);
  const tls = read(collected, tlsHosts);
  const pages = read(collected, edgePages);
  const cors = read(collected, edgeCors);
  const cache = read(collected, edgeCache);
  return [
    ...(redirects ? redirectsTable(redirects) : []),
    ...(tls ? tlsTable(tls) : []),
    ...(pages && pages.hosts.length > 0
      ? titled('Headers and cookies', ['Host', 'Sent', 'Not sent', 'Cookies'], pages.hosts.map(pagesRow))
      : []),
    ...(cors && cors.hosts.length > 0
      ? titled('Which other sites may read answers, with cookies', ['Host', 'Asked at', 'Others'], cors.hosts.map(corsRow))
      : []),
    ...(cache
      ? [
          ...titled('What a cache gave to others', ['Address', 'Shown to', 'Asked as', 'Given'], cache.routes.map(cacheRow)),
          { kind: 'text' as const, text: `Whether this edge keeps anything at all: ${cache.control.text}.` },
        ]
      : []),
  ];
}

const titled = (text: string, columns: readonly string[], rows: readonly (readonly string[])[]): Block[] => [
  { kind: 'heading', level: 2, text },
  ...(rows.length > 0 ? [{ kind: 'table' as const, columns, rows }] : []),
];

const ends: Readonly<Record<RedirectRow['end'], string>> = {
  answer: '',
  leaves: '',
  loop: 'in a circle',
  long: 'without end',
  failed: 'no answer',
  bot: 'a check for humans',
};

function redirectsTable(redirects: Redirects): Block[] {
  const rows = redirects.hosts.filter((host) => host.rows.length > 0).map((host) => redirectRow(redirects, host));
  const signIns = redirects.hosts.flatMap(({ name, rows: all }) => {
    const given = all.filter(({ kind, given: isGiven }) => isGiven && (kind === 'login' || kind === 'callback' || kind === 'mailed'));
    // Over http, only what ends elsewhere is worth a line of its own.
    return given
      .filter(
        ({ scheme, path, at }) => scheme === 'https' || !given.some((one) => one.scheme === 'https' && one.path === path && one.at === at),
      )
      .map((row) => signInRow(name, row));
  });
  return [
    ...(rows.length > 0 ? titled('Where every address leads', ['Host', 'By http', 'By https', 'Path and query'], rows) : []),
    ...(signIns.length > 0 ? titled('Where sign-ins lead', ['From', 'For', 'To', 'Answer'], signIns) : []),
  ];
}

function redirectRow(redirects: Redirects, { name, rows }: HostRedirects): string[] {
  const meant = meantHost(redirects, name);
  const deep = rows.filter((one) => (one.kind === 'deep' || one.kind === 'slash') && one.hops.length > 0);
  const lost = [...new Set(deep.flatMap((one) => one.hops.flatMap((hop) => hop.lost ?? [])))];
  // What ends with no answer over https has not been seen to keep anything.
  const isArrived = deep.some(({ end, at }) => (end === 'answer' || end === 'leaves') && at.startsWith('https:'));
  const led = (scheme: 'http' | 'https'): string =>
    ledTo(
      name,
      rows.find((one) => one.scheme === scheme && one.kind === 'home'),
    );
  return [
    meant === name ? name : `${name} → ${meant}`,
    led('http'),
    led('https'),
    lost.length > 0 ? `lost: ${lost.join(' and ')}` : isArrived ? 'kept' : '–',
  ];
}

/** `https (308)`, `www.example.com (308, 301)`, `stays`. */
function ledTo(name: string, row: RedirectRow | undefined): string {
  if (!row) return '–';
  const { end, at, hops, scheme } = row;
  const steps = hops.flatMap(({ status, to }) => (to === undefined ? [] : [String(status)]));
  if (ends[end] !== '') return steps.length > 0 ? `${ends[end]} (${steps.join(', ')})` : ends[end];
  if (steps.length === 0) return 'stays';
  const isHere = hostOf(at) === name;
  const to = isHere ? (at.startsWith('https:') ? 'https' : 'http') : `${at.startsWith('https:') ? '' : 'http://'}${hostOf(at)}`;
  return isHere && to === scheme ? `stays (${steps.join(', ')})` : `${to} (${steps.join(', ')})`;
}

const kinds: Readonly<Record<string, string>> = { login: 'login', callback: 'sign-in comes back', mailed: 'link in a mail' };

function signInRow(name: string, { scheme, path, kind, end, at, hops }: RedirectRow): string[] {
  return [
    `${scheme}://${name}${path.split('?')[0] ?? path}`,
    kinds[kind] ?? kind,
    ends[end] || (end === 'leaves' ? `${hostOf(at)}, to sign in there` : (at.split('?')[0] ?? at)),
    String(hops.at(-1)?.status ?? '–'),
  ];
}

const tlsTable = ({ hosts }: TlsHosts): Block[] =>
  titled('Certificates', ['Host', 'By', 'Until', 'Trusted', 'Versions'], hosts.map(tlsRow));

const trusts = {
  trusted: 'yes',
  incomplete: 'no: the chain is not whole',
  'unknown-authority': 'no: unknown authority',
  'self-signed': 'no: signed by itself',
} as const;

function tlsRow({ name, certificate, trust, named, versions, why }: TlsHost): string[] {
  if (!certificate) return [name, why ?? 'not seen', '–', '–', '–'];
  const trusted =
    named === false ? 'no: another name' : certificate.daysLeft <= 0 ? 'no: expired' : trust === undefined ? '–' : trusts[trust];
  const spoken = versions
    .filter(({ offered }) => offered === 'yes')
    .map(({ version }) => version.replace(/^TLSv(\d)$/, '$1.0').replace('TLSv', ''));
  return [name, certificate.issuer, certificate.to.slice(0, 10), trusted, spoken.join(', ') || '–'];
}

/** A header counts as sent where every page of the host sends it. */
function pagesRow({ name, pages, cookies, why }: HostPages): string[] {
  const isSent = (header: string): boolean => pages.every(({ headers }) => Object.hasOwn(headers, header));
  const listed = (wanted: boolean): string =>
    protectiveHeaders
      .filter((header) => isSent(header) === wanted)
      .map((header) => headerNames[header])
      .join(', ') || 'none';
  const sent = pages.length > 0 ? [listed(true), listed(false)] : [why === undefined ? 'shows no pages' : `not seen: ${why}`, '–'];
  const set = cookies.map(
    ({ name: cookie, secure, httpOnly, sameSite, domain, refused, signedIn }) =>
      `${cookie} (${
        [
          ...(signedIn ? ['signed in'] : []),
          ...(refused === undefined ? [] : ['refused by browsers']),
          ...(secure ? ['Secure'] : []),
          ...(httpOnly ? ['HttpOnly'] : []),
          ...(sameSite === 'not-set' ? [] : [`SameSite=${sameSite}`]),
          ...(domain === undefined ? [] : [`Domain=${domain}`]),
        ].join(', ') || 'no flags'
      })`,
  );
  return [name, ...sent, set.join('; ') || 'none'];
}

const headerNames: Readonly<Record<(typeof protectiveHeaders)[number], string>> = {
  'strict-transport-security': 'HSTS',
  'x-frame-options': 'X-Frame-Options',
  'x-content-type-options': 'X-Content-Type-Options',
  'referrer-policy': 'Referrer-Policy',
  'content-security-policy': 'Content-Security-Policy',
};

function corsRow({ name, paths, why }: HostCors): string[] {
  const open = paths.flatMap(({ answers }) =>
    answers.flatMap(({ kind, credentials, allowed, origin }) => (kind !== 'own' && credentials && allowed === origin ? [kind] : [])),
  );
  return [
    name,
    paths.map(({ url }) => url.replace(/^https:\/\/[^/]+/, '')).join(', ') || '–',
    paths.length === 0 ? (why ?? 'not told') : [...new Set(open)].join(', ') || 'none',
  ];
}

function cacheRow({ path, whose, tries }: CachedRoute): string[] {
  const who = [...new Set(tries.map((one) => one.who))];
  const shown = [...new Set(tries.flatMap((one) => (one.outcome === 'shown' ? [one.who] : [])))];
  const isTold = tries.some(({ outcome }) => outcome !== 'untold');
  return [
    path,
    whose,
    who.join(', ') || '–',
    shown.length > 0 ? `to ${shown.join(', ')}` : isTold ? `to nobody, in ${tries.length} tries` : 'not told',
  ];
}
