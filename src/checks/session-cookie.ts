import { hostOf } from '../evidence/edge-redirects.ts';
import type { Cookie } from '../evidence/http.ts';

/** Names that session libraries use; the second part keeps out look-alikes that scripts of other services set. */
const session =
  /(^|[-_.])(session|sessid|sess|sid|auth|jwt|token|login|remember)([-_.]|$)|session(id|_?token)?$|^(PHPSESSID|JSESSIONID|ASP\.NET_SessionId)$/i;
const notOurs =
  /csrf|xsrf|^_?(ga|gid|gcl|fbp|hj|ph|ajs|mp)_|^_hj|intercom|hubspot|stripe|^__cf|^cf_|datadome|^_vercel|awsalb|arraffinity|nonce|state$|verifier|consent|callback-url/i;

/** Whether a cookie looks by its name like the one that keeps somebody signed in. */
export const isSessionCookie = (name: string): boolean => session.test(name) && !notOurs.test(name);

/** A weakness of a cookie, as the end of the sentence "It …". */
export interface CookieFault {
  readonly text: string;
  readonly serious: boolean;
}

/** Flags that a session cookie lacks. `local`: the app runs on this machine, where there is no https. */
export function cookieFaults(cookie: Cookie, local: boolean): CookieFault[] {
  const secureSite = cookie.url.startsWith('https:') && !local;
  return [
    ...(cookie.httpOnly ? [] : [{ text: 'scripts in the page can read it (no HttpOnly)', serious: true }]),
    ...(secureSite && !cookie.secure ? [{ text: 'it also travels over unencrypted http (no Secure)', serious: true }] : []),
    ...(cookie.sameSite === 'none' ? [{ text: 'other sites can make the browser send it (SameSite=None)', serious: true }] : []),
    ...(cookie.sameSite === 'not-set'
      ? [{ text: 'it leaves to each browser whether other sites can use it (no SameSite)', serious: false }]
      : []),
  ];
}

/** A cookie as it was set, without its value. */
export const cookieText = ({ name, secure, httpOnly, sameSite, domain }: Cookie): string =>
  `Set-Cookie: ${name}=(hidden)${domain === undefined ? '' : `; Domain=${domain}`}${secure ? '; Secure' : ''}${httpOnly ? '; HttpOnly' : ''}${sameSite === 'not-set' ? '' : `; SameSite=${sameSite}`}`;

/** Name of a weak cookie of a host, for whoever tells the same from elsewhere. */
export const cookieAccess = ({ name, url }: Pick<Cookie, 'name' | 'url'>): string => `weak cookie ${name} at ${hostOf(url)}`;
