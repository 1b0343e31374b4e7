import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { type Cookie, livePage, type Page } from '../../evidence/http.ts';

/** Names that session libraries use; the second part keeps out look-alikes that scripts of other services set. */
const session =
  /(^|[-_.])(session|sessid|sess|sid|auth|jwt|token|login|remember)([-_.]|$)|session(id|_?token)?$|^(PHPSESSID|JSESSIONID|ASP\.NET_SessionId)$/i;
const notOurs =
  /csrf|xsrf|^_?(ga|gid|gcl|fbp|hj|ph|ajs|mp)_|^_hj|intercom|hubspot|stripe|^__cf|^cf_|datadome|^_vercel|awsalb|arraffinity|nonce|state$|verifier|consent|callback-url/i;

function faultsOf(cookie: Cookie, page: Page): { text: string; serious: boolean }[] {
  const secureSite = cookie.url.startsWith('https:') && !page.local;
  return [
    ...(cookie.httpOnly ? [] : [{ text: 'scripts in the page can read it (no HttpOnly)', serious: true }]),
    ...(secureSite && !cookie.secure ? [{ text: 'it also travels over unencrypted http (no Secure)', serious: true }] : []),
    ...(cookie.sameSite === 'none' ? [{ text: 'other sites can make the browser send it (SameSite=None)', serious: true }] : []),
    ...(cookie.sameSite === 'not-set'
      ? [{ text: 'it leaves to each browser whether other sites can use it (no SameSite)', serious: false }]
      : []),
  ];
}

export const insecureSessionCookie = defineCheck({
  id: 'audit/insecure-session-cookie',
  severity: 'medium',
  covers: ['SESS-secure-httponly-samesite'],
  doc: {
    title: 'A session cookie lacks the flags that protect it',
    why: 'Whoever gets the session cookie is signed in as that customer. The flags keep it from scripts, from unencrypted connections and from other sites.',
    fix: 'Set the cookie with httpOnly: true, secure: true and sameSite: "lax" where it is made (the session options of your framework or login library).',
    effort: 'minutes',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#cookies'],
  },
  needs: { page: livePage },
  examples: {
    fails: [
      {
        name: 'express-session without flags',
        given: { page: pageWith({ name: 'connect.sid', httpOnly: false, secure: false, sameSite: 'not-set' }) },
      },
      {
        name: 'a session cookie that is sent along from other sites',
        given: { page: pageWith({ name: 'session', httpOnly: true, secure: true, sameSite: 'none' }) },
      },
    ],
    passes: [
      { name: 'all flags set', given: { page: pageWith({ name: '__Host-session', httpOnly: true, secure: true, sameSite: 'lax' }) } },
    ],
  },
  *evaluate({ page }) {
    for (const cookie of page.cookies) {
      if (!session.test(cookie.name) || notOurs.test(cookie.name)) continue;
      const faults = faultsOf(cookie, page);
      if (faults.length === 0)
        yield {
          outcome: 'pass',
          subject: cookie.name,
          message: `The cookie ${cookie.name} is HttpOnly, ${page.local ? '' : 'Secure '}and limited to your site.`,
        };
      else
        yield {
          outcome: 'fail',
          subject: cookie.name,
          severity: faults.some(({ serious }) => serious) ? 'medium' : 'low',
          message: `The cookie ${cookie.name} looks like a session cookie, and ${andList(faults.map(({ text }) => text))}.`,
          place: { url: cookie.url, name: cookie.name },
          proof: [
            {
              kind: 'http',
              request: `GET ${cookie.url}`,
              response: `Set-Cookie: ${cookie.name}=(hidden)${cookie.secure ? '; Secure' : ''}${cookie.httpOnly ? '; HttpOnly' : ''}${cookie.sameSite === 'not-set' ? '' : `; SameSite=${cookie.sameSite}`}`,
            },
          ],
        };
    }
  },
});

function pageWith(cookie: Pick<Cookie, 'name' | 'httpOnly' | 'secure' | 'sameSite'>): Page {
  const url = 'https://portal.example.com/';
  return {
    url,
    status: 200,
    headers: {},
    cookies: [{ ...cookie, url, persistent: false }],
    redirects: [],
    local: false,
    builders: [],
    frameworks: [],
    host: [],
    pages: [{ url, status: 200 }],
    gaps: [],
  };
}
