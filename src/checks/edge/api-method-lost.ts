import { defineCheck } from '../../core/check.ts';
import { asksToSignIn, edgeRedirects, type RedirectRow, type Redirects, wayText } from '../../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../../evidence/edge-redirects-samples.ts';

export const apiMethodLost = defineCheck({
  id: 'edge/api-method-lost',
  severity: 'medium',
  mendedIn: 'code',
  covers: ['S3-C2'],
  doc: {
    title: 'A redirect turns what is sent into a mere look',
    why: 'After a 301 or 302, clients send a GET without the data: forms, webhooks and API calls to the old address seem to work and do nothing.',
    fix: 'Answer with 308 (for good) or 307 (for now) where something may be sent; they keep method and data. Give senders of webhooks the address at the end.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc9110#section-15.4'],
  },
  needs: { redirects: edgeRedirects },
  examples: {
    fails: [
      {
        name: 'a POST over http is answered with 301',
        given: {
          redirects: redirectsOf(
            [row([hop('http://api.example.com/x', 301, 'https://api.example.com/x')], { kind: 'post', scheme: 'http', path: '/x' })],
            {
              name: 'api.example.com',
              role: 'api',
            },
          ),
        },
      },
    ],
    passes: [
      {
        name: 'it is answered with 308',
        given: {
          redirects: redirectsOf(
            [row([hop('http://api.example.com/x', 308, 'https://api.example.com/x')], { kind: 'post', scheme: 'http', path: '/x' })],
            {
              name: 'api.example.com',
              role: 'api',
            },
          ),
        },
      },
    ],
    unknowns: [
      {
        name: 'no answer',
        given: {
          redirects: redirectsOf([
            row([], { kind: 'post', end: 'failed', path: '/x', at: 'https://api.example.com/x', why: 'It took too long.' }),
          ]),
        },
      },
    ],
  },
  *evaluate({ redirects }) {
    for (const { name, role, rows } of redirects.hosts) {
      const sent = rows.filter(({ kind }) => kind === 'post');
      const about = { subject: name, place: { name } };
      const lost = sent.filter((one) => isLost(redirects, one));
      const unseen = sent.find(({ end }) => end === 'failed' || end === 'bot');
      if (lost.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          severity: role === 'api' ? 'medium' : 'low',
          message: `What is sent to ${lost[0]?.scheme}://${name} arrives as a GET without its data.`,
          proof: lost.map((one) => ({ kind: 'step', text: `POST ${wayText(one)}` })),
        };
      else if (unseen)
        yield {
          ...about,
          outcome: 'unknown',
          message: `Whether ${name} keeps what is sent could not be told: ${unseen.why ?? 'no answer came.'}`,
          toKnow: 'Run it again where the host answers.',
        };
      else if (sent.length > 0) yield { ...about, outcome: 'pass', message: `Redirects of ${name} keep what is sent, or refuse it.` };
    }
  },
});

/** An app that asks to sign in first takes nothing, and says so: nothing is lost on its way. */
const isLost = (redirects: Redirects, { hops, at }: RedirectRow): boolean =>
  hops[0]?.to !== undefined &&
  [301, 302, 303].includes(hops[0].status) &&
  !(hops[0].status !== 301 && asksToSignIn(redirects, { hops, at }));
