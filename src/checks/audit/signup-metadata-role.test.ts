import { describe, expect, it } from 'vitest';
import type { Column, DatabaseModel, SignupTrust } from '../../evidence/database.ts';
import { sampleDatabase, sampleTable } from '../../evidence/database-samples.ts';
import { signupMetadataRole } from './signup-metadata-role.ts';

const place = { file: 'supabase/migrations/1.sql', line: 9 };
const trust = (change: Partial<SignupTrust> = {}): SignupTrust => ({
  key: 'role',
  column: 'role',
  table: 'public.user_roles',
  kind: 'role',
  place,
  sql: "new.raw_user_meta_data->>'role'",
  ...change,
});
const roles = (why: string): Partial<DatabaseModel> => {
  const role: Column = { name: 'role', type: 'text', power: { kind: 'role', why } };
  return { tables: [sampleTable({ name: 'user_roles', columns: [role] })] };
};
const judge = (trusts: readonly SignupTrust[], parts: Partial<DatabaseModel> = {}) => [
  ...signupMetadataRole.evaluate({
    database: sampleDatabase({
      signupTriggers: [{ database: 'supabase', function: 'public.handle_new_user', place: { ...place, line: 3 }, fills: [], trusts }],
      ...parts,
    }),
  }),
];

describe('audit/signup-metadata-role', () => {
  it.each<[string, SignupTrust, Partial<DatabaseModel>, string]>([
    ['a role that decides', trust(), roles('has_role() decides by it'), 'blocker'],
    ['a role nobody is seen to look at', trust(), roles('its name'), 'high'],
    ['a role in a table that is not known', trust(), {}, 'high'],
    ['an organisation', trust({ key: 'company', column: 'company_id', kind: 'tenant' }), {}, 'high'],
    ['a role of which one has power', trust({ values: ['client', 'admin'] }), roles('has_role() decides by it'), 'blocker'],
  ])('weighs %s', (_, one, parts, severity) => {
    expect(judge([one], parts)).toMatchObject([{ outcome: 'fail', severity }]);
  });

  it('weighs less where strangers cannot sign up', () => {
    const [source] = sampleDatabase().databases;
    expect(judge([trust()], { databases: source ? [{ ...source, signUp: 'closed' }] : [] })).toMatchObject([{ severity: 'medium' }]);
  });

  it('says what is copied from where to where', () => {
    const [found] = judge([trust()]);
    expect(found).toMatchObject({ subject: 'signup supabase:public.handle_new_user role public.user_roles.role', place: { line: 9 } });
    expect(found?.message).toBe(
      'Whoever signs up can choose his own role: handle_new_user() copies "role" from the sign-up data into user_roles, so anybody can become an administrator with one sign-up request.',
    );
    expect(found?.proof?.[0]).toMatchObject({ kind: 'code', text: "new.raw_user_meta_data->>'role'" });
    const [tenant] = judge([trust({ kind: 'tenant', key: 'company', column: 'company_id' })]);
    expect(tenant?.message).toContain("join any customer's organisation");
    expect(tenant?.fix).toContain('invitation');
  });

  it('passes where only harmless roles get through, or nothing is taken', () => {
    expect(judge([trust({ values: ['client', 'freelancer'] })])).toMatchObject([
      { outcome: 'pass', message: expect.stringContaining('client, freelancer') },
    ]);
    expect(judge([])).toMatchObject([{ outcome: 'pass', subject: 'signup supabase:public.handle_new_user' }]);
    expect(judge([trust({ kind: 'tenant', values: ['a'] })])).toMatchObject([{ outcome: 'fail' }]);
  });
});
