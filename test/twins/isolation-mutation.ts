import type { Database } from '../../src/collect/database/connect.ts';
import { readCatalog } from '../../src/collect/database/live/catalog.ts';
import { type Proof, prove } from '../../src/collect/database/prove.ts';
import { withProfiles } from '../../src/collect/database/profiles.ts';
import { rebuild, type Rebuilt } from '../../src/collect/database/rebuild/rebuild.ts';
import type { Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { describedBy, databaseInputs } from '../../src/collect/source/database/input.ts';
import { openTree } from '../../src/collect/source/tree.ts';
import { collectors } from '../../src/collect/index.ts';
import { run } from '../../src/core/engine.ts';
import type { Finding } from '../../src/core/finding.ts';
import { type DatabaseModel, databaseModel } from '../../src/evidence/database.ts';
import { isolationProof, type ProvedDatabase } from '../../src/evidence/isolation.ts';
import { databaseChecks } from '../../bench/database/prove.ts';
import { dependentsOf, type Mutant, mutantsOf } from './isolation-mutants.ts';

/** What compares with the reviewed matrix, or asks about it, follows from what leaks. */
const leakChecks = databaseChecks.filter(({ id }) => id !== 'access/matrix-drift' && id !== 'access/shared-by-design');

/** What came of everything that was tried, by what was tried: `public.invoices select stranger` → `refused`. */
export type Outcomes = ReadonlyMap<string, string>;

/** The clean example, rebuilt once, to be copied, changed and proved. */
export interface Bench {
  readonly mutants: readonly Mutant[];
  readonly clean: Result;
  /** Proves a copy with the change made in it. */
  tryOut(mutant: Mutant): Promise<Result>;
  /** Proves a copy as it is. */
  again(): Promise<Result>;
  /** Objects that a change of `object` can change. */
  dependents(object: string): ReadonlySet<string>;
}

export interface Result {
  readonly outcomes: Outcomes;
  /** Fails of the checks, as the engine signs them. */
  readonly fails: readonly Finding[];
}

/** Rebuilds the database of `root` in the sandbox. */
export async function benchOf(root: string, sandbox: Sandbox): Promise<Bench> {
  const source = await run({
    checks: [],
    shown: [databaseModel],
    collectors,
    version: '0',
    targetArguments: '',
    target: { root, scope: { hosts: [], requests: 0, history: false } },
  });
  const model = source.evidence[databaseModel.id] as DatabaseModel;
  const [input] = databaseInputs(openTree(root));
  const rebuilt = await rebuild(sandbox, { files: input!.sequence, described: describedBy(input!), supabase: true, grants: 'default' });
  const catalog = await readCatalog(rebuilt.db, ['public']);
  const mutants = await mutantsOf(rebuilt.db, catalog);
  const views = await viewsOf(rebuilt.db);
  await rebuilt.db.close();
  let copies = 0;
  const prover = async (change?: string): Promise<Result> => {
    const name = `mutant_${++copies}`;
    const superuser = await sandbox.create(name, rebuilt.name);
    if (change !== undefined) await superuser.exec(change);
    await superuser.close();
    const db = await sandbox.open(name);
    try {
      const proof = await prove({ db, schemas: ['public'], model, failures: [], reconstructed: [] });
      return { outcomes: outcomesOf(proof), fails: await failsOf(root, rebuilt, proof, model) };
    } finally {
      await db.close();
      await sandbox.drop(name);
    }
  };
  return {
    mutants,
    clean: await prover(),
    tryOut: ({ sql }) => prover(sql),
    again: () => prover(),
    dependents: (object) => dependentsOf(object, catalog, views),
  };
}

async function viewsOf(db: Database): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; text: string }>(
    `SELECT schemaname || '.' || viewname AS id, definition AS text FROM pg_views WHERE schemaname = 'public'`,
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}

/** Keys and marks are random, so only what came of it is compared, never the SQL or the answer. */
function outcomesOf({ objects, escalations, broken }: Proof): Outcomes {
  return new Map([
    ...objects.flatMap(({ schema, name, cells }) =>
      cells.map(({ verb, variant, who, outcome }): [string, string] => [
        [`${schema}.${name}`, verb, variant, who].filter(Boolean).join(' '),
        outcome,
      ]),
    ),
    ...escalations.map(({ kind, object, column, unlocks }): [string, string] => [
      `${object} ${kind} ${column ?? ''}`,
      `got ${unlocks.map((one) => one.object).join(' ')}`,
    ]),
    ...broken.map(({ kind, object, code }): [string, string] => [`${object} ${kind}`, code]),
  ]);
}

async function failsOf(root: string, { record }: Rebuilt, proof: Proof, model: DatabaseModel): Promise<readonly Finding[]> {
  const database: ProvedDatabase = {
    folder: 'supabase',
    engine: 'postgresql',
    exposure: 'supabase',
    signUp: 'open',
    rebuild: record,
    ...withProfiles(proof, undefined),
  };
  const { run: ran } = await run({
    checks: leakChecks,
    collectors,
    version: '0',
    targetArguments: '',
    target: { root, scope: { hosts: [], requests: 0, history: false } },
    evidence: { [databaseModel.id]: model, [isolationProof.id]: { databases: [database] } },
  });
  return ran.findings.filter(({ outcome }) => outcome === 'fail');
}

/** What is not as in the clean run. */
export interface Change {
  /** What was tried, or the way to power. */
  readonly key: string;
  /** The object that it was tried on; `storage.objects` for every bucket. */
  readonly object: string;
  readonly from: string;
  readonly to: string;
}

export function changesBetween(clean: Outcomes, mutated: Outcomes): Change[] {
  return [...new Set([...clean.keys(), ...mutated.keys()])].flatMap((key) => {
    const from = clean.get(key) ?? 'absent';
    const to = mutated.get(key) ?? 'absent';
    const [object = ''] = key.split(' ');
    return from === to ? [] : [{ key, object: object.startsWith('storage.') ? 'storage.objects' : object, from, to }];
  });
}

const reading = new Set(['select', 'download']);

/** What somebody from outside gained, as `invoices read`; a row of his own among those of others is a question, no leak. */
export const leaksIn = (changes: readonly Change[]): string[] =>
  [
    ...new Set(
      changes.flatMap(({ key, to }) => {
        const [object = '', verb = ''] = key.split(' ');
        if (!to.startsWith('got') || / (?:into|move) /.test(key)) return [];
        const name = object.replace(/^(?:public|storage)\./, '');
        if (kinds.has(verb)) return [`${name} power`];
        return outsiders.has(key.split(' ').at(-1) ?? '') ? [`${name} ${reading.has(verb) ? 'read' : 'write'}`] : [];
      }),
    ),
  ].toSorted();

const outsiders = new Set(['anon', 'newcomer', 'stranger', 'foreign-admin']);
const kinds = new Set(['sign-up-metadata', 'own-column', 'self-insert', 'function', 'first-user']);
const deedOf: Readonly<Record<string, string>> = {
  'access/stranger-reads': 'read',
  'access/stranger-writes': 'write',
  'access/privilege-escalation': 'power',
};

/** What the findings name, in the same words. */
export const namedBy = (fails: readonly Finding[]): string[] =>
  [
    ...new Set(fails.map(({ check, subject }) => `${/ supabase:(?:public\.)?(\S+)/.exec(subject ?? '')?.[1]} ${deedOf[check] ?? check}`)),
  ].toSorted();
