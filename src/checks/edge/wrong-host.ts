import { defineCheck } from '../../core/check.ts';
import {
  asksToSignIn,
  edgeRedirects,
  hostOf,
  type HostRedirects,
  isDeveloperHost,
  meantHost,
  type RedirectRow,
  type Redirects,
  wayText,
} from '../../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../../evidence/edge-redirects-samples.ts';

export const wrongHost = defineCheck({
  id: 'edge/wrong-host',
  severity: 'high',
  covers: ['S3-C2', 'S3-C1', 'S3-D'],
  doc: {
    title: 'An address ends at another host than the domain map says',
    why: 'Customers see an address that they do not know, cookies and sign-ins of the one host are not there on the other, and search engines list the wrong one.',
    fix: 'Choose one main address, redirect the others to it for good (301 or 308), and set it as the primary domain where the app is hosted. If the redirect is meant, write it as redirectsTo in the domain map.',
    effort: 'minutes',
  },
  needs: { redirects: edgeRedirects },
  examples: {
    fails: [
      {
        name: 'the app ends at the address of its hosting service',
        given: {
          redirects: redirectsOf([
            row([hop('https://app.example.com/', 302, 'https://my-app.vercel.app/')], { end: 'leaves', at: 'https://my-app.vercel.app/' }),
          ]),
        },
      },
      {
        name: 'the bare domain shows pages itself, though it is only to lead to www',
        given: {
          redirects: redirectsOf([row([hop('https://example.com/', 200)])], {
            name: 'example.com',
            role: 'marketing',
            redirectsTo: 'www.example.com',
          }),
        },
      },
      {
        name: 'nobody chose between www and the bare domain',
        given: {
          redirects: {
            ...redirectsOf([]),
            hosts: ['example.com', 'www.example.com'].map((name) => ({
              name,
              role: 'marketing' as const,
              rows: [row([hop(`https://${name}/`, 200)])],
            })),
          },
        },
      },
    ],
    passes: [
      {
        name: 'the bare domain leads to www, of which the map says nothing',
        given: { redirects: pairOf('example.com', 'www.example.com') },
      },
      {
        name: 'www leads to the bare domain, of which the map says nothing',
        given: { redirects: pairOf('www.example.com', 'example.com') },
      },
      {
        name: 'who is not signed in is sent to where people sign in',
        given: {
          redirects: redirectsOf([
            row([hop('https://app.example.com/', 302, 'https://auth.example.com/sign-in?…')], {
              end: 'leaves',
              at: 'https://auth.example.com/sign-in?…',
            }),
          ]),
        },
      },
      {
        name: 'the bare domain leads to www',
        given: {
          redirects: redirectsOf(
            [row([hop('https://example.com/', 308, 'https://www.example.com/'), hop('https://www.example.com/', 200)])],
            {
              name: 'example.com',
              role: 'marketing',
              redirectsTo: 'www.example.com',
            },
          ),
        },
      },
    ],
    unknowns: [
      {
        name: 'no answer',
        given: { redirects: redirectsOf([row([], { end: 'failed', at: 'https://app.example.com/', why: 'It took too long to answer.' })]) },
      },
    ],
  },
  *evaluate({ redirects }) {
    const { apex, drafted, hosts } = redirects;
    for (const host of hosts) {
      const { name, rows } = host;
      const about = { subject: name, place: { name } };
      const meant = meantHost(redirects, name);
      const ended = rows.filter(
        (one) => (one.kind === 'home' || one.kind === 'deep') && (one.end === 'answer' || one.end === 'leaves') && !isRefused(one),
      );
      const wrong = ended.filter((one) => !isRight(redirects, host, meant, hostOf(one.at)) && !isSignIn(redirects, host, one));
      // Whoever is not signed in may be shown another host; only where nothing stays, the host itself is wrong.
      const isWrong =
        host.role === 'app' && host.redirectsTo === undefined
          ? wrong.length === ended.length || wrong.some(({ at }) => isDeveloperHost(hostOf(at)))
          : wrong.length > 0;
      const first = wrong[0];
      if (isWrong && first)
        yield {
          ...about,
          outcome: 'fail',
          message:
            hostOf(first.at) === name
              ? `${name} shows pages itself, though it is to lead to ${meant}.`
              : `${name} ends at ${hostOf(first.at)}${meant === name ? ' instead of staying there' : ` instead of ${meant}`}.`,
          proof: wrong.slice(0, 4).map((one) => ({ kind: 'step', text: wayText(one) })),
        };
      else if (ended.length > 0 && !isTwin(redirects, name)) yield { ...about, outcome: 'pass', message: endText(name, meant, ended) };
      else if (ended.length === 0 && rows.length > 0 && rows.every((one) => one.end === 'failed' || one.end === 'bot' || isRefused(one)))
        yield {
          ...about,
          outcome: 'unknown',
          message: `Where ${name} ends could not be told: ${rows.find(({ why }) => why !== undefined)?.why ?? 'this machine was refused (403).'}`,
          toKnow: 'Mend what keeps it from answering, or let this machine through, and run it again.',
        };
    }
    if (isTwin(redirects, apex))
      yield {
        outcome: 'fail',
        severity: drafted ? 'low' : 'medium',
        subject: `www of ${apex}`,
        place: { name: apex },
        message: `${apex} and www.${apex} both show pages, and neither leads to the other.`,
        proof: twins(redirects).map(({ name, rows }) => ({
          kind: 'step',
          text: `${name}: ${wayText(rows.find(({ kind, scheme }) => kind === 'home' && scheme === 'https') ?? { hops: [], end: 'answer', at: '' })}`,
        })),
      };
  },
});

/** Whoever is refused is not shown where others end. */
const isRefused = ({ hops }: RedirectRow): boolean => hops.at(-1)?.status === 403;

/** Where the map says nothing of it, the bare domain may lead to www, or the other way round; in a drafted one, to any host of it. */
function isRight({ apex, drafted, hosts }: Redirects, { name, redirectsTo }: HostRedirects, meant: string, end: string): boolean {
  if (end === meant) return true;
  const pair = [apex, `www.${apex}`];
  if (!pair.includes(name)) return false;
  return drafted ? pair.includes(end) || hosts.some((one) => one.name === end) : redirectsTo === undefined && pair.includes(end);
}

/** Whoever is not signed in is sent to where people sign in, which many apps have at another host, of their own or of a service. */
const isSignIn = (redirects: Redirects, { role, redirectsTo }: HostRedirects, row: RedirectRow): boolean =>
  role === 'app' && redirectsTo === undefined && asksToSignIn(redirects, row) && !isDeveloperHost(hostOf(row.at));

function endText(name: string, meant: string, ended: readonly RedirectRow[]): string {
  const elsewhere = ended.map(({ at }) => hostOf(at)).find((host) => host !== meant);
  return elsewhere === undefined
    ? `Visitors of ${name} end at ${meant}.`
    : `Visitors of ${name} end there, or at ${elsewhere} as is meant.`;
}

/** The bare domain and www, where both show pages of their own. */
function twins({ apex, hosts }: Redirects): HostRedirects[] {
  return hosts.filter(
    ({ name, redirectsTo, rows }) =>
      (name === apex || name === `www.${apex}`) &&
      redirectsTo === undefined &&
      rows.some(
        ({ kind, scheme, end, at, hops }) =>
          kind === 'home' && scheme === 'https' && end === 'answer' && hostOf(at) === name && (hops.at(-1)?.status ?? 0) < 300,
      ),
  );
}

const isTwin = (redirects: Redirects, name: string): boolean =>
  (name === redirects.apex || name === `www.${redirects.apex}`) && twins(redirects).length === 2;

/** The bare domain and www, the one leading to the other. */
function pairOf(from: string, to: string): Redirects {
  const host = (name: string, rows: HostRedirects['rows']): HostRedirects => ({ name, role: 'marketing', rows });
  return {
    ...redirectsOf([]),
    hosts: [
      host(from, [row([hop(`https://${from}/`, 308, `https://${to}/`), hop(`https://${to}/`, 200)])]),
      host(to, [row([hop(`https://${to}/`, 200)])]),
    ],
  };
}
