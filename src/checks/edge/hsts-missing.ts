import { defineCheck } from '../../core/check.ts';
import { edgeRedirects, hostOf, type HostRedirects, isHttpsAlone } from '../../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../../evidence/edge-redirects-samples.ts';
import { headerAccess } from '../page-headers.ts';

/** Half a year, in seconds: what internet.nl, Mozilla and Cloudflare ask for at least. */
const halfYear = 15_552_000;
/** A year: what the preload list asks for (hstspreload.org). */
const year = 31_536_000;

export const hstsMissing = defineCheck({
  id: 'edge/hsts-missing',
  severity: 'medium',
  mendedIn: 'code',
  covers: ['S3-C4', 'RM-hsts-header', 'CF-hsts'],
  doc: {
    title: 'A host does not tell browsers to come by https only',
    why: 'Each visit that begins with http can be caught before the redirect: on an open network somebody answers in your place.',
    fix: 'Send Strict-Transport-Security: max-age=31536000 with every https answer of the host, redirects included; begin with max-age=300 for a day. Add includeSubDomains only when every subdomain has https.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc6797', 'https://hstspreload.org/'],
  },
  needs: { redirects: edgeRedirects },
  examples: {
    fails: [
      { name: 'no header', given: { redirects: redirectsOf([row([hop('https://app.example.com/', 200)])]) } },
      {
        name: 'five minutes',
        given: { redirects: redirectsOf([row([hop('https://app.example.com/', 200, undefined, { hsts: 'max-age=300' })])]) },
      },
      {
        name: 'asks for the preload list without its conditions',
        given: {
          redirects: redirectsOf([row([hop('https://example.com/', 200, undefined, { hsts: 'max-age=31536000; preload' })])], {
            name: 'example.com',
          }),
        },
      },
    ],
    passes: [
      {
        name: 'no header, on a top-level domain that browsers ask by https alone',
        given: { redirects: redirectsOf([row([hop('https://app.example.dev/', 200)])], { name: 'app.example.dev' }) },
      },
      {
        name: 'a year',
        given: { redirects: redirectsOf([row([hop('https://app.example.com/', 200, undefined, { hsts: 'max-age=31536000' })])]) },
      },
    ],
    unknowns: [
      {
        name: 'https is not answered',
        given: {
          redirects: redirectsOf([row([], { end: 'failed', at: 'https://app.example.com/', why: 'Its certificate has expired.' })]),
        },
      },
    ],
  },
  *trials({ redirects: { hosts } }) {
    for (const { name } of hosts)
      yield { access: headerAccess('Strict-Transport-Security', `https://${name}/`), outcome: 'worked', subject: name };
  },
  *evaluate({ redirects: { hosts, apex } }) {
    for (const host of hosts) {
      const { name, rows } = host;
      const about = { subject: name, place: { name, url: `https://${name}/` } };
      const home = rows.find(({ scheme, kind }) => scheme === 'https' && kind === 'home');
      const own = home?.hops.find(({ url }) => hostOf(url) === name && url.startsWith('https:'));
      if (!home) continue;
      if (isHttpsAlone(name)) {
        yield { ...about, outcome: 'pass', message: `Browsers come to ${name} by https only, as to all of .${name.split('.').at(-1)}.` };
        continue;
      }
      // A firewall that refuses us answers in place of the host.
      const isRefused = own?.hsts === undefined && (home.end === 'failed' || (host.role !== 'api' && own?.status === 403));
      if (!own || home.end === 'bot' || isRefused) {
        yield {
          ...about,
          outcome: 'unknown',
          message: `Whether ${name} tells browsers to come by https could not be seen: ${home.why ?? (isRefused ? 'this machine was refused (403).' : 'no answer came.')}`,
          toKnow: 'Mend what keeps https from answering, and run it again.',
        };
        continue;
      }
      const proof = [
        {
          kind: 'http' as const,
          request: `GET ${own.url}`,
          response: `${own.status}, ${own.hsts === undefined ? 'no Strict-Transport-Security' : `Strict-Transport-Security: ${own.hsts}`}`,
        },
      ];
      const seconds = secondsOf(own.hsts);
      const unmet = own.hsts !== undefined && /(?:^|;)\s*preload\s*(?:;|$)/i.test(own.hsts) ? unmetForPreload(host, own.hsts, apex) : [];
      if (seconds < halfYear)
        yield {
          ...about,
          outcome: 'fail',
          severity: seconds > 0 ? 'low' : 'medium',
          message:
            seconds > 0
              ? `${name} tells browsers to come by https for ${spanOf(seconds)} only.`
              : `${name} does not tell browsers to come by https only.`,
          proof,
        };
      else if (unmet.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          severity: 'low',
          message: `${name} asks to be put on the preload list of browsers, and would be refused: ${unmet.join(', ')}.`,
          fix: 'Meet the conditions of hstspreload.org, or leave the word preload out: it is hard to take back.',
          proof,
        };
      else yield { ...about, outcome: 'pass', message: `${name} tells browsers to come by https for ${spanOf(seconds)}.`, proof };
    }
  },
});

/** Of the first header that says it; what is no number says nothing (RFC 6797, section 6.1). */
const secondsOf = (hsts = ''): number => Number(/(?:^|;)\s*max-age\s*=\s*"?(\d{1,12})"?\s*(?:;|,|$)/i.exec(hsts)?.[1] ?? 0);

function spanOf(seconds: number): string {
  const days = Math.round(seconds / 86_400);
  return days > 1 ? `${days} days` : `${seconds} seconds`;
}

/** What hstspreload.org asks of a domain beyond the word itself. */
function unmetForPreload({ name, rows }: HostRedirects, hsts: string, apex: string): string[] {
  const http = rows.find(({ scheme, kind }) => scheme === 'http' && kind === 'home');
  const [first] = http?.hops ?? [];
  // A subdomain cannot be on the list by itself: the word is harmless there.
  if (name !== apex) return [];
  return [
    ...(secondsOf(hsts) < year ? ['max-age is less than a year'] : []),
    ...(/(?:^|;)\s*includesubdomains\s*(?:;|$)/i.test(hsts) ? [] : ['includeSubDomains is missing']),
    // First to https on the same host, so that the header is seen there.
    ...(first?.to !== undefined && (hostOf(first.to) !== name || !first.to.startsWith('https:'))
      ? [`http leads to ${first.to} first instead of https on the same host`]
      : []),
  ];
}
