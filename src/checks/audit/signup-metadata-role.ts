import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { powerName, suspicion } from '../../evidence/access-names.ts';
import { databaseModel, type DatabaseModel, type SignupTrigger, type SignupTrust } from '../../evidence/database.ts';
import { isPrivileged, isSignUpClosed } from '../../evidence/database-questions.ts';
import { sampleDatabase } from '../../evidence/database-samples.ts';

const harmless = (trust: SignupTrust): boolean => trust.kind === 'role' && trust.values !== undefined && !trust.values.some(isPrivileged);

function weigh(trust: SignupTrust, database: DatabaseModel, trigger: SignupTrigger): Severity {
  if (isSignUpClosed(database, trigger.database)) return 'medium';
  const table = database.tables.find((one) => one.database === trigger.database && `${one.schema}.${one.name}` === trust.table);
  const power = table?.columns.find((column) => column.name === trust.column)?.power;
  if (trust.kind === 'tenant') return 'high';
  return power && power.why !== 'its name' ? 'blocker' : 'high';
}

function judge(trust: SignupTrust, trigger: SignupTrigger, database: DatabaseModel): Observation {
  const about = {
    subject: `signup ${trigger.database}:${trigger.function} ${trust.key} ${trust.table}.${trust.column}`,
    place: { ...trust.place, name: trigger.function },
  };
  const table = trust.table.replace(/^public\./, '');
  if (harmless(trust))
    return {
      ...about,
      outcome: 'pass',
      message: `Sign-up takes ${trust.key} from the new user, but lets only ${trust.values?.slice(0, 5).join(', ')} through.`,
    };
  const gain = trust.kind === 'role' ? `become an administrator` : `join any customer's organisation`;
  return {
    ...about,
    outcome: 'fail',
    severity: weigh(trust, database, trigger),
    // Another value than the one that was tried may get through: a try that failed refutes nothing.
    suspects: [suspicion(powerName('sign-up-metadata', trigger.database, trigger.function, trust.key), false)],
    message: `Whoever signs up can choose his own ${trust.column}: ${trigger.function.replace(/^public\./, '')}() copies "${trust.key}" from the sign-up data into ${table}, so anybody can ${gain} with one sign-up request.`,
    proof: [
      { kind: 'code', place: trust.place, text: trust.sql },
      {
        kind: 'step',
        text: `The sign-up request carries the data: supabase.auth.signUp({ email, password, options: { data: { ${trust.key}: ... } } }).`,
      },
    ],
    fix:
      trust.kind === 'role'
        ? `Store a fixed role at sign-up ('user') and let an administrator raise it. In ${trigger.function}(): replace the value taken from raw_user_meta_data by a constant.`
        : `Take the organisation from an invitation that names the new user's e-mail, not from raw_user_meta_data. raw_app_meta_data can only be written by the server.`,
  };
}

const trusting: SignupTrigger = {
  database: 'supabase',
  function: 'public.handle_new_user',
  place: { file: 'supabase/migrations/1.sql', line: 3 },
  fills: ['public.user_roles'],
  trusts: [
    {
      key: 'role',
      column: 'role',
      table: 'public.user_roles',
      kind: 'role',
      place: { file: 'supabase/migrations/1.sql', line: 9 },
      sql: "coalesce(new.raw_user_meta_data->>'role', 'client')",
    },
  ],
};

export const signupMetadataRole = defineCheck({
  id: 'audit/signup-metadata-role',
  severity: 'blocker',
  covers: ['API3-mass-assignment', 'S1-C3', 'S2-C1', 'MB-2', 'INVITE-same-rules'],
  doc: {
    title: 'Sign-up lets the new user choose his own role or organisation',
    why: "The data sent with a sign-up is written by the person who signs up. A trigger that copies a role from it makes an administrator of whoever asks; one that copies a company id lets strangers into a customer's data.",
    fix: 'Give every new account the lowest role as a constant, and set roles and organisations on the server or through an invitation.',
    effort: 'hours',
    references: ['https://supabase.com/docs/guides/auth/managing-user-data'],
  },
  needs: { database: databaseModel },
  examples: {
    fails: [{ name: 'the role comes from the sign-up data', given: { database: sampleDatabase({ signupTriggers: [trusting] }) } }],
    passes: [
      {
        name: 'nothing that matters comes from the sign-up data',
        given: { database: sampleDatabase({ signupTriggers: [{ ...trusting, trusts: [] }] }) },
      },
      {
        name: 'only harmless roles get through',
        given: {
          database: sampleDatabase({
            signupTriggers: [{ ...trusting, trusts: trusting.trusts.map((trust) => ({ ...trust, values: ['client', 'freelancer'] })) }],
          }),
        },
      },
    ],
  },
  *evaluate({ database }) {
    for (const trigger of database.signupTriggers) {
      for (const trust of trigger.trusts) yield judge(trust, trigger, database);
      if (trigger.trusts.length === 0)
        yield {
          outcome: 'pass',
          subject: `signup ${trigger.database}:${trigger.function}`,
          place: { ...trigger.place, name: trigger.function },
          message: `${trigger.function.replace(/^public\./, '')}() takes no role and no organisation from the sign-up data.`,
        };
    }
  },
});
