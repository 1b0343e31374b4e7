import { describe, expect, it } from 'vitest';
import type { Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { csrfMissing } from './csrf-missing.ts';

const judge = (route: Partial<Route>) => [
  ...csrfMissing.evaluate({
    inventory: sampleInventory(
      sampleRoute({ id: 'POST /invoices', method: 'POST', csrf: 'none', data: [sampleAccess({ operation: 'create' })], ...route }),
    ),
  }),
];

describe('audit/csrf-missing', () => {
  it.each(['token', 'origin', 'same-site', 'framework'] as const)('passes: %s', (csrf) => {
    expect(judge({ csrf })).toMatchObject([{ outcome: 'pass', subject: 'POST /invoices', message: expect.stringContaining(`(${csrf})`) }]);
  });

  it('fails where the cookie alone decides, also within row-level security', () => {
    expect(judge({})).toMatchObject([
      { outcome: 'fail', message: expect.stringContaining('adds to invoices on a request from any website') },
    ]);
    expect(judge({ data: [sampleAccess({ operation: 'delete', client: 'user' })] })).toMatchObject([{ outcome: 'fail' }]);
  });

  it.each<[string, Partial<Route>]>([
    ['it only reads', { data: [sampleAccess()] }],
    ['callers send a token of their own', { csrf: 'not-cookie' }],
    ['it signs people in', { purposes: ['login'] }],
    ['another system calls it', { webhook: { provider: 'stripe', verification: 'verified', why: 'x' } }],
    ['anybody may write: no customer’s browser is needed', { data: [sampleAccess({ operation: 'create', auth: 'none' })] }],
  ])('says nothing where %s', (_, route) => {
    expect(judge(route)).toEqual([]);
  });

  it('speaks of what needs a session only', () => {
    const data = [sampleAccess({ operation: 'create', name: 'visits', auth: 'none' }), sampleAccess({ operation: 'update' })];
    expect(judge({ data })[0]?.message).toBe(
      'POST /invoices changes invoices on a request from any website: it trusts the session cookie alone.',
    );
  });

  it('asks where it could not tell', () => {
    expect(judge({ csrf: 'unknown' })).toMatchObject([{ outcome: 'unknown', toKnow: expect.any(String) }]);
  });
});
