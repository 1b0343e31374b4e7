import { describe, expect, it } from 'vitest';
import { type DataAccess, type Guard, type Route, withoutRole } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { missingRoleCheck } from './missing-role-check.ts';

const id = 'POST /api/admin/users';
const judge = (access: Partial<DataAccess>, route: Partial<Route> = {}) => [
  ...missingRoleCheck.evaluate({
    inventory: sampleInventory(
      sampleRoute({ id, purposes: ['admin'], data: [sampleAccess({ operation: 'update', ...access })], ...route }),
    ),
  }),
];
const roleIfAny: Guard = { level: 'role', what: "user.role !== 'admin'", place: {}, skippedWhen: withoutRole };
const accounts = { kind: 'accounts', name: 'auth.users (deleteUser)', operation: 'delete', client: 'service' } as const;

describe('audit/missing-role-check', () => {
  it.each<[string, Partial<DataAccess>, Partial<Route>, string | undefined]>([
    ['accounts by anybody signed in', accounts, { purposes: [] }, undefined],
    ['accounts by an unverified session', { ...accounts, auth: 'unverified-session' }, {}, undefined],
    [
      'a list of all accounts',
      { ...accounts, name: 'auth.users (listUsers)', operation: 'read', leaves: 'private' },
      { purposes: [] },
      undefined,
    ],
    ['an administrator’s write', {}, {}, undefined],
    ['an administrator’s view of customer rows', { operation: 'read' }, {}, undefined],
    ['a tenant in the query is no role', { scope: 'tenant' }, {}, undefined],
    ['only an account without a role slips through', {}, { guards: [roleIfAny] }, 'medium'],
    ['a role check that is skipped otherwise', {}, { guards: [{ ...roleIfAny, skippedWhen: 'request.query.debug' }] }, undefined],
  ])('fails: %s', (_, access, route, severity) => {
    expect(judge(access, route)).toMatchObject([{ outcome: 'fail', subject: id }]);
    expect(judge(access, route)[0]?.severity).toBe(severity);
  });

  it.each<[string, Partial<DataAccess>, Partial<Route>]>([
    ['it is no administrator’s route', {}, { purposes: [] }],
    ['it shows what everybody may see', { operation: 'read', subject: 'public' }, {}],
    ['it shows how many there are and no row', { operation: 'read', leaves: 'nothing' }, {}],
    [
      'an account is looked for and nothing of it leaves',
      { ...accounts, name: 'auth.users (listUsers)', operation: 'read', leaves: 'nothing' },
      {},
    ],
    ['an account of one’s own is deleted', { ...accounts, scope: 'owner' }, {}],
    ['row-level security decides', { client: 'user' }, {}],
    ['nobody is signed in: other checks speak', { auth: 'none' }, {}],
  ])('says nothing where %s', (_, access, route) => {
    expect(judge(access, route)).toEqual([]);
  });

  it('fails when one of several lines stands before the role check', () => {
    const data = [
      sampleAccess({ operation: 'update', auth: 'role' }),
      sampleAccess({ operation: 'delete', place: { file: 'a.ts', line: 9 } }),
    ];
    expect(judge({}, { data })).toMatchObject([{ outcome: 'fail', place: { file: 'a.ts', line: 9, name: id } }]);
    expect(judge({}, { data })[0]?.message).toContain('deletes from invoices for any signed-in user');
    expect(judge({}, { data: data.slice(0, 1) })).toMatchObject([{ outcome: 'pass' }]);
  });

  it('gives up on what it could not follow', () => {
    expect(judge({}, { unresolved: [{ what: 'requireAdmin', why: 'x' }] })).toMatchObject([
      { outcome: 'unknown', toKnow: expect.stringContaining('requireAdmin') },
    ]);
  });
});
