import { describe, expect, it } from 'vitest';
import type { FirstUserAdmin } from '../../evidence/database.ts';
import { sampleDatabase } from '../../evidence/database-samples.ts';
import { firstUserAdmin } from './first-user-admin.ts';

const place = { file: 'supabase/migrations/1.sql', line: 3 };
const judge = (admin?: FirstUserAdmin) => [
  ...firstUserAdmin.evaluate({
    database: sampleDatabase({
      signupTriggers: [
        {
          database: 'supabase',
          function: 'public.handle_new_user',
          place,
          trusts: [],
          fills: [],
          ...(admin ? { firstUserAdmin: admin } : {}),
        },
      ],
    }),
  }),
];
const admin: FirstUserAdmin = { who: 'first', role: 'admin', place: { ...place, line: 8 }, sql: 'if n = 0 then' };

describe('audit/first-user-admin', () => {
  it('tells the first from everybody', () => {
    expect(judge(admin)).toMatchObject([
      {
        outcome: 'fail',
        severity: 'medium',
        subject: 'signup supabase:public.handle_new_user',
        place: { line: 8 },
        message: expect.stringMatching(/^The first person to sign up becomes admin: until you have done so yourself/),
        proof: [{ kind: 'code', text: 'if n = 0 then' }],
      },
    ]);
    expect(judge({ ...admin, who: 'everyone' })).toMatchObject([
      { severity: 'blocker', message: 'Everybody who signs up becomes admin: handle_new_user() gives that role to each new account.' },
    ]);
  });

  it('passes where sign-up makes no administrators', () => {
    expect(judge()).toMatchObject([{ outcome: 'pass', place: { line: 3 } }]);
    expect([...firstUserAdmin.evaluate({ database: sampleDatabase() })]).toEqual([]);
  });
});
