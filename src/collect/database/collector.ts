import { type CollectContext, defineCollector } from '../../core/collector.ts';
import { CollectFault } from '../../core/evidence.ts';
import { databaseModel, type DatabaseModel } from '../../evidence/database.ts';
import { isolationProof, type IsolationProof, type ProvedDatabase } from '../../evidence/isolation.ts';
import type { Sandbox as TargetSandbox } from '../../core/target.ts';
import { type DatabaseInput, describedBy } from '../source/database/input.ts';
import { readConfig } from '../source/database/sources.ts';
import { sourceTree, type Tree } from '../source/tree.ts';
import { appUses } from './app-uses.ts';
import type { Database } from './connect.ts';
import { chosenInputs } from './chosen.ts';
import type { SourceModel } from './describe.ts';
import { PostgresStartError } from './errors.ts';
import { hideSecretsIn } from './hide-secrets.ts';
import { readCatalog } from './live/catalog.ts';
import { withProfiles } from './profiles.ts';
import { prove } from './prove.ts';
import { rebuild } from './rebuild/rebuild.ts';
import { restarting } from './sandbox/restarting.ts';
import { openSandbox, type Sandbox } from './sandbox/sandbox.ts';
import { unexposedTables } from './unexposed.ts';

/** Longer than this nothing new is tried, so that what was found is told within the time a collector has. Milliseconds. */
const patienceMs = 220_000;

/** Lends the sandbox that a run works in; `release` says that the run is done with it. */
export type SandboxLender = (kind: 'postgresql' | 'pglite' | undefined) => Promise<{ readonly sandbox: Sandbox; release(): Promise<void> }>;

/** Rebuilds the repo's databases in a sandbox and tries, as other customers, to reach everything in them. Touches nothing of the user's. */
export const isolationCollectorIn = (lend: SandboxLender) =>
  defineCollector({
    provides: isolationProof,
    wants: 'repo',
    needs: { tree: sourceTree },
    // Read while the server starts and the migrations are applied.
    later: { model: databaseModel },
    effects: 'none',
    timeoutMs: 300_000,
    async collect({ tree, model }, { target, signal, vault, progress }): Promise<IsolationProof> {
      const until = performance.now() + patienceMs;
      const inputs = chosenInputs(tree, target.sandbox);
      // A repo without a database has nothing to prove; that is no question left open, which would close the gate.
      if (inputs.length === 0) return { databases: [] };
      for (const { sequence } of inputs) hideSecretsIn(sequence, vault);
      progress('starting a PostgreSQL of our own');
      const { sandbox, release } = await lent(lend, target.sandbox?.engine);
      try {
        const databases: ProvedDatabase[] = [];
        for (const input of inputs) {
          signal.throwIfAborted();
          databases.push(await proveOne(sandbox, tree, input, model, { signal, vault, progress, until }));
        }
        return { databases };
      } finally {
        await release();
      }
    },
  });

/** The same with a sandbox of its own. */
export const isolationCollector = isolationCollectorIn(async (kind) => {
  const sandbox = await openSandbox(kind === undefined ? {} : { kind });
  return { sandbox, release: () => sandbox.close() };
});

async function lent(lend: SandboxLender, kind: TargetSandbox['engine']): ReturnType<SandboxLender> {
  try {
    return await lend(kind);
  } catch (error) {
    if (error instanceof PostgresStartError)
      throw new CollectFault(
        'absent',
        error.message,
        kind === 'pglite' ? 'Install the packages again (npm ci).' : 'Install the packages again (npm ci), or use --sandbox pglite.',
      );
    throw error;
  }
}

async function proveOne(
  sandbox: Sandbox,
  tree: Tree,
  input: DatabaseInput,
  model: () => Promise<DatabaseModel>,
  { signal, vault, progress, until }: Pick<CollectContext, 'signal' | 'vault' | 'progress'> & { readonly until: number },
): Promise<ProvedDatabase> {
  const { folder } = input.files;
  const config = readConfig(input.files.config === undefined ? undefined : tree.text(input.files.config));
  const build = (grants: 'default' | 'explicit') =>
    rebuild(sandbox, {
      files: input.sequence,
      described: describedBy(input),
      supabase: input.supabase,
      grants,
      scrub: (text) => vault.scrub(text),
      signal,
      ...(grants === 'default' && { progress: (message: string, done: number, total: number) => progress(message, done, total) }),
    });
  const rebuilt = await build('default');
  const db = await restarting(sandbox, rebuilt.name, rebuilt.db);
  const base = {
    folder,
    engine: sandbox.kind,
    exposure: input.supabase ? ('supabase' as const) : ('private' as const),
    signUp: config.signUp,
    rebuild: rebuilt.record,
    ...(rebuilt.cutShort !== undefined && { cutShort: rebuilt.cutShort }),
  };
  const helpers: Database[] = [];
  try {
    const own = modelOf(await model(), folder);
    if (!input.supabase) {
      const objects = await unexposedTables(rebuilt.db, own, rebuilt.record.reconstructed);
      return { ...base, people: [], objects, escalations: [], broken: [] };
    }
    // A server has a core for a second database, and for the rebuild that only tells who is granted what. PGlite has one thread.
    const share = async (): Promise<readonly Database[]> => {
      const copy = `${rebuilt.name}_copy`;
      await db.close();
      const names = await sandbox.create(copy, rebuilt.name).then(
        async (made) => (await made.close(), [rebuilt.name, copy]),
        // No room for a second one.
        () => [rebuilt.name],
      );
      for (const name of names) helpers.push(await sandbox.open(name));
      return helpers;
    };
    const [proof, granted] = await Promise.all([
      prove({
        db,
        ...(sandbox.kind === 'postgresql' && { share }),
        schemas: config.schemas,
        model: own,
        failures: rebuilt.record.failures,
        reconstructed: rebuilt.record.reconstructed,
        scrub: (text) => vault.scrub(text),
        uses: appUses(tree),
        signal,
        until,
        progress,
      }),
      explicitGrants(input, config.schemas, build),
    ]);
    return { ...base, ...withProfiles(proof, granted) };
  } finally {
    for (const one of [...helpers, db]) await one.close();
  }
}

/** What the browser's roles are granted where tables are not exposed by default: nothing, unless the repo grants something. */
async function explicitGrants(input: DatabaseInput, schemas: readonly string[], build: (grants: 'explicit') => ReturnType<typeof rebuild>) {
  if (!input.sequence.some(({ text }) => /\bgrant\b/i.test(text))) return undefined;
  const { db } = await build('explicit');
  try {
    return await readCatalog(db, schemas);
  } finally {
    await db.close();
  }
}

function modelOf(model: DatabaseModel, folder: string): SourceModel {
  const own = <T extends { readonly database: string }>(items: readonly T[]): T[] => items.filter(({ database }) => database === folder);
  return {
    tables: own(model.tables),
    views: own(model.views),
    functions: own(model.functions),
    buckets: own(model.buckets),
    storagePolicies: own(model.storagePolicies),
    signupTriggers: own(model.signupTriggers),
  };
}
