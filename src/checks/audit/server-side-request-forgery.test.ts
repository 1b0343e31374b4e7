import { describe, expect, it } from 'vitest';
import type { Route, SideEffect } from '../../evidence/routes.ts';
import { sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { serverSideRequestForgery } from './server-side-request-forgery.ts';

const fetched = (change: Partial<SideEffect> = {}): SideEffect =>
  sampleEffect({ kind: 'fetch', what: 'fetch(url)', fromInput: ['url'], ...change });
const judge = (effect: Partial<SideEffect>, route: Partial<Route> = {}) => [
  ...serverSideRequestForgery.evaluate({
    inventory: sampleInventory(sampleRoute({ id: 'POST /api/logo', effects: [fetched(effect)], ...route })),
  }),
];

describe('audit/server-side-request-forgery', () => {
  it.each([
    ['none', undefined, 'any address anybody names'],
    ['presence', undefined, 'any address anybody names'],
    ['identity', 'medium', 'any address a signed-in user names'],
    ['role', 'medium', 'any address a signed-in user names'],
  ] as const)('weighs by who may ask: %s', (auth, severity, text) => {
    expect(judge({ auth })).toMatchObject([{ outcome: 'fail', subject: 'POST /api/logo', message: expect.stringContaining(text) }]);
    expect(judge({ auth })[0]?.severity).toBe(severity);
  });

  it('lets administrators on their own routes be, but not strangers there', () => {
    expect(judge({ auth: 'role' }, { purposes: ['admin'] })).toMatchObject([{ outcome: 'pass' }]);
    expect(judge({ auth: 'none' }, { purposes: ['admin'] })).toMatchObject([{ outcome: 'fail' }]);
  });

  it('judges the one that is free among restricted ones', () => {
    const effects = [fetched({ restricted: true }), fetched({ place: { file: 'b.ts', line: 8 } })];
    expect(judge({}, { effects })).toMatchObject([{ outcome: 'fail', place: { file: 'b.ts', line: 8, name: 'POST /api/logo' } }]);
    expect(judge({ restricted: false })).toMatchObject([{ outcome: 'fail' }]);
  });

  it('is silent where the caller chooses no address', () => {
    expect(judge({ fromInput: ['body'] })).toEqual([]);
    expect(judge({ kind: 'mail' })).toEqual([]);
  });

  it('does not accuse what it could not follow', () => {
    expect(judge({}, { unresolved: [{ what: 'assertPublic from ./net', why: 'x' }] })).toMatchObject([
      { outcome: 'unknown', message: expect.stringContaining('assertPublic from ./net'), toKnow: expect.stringContaining('127.0.0.1') },
    ]);
  });
});
