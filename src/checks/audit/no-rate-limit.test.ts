import { describe, expect, it } from 'vitest';
import type { Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { noRateLimit } from './no-rate-limit.ts';

const by = (column: string) => sampleAccess({ name: 'users', auth: 'none', inputs: [{ column, source: 'body' }] });
const judge = (route: Partial<Route>) => [
  ...noRateLimit.evaluate({
    inventory: sampleInventory(
      sampleRoute({ id: 'POST /login', method: 'POST', purposes: ['login'], auth: 'none', guards: [], data: [by('email')], ...route }),
    ),
  }),
];
const checked = (what: string) => ({ level: 'identity', what, place: { file: 'a.ts', line: 1 } }) as const;

describe('audit/no-rate-limit', () => {
  it.each<[string, Partial<Route>]>([
    ['a login by mail', {}],
    ['a reset by phone', { purposes: ['reset'], data: [by('phone_number')] }],
    ['a login by user name, by any method', { method: 'ALL', data: [by('username')] }],
    ['a password compared', { data: [], guards: [checked('password checked with bcrypt.compare')] }],
    ['a password handed to Supabase', { data: [], guards: [checked('signInWithPassword()')] }],
    ['a server action', { kind: 'server-action', method: 'CALL' }],
  ])('fails: %s', (_, route) => {
    expect(judge(route)).toMatchObject([{ outcome: 'fail', subject: 'POST /login' }]);
  });

  it.each<[string, Partial<Route>]>([
    ['the page that shows the form', { kind: 'page' }],
    ['a link that is opened', { method: 'GET' }],
    ['a logout', { purposes: ['login', 'logout'] }],
    ['any other route', { purposes: ['signup'] }],
    ['a route that leaves the guessing to a service', { data: [by('id')] }],
  ])('says nothing of %s', (_, route) => {
    expect(judge(route)).toEqual([]);
  });

  it('names the limiter it saw, and asks about what it could not follow', () => {
    expect(judge({ rateLimit: { level: 'none', what: 'loginLimiter', place: { file: 'a.ts', line: 1 } } })).toMatchObject([
      { outcome: 'pass', message: expect.stringContaining('loginLimiter') },
    ]);
    expect(judge({ unresolved: [{ what: 'a middleware', why: 'x' }] })).toMatchObject([
      { outcome: 'unknown', toKnow: expect.stringContaining('twenty times') },
    ]);
  });
});
