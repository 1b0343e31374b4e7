import { defineCheck } from '../../core/check.ts';
import { powerName, suspicion } from '../../evidence/access-names.ts';
import { databaseModel, type SignupTrigger } from '../../evidence/database.ts';
import { sampleDatabase } from '../../evidence/database-samples.ts';

const place = { file: 'supabase/migrations/1.sql', line: 3 };
const trigger: SignupTrigger = { database: 'supabase', function: 'public.handle_new_user', place, trusts: [], fills: ['public.profiles'] };

export const firstUserAdmin = defineCheck({
  id: 'audit/first-user-admin',
  severity: 'medium',
  covers: ['S1-C3', 'S2-C1', 'AUTHN-default-accounts', 'MB-2'],
  doc: {
    title: 'A sign-up makes the new user an administrator',
    why: 'Where the first account becomes the administrator, a stranger who finds the site before you, or after a reset of the database, owns it. Where every account does, everybody owns it.',
    fix: 'Create your own account first and name it administrator by hand in the database, then remove the rule and give every new account the lowest role.',
    effort: 'minutes',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Authorization_Cheat_Sheet.html'],
  },
  needs: { database: databaseModel },
  examples: {
    fails: [
      {
        name: 'the first one to sign up',
        given: {
          database: sampleDatabase({
            signupTriggers: [
              {
                ...trigger,
                firstUserAdmin: { who: 'first', role: 'super_admin', place, sql: "if user_count = 0 then new_role := 'super_admin';" },
              },
            ],
          }),
        },
      },
      {
        name: 'everybody who signs up',
        given: {
          database: sampleDatabase({
            signupTriggers: [
              {
                ...trigger,
                firstUserAdmin: { who: 'everyone', role: 'admin', place, sql: "insert into user_roles values (new.id, 'admin')" },
              },
            ],
          }),
        },
      },
    ],
    passes: [{ name: 'every new account gets the lowest role', given: { database: sampleDatabase({ signupTriggers: [trigger] }) } }],
  },
  *evaluate({ database }) {
    for (const one of database.signupTriggers) {
      const name = one.function.replace(/^public\./, '');
      const subject = `signup ${one.database}:${one.function}`;
      const admin = one.firstUserAdmin;
      if (!admin) {
        yield {
          outcome: 'pass',
          subject,
          place: { ...one.place, name: one.function },
          message: `${name}() makes nobody an administrator by signing up.`,
        };
        continue;
      }
      yield {
        outcome: 'fail',
        subject,
        severity: admin.who === 'everyone' ? 'blocker' : 'medium',
        // The proof speaks of the first account only.
        ...(admin.who === 'first' && { suspects: [suspicion(powerName('first-user', one.database, 'first account', admin.role), false)] }),
        place: { ...admin.place, name: one.function },
        message:
          admin.who === 'everyone'
            ? `Everybody who signs up becomes ${admin.role}: ${name}() gives that role to each new account.`
            : `The first person to sign up becomes ${admin.role}: until you have done so yourself, that can be anybody who finds the site.`,
        proof: [{ kind: 'code', place: admin.place, text: admin.sql }],
      };
    }
  },
});
