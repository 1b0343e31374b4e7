import { defineCheck } from '../../core/check.ts';
import type { Observation, Suspicion } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { plural } from '../../core/wording.ts';
import { accessName, suspicion, tableThing } from '../../evidence/access-names.ts';
import { databaseModel, type DatabaseModel, type PredicateKind, type Table, type Verb } from '../../evidence/database.ts';
import { askDump, isGuess, stakeText, subjectOf, verbsText } from '../../evidence/database-questions.ts';
import { suggestedPolicy } from '../suggested-policy.ts';
import { sampleDatabase, sampleReach, sampleTable } from '../../evidence/database-samples.ts';

/** Tables extensions put into public; the app cannot switch anything on for them. */
const ofExtensions = new Set([
  'spatial_ref_sys',
  'geography_columns',
  'geometry_columns',
  'pg_stat_statements',
  'schema_migrations',
  '_prisma_migrations',
]);

const belongsToSomebody = (table: Table): boolean => ['private', 'log', 'intake', 'listing'].includes(table.nature.kind);

function severityOf(table: Table, verbs: readonly Verb[]): Severity {
  const personal = table.holds.some((kind) => kind !== 'message' && kind !== 'location');
  // Whoever empties a log or adds to it hides what he did, but learns little.
  if (table.nature.kind === 'log') return personal ? 'blocker' : 'high';
  if (belongsToSomebody(table)) return isGuess(table) ? 'high' : 'blocker';
  return verbs.some((verb) => verb !== 'select') ? 'high' : 'low';
}

/** If it is on after all, as a refused try says, then each policy asks who is calling: one row tells of all. */
const asksWho = ({ policies }: Table): boolean =>
  policies.every(({ using, check }) => [using, check].every((part) => part === undefined || callerKinds.has(part.kind)));
const callerKinds: ReadonlySet<PredicateKind> = new Set(['never', 'own-row', 'tenant', 'role', 'service-role']);

/**
 * The one switch opens all verbs, so that whichever of a kind worked tells of it. Reading what belongs to nobody is no harm where it can be changed.
 * What a visitor can, everybody can.
 */
function suspectsOf(table: Table): Suspicion[] {
  const { anon, authenticated } = table.grants;
  const writes = (verb: Verb): boolean => verb !== 'select';
  const reads = (verb: Verb): boolean => verb === 'select' && (belongsToSomebody(table) || ![...anon, ...authenticated].some(writes));
  return [reads, writes].flatMap((wanted) => {
    const who = anon.some(wanted) ? 'anon' : authenticated.some(wanted) ? 'authenticated' : undefined;
    return who === undefined ? [] : [suspicion(accessName(tableThing(table), wanted === reads ? 'read' : 'write', who), asksWho(table))];
  });
}

function judge(table: Table, database: DatabaseModel): Observation {
  const about = { subject: subjectOf('table', table), place: { ...(table.rlsPlace ?? table.place), name: table.name } };
  const verbs = [...new Set([...table.grants.anon, ...table.grants.authenticated])];
  if (verbs.length === 0)
    return {
      ...about,
      outcome: 'pass',
      message: `The browser's roles have no grant on ${table.name}, so it cannot be reached through the API.`,
    };
  const severity = severityOf(table, verbs);
  const why = table.uncertain ?? (table.rls === 'unknown' ? 'it is used by the app, but the repo does not create it' : undefined);
  if (why !== undefined && table.rls !== 'on')
    return {
      ...about,
      outcome: 'unknown',
      severity: severity === 'blocker' ? 'high' : 'medium',
      message: `Could not tell whether row-level security protects ${table.name}: ${why}.`,
      toKnow: askDump,
    };
  if (table.rls === 'on') return { ...about, outcome: 'pass', message: `Row-level security is on for ${table.name}.` };
  const who = table.grants.anon.length > 0 ? 'Anybody on the internet' : 'Everybody with an account';
  return {
    ...about,
    outcome: 'fail',
    severity,
    message: `${who} can ${verbsText(verbs)} every row of ${table.name}: row-level security is ${table.rlsPlace ? 'switched off' : 'never switched on'}.${stakeText(table)}`,
    suspects: suspectsOf(table),
    proof: [
      table.rlsPlace && table.rlsSql !== undefined
        ? { kind: 'code', place: table.rlsPlace, text: table.rlsSql }
        : { kind: 'step', place: table.place, text: `${table.name} is created here; no later statement enables row-level security.` },
      {
        kind: 'step',
        text: table.grants.explicit
          ? 'The grants stand in the migrations.'
          : 'Supabase granted new tables of the public schema to anon and authenticated by default until 2026.',
      },
    ],
    fix: `alter table ${table.schema}.${table.name} enable row level security;\nThen add one policy for each thing users must be able to do. ${suggestedPolicy(table, database)}`,
  };
}

/** What could not be followed in the SQL, once for all: tables it names are judged as not certain, others may be missing. */
function unread({ gaps }: DatabaseModel): Observation[] {
  const [first] = gaps;
  if (!first) return [];
  const shown = gaps.slice(0, 3).map(({ what, why }) => `${what.replace(/\s+/g, ' ').slice(0, 80)} (${why})`);
  return [
    {
      outcome: 'unknown',
      severity: 'low',
      subject: 'database gaps',
      ...(first.place ? { place: first.place } : {}),
      message: `Not all SQL of the repo could be followed: ${shown.join('; ')}${gaps.length > 3 ? ` and ${plural(gaps.length - 3, 'more place')}` : ''}.`,
      toKnow: askDump,
    },
  ];
}

const open = sampleTable({
  rls: 'off',
  policies: [],
  access: {
    anon: sampleReach({ select: 'all', insert: 'all', update: 'all', delete: 'all' }),
    authenticated: sampleReach({ select: 'all', insert: 'all', update: 'all', delete: 'all' }),
  },
});

export const rlsDisabled = defineCheck({
  id: 'audit/rls-disabled',
  severity: 'blocker',
  covers: ['MT-rls-enabled', 'S1-C3', 'NT-3', 'MB-2', 'FC-7'],
  doc: {
    title: 'A table that the browser can reach has no row-level security',
    why: "The key in your app's script is public. Without row-level security, whoever has it reads and changes every customer's rows with one request.",
    fix: 'Enable row-level security on the table (alter table ... enable row level security) and add policies that tie each row to its owner or organisation.',
    effort: 'hours',
    references: ['https://supabase.com/docs/guides/database/postgres/row-level-security'],
  },
  needs: { database: databaseModel },
  examples: {
    fails: [
      { name: 'a table of invoices without row-level security', given: { database: sampleDatabase({ tables: [open] }) } },
      {
        name: 'switched off later',
        given: {
          database: sampleDatabase({
            tables: [
              {
                ...open,
                rlsSql: 'alter table invoices disable row level security',
                rlsPlace: { file: 'supabase/migrations/2.sql', line: 4 },
              },
            ],
          }),
        },
      },
    ],
    passes: [
      { name: 'row-level security is on', given: { database: sampleDatabase({ tables: [sampleTable()] }) } },
      {
        name: "nothing is granted to the browser's roles",
        given: { database: sampleDatabase({ tables: [{ ...open, grants: { anon: [], authenticated: [], explicit: true } }] }) },
      },
    ],
    unknowns: [
      {
        name: 'the table was made in the dashboard',
        given: { database: sampleDatabase({ tables: [{ ...open, origin: 'types', rls: 'unknown' }] }) },
      },
      {
        name: 'a statement could not be read',
        given: {
          database: sampleDatabase({
            gaps: [{ what: 'CREATE POLICY ...', why: 'not valid PostgreSQL', place: { file: 'supabase/migrations/3.sql', line: 8 } }],
          }),
        },
      },
    ],
  },
  *evaluate({ database }) {
    for (const table of database.tables) if (table.exposed && !ofExtensions.has(table.name)) yield judge(table, database);
    if (database.exposure === 'supabase') yield* unread(database);
  },
});
