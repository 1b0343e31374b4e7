import { defineCheck } from '../../core/check.ts';
import { edgeRedirects } from '../../evidence/edge-redirects.ts';
import { redirectsOf } from '../../evidence/edge-redirects-samples.ts';

export const anyNameServed = defineCheck({
  id: 'edge/any-name-served',
  severity: 'low',
  covers: ['S3-C2', 'S3-C1'],
  doc: {
    title: 'The server shows the app under any name that leads to it',
    why: 'Somebody else can point his domain at your server and show your app as his. Links that the app makes of the name it was called by, in mails to reset a password too, then lead to him.',
    fix: 'Answer only to your own names: a default server block in nginx that returns 444, a list of allowed hosts in the app, a fixed base address for links in mails.',
    effort: 'minutes',
    references: [
      'https://owasp.org/www-project-web-security-testing-guide/stable/4-Web_Application_Security_Testing/07-Input_Validation_Testing/17-Testing_for_Host_Header_Injection',
    ],
  },
  needs: { redirects: edgeRedirects },
  examples: {
    fails: [{ name: 'the same page', given: { redirects: redirectsOf([], { stranger: { scheme: 'https', status: 200, same: true } }) } }],
    passes: [
      { name: 'no such host', given: { redirects: redirectsOf([], { stranger: { scheme: 'https', status: 404, same: false } }) } },
      {
        name: 'it leads to the right name',
        given: { redirects: redirectsOf([], { stranger: { scheme: 'https', status: 301, to: 'https://app.example.com/', same: false } }) },
      },
    ],
  },
  *evaluate({ redirects: { hosts } }) {
    for (const { name, stranger } of hosts) {
      if (!stranger) continue;
      const about = { subject: name, place: { name } };
      const proof = [
        {
          kind: 'http' as const,
          request: `GET ${stranger.scheme}://${name}/ with Host: launch-ready-probe.invalid`,
          response: `${stranger.status}${stranger.same ? ', the same page' : ''}${stranger.to === undefined ? '' : `, to ${stranger.to}`}`,
        },
      ];
      if (stranger.same)
        yield { ...about, outcome: 'fail', message: `The server of ${name} shows its pages under a name that is not yours.`, proof };
      else if (stranger.status >= 300)
        yield { ...about, outcome: 'pass', message: `The server of ${name} does not answer to foreign names.`, proof };
    }
  },
});
