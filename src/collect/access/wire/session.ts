import { CookieJar } from 'tough-cookie';

/** What makes requests those of somebody: his cookies, his token, and what the app wants beside them. */
export interface Session {
  readonly cookies: CookieJar;
  /** Sent as `Authorization: Bearer`. */
  token?: string;
  /** Further headers, e.g. the token against forged requests. */
  readonly headers: Map<string, string>;
}

/** Nobody yet: no cookies, no token. */
export const emptySession = (): Session => ({ cookies: new CookieJar(undefined, { looseMode: true }), headers: new Map() });
