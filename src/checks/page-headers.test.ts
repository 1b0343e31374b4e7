import { describe, expect, it } from 'vitest';
import { run } from '../core/engine.ts';
import { edgePages } from '../evidence/edge-pages.ts';
import { edgeRedirects } from '../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../evidence/edge-redirects-samples.ts';
import { livePage, type Page } from '../evidence/http.ts';
import { insecureSessionCookie } from './audit/insecure-session-cookie.ts';
import { securityHeaders as ofAddress } from './audit/security-headers.ts';
import { hstsMissing } from './edge/hsts-missing.ts';
import { securityHeaders as ofHosts } from './edge/security-headers.ts';
import { sessionCookie } from './edge/session-cookie.ts';
import { faultsText, wantedHeaders } from './page-headers.ts';

const url = 'https://app.example.com/';
const faultOf = (name: string, headers: Readonly<Record<string, string>>, metaPolicy?: string): string | undefined =>
  wantedHeaders
    .find((wanted) => wanted.name === name)!
    .fault({ url, headers, local: false, ...(metaPolicy !== undefined && { metaPolicy }) });

describe('what a Content-Security-Policy says of scripts', () => {
  it.each([
    "default-src 'self'",
    "script-src 'self' https://js.stripe.com; object-src 'none'",
    "script-src 'nonce-abc' 'unsafe-inline'",
    "script-src 'sha256-abc=' 'strict-dynamic' https: 'unsafe-inline'",
    "DEFAULT-SRC 'NONE'",
    // Each of two policies holds.
    "default-src *, script-src 'self'",
    // A directive that comes again is ignored.
    "script-src 'self'; script-src *",
    "script-src-elem 'self'; script-src-attr 'none'",
    // Scripts have a directive of their own.
    "default-src *; script-src 'self'",
  ])('holds foreign ones back: %s', (policy) => {
    expect(faultOf('Content-Security-Policy', { 'content-security-policy': policy })).toBeUndefined();
    expect(faultOf('Content-Security-Policy', {}, policy)).toBeUndefined();
  });

  it.each([
    ['', 'do not send'],
    ['upgrade-insecure-requests', 'says nothing of scripts'],
    ["frame-ancestors 'self'; img-src 'self'", 'says nothing of scripts'],
    ['default-src * data:', 'from everywhere'],
    ["script-src 'self' https:", 'from everywhere'],
    ["script-src 'self' data:", 'from everywhere'],
    ["script-src 'nonce-abc' https:", 'from everywhere'],
    ["default-src 'self' 'unsafe-inline'", "'unsafe-inline'"],
  ])('does not: %s', (policy, text) => {
    expect(faultOf('Content-Security-Policy', { 'content-security-policy': policy })).toContain(text);
  });
});

describe('who may show a page in a frame', () => {
  it.each([
    [{ 'x-frame-options': 'SAMEORIGIN' }, undefined],
    [{ 'x-frame-options': 'ALLOW-FROM https://partner.example' }, 'leave aside'],
    [{ 'content-security-policy': 'frame-ancestors https://partner.example' }, undefined],
    // Browsers leave X-Frame-Options aside where there is frame-ancestors.
    [{ 'x-frame-options': 'DENY', 'content-security-policy': 'frame-ancestors *' }, 'every site'],
    [{ 'content-security-policy': "frame-ancestors https:, frame-ancestors 'self'" }, undefined],
  ])('%j', (headers, text) => {
    const fault = faultOf('X-Frame-Options', headers as unknown as Record<string, string>);
    if (text === undefined) expect(fault).toBeUndefined();
    else expect(fault).toContain(text);
  });
});

it('counts the last Referrer-Policy that stands there', () => {
  expect(faultOf('Referrer-Policy', { 'referrer-policy': 'no-referrer, strict-origin-when-cross-origin' })).toBeUndefined();
  expect(faultOf('Referrer-Policy', { 'referrer-policy': 'no-referrer, unsafe-url' })).toContain('unsafe-url');
});

it('asks for no HSTS where browsers come by https alone', () => {
  const hsts = wantedHeaders.find(({ name }) => name === 'Strict-Transport-Security')!;
  expect(hsts.fault({ url: 'https://portal.example.app/', headers: {}, local: false })).toBeUndefined();
});

it('puts what is wrong into one sentence', () => {
  expect(faultsText(['do not send A', 'take scripts from everywhere', 'do not send B'])).toBe(
    'do not send A and B; they take scripts from everywhere',
  );
});

describe('an address that is a host of the domain too', () => {
  const cookie = { name: 'session', url, secure: false, httpOnly: false, sameSite: 'not-set', persistent: false } as const;
  const page: Page = {
    url,
    status: 200,
    headers: {},
    cookies: [cookie],
    redirects: [],
    local: false,
    builders: [],
    frameworks: [],
    host: [],
    pages: [{ url, status: 200 }],
    gaps: [],
  };
  const hosts = [{ name: 'app.example.com', role: 'app' as const, pages: [{ ...page }], cookies: [cookie] }];
  const told = async (evidence: Readonly<Record<string, unknown>>) => {
    const checks = [ofAddress, insecureSessionCookie, ofHosts, sessionCookie, hstsMissing];
    const collectors = [livePage, edgePages, edgeRedirects].map((provides) => ({
      provides,
      wants: 'url' as const,
      needs: {},
      effects: 'none' as const,
      timeoutMs: 1_000,
      collect: () => Promise.resolve(evidence[provides.id] as never),
    }));
    const target = { url: new URL(url), scope: { hosts: [], requests: 0, history: false } };
    const { run: judged } = await run({ checks, collectors, target, version: '1', targetArguments: url });
    return judged.findings.flatMap(({ check, outcome }) => (outcome === 'fail' ? [check] : [])).toSorted();
  };
  const redirects = redirectsOf([row([hop(url, 200)])]);

  it('is told once', async () => {
    expect(await told({ [livePage.id]: page, [edgePages.id]: { apex: 'example.com', hosts }, [edgeRedirects.id]: redirects })).toEqual([
      'edge/hsts-missing',
      'edge/security-headers',
      'edge/session-cookie',
    ]);
  });

  it('is told by whoever saw it, also where the domain tells of another header of that host', async () => {
    const sent = { 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'self'" };
    const strict = redirectsOf([row([hop(url, 200, undefined, { hsts: 'max-age=31536000' })])]);
    const better = { apex: 'example.com', hosts: [{ ...hosts[0]!, cookies: [], pages: [{ ...page, headers: sent }] }] };
    const framed = { ...page, cookies: [], headers: { ...sent, 'x-frame-options': '', 'strict-transport-security': 'max-age=31536000' } };
    expect(await told({ [livePage.id]: framed, [edgePages.id]: better, [edgeRedirects.id]: strict })).toEqual([
      'audit/security-headers',
      'edge/security-headers',
    ]);
  });

  it('is told by whoever saw it, where the domain does not show it', async () => {
    const strict = redirectsOf([row([hop(url, 200, undefined, { hsts: 'max-age=31536000' })])]);
    const without = { apex: 'example.com', hosts: [{ ...hosts[0]!, cookies: [] }] };
    expect(await told({ [livePage.id]: page, [edgePages.id]: without, [edgeRedirects.id]: strict })).toEqual([
      'audit/insecure-session-cookie',
      'audit/security-headers',
      'edge/security-headers',
    ]);
  });
});
