import { describe, expect, it } from 'vitest';
import { whyNotOpened } from './host.ts';

const hosts = { isOurs: (host: string) => host.endsWith('example.com'), isApp: (host: string) => host === 'app.example.com' };
const here = 'http://localhost:3000';
const there = 'https://app.example.com';

describe('a link of a mail', () => {
  it.each([
    [here, 'http://localhost:3000/reset/1'],
    [here, 'http://127.0.0.1:3000/reset/1'],
    [here, 'https://app.example.com/reset/1'],
    [there, 'https://app.example.com/reset/1'],
    // Whatever lies at the address of the app itself is the app's.
    [there, 'https://app.example.com/auth/v1/verify?token=1'],
  ])('is asked of the app at %s: %s', (origin, link) => {
    expect(whyNotOpened(new URL(link), origin, hosts)).toBeUndefined();
  });

  it.each<[string, string, RegExp, RegExp]>([
    [here, 'http://127.0.0.1:54321/auth/v1/verify?token=pkce_1', /\(Supabase\), which signs people in/, /^Use it yourself/],
    [here, 'http://localhost:4000/reset/1', /only localhost:3000 of this machine/, /^Use it yourself/],
    [here, 'https://auth.example.com/auth/v1/verify?token=1', /auth\.example\.com \(Supabase\)/, /^Use it yourself/],
    [here, 'https://app.example.com/auth/v1/verify?token=1', /app\.example\.com \(Supabase\)/, /^Use it yourself/],
    [here, 'https://login.example.com/u/email-verification?ticket=1', /\(Auth0\)/, /^Use it yourself/],
    [here, 'https://url1234.example.com/ls/click?upn=1', /counts clicks/, /^Switch click tracking off/],
    [there, 'https://links.example.com/CL0/https:%2F%2Fapp.example.com/1', /counts clicks/, /^Switch click tracking off/],
    [there, 'https://abcd.supabase.co/auth/v1/verify?token=1', /\(Supabase\)/, /^Use it yourself/],
    [there, 'https://acme.eu.auth0.com/lo/reset?ticket=1', /\(Auth0\)/, /^Use it yourself/],
    [there, 'https://clerk.example.com/v1/verify?token=1', /\(Clerk\)/, /^Use it yourself/],
    [there, 'https://auth.example.com/reset/1', /another host of yours than the app/, /role: app under domains\.hosts/],
    [
      'https://beta.example.com',
      'https://app.example.com/reset/1',
      /only beta\.example\.com is asked/,
      /^Run it with https:\/\/app\.example\.com/,
    ],
    [there, 'http://localhost:3000/reset/1', /only there on your own machine/, /^Set the address/],
    [there, 'https://elsewhere.example/reset/1', /no host of yours/, /^Use it yourself/],
  ])('is not asked of the app at %s: %s', (origin, link, text, toKnow) => {
    const why = whyNotOpened(new URL(link), origin, hosts);
    expect(why?.text).toMatch(text);
    expect(why?.toKnow).toMatch(toKnow);
  });
});
