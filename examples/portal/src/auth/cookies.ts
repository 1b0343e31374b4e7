import type { CookieOptions, Request } from 'express';
import { servedOverHttps } from '../config.ts';

// The __Host- prefix makes browsers refuse the cookie unless it is Secure, for this host only and for the whole site.
const prefix = servedOverHttps ? '__Host-' : '';

export const SESSION_COOKIE = `${prefix}portal_session`;
export const OIDC_COOKIE = `${prefix}portal_oidc`;

export const cookieOptions: CookieOptions = {
  httpOnly: true,
  secure: servedOverHttps,
  sameSite: 'lax',
  path: '/',
};

/** Value of one of the request's cookies. */
export function readCookie(req: Request, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
