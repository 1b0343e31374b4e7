import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { accessName, reachesWhatever, suspicion, tableThing } from '../../evidence/access-names.ts';
import { databaseModel, type DatabaseModel, type Policy, type Table, type Verb } from '../../evidence/database.ts';
import {
  askDump,
  doubt,
  fineForStaff,
  isGuess,
  isSignUpClosed,
  policiesOf,
  policyProof,
  reachesAll,
  stakeText,
  subjectOf,
  verbsText,
} from '../../evidence/database-questions.ts';
import { sampleDatabase, samplePolicy, sampleReach, sampleTable } from '../../evidence/database-samples.ts';

const verbs: readonly Verb[] = ['select', 'insert', 'update', 'delete'];
const asksForAccountOnly = new Set(['authenticated', 'user-metadata']);

const kindFor = (policy: Policy, verb: Verb): string =>
  ((verb === 'insert' ? policy.check : undefined) ?? policy.using ?? policy.check)?.kind ?? '';

/** Verbs for which having an account is all it takes, by a condition that asks for one. One that asks for nothing is another check's. */
function openToAccounts(table: Table): Verb[] {
  return verbs.filter((verb) => {
    const reach = table.access.authenticated[verb];
    if (!reachesAll(reach.rows) || reachesAll(table.access.anon[verb].rows)) return false;
    const kinds = policiesOf(table, [reach]).map((policy) => kindFor(policy, verb));
    return kinds.some((kind) => asksForAccountOnly.has(kind)) && !kinds.includes('always');
  });
}

function severityOf(table: Table, open: readonly Verb[], database: DatabaseModel): Severity | undefined {
  const { kind } = table.nature;
  const closed = isSignUpClosed(database, table.database);
  if (kind === 'private' || (kind === 'intake' && open.some((verb) => verb !== 'insert'))) {
    if (open.every((verb) => verb === 'insert')) return 'low';
    // Where strangers read it anyway, that comes first.
    return closed || isGuess(table) || reachesAll(table.access.anon.select.rows) ? 'medium' : 'high';
  }
  if (kind === 'log') return open.some((verb) => verb !== 'insert') ? 'medium' : 'low';
  return open.some((verb) => verb === 'update' || verb === 'delete') ? 'low' : undefined;
}

function judge(table: Table, database: DatabaseModel): Observation {
  const subject = subjectOf('table', table);
  const open = openToAccounts(table);
  const severity = open.length === 0 ? undefined : severityOf(table, open, database);
  if (severity === undefined)
    return {
      subject,
      outcome: 'pass',
      place: { ...table.place, name: table.name },
      message: `An account alone opens nothing private in ${table.name}.`,
    };
  const policies = policiesOf(
    table,
    open.map((verb) => table.access.authenticated[verb]),
  ).filter((policy) => [policy.using, policy.check].some((part) => asksForAccountOnly.has(part?.kind ?? '')));
  const place = { ...(policies[0]?.place ?? table.place), name: table.name };
  const why = doubt(table, policies);
  if (why !== undefined)
    return { subject, outcome: 'unknown', severity, place, message: `Could not tell who reaches ${table.name}: ${why}.`, toKnow: askDump };
  const note = policies.flatMap((policy) => [policy.using?.note, policy.check?.note]).find((text) => text !== undefined);
  const metadata = policies.some((policy) => policy.using?.kind === 'user-metadata' || policy.check?.kind === 'user-metadata');
  const reason = metadata
    ? 'the policy trusts user_metadata, which every user can write himself'
    : `the policy asks for an account and nothing else${note === undefined ? '' : ` (${note})`}`;
  return {
    subject,
    outcome: 'fail',
    severity,
    place,
    message: `Whoever signs up can ${verbsText(open)} ${open.every((verb) => verb === 'insert') ? `rows of ${table.name} in anybody's name` : `every row of ${table.name}`}: ${reason}.${stakeText(table)}${fineForStaff}`,
    proof: policyProof(policies),
    suspects: open.map((verb) =>
      suspicion(
        accessName(tableThing(table), verb, 'authenticated'),
        note === undefined && reachesWhatever(table.access.authenticated[verb]),
      ),
    ),
  };
}

const anyUser = samplePolicy({
  name: 'Authenticated users can view invoices',
  roles: ['public'],
  sql: `create policy "Authenticated users can view invoices" on public.invoices for select using (auth.role() = 'authenticated')`,
  using: { text: `auth.role() = 'authenticated'`, kind: 'authenticated', columns: [] },
});

export const rlsAuthenticatedOnly = defineCheck({
  id: 'audit/rls-authenticated-only',
  severity: 'high',
  covers: ['MT-rls-not-true', 'S1-F', 'S1-C3', 'NT-3', 'MB-2', 'FC-2'],
  doc: {
    title: 'Every signed-in user reaches the rows of all customers',
    why: 'The policy asks whether somebody is signed in, not who. One customer with an account sees and changes what belongs to the others.',
    fix: 'Compare the row with the caller: using ((select auth.uid()) = user_id), or with his organisation through the table of members. If only your own staff have accounts, switch sign-up off in the Supabase dashboard (Authentication, Sign In / Providers).',
    effort: 'hours',
    references: ['https://supabase.com/docs/guides/database/postgres/row-level-security'],
  },
  needs: { database: databaseModel },
  examples: {
    fails: [
      {
        name: "auth.role() = 'authenticated' on invoices",
        given: {
          database: sampleDatabase({
            tables: [
              sampleTable({
                policies: [anyUser],
                access: { anon: sampleReach(), authenticated: sampleReach({ select: 'all' }, [anyUser.name]) },
              }),
            ],
          }),
        },
      },
    ],
    passes: [
      { name: 'members read the rows of their organisation', given: { database: sampleDatabase({ tables: [sampleTable()] }) } },
      {
        name: 'exchange rates belong to nobody',
        given: {
          database: sampleDatabase({
            tables: [
              sampleTable({
                name: 'exchange_rates',
                nature: { kind: 'reference', why: 'nothing in it belongs to anybody' },
                holds: [],
                policies: [anyUser],
                access: { anon: sampleReach(), authenticated: sampleReach({ select: 'all' }, [anyUser.name]) },
              }),
            ],
          }),
        },
      },
    ],
  },
  *evaluate({ database }) {
    for (const table of database.tables)
      if (table.exposed && table.rls !== 'off' && table.policies.length > 0) yield judge(table, database);
  },
});
