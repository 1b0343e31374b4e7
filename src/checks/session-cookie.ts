import { hostOf } from '../evidence/edge-redirects.ts';
import type { Cookie } from '../evidence/http.ts';

export { isSessionCookie } from '../evidence/session-name.ts';

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
