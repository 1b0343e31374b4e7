import { defineCheck } from '../../core/check.ts';
import { edgeRedirects, wayText } from '../../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../../evidence/edge-redirects-samples.ts';

export const httpsDowngrade = defineCheck({
  id: 'edge/https-downgrade',
  severity: 'high',
  mendedIn: 'code',
  covers: ['S3-C2', 'RM-use-https', 'AUTHN-tls-login'],
  doc: {
    title: 'A redirect leads visitors from https back to http',
    why: 'Whoever is on the same network reads what travels over that hop, sign-in codes and cookies included, and can change where it leads.',
    fix: 'Find the place that writes http:// into the redirect. Behind a proxy it is mostly an app that does not know that the visitor came by https: let it trust X-Forwarded-Proto, and give it its own address with https.',
    effort: 'minutes',
  },
  needs: { redirects: edgeRedirects },
  examples: {
    fails: [
      {
        name: 'https leads to http and back',
        given: {
          redirects: redirectsOf([
            row([
              hop('https://app.example.com/', 302, 'http://app.example.com/login'),
              hop('http://app.example.com/login', 301, 'https://app.example.com/login'),
              hop('https://app.example.com/login', 200),
            ]),
          ]),
        },
      },
    ],
    passes: [{ name: 'https stays https', given: { redirects: redirectsOf([row([hop('https://app.example.com/', 200)])]) } }],
    unknowns: [
      {
        name: 'https is not answered',
        given: {
          redirects: redirectsOf([
            row([], { end: 'failed', at: 'https://app.example.com/', why: 'app.example.com took too long to answer.' }),
          ]),
        },
      },
    ],
  },
  *evaluate({ redirects: { hosts } }) {
    for (const { name, rows } of hosts) {
      const about = { subject: name, place: { name } };
      const down = rows.filter(({ hops }) => hops.some(({ url, to }) => url.startsWith('https:') && to?.startsWith('http:')));
      const unseen = rows.find(({ end, scheme }) => scheme === 'https' && (end === 'failed' || end === 'bot'));
      if (down.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          message: `${name} sends visitors from https back to http${down.some(({ kind }) => kind === 'callback' || kind === 'mailed' || kind === 'login') ? ', sign-in included' : ''}.`,
          proof: down.slice(0, 4).map((one) => ({ kind: 'step', text: wayText(one) })),
        };
      else if (unseen)
        yield {
          ...about,
          outcome: 'unknown',
          message: `Where https://${name} leads could not be told: ${unseen.why ?? 'no answer came.'}`,
          toKnow: 'Mend what keeps it from answering, or let this machine through, and run it again.',
        };
      else if (rows.some(({ scheme, hops }) => scheme === 'https' && hops.length > 0))
        yield { ...about, outcome: 'pass', message: `No redirect of ${name} leaves https.` };
    }
  },
});
