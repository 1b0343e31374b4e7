import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { type Cookie, livePage, type Page } from '../../evidence/http.ts';
import { cookieAccess, cookieFaults, cookieText, isSessionCookie } from '../session-cookie.ts';

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
      if (!isSessionCookie(cookie.name)) continue;
      const faults = cookieFaults(cookie, { local: page.local, beside: page.cookies.map(({ name }) => name) });
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
              response: cookieText(cookie),
            },
          ],
          suspects: [{ access: cookieAccess(cookie) }],
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
