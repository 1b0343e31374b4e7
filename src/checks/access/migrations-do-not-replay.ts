import { defineCheck } from '../../core/check.ts';
import type { Observation, Proof } from '../../core/finding.ts';
import { andList, plural } from '../../core/wording.ts';
import { type Failure, isolationProof, type ProvedDatabase } from '../../evidence/isolation.ts';
import { sampleFailure, sampleObject, sampleProof, sampleRebuild } from '../../evidence/isolation-samples.ts';

/** Rows that refer to people of the running app cannot be put into an empty database; that is no fault of the schema. */
const isData = ({ code, sql }: Failure): boolean => code.startsWith('23') && /^(?:insert|update|do)\b/i.test(sql);

function judge({ folder, rebuild }: ProvedDatabase): Observation {
  const failures = rebuild.failures.filter((failure) => failure.code !== 'refused' && !isData(failure));
  const [first] = failures;
  const missing = rebuild.reconstructed;
  const about = { subject: `migrations ${folder}` };
  if (!first && missing.length === 0)
    return {
      ...about,
      outcome: 'pass',
      message: `All ${plural(rebuild.statements, 'statement')} of ${folder} could be applied to an empty database.`,
    };
  const names = missing.slice(0, 3).map((name) => name.replace(/^public\./, ''));
  const more = missing.length - names.length;
  const tables =
    missing.length === 0
      ? ''
      : ` ${plural(missing.length, 'table or column', 'tables and columns')} that the app uses are made by no migration (${more > 0 ? `${names.join(', ')} and ${more} more` : andList(names)}).`;
  const failed = first
    ? ` ${plural(failures.length, 'statement fails', 'statements fail')}, first ${first.place.file ?? ''}:${first.place.line ?? 1}: ${first.reason}.`
    : '';
  return {
    ...about,
    outcome: 'fail',
    place: first?.place ?? { name: folder },
    message: `The migrations of ${folder} do not make the database anew.${failed}${tables} Nobody can set up a second copy for tests or after a loss, and part of what runs is written down nowhere.`,
    proof: failures
      .slice(0, 5)
      .map((failure): Proof => ({ kind: 'code', place: failure.place, text: `${failure.sql} → ${failure.reason} (${failure.code})` })),
  };
}

/** Tables that its own migrations make. */
function madeBy({ objects, rebuild }: ProvedDatabase): ReadonlySet<string> {
  const missing = new Set(rebuild.reconstructed);
  return new Set(
    objects
      .filter(({ kind }) => kind === 'table')
      .map(({ schema, name }) => `${schema}.${name}`)
      .filter((name) => !missing.has(name)),
  );
}

/** The folder of the same repo that makes what this one needs and more than it makes: then this one is a part of it, or a copy. */
function wholeOf(database: ProvedDatabase, all: readonly ProvedDatabase[]): ProvedDatabase | undefined {
  const own = madeBy(database).size;
  return all.find((other) => {
    const made = madeBy(other);
    return other !== database && made.size > own && database.rebuild.reconstructed.some((name) => made.has(name));
  });
}

const partOf = ({ folder }: ProvedDatabase, whole: ProvedDatabase): Observation => ({
  outcome: 'unknown',
  subject: `migrations ${folder}`,
  message: `The migrations of ${folder} were not judged as a database of their own: ${whole.folder} makes tables that they need.`,
  toKnow: `Put them among those of ${whole.folder}, or take them out of the repo if they are not used.`,
});

/** A folder with one table, beside another that makes two, one of which the first needs. */
const twoFolders = {
  databases: [
    ...sampleProof({
      folder: 'slice/supabase',
      objects: [sampleObject({ name: 'clients' })],
      rebuild: sampleRebuild({ reconstructed: ['public.clients'] }),
    }).databases,
    ...sampleProof({ objects: [sampleObject({ name: 'clients' }), sampleObject()] }).databases,
  ],
};

export const migrationsDoNotReplay = defineCheck({
  id: 'access/migrations-do-not-replay',
  severity: 'medium',
  covers: ['MB-2'],
  doc: {
    title: 'The migrations do not make the database anew',
    why: 'Tables made in the dashboard and migrations that fail on an empty database mean that nobody can rebuild what runs: no test copy, no second region, no way back after a loss. And whatever is not in the repo cannot be checked.',
    fix: 'Write down what runs: supabase db dump --schema public -f supabase/migrations/00000000000000_base.sql (it reads only), drop what it makes obsolete, then run supabase db reset on your machine until it ends without an error.',
    effort: 'hours',
    references: ['https://supabase.com/docs/guides/deployment/database-migrations'],
  },
  needs: { proof: isolationProof },
  examples: {
    fails: [
      {
        name: 'a migration alters a table that none makes',
        given: {
          proof: sampleProof({
            rebuild: sampleRebuild({
              applied: 39,
              failures: [
                sampleFailure({
                  sql: 'alter table public.clients add column phone text',
                  reason: 'relation "public.clients" does not exist',
                  code: '42P01',
                  touches: ['public.clients'],
                }),
              ],
            }),
          }),
        },
      },
      {
        name: 'a table that only the generated types know',
        given: { proof: sampleProof({ rebuild: sampleRebuild({ reconstructed: ['public.clients'] }) }) },
      },
    ],
    passes: [{ name: 'everything is applied', given: { proof: sampleProof() } }],
    unknowns: [{ name: 'another folder of the repo makes what these migrations need', given: { proof: twoFolders } }],
  },
  *evaluate({ proof }) {
    for (const database of proof.databases) {
      if (database.rebuild.statements === 0) continue;
      const whole = wholeOf(database, proof.databases);
      yield whole ? partOf(database, whole) : judge(database);
    }
  },
});
