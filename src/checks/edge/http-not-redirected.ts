import { defineCheck } from '../../core/check.ts';
import { edgeRedirects, isHttpsAlone, wayText } from '../../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../../evidence/edge-redirects-samples.ts';

/** An answer of the app itself: a page, or that one must sign in. */
const isServed = (status: number): boolean => (status >= 200 && status < 300) || status === 401;

export const httpNotRedirected = defineCheck({
  id: 'edge/http-not-redirected',
  severity: 'high',
  covers: ['S3-C2', 'S3-C4', 'MB-4', 'RM-use-https', 'CF-always-https', 'REST-http-no-redirect-api'],
  doc: {
    title: 'A host serves its pages over unencrypted http',
    why: 'On a café or hotel network anybody nearby reads what travels over http, and can put other pages in its place. Browsers call the site not secure.',
    fix: 'Redirect every http address to the same address with https: "Always Use HTTPS" in Cloudflare, a switch at most hosts, a return 308 https://$host$request_uri in nginx. An API may refuse http instead.',
    effort: 'minutes',
  },
  needs: { redirects: edgeRedirects },
  examples: {
    fails: [
      {
        name: 'the page comes over http',
        given: { redirects: redirectsOf([row([hop('http://app.example.com/', 200)], { scheme: 'http' })]) },
      },
      {
        name: 'http is closed: old links and typed addresses fail',
        given: {
          redirects: redirectsOf([
            row([], { scheme: 'http', end: 'failed', fault: 'refused', at: 'http://app.example.com/' }),
            row([hop('https://app.example.com/', 200)]),
          ]),
        },
      },
    ],
    passes: [
      {
        name: 'http leads to https',
        given: {
          redirects: redirectsOf([
            row([hop('http://app.example.com/', 308, 'https://app.example.com/'), hop('https://app.example.com/', 200)], {
              scheme: 'http',
            }),
          ]),
        },
      },
      {
        name: 'http is closed, on a top-level domain that browsers ask by https alone',
        given: {
          redirects: redirectsOf(
            [
              row([], { scheme: 'http', end: 'failed', fault: 'refused', at: 'http://app.example.dev/' }),
              row([hop('https://app.example.dev/', 200)]),
            ],
            { name: 'app.example.dev' },
          ),
        },
      },
      {
        name: 'an API that refuses http',
        given: {
          redirects: redirectsOf([row([hop('http://api.example.com/', 403)], { scheme: 'http' })], {
            name: 'api.example.com',
            role: 'api',
          }),
        },
      },
    ],
    unknowns: [
      {
        name: 'nobody said where http is reached before the cut-over',
        given: {
          redirects: redirectsOf([
            row([], {
              scheme: 'http',
              end: 'failed',
              fault: 'unsaid',
              at: 'http://app.example.com/',
              why: 'Nobody said where it is reached.',
            }),
          ]),
        },
      },
    ],
  },
  *evaluate({ redirects: { hosts } }) {
    for (const { name, role, rows } of hosts) {
      const about = { subject: name, place: { name, url: `http://${name}/` } };
      const http = rows.filter(({ scheme, kind }) => scheme === 'http' && kind !== 'post');
      const [home] = http;
      const last = home?.hops.at(-1);
      const isRefused = role !== 'api' && last?.to === undefined && last?.status === 403 && last.url.startsWith('http:');
      const served = http.filter(({ end, hops }) => {
        const last = hops.at(-1);
        return end === 'answer' && last?.to === undefined && last?.url.startsWith('http:') === true && isServed(last.status);
      });
      const isOpen = rows.some(({ scheme, hops }) => scheme === 'https' && hops.length > 0);
      if (served.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          // Where browsers ask by https alone, other programs are left.
          severity: isHttpsAlone(name)
            ? 'low'
            : served.some(({ kind, given }) => given && (kind === 'login' || kind === 'callback' || kind === 'mailed'))
              ? 'blocker'
              : 'high',
          message: `${name} serves its pages over http instead of sending visitors to https.`,
          proof: served.slice(0, 4).map((one) => ({ kind: 'step', text: wayText(one) })),
        };
      else if (home?.end === 'failed' && home.hops.length === 0 && home.fault === 'refused' && isOpen) {
        if (role === 'api' || isHttpsAlone(name)) yield { ...about, outcome: 'pass', message: `${name} is not there over http.` };
        else
          yield {
            ...about,
            outcome: 'fail',
            severity: 'low',
            message: `${name} does not answer over http: old links, and addresses typed without https, lead nowhere.`,
            proof: [{ kind: 'step', text: wayText(home) }],
          };
      } else if (home && (home.end === 'failed' || home.end === 'bot' || isRefused))
        yield {
          ...about,
          outcome: 'unknown',
          message: `What http://${name} answers could not be told: ${home.why ?? (isRefused ? 'this machine was refused (403).' : 'no answer came.')}`,
          toKnow:
            home.fault === 'unsaid' ? `Write http://${name}=address:port under domains.connect.` : 'Run it again where that host answers.',
        };
      else if (home && home.end !== 'loop' && home.end !== 'long')
        yield {
          ...about,
          outcome: 'pass',
          message: `Over http, ${name} shows nothing${last?.url.startsWith('http:') ? ` (${last.status})` : ' and leads to https'}.`,
        };
    }
  },
});
