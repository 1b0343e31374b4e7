import { describe, expect, it } from 'vitest';
import type { Cookie, Page } from '../../evidence/http.ts';
import { insecureSessionCookie } from './insecure-session-cookie.ts';

const page = insecureSessionCookie.examples.passes[0]?.given.page as Page;
const judge = (cookie: Partial<Cookie> & { name: string }, more: Partial<Page> = {}) => [
  ...insecureSessionCookie.evaluate({
    page: {
      ...page,
      ...more,
      cookies: [{ url: page.url, secure: false, httpOnly: false, sameSite: 'not-set', persistent: false, ...cookie }],
    },
  }),
];

describe('audit/insecure-session-cookie', () => {
  it.each([
    'session',
    'connect.sid',
    'sid',
    'PHPSESSID',
    'JSESSIONID',
    'next-auth.session-token',
    '__Secure-authjs.session-token',
    'better-auth.session_token',
    'laravel_session',
    'auth_token',
    'sb-abc-auth-token',
    'access_token',
    'jwt',
    'sessionId',
  ])('judges %s', (name) => {
    expect(judge({ name }).map(({ outcome }) => outcome)).toEqual(['fail']);
  });
  it.each([
    'theme',
    '_ga',
    '_ga_ABC',
    'csrf-token',
    'XSRF-TOKEN',
    'next-auth.csrf-token',
    'next-auth.callback-url',
    '_hjSession_123',
    'intercom-session-x',
    '__stripe_sid',
    '__cf_bm',
    'sidebar_open',
    'author',
    'cookie_consent_token',
    'locale',
    'login_hint',
    'auth_redirect',
    'auth_verification',
    'last_login',
    'session_theme',
    'analytics_session',
    'rl_session',
    '_shopify_session',
    'optimizelySession',
    'sb-abc-auth-token-code-verifier',
  ])('leaves %s alone', (name) => {
    expect(judge({ name })).toEqual([]);
  });
  it('asks for Secure only where there is https', () => {
    const flags = { name: 'session', httpOnly: true, sameSite: 'lax' } as const;
    expect(judge(flags)[0]?.message).toContain('unencrypted');
    expect(judge(flags, { local: true })[0]?.outcome).toBe('pass');
    expect(judge({ ...flags, url: 'http://portal.example.com/' })[0]?.outcome).toBe('pass');
  });
  it('takes what services mean by design for what it is', () => {
    const readable = { secure: true, sameSite: 'lax' } as const;
    expect(judge({ name: 'sb-abc-auth-token', ...readable })[0]?.outcome).toBe('pass');
    expect(judge({ name: 'sb-abc-auth-token.0', ...readable, secure: false })[0]?.outcome).toBe('fail');
    expect(judge({ name: 'KEYCLOAK_SESSION', secure: true, sameSite: 'none' })[0]?.outcome).toBe('pass');
    // Clerk's, by the cookie that comes with it; Remix calls its own the same.
    const clerk = { ...page.cookies[0]!, name: '__client_uat', url: page.url };
    const session = { ...clerk, name: '__session', httpOnly: false, ...readable };
    const outcomes = (cookies: Page['cookies']) =>
      [...insecureSessionCookie.evaluate({ page: { ...page, cookies } })].map(({ outcome }) => outcome);
    expect(outcomes([session, clerk])).toEqual(['pass']);
    expect(outcomes([session])).toEqual(['fail']);
  });
  it('takes a missing SameSite alone for a small fault', () => {
    expect(judge({ name: 'session', httpOnly: true, secure: true })[0]?.severity).toBe('low');
  });
});
