import { defineCheck } from '../../core/check.ts';
import { openRedirects, type ReturnTry } from '../../evidence/edge-open-redirects.ts';

const login: ReturnTry = { host: 'app.example.com', at: 'https://app.example.com/login', is: 'kept' };

export const openRedirect = defineCheck({
  id: 'edge/open-redirect',
  severity: 'medium',
  mendedIn: 'code',
  covers: ['S3-C2'],
  doc: {
    title: 'A link of the app leads to any address that somebody writes into it',
    why: 'A link that begins with your address and ends at somebody else’s page is what phishing mails are made of. Where a sign-in comes back through it, the code that signs people in goes along.',
    fix: 'Take only paths of your own as an address to come back to: read it as an address on your own origin, and go to the start page where its origin is another. A leading slash is not enough: // and /\\ lead elsewhere.',
    effort: 'minutes',
    references: [
      'https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html',
      'https://cwe.mitre.org/data/definitions/601.html',
    ],
  },
  needs: { tries: openRedirects },
  examples: {
    fails: [
      {
        name: 'the page to come back to after signing in',
        given: { tries: [{ ...login, is: 'led', parameter: 'next', written: '//launch-ready-probe.invalid/', status: 302 }] },
      },
      {
        name: 'a path that is an address',
        given: {
          tries: [
            {
              host: 'www.example.com',
              at: 'https://www.example.com//…',
              is: 'led',
              written: '//launch-ready-probe.invalid/launch-ready',
              status: 301,
            },
          ],
        },
      },
    ],
    passes: [{ name: 'it leads nowhere else', given: { tries: [login] } }],
    unknowns: [
      { name: 'no answer came', given: { tries: [{ ...login, is: 'failed', why: 'it answered 429: it takes no more for now' }] } },
    ],
  },
  *evaluate({ tries }) {
    for (const { host, at, is, parameter, written = '', status, why } of tries) {
      const about = { subject: at, place: { name: host, url: at } };
      const asked = parameter === undefined ? at.replace('//…', written) : `${at}?${parameter}=${written}`;
      if (is === 'led')
        yield {
          ...about,
          outcome: 'fail',
          message:
            parameter === undefined
              ? `Links to ${host} lead to any host that stands in their path.`
              : `${at} leads to any address that stands in ${parameter}.`,
          proof: [{ kind: 'http', request: `GET ${asked}`, response: `${status ?? ''}, to ${written}` }],
        };
      else if (is === 'failed')
        yield {
          ...about,
          outcome: 'unknown',
          severity: 'low',
          message: `Nobody could tell whether ${at} leads to foreign addresses: ${why ?? 'no answer came'}.`,
          toKnow: 'Try again later.',
        };
      else yield { ...about, outcome: 'pass', message: `${at} leads to no foreign address.` };
    }
  },
});
