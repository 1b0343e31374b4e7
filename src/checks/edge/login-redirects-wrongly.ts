import { defineCheck } from '../../core/check.ts';
import {
  edgeRedirects,
  type HostRedirects,
  hostOf,
  isDeveloperHost,
  lostBetweenNames,
  type RedirectRow,
  type Redirects,
  wayText,
} from '../../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../../evidence/edge-redirects-samples.ts';

const names = {
  login: 'The login',
  callback: 'The address that a sign-in comes back to',
  mailed: 'The address that mailed links lead to',
} as const;
type SignInKind = keyof typeof names;
const isSignIn = (kind: string): kind is SignInKind => Object.hasOwn(names, kind);

export const loginRedirectsWrongly = defineCheck({
  id: 'edge/login-redirects-wrongly',
  severity: 'blocker',
  mendedIn: 'code',
  tripwire: true,
  covers: ['S3-C2', 'S3-F'],
  doc: {
    title: 'The login, or what a sign-in comes back to, leads to the wrong place',
    why: 'Customers cannot sign in: they end at localhost, at a preview address, at a page without the code that signs them in, or in a circle. It works on the machine of whoever built it, and so it is seen last.',
    fix: 'Set the site address and the list of allowed redirect addresses of the sign-in service (in Supabase: Authentication, URL Configuration) to the address of the app with https, and let redirects between hosts keep path and query.',
    effort: 'minutes',
    references: ['https://supabase.com/docs/guides/auth/redirect-urls', 'https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2'],
  },
  needs: { redirects: edgeRedirects },
  examples: {
    fails: [
      {
        name: 'a sign-in elsewhere comes back to localhost',
        given: {
          redirects: redirectsOf([
            row(
              [
                hop('https://app.example.com/login', 302, 'https://id.example.net/authorize?redirect_uri=…', {
                  returns: [{ parameter: 'redirect_uri', url: 'http://localhost:3000/auth/callback' }],
                }),
              ],
              { kind: 'login', path: '/login', end: 'leaves' },
            ),
          ]),
        },
      },
      {
        name: 'the code is lost on the way to https',
        given: {
          redirects: redirectsOf([
            row(
              [
                hop('http://app.example.com/auth/callback?code=launch-ready-code', 301, 'https://app.example.com/auth/callback', {
                  lost: ['query'],
                }),
                hop('https://app.example.com/auth/callback', 400),
              ],
              { kind: 'callback', scheme: 'http', path: '/auth/callback?code=launch-ready-code' },
            ),
          ]),
        },
      },
      {
        name: 'there is no page at the address of the login',
        given: { redirects: redirectsOf([row([hop('https://app.example.com/login', 404)], { kind: 'login', path: '/login' })]) },
      },
    ],
    passes: [
      {
        name: 'the login is a page of the app',
        given: { redirects: redirectsOf([row([hop('https://app.example.com/login', 200)], { kind: 'login', path: '/login' })]) },
      },
      {
        name: 'a sign-in elsewhere that comes back to the app',
        given: {
          redirects: redirectsOf([
            row(
              [
                hop('https://app.example.com/login', 302, 'https://id.example.net/authorize?redirect_uri=…', {
                  returns: [{ parameter: 'redirect_uri', url: 'https://app.example.com/auth/callback' }],
                }),
              ],
              { kind: 'login', path: '/login', end: 'leaves', at: 'https://id.example.net/authorize?redirect_uri=…' },
            ),
          ]),
        },
      },
    ],
    unknowns: [
      {
        name: 'a bot protection answered',
        given: {
          redirects: redirectsOf([
            row([hop('https://app.example.com/login', 403)], { kind: 'login', path: '/login', end: 'bot', why: 'Cloudflare answered.' }),
          ]),
        },
      },
    ],
  },
  *evaluate({ redirects }) {
    for (const host of redirects.hosts) {
      const rows = host.rows.filter(({ kind }) => isSignIn(kind));
      const paths = new Map<string, RedirectRow[]>();
      for (const one of rows) paths.set(`${one.kind} ${one.path}`, [...(paths.get(`${one.kind} ${one.path}`) ?? []), one]);
      for (const ways of paths.values()) yield* judged(redirects, host, ways);
    }
  },
});

function* judged(redirects: Redirects, { name }: HostRedirects, ways: readonly RedirectRow[]) {
  const [first] = ways;
  if (!first || !isSignIn(first.kind)) return;
  const plain = first.path.split('?')[0] ?? first.path;
  const about = { subject: `${name} ${first.kind} ${plain}`, place: { name: `${name}${plain}`, url: `https://${name}${plain}` } };
  const wrong = ways.flatMap((one) => {
    const why = whyWrong(redirects, one);
    return why === undefined ? [] : [{ one, why }];
  });
  const what = names[first.kind];
  const [worst] = wrong;
  if (worst) {
    yield {
      ...about,
      outcome: 'fail' as const,
      message: `${what}, ${worst.one.scheme}://${name}${plain}, ${worst.why}.`,
      proof: wrong.map(({ one }) => ({ kind: 'step' as const, text: wayText(one) })),
    };
    return;
  }
  const isRefused = ({ kind, end, hops }: RedirectRow): boolean => kind === 'login' && end === 'answer' && hops.at(-1)?.status === 403;
  const unseen = ways.find((one) => one.end === 'bot' || (one.end === 'failed' && one.scheme === 'https') || (one.given && isRefused(one)));
  if (unseen)
    yield {
      ...about,
      outcome: 'unknown' as const,
      message: `Where ${name}${plain} leads could not be told: ${unseen.why ?? (isRefused(unseen) ? 'this machine was refused (403).' : 'no answer came.')}`,
      toKnow: 'Mend what keeps it from answering, or let this machine through, and run it again.',
    };
  // That a path is not there, which nobody named, says nothing of the login.
  else if (ways.some((one) => (one.end === 'answer' || one.end === 'leaves') && (one.given || (one.hops.at(-1)?.status ?? 404) < 400)))
    yield { ...about, outcome: 'pass' as const, message: `${what}, ${name}${plain}, leads where it should.` };
}

/** The end of the sentence "The login, https://app.example.com/login, ...". */
function whyWrong(redirects: Redirects, { kind, hops, end, at, given }: RedirectRow): string | undefined {
  const { hosts } = redirects;
  const isOfMap = (address: string): boolean => hosts.some(({ name }) => name === hostOf(address));
  if (end === 'loop') return 'leads in a circle';
  if (end === 'long') return 'is redirected without end';
  const returning = hops.flatMap(({ returns = [] }) => returns);
  const astray = returning.find(({ url }) => (isOfMap(url) ? url.startsWith('http:') : isDeveloperHost(hostOf(url))));
  if (astray) return `asks the sign-in to come back to ${astray.url} (${astray.parameter})`;
  const to = hops.flatMap((one) => (one.to === undefined ? [] : [one.to])).find((one) => isDeveloperHost(hostOf(one)));
  if (to !== undefined && !isOfMap(to)) return `leads to ${hostOf(to)}`;
  if (kind !== 'login') {
    const losing = hops.map((hop) => lostBetweenNames(redirects, hop)).find((lost) => lost.length > 0);
    if (losing)
      return `loses ${losing.includes('query') ? (kind === 'callback' ? 'the code that signs people in' : 'the token of the link') : 'its path'} in a redirect`;
  }
  const last = hops.at(-1);
  if (end !== 'answer' || last?.to !== undefined || last === undefined) return undefined;
  if (given && kind === 'login' && last.status >= 500) return `ends with an error of the server (${last.status})`;
  if (given && last.status === 404) return `is not there (404 at ${at})`;
  return given && kind === 'login' && last.url.startsWith('http:') && last.status < 400
    ? 'is shown over http, where passwords can be read on the way'
    : undefined;
}
