import { describe, expect, it } from 'vitest';
import type { DataAccess, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { massAssignment } from './mass-assignment.ts';

const judge = (...data: Partial<DataAccess>[]) => [
  ...massAssignment.evaluate({
    inventory: sampleInventory(
      sampleRoute({ data: data.map((access) => sampleAccess({ operation: 'update', wholeInput: 'body', ...access })) }),
    ),
  }),
];

describe('audit/mass-assignment', () => {
  it.each<[string, Partial<DataAccess>, string | undefined]>([
    ['of any signed-in user', {}, undefined],
    ['of a stranger', { auth: 'none' }, undefined],
    ['into a new row', { operation: 'create' }, undefined],
    ['of an administrator, who may change all columns anyway', { auth: 'role' }, 'medium'],
    ['with the caller’s own token, within row-level security', { client: 'user' }, 'medium'],
    ['with the public key, within row-level security', { client: 'anon' }, 'medium'],
    ['of a row that whoever edits it may change as a whole', { plain: true }, 'medium'],
    ['whose names go into the SQL', { plain: true, namesInSql: true }, undefined],
  ])('weighs fields %s', (_, access, severity) => {
    expect(judge(access)).toMatchObject([{ outcome: 'fail', subject: 'GET /api/invoices/:id' }]);
    expect(judge(access)[0]?.severity).toBe(severity);
  });

  it('takes the gravest of several', () => {
    expect(judge({ auth: 'role' }, {})[0]).not.toHaveProperty('severity');
    expect(judge({ auth: 'role' }, { client: 'user' })[0]?.severity).toBe('medium');
    expect(judge({ plain: true }, {})[0]).not.toHaveProperty('severity');
  });

  it.each<[string, Partial<DataAccess>]>([
    ['nothing is known of the columns', { wholeInput: undefined } as never],
    ['rows are deleted', { operation: 'delete' }],
    ['a file is uploaded', { kind: 'storage' }],
  ])('says nothing where %s', (_, access) => {
    const { wholeInput, ...rest } = sampleAccess({ operation: 'update', wholeInput: 'body', ...access });
    const data = wholeInput === undefined ? [rest] : [{ ...rest, wholeInput }];
    expect([...massAssignment.evaluate({ inventory: sampleInventory(sampleRoute({ data })) })]).toEqual([]);
  });

  it('lets a contact form store what it is sent, and says so', () => {
    expect(judge({ operation: 'create', subject: 'intake' })).toMatchObject([
      { outcome: 'pass', message: expect.stringContaining('meant to hand in') },
    ]);
  });

  describe('of a sign-up', () => {
    const account = sampleAccess({
      name: 'users',
      operation: 'create',
      auth: 'none',
      inputs: [],
      writes: ['email', 'password', 'role'],
      chosen: ['email', 'password', 'role'],
    });
    const signUp = (access: Partial<DataAccess>, purposes: Route['purposes'] = ['signup']) => [
      ...massAssignment.evaluate({ inventory: sampleInventory(sampleRoute({ purposes, data: [{ ...account, ...access }] })) }),
    ];

    it.each(['role', 'isAdmin', 'is_super_admin', 'permissions', 'companyId', 'tenant_id'])(
      'accuses one whose account gets the %s sent',
      (column) => {
        expect(signUp({ chosen: ['email', column] })).toMatchObject([
          { outcome: 'fail', message: expect.stringContaining(`fill in ${column}`) },
        ]);
      },
    );

    it.each<[string, Partial<DataAccess>, Route['purposes']]>([
      ['the role is the app’s', { chosen: ['email', 'password'] }, ['signup']],
      ['an administrator makes the account', { auth: 'role' }, ['signup']],
      ['it is no account', { name: 'orders', writes: ['email', 'role'] }, ['signup']],
      ['row-level security decides', { client: 'user' }, ['signup']],
    ])('passes where %s', (_, access, purposes) => {
      expect(signUp(access, purposes)).toMatchObject([{ outcome: 'pass' }]);
    });
  });
});
