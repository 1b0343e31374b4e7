import { describe, expect, it } from 'vitest';
import { harmOf, layerOf } from './harm.ts';

const of = (name: string, covers: readonly string[] = []): { check: string; covers: readonly string[] } => ({
  check: `audit/${name}`,
  covers,
});

describe('harmOf', () => {
  it.each([
    ['rls-off', [], 'exposure'],
    ['service-key-in-client', [], 'secret'],
    ['signup-role-from-metadata', [], 'takeover'],
    ['webhook-unverified', ['WH-signature'], 'forgery'],
    ['login-rate-limit', ['AUTHN-throttle-per-account'], 'abuse'],
    ['source-maps', ['SEC-sourcemaps'], 'hygiene'],
    ['route-without-auth', [], 'exposure'],
    ['debug-endpoint', ['MB-3'], 'exposure'],
    ['server-side-request-forgery', ['S1-C5'], 'abuse'],
    ['privilege-column-writable', ['MT-rls-with-check'], 'takeover'],
    ['anything', ['S1-F'], 'exposure'],
    ['anything', ['NT-1'], 'secret'],
    ['anything', ['SESS-logout-server'], 'takeover'],
    ['anything', ['WH-signature'], 'forgery'],
    ['anything', [], 'hygiene'],
  ])('%s covering %j does %s', (name, covers, harm) => {
    expect(harmOf(of(name, covers))).toBe(harm);
  });

  it('lets the name decide before the requirements', () => {
    expect(harmOf(of('login-rate-limit', ['S1-F']))).toBe('abuse');
  });
});

describe('layerOf', () => {
  it.each([
    ['secret-in-history', 'secret'],
    ['route-without-auth', 'identity'],
    ['rls-off', 'row-security'],
    ['rls-always-true', 'ownership'],
    ['client-role-only', 'role'],
    ['webhook-secret-unset', 'other'],
    ['csrf', 'other'],
  ])('%s is about %s', (name, layer) => {
    expect(layerOf(of(name))).toBe(layer);
  });
});
