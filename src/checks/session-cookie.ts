import { hostOf } from '../evidence/edge-redirects.ts';
import type { Cookie } from '../evidence/http.ts';

export { isSessionCookie } from '../evidence/session-name.ts';

/**
 * Cookies of well-known services that are what they are by design: `readable`: its own scripts read it (Supabase SSR, Clerk's token of a minute); `crossSite`:
 * pages of other sites that sign in by it send it (Keycloak).
 */
const byDesign: readonly {
  readonly name: RegExp;
  /** A cookie that the service sets as well: others have the same name for theirs. */
  readonly beside?: RegExp;
  readonly readable?: true;
  readonly crossSite?: true;
}[] = [
  { name: /^sb-.+-auth-token(?:\.\d+)?$/, readable: true },
  { name: /^__session(?:_\w+)?$/, beside: /^__client_uat/, readable: true },
  { name: /^(?:AUTH_SESSION_ID|KEYCLOAK_SESSION|KEYCLOAK_IDENTITY)(?:_LEGACY)?$/, readable: true, crossSite: true },
];

/** A weakness of a cookie, as the end of the sentence "It …". */
export interface CookieFault {
  readonly text: string;
  readonly serious: boolean;
}

/** Flags that a session cookie lacks. `local`: the app runs on this machine, where there is no https. `beside`: names of the cookies that came with it. */
export function cookieFaults(
  cookie: Cookie,
  { local, beside }: { readonly local: boolean; readonly beside: readonly string[] },
): CookieFault[] {
  const secureSite = cookie.url.startsWith('https:') && !local;
  const { readable, crossSite } =
    byDesign.find(({ name, beside: other }) => name.test(cookie.name) && (!other || beside.some((one) => other.test(one)))) ?? {};
  return [
    ...(cookie.httpOnly || readable ? [] : [{ text: 'scripts in the page can read it (no HttpOnly)', serious: true }]),
    ...(secureSite && !cookie.secure ? [{ text: 'it also travels over unencrypted http (no Secure)', serious: true }] : []),
    ...(cookie.sameSite === 'none' && !crossSite
      ? [{ text: 'other sites can make the browser send it (SameSite=None)', serious: true }]
      : []),
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
