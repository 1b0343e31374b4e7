import { describe, expect, it } from 'vitest';
import type { Route, SideEffect } from '../../evidence/routes.ts';
import { sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { openPaidService } from './open-paid-service.ts';

const judge = (call: Partial<SideEffect>, route: Partial<Route> = {}) => [
  ...openPaidService.evaluate({
    inventory: sampleInventory(
      sampleRoute({
        id: 'POST /api/ask',
        auth: 'none',
        guards: [],
        data: [],
        effects: [sampleEffect({ kind: 'paid-service', what: 'openai create', ...call })],
        ...route,
      }),
    ),
  }),
];

describe('audit/open-paid-service', () => {
  it('says who can run up the bill', () => {
    expect(judge({})).toMatchObject([
      { outcome: 'fail', subject: 'POST /api/ask', message: expect.stringContaining('(openai create) for anybody, without a limit') },
    ]);
    expect(judge({ auth: 'presence' })[0]?.message).toContain('for anybody who has the public key');
  });

  it.each<[string, Partial<SideEffect>, Partial<Route>]>([
    ['a limit', {}, { rateLimit: { level: 'none', what: 'limiter', place: { file: 'a.ts', line: 1 } } }],
    ['a verified sender', {}, { webhook: { provider: 'twilio', verification: 'verified', why: 'x' } }],
    ['a session', { auth: 'unverified-session' }, {}],
  ])('passes: %s', (_, call, route) => {
    expect(judge(call, route)).toMatchObject([{ outcome: 'pass' }]);
  });

  it('fails for one open call among guarded ones', () => {
    const effects = [
      sampleEffect({ kind: 'paid-service', auth: 'identity' }),
      sampleEffect({ kind: 'paid-service', what: 'twilio create', place: { file: 'b.ts', line: 5 } }),
    ];
    expect(judge({}, { effects })).toMatchObject([
      { outcome: 'fail', place: { file: 'b.ts', line: 5 }, message: expect.stringContaining('twilio create') },
    ]);
  });

  it('does not accuse what it could not follow, and is silent about free calls', () => {
    expect(judge({}, { unresolved: [{ what: 'guard', why: 'x' }] })).toMatchObject([{ outcome: 'unknown', toKnow: expect.any(String) }]);
    expect(judge({ kind: 'mail' })).toEqual([]);
  });
});
