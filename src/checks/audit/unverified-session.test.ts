import { describe, expect, it } from 'vitest';
import type { DataAccess, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { unverifiedSession } from './unverified-session.ts';

const weak = (change: Partial<DataAccess> = {}): DataAccess => sampleAccess({ auth: 'unverified-session', ...change });
const judge = (route: Partial<Route>) => [
  ...unverifiedSession.evaluate({
    inventory: sampleInventory(sampleRoute({ auth: 'unverified-session', guards: [], data: [weak()], ...route })),
  }),
];

describe('audit/unverified-session', () => {
  it('points at the guard that believes, else at the route', () => {
    const guard = { level: 'unverified-session', what: 'jwt.decode(token)', place: { file: 'lib/auth.ts', line: 7 } } as const;
    expect(judge({ guards: [guard] })).toMatchObject([
      { outcome: 'fail', place: { file: 'lib/auth.ts', line: 7 }, message: expect.stringContaining('claims to be: jwt.decode(token)') },
    ]);
    expect(judge({})).toMatchObject([{ outcome: 'fail', subject: 'GET /api/invoices/:id', place: { file: 'src/routes/invoices.ts' } }]);
  });

  it.each<[string, DataAccess[]]>([
    ['row-level security verifies the token itself', [weak({ client: 'user' })]],
    ['everybody may read it', [weak({ subject: 'public' })]],
    ['nobody is signed in: other checks speak', [weak({ auth: 'none' })]],
    ['part of it is open: other checks speak', [weak({ auth: 'presence' }), sampleAccess()]],
    ['there is no data', []],
  ])('says nothing where %s', (_, data) => {
    expect(judge({ data })).toEqual([]);
  });

  it.each(['identity', 'role', 'tenant'] as const)('passes a verified session (%s)', (auth) => {
    expect(judge({ auth, data: [weak({ auth })] })).toMatchObject([{ outcome: 'pass' }]);
    // Something else that the route does hangs on a session that nobody verified.
    expect(judge({ data: [weak({ auth })] })).toEqual([]);
  });

  it('fails for one believing line among verified ones, also for a write to anything', () => {
    const [found] = judge({ data: [sampleAccess(), weak({ name: 'plans', subject: 'public', operation: 'update' })] });
    expect(found).toMatchObject({ outcome: 'fail', message: expect.stringContaining('changes plans for whoever') });
  });

  it('does not accuse what it could not follow', () => {
    expect(judge({ unresolved: [{ what: 'verifySession', why: 'x' }] })).toMatchObject([
      { outcome: 'unknown', toKnow: expect.stringContaining('verifySession') },
    ]);
  });
});
