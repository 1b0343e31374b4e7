import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { edgeRedirects, isSignInPage, lostBetweenNames, type RedirectRow, type Redirects, wayText } from '../../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../../evidence/edge-redirects-samples.ts';

const pageKinds = new Set(['home', 'deep', 'slash']);

export const redirectLosesPath = defineCheck({
  id: 'edge/redirect-loses-path',
  severity: 'medium',
  mendedIn: 'code',
  covers: ['S3-C2'],
  doc: {
    title: 'A redirect forgets which page was asked for',
    why: 'Links in mails, search results and ads lead to the start page instead of the page they promise, and campaigns cannot be counted.',
    fix: 'Redirect to the same path and query on the right host: $request_uri in nginx, "preserve query string" and a dynamic target in Cloudflare, /:path* in vercel.json.',
    effort: 'minutes',
  },
  needs: { redirects: edgeRedirects },
  examples: {
    fails: [
      {
        name: 'every address of the bare domain leads to the start page',
        given: {
          redirects: redirectsOf([
            row(
              [
                hop('https://example.com/a?x=1', 301, 'https://www.example.com/', { lost: ['path', 'query'] }),
                hop('https://www.example.com/', 200),
              ],
              {
                kind: 'deep',
                path: '/a?x=1',
              },
            ),
          ]),
        },
      },
    ],
    passes: [
      {
        name: 'path and query are kept',
        given: {
          redirects: redirectsOf([
            row([hop('http://app.example.com/a?x=1', 301, 'https://app.example.com/a?x=1'), hop('https://app.example.com/a?x=1', 404)], {
              kind: 'deep',
            }),
          ]),
        },
      },
    ],
  },
  *evaluate({ redirects }) {
    for (const { name, rows } of redirects.hosts) {
      const pages = rows.filter(({ kind, hops }) => pageKinds.has(kind) && hops.length > 0);
      const losing = pages.flatMap((one) => {
        const lost = lostOn(redirects, one);
        return lost.length > 0 ? [{ one, lost }] : [];
      });
      const about = { subject: name, place: { name } };
      if (losing.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          message: `Redirects of ${name} lose the ${andList([...new Set(losing.flatMap(({ lost }) => lost))])} of the address.`,
          proof: losing.slice(0, 4).map(({ one }) => ({ kind: 'step', text: wayText(one) })),
        };
      else if (pages.some(({ kind, hops }) => kind === 'deep' && hops.some(({ to }) => to !== undefined)))
        yield { ...about, outcome: 'pass', message: `Redirects of ${name} keep path and query.` };
    }
  },
});

/** Where the app asks to sign in first, what it forgets then is not the work of a redirect between hosts. */
const lostOn = (redirects: Redirects, { hops }: RedirectRow): string[] =>
  hops.flatMap((hop) => (isSignInPage(hop.to ?? '') ? [] : [...lostBetweenNames(redirects, hop)]));
