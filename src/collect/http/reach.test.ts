import { describe, expect, it } from 'vitest';
import { targetOf } from './fixtures/server.ts';
import { isNamed, mayAsk, sameSite } from './reach.ts';

const target = targetOf(new URL('https://app.example.com/'));
const asks = (url: string, purpose: 'page' | 'asset'): boolean => mayAsk(new URL(url), purpose, target);

describe('pages and probes', () => {
  it.each(['https://app.example.com/x', 'http://app.example.com/', 'https://www.app.example.com/'])('may go to %s', (url) => {
    expect(asks(url, 'page')).toBe(true);
  });
  it.each([
    'https://example.com/',
    'https://app.example.com:8443/',
    'https://app.example.com.evil.net/',
    'https://cdn.example.com/',
    'ftp://app.example.com/',
  ])('may not go to %s', (url) => {
    expect(asks(url, 'page')).toBe(false);
  });
  it('knows the apex as the twin of www', () => {
    expect(isNamed(new URL('https://example.com/'), targetOf(new URL('https://www.example.com/')))).toBe(true);
  });
});

describe('scripts', () => {
  it.each([
    ['a CDN host of the same site', 'https://cdn.example.com/assets/a.js'],
    ['a build on any CDN', 'https://d111.cloudfront.net/_next/static/chunks/a.js'],
    ['the code of a Framer site', 'https://framerusercontent.com/sites/21Hk/script_main.mjs'],
    ['the code of a Webflow site', 'https://cdn.prod.website-files.com/66d1/js/webflow.js'],
  ])('may come from %s', (_, url) => {
    expect(asks(url, 'asset')).toBe(true);
  });
  it.each([
    'https://www.googletagmanager.com/gtag/js',
    'https://js.stripe.com/v3/',
    'https://cdn.jsdelivr.net/npm/x.js',
    'https://framerusercontent.com/images/x.js',
    'file:///etc/passwd',
  ])('are not asked for at %s', (url) => {
    expect(asks(url, 'asset')).toBe(false);
  });
});

describe('sameSite', () => {
  it.each([
    ['app.example.com', 'cdn.example.com'],
    ['example.com', 'a.b.example.com'],
    ['app.example.co.uk', 'cdn.example.co.uk'],
  ])('%s and %s', (a, b) => {
    expect(sameSite(a, b)).toBe(true);
  });
  it.each([
    ['a.vercel.app', 'b.vercel.app'],
    ['acme.lovable.app', 'other.lovable.app'],
    ['bucket.s3.eu-west-1.amazonaws.com', 'other.s3.eu-west-1.amazonaws.com'],
    ['one.co.uk', 'two.co.uk'],
    ['example.com', 'example.net'],
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]', '[::1]'],
  ])('not %s and %s', (a, b) => {
    expect(sameSite(a, b)).toBe(false);
  });
});
