import { defineCheck } from '../../core/check.ts';
import { edgeRedirects, wayText } from '../../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../../evidence/edge-redirects-samples.ts';

/** Each hop is a wait, on a phone half a second. */
const many = 3;

export const redirectLoop = defineCheck({
  id: 'edge/redirect-loop',
  severity: 'blocker',
  mendedIn: 'code',
  covers: ['S3-C2', 'CF-ssl-full-strict', 'MB-4'],
  doc: {
    title: 'An address redirects in a circle, or too often',
    why: 'The browser gives up with "too many redirects", and nobody gets in. It often begins the moment a proxy is switched on in front of a host that redirects to https itself.',
    fix: 'Follow the hops: two places redirect against each other. Behind Cloudflare, set SSL/TLS to Full (strict), never Flexible; let only one place decide between www and the bare domain.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/ssl/troubleshooting/too-many-redirects/'],
  },
  needs: { redirects: edgeRedirects },
  examples: {
    fails: [
      {
        name: 'https leads to itself',
        given: {
          redirects: redirectsOf([row([hop('https://app.example.com/', 301, 'https://app.example.com/')], { end: 'loop' })]),
        },
      },
      {
        name: 'more hops than a browser takes',
        given: { redirects: redirectsOf([row([hop('https://app.example.com/', 302, 'https://app.example.com/1')], { end: 'long' })]) },
      },
      {
        name: 'five hops to the page',
        given: {
          redirects: redirectsOf([
            row(
              [1, 2, 3, 4, 5, 6].map((nth) =>
                hop(`https://app.example.com/${nth}`, nth === 6 ? 200 : 302, nth === 6 ? undefined : `https://app.example.com/${nth + 1}`),
              ),
            ),
          ]),
        },
      },
    ],
    passes: [
      {
        name: 'one hop to https',
        given: {
          redirects: redirectsOf([
            row([hop('http://app.example.com/', 301, 'https://app.example.com/'), hop('https://app.example.com/', 200)], {
              scheme: 'http',
            }),
          ]),
        },
      },
    ],
    unknowns: [
      {
        name: 'a bot protection answered',
        given: { redirects: redirectsOf([row([hop('https://app.example.com/', 403)], { end: 'bot', why: 'Cloudflare answered.' })]) },
      },
    ],
  },
  *evaluate({ redirects: { hosts } }) {
    for (const { name, rows: all } of hosts) {
      // What only another spelling of the slash does is judged by itself.
      const rows = all.filter(({ kind }) => !kind.endsWith('-slash'));
      const about = { subject: name, place: { name } };
      const circles = rows.filter(({ end }) => end === 'loop' || end === 'long');
      const long = rows.filter(
        ({ end, hops }) => (end === 'answer' || end === 'leaves') && hops.filter(({ to }) => to !== undefined).length > many,
      );
      const unseen = rows.find(({ end }) => end === 'bot');
      const way = (one: (typeof rows)[number]) => ({ kind: 'step' as const, text: wayText(one) });
      const [first] = circles;
      if (first)
        yield {
          ...about,
          outcome: 'fail',
          message: `${first.scheme}://${name}${first.path} ${first.end === 'loop' ? 'redirects in a circle' : 'redirects without end'}, and no browser opens it.`,
          proof: circles.slice(0, 4).map(way),
        };
      else if (unseen)
        yield {
          ...about,
          outcome: 'unknown',
          message: `Where ${name} leads could not be told: ${unseen.why ?? 'a bot protection answered.'}`,
          toKnow: 'Let this machine through the bot protection, and run it again.',
        };
      else if (long.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          severity: 'low',
          message: `Visitors of ${name} are sent on more than ${many} times before they see a page.`,
          fix: 'Send every address to its end in one hop: to https and to the right host at once.',
          proof: long.slice(0, 3).map(way),
        };
      else if (rows.some(({ end }) => end === 'answer'))
        yield { ...about, outcome: 'pass', message: `Every address of ${name} that was asked leads to its end.` };
    }
  },
});
