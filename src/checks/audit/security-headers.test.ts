import { describe, expect, it } from 'vitest';
import type { Page } from '../../evidence/http.ts';
import { securityHeaders } from './security-headers.ts';

const good = securityHeaders.examples.passes[0]?.given.page as Page;
const bare = securityHeaders.examples.fails[0]?.given.page as Page;
const judge = (page: Page) => [...securityHeaders.evaluate({ page })][0];
const without = (name: string): Page => ({
  ...good,
  headers: Object.fromEntries(Object.entries(good.headers).filter(([key]) => key !== name)),
});

describe('audit/security-headers', () => {
  it.each([
    ['strict-transport-security', 'medium'],
    ['x-frame-options', 'medium'],
    ['x-content-type-options', 'low'],
    ['referrer-policy', 'low'],
    ['content-security-policy', 'low'],
  ])('without %s: %s', (name, severity) => {
    const finding = judge(without(name));
    expect([finding?.outcome, finding?.severity, finding?.message.toLowerCase().includes(name)]).toEqual(['fail', severity, true]);
  });

  it.each([
    ['vercel.json', { host: [{ name: 'vercel', evidence: [] }] }],
    ['next.config', { host: [{ name: 'vercel', evidence: [] }], frameworks: [{ name: 'next', evidence: [] }] }],
    ['public/_headers', { host: [{ name: 'netlify', evidence: [] }] }],
    ['Transform Rule', { host: [{ name: 'cloudflare', evidence: [] }] }],
    ['helmet', { host: [], frameworks: [{ name: 'express', evidence: [] }] }],
    ['add_header', { host: [{ name: 'nginx', evidence: [] }] }],
    ['Set these headers', { host: [] }],
  ])('gives the recipe: %s', (words, traits) => {
    expect(judge({ ...bare, ...traits })?.fix).toContain(words);
  });

  it('asks for no HSTS on this machine or over http, and is milder there', () => {
    expect(judge({ ...without('strict-transport-security'), local: true })?.outcome).toBe('pass');
    expect(judge({ ...without('strict-transport-security'), url: 'http://portal.example.com/' })?.outcome).toBe('pass');
    expect(judge({ ...bare, local: true })?.severity).toBe('low');
  });

  it('takes a policy in the page for one, but not for frames; a report-only policy is none', () => {
    expect(judge({ ...without('content-security-policy'), metaPolicy: "default-src 'self'" })?.outcome).toBe('pass');
    expect(judge({ ...without('x-frame-options'), metaPolicy: "frame-ancestors 'none'" })?.outcome).toBe('fail');
    expect(
      judge({
        ...without('content-security-policy'),
        headers: { ...without('content-security-policy').headers, 'content-security-policy-report-only': "default-src 'self'" },
      })?.outcome,
    ).toBe('fail');
  });

  it('does not judge an error page', () => {
    expect(judge({ ...bare, status: 502 })).toMatchObject({ outcome: 'unknown', severity: 'low' });
  });
});
