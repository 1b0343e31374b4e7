import { defineCheck } from '../../core/check.ts';
import {
  edgeRedirects,
  type HostRedirects,
  lostBetweenNames,
  type RedirectRow,
  type Redirects,
  wayText,
} from '../../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../../evidence/edge-redirects-samples.ts';

const plainOf = { 'login-slash': 'login', 'callback-slash': 'callback' } as const;
type SlashKind = keyof typeof plainOf;
const isSlash = (kind: string): kind is SlashKind => Object.hasOwn(plainOf, kind);

const code = 'code=launch-ready-code&state=launch-ready-state';
const back = (path: string, status: number, to?: string, lost?: readonly ['query']) =>
  row([hop(`https://app.example.com${path}?${code}`, status, to, { ...(lost && { lost }) })], {
    kind: path.endsWith('/') ? 'callback-slash' : 'callback',
    path: `${path}?${code}`,
  });
const login = (path: string, status: number) =>
  row([hop(`https://app.example.com${path}`, status)], { kind: path.endsWith('/') ? 'login-slash' : 'login', path });

export const slashVariant = defineCheck({
  id: 'edge/slash-variant',
  severity: 'medium',
  mendedIn: 'code',
  covers: ['S3-C2'],
  doc: {
    title: 'The login, or what a sign-in comes back to, works with one spelling of the slash at its end only',
    why: 'Mails, sign-in services and people write an address with or without a slash at its end. Where only one of the two works, a sign-in comes back to an error page, or without the code that signs people in.',
    fix: 'Let the app answer both, or redirect the one to the other for good (308) with the whole query kept; and register with the sign-in service exactly the address that answers.',
    effort: 'minutes',
    references: [
      'https://www.rfc-editor.org/rfc/rfc9700#section-2.1',
      'https://nextjs.org/docs/app/api-reference/config/next-config-js/trailingSlash',
    ],
  },
  needs: { redirects: edgeRedirects },
  examples: {
    fails: [
      {
        name: 'the code is lost where the slash is taken off',
        given: {
          redirects: redirectsOf([
            back('/auth/callback', 303),
            back('/auth/callback/', 308, 'https://app.example.com/auth/callback', ['query']),
          ]),
        },
      },
      {
        name: 'a sign-in comes back to a page that is not there',
        given: { redirects: redirectsOf([back('/auth/callback', 200), back('/auth/callback/', 404)]) },
      },
      {
        name: 'it leads in a circle',
        given: { redirects: redirectsOf([back('/auth/callback', 200), { ...back('/auth/callback/', 308), end: 'loop' as const }]) },
      },
      { name: 'the login is not there with a slash', given: { redirects: redirectsOf([login('/login', 200), login('/login/', 404)]) } },
    ],
    passes: [
      { name: 'both answer', given: { redirects: redirectsOf([login('/login', 200), login('/login/', 200)]) } },
      {
        name: 'the one leads to the other, query and all',
        given: {
          redirects: redirectsOf([
            back('/auth/callback', 400),
            back('/auth/callback/', 308, `https://app.example.com/auth/callback?${code}`),
          ]),
        },
      },
    ],
    unknowns: [
      {
        name: 'with the slash it ends at the login, and the plain one is handled',
        given: {
          redirects: redirectsOf([
            row(
              [
                hop(`https://app.example.com/auth/callback?${code}`, 302, 'https://app.example.com/login?error=x'),
                hop('https://app.example.com/login?error=x', 200),
              ],
              {
                kind: 'callback',
                path: `/auth/callback?${code}`,
              },
            ),
            row(
              [
                hop(`https://app.example.com/auth/callback/?${code}`, 302, 'https://app.example.com/login'),
                hop('https://app.example.com/login', 200),
              ],
              {
                kind: 'callback-slash',
                path: `/auth/callback/?${code}`,
              },
            ),
          ]),
        },
      },
      {
        name: 'a bot protection answered',
        given: {
          redirects: redirectsOf([login('/login', 200), { ...login('/login/', 403), end: 'bot' as const, why: 'Cloudflare answered.' }]),
        },
      },
    ],
  },
  *evaluate({ redirects }) {
    for (const host of redirects.hosts)
      for (const one of host.rows) {
        const plain = isSlash(one.kind) ? plainRow(host, one, plainOf[one.kind]) : undefined;
        // Where the plain one fails as well, the slash is not what is wrong.
        if (plain && whyWrong(redirects, plain) === undefined && isSeen(plain)) yield judged(redirects, host, one, plain);
      }
  },
});

const bare = (path: string): string => (path.split('?')[0] ?? path).replace(/\/+$/, '');

const plainRow = ({ rows }: HostRedirects, slash: RedirectRow, kind: string): RedirectRow | undefined =>
  rows.find((one) => one.kind === kind && one.scheme === slash.scheme && bare(one.path) === bare(slash.path));

function judged(redirects: Redirects, { name }: HostRedirects, one: RedirectRow, plain: RedirectRow) {
  const [path, usual] = [one, plain].map((way) => way.path.split('?')[0] ?? way.path);
  const about = {
    subject: `${name} ${one.kind} ${path}`,
    place: { name: `${name}${path}`, url: `https://${name}${path}` },
    proof: [plain, one].map((way) => ({ kind: 'step' as const, text: wayText(way) })),
  };
  const why = whyWrong(redirects, one);
  if (why !== undefined)
    return {
      ...about,
      outcome: 'fail' as const,
      // Sign-in services come back to exactly what is registered, and who types the login with a slash sees that it is not there.
      ...(one.end === 'answer' && !why.startsWith('loses') && { severity: 'low' as const }),
      message: `https://${name}${path} ${why}, though ${usual} answers.`,
    };
  if (!isSeen(one))
    return {
      ...about,
      outcome: 'unknown' as const,
      message: `Where ${name}${path} leads could not be told: ${one.why ?? 'no answer came.'}`,
      toKnow: 'Mend what keeps it from answering, or let this machine through, and run it again.',
    };
  if (one.kind === 'callback-slash' && !endsAlike(one, plain))
    return {
      ...about,
      outcome: 'unknown' as const,
      severity: 'low' as const,
      message: `https://${name}${path} ends elsewhere than ${usual} (${one.at}, not ${plain.at}): whether a sign-in that comes back there lets anybody in is not known.`,
      toKnow: `Register exactly https://${name}${usual} with the sign-in service.`,
    };
  return { ...about, outcome: 'pass' as const, message: `${name}${usual} answers with a slash at its end and without.` };
}

/** At the same address, query and all but for slashes at an end; or both where they were asked, with the same answer. */
function endsAlike(one: RedirectRow, other: RedirectRow): boolean {
  const whole = ({ at }: RedirectRow): string => at.replace(/(?:\/|%2F)+(?=$|[?&#])/gi, '');
  if (whole(one) === whole(other)) return true;
  return one.hops.length === 1 && other.hops.length === 1 && one.hops[0]?.status === other.hops[0]?.status;
}

const isSeen = ({ end }: RedirectRow): boolean => end === 'answer' || end === 'leaves';

/** The end of the sentence "https://app.example.com/auth/callback/ ...". */
function whyWrong(redirects: Redirects, { kind, hops, end }: RedirectRow): string | undefined {
  if (end === 'loop') return 'leads in a circle';
  if (end === 'long') return 'is redirected without end';
  const losing = hops.some((one) => lostBetweenNames(redirects, one).includes('query'));
  if (losing && kind.startsWith('callback')) return 'loses the code that signs people in';
  const last = hops.at(-1);
  if (end !== 'answer' || last === undefined || last.to !== undefined) return undefined;
  if (last.status === 404 || last.status === 410) return `is not there (${last.status})`;
  return last.status >= 500 ? `ends with an error of the server (${last.status})` : undefined;
}
