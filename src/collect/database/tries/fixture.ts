import { type LiveCatalog, type Queryable, readCatalog } from '../live/catalog.ts';
import type { Database } from '../connect.ts';
import { rebuilt } from '../rebuild/fixture.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { machinerySql } from '../world/keep.ts';
import { makeWorlds, type Worlds } from '../world/world.ts';
import { type Attempt, type Tried, tryAll } from './attempt.ts';
import { attemptsOn } from './tables.ts';

/** For tests: a small schema with two tenants in it, and everything tried on its tables. */
export interface Played {
  readonly db: Database;
  readonly catalog: LiveCatalog;
  readonly worlds: Worlds;
  readonly tried: readonly Tried[];
  /** What came of a try, e.g. `did('notes', 'select', 'stranger')`. */
  did(name: string, verb: Attempt['verb'], who: Attempt['who'], variant?: Attempt['variant']): Tried;
}

/** Rebuilds `sql` as a Supabase project's only migration, fills it and tries all. Throws where a statement of it cannot be applied. */
export async function played(sandbox: Sandbox, sql: string): Promise<Played> {
  const { db, record } = await rebuilt(sandbox, sql);
  const [failure] = record.failures;
  if (failure) throw new Error(`${failure.sql}: ${failure.reason}`);
  await db.exec(machinerySql);
  await db.exec('SET search_path = public, extensions');
  const catalog = await readCatalog(db, ['public']);
  const worlds = await makeWorlds(db, catalog, new Map());
  const tables = catalog.relations.filter(({ kind, schema }) => kind === 'table' && schema === 'public');
  const tried = await tryAll(
    db,
    tables.flatMap((table) => attemptsOn(table, worlds)),
  );
  return {
    db,
    catalog,
    worlds,
    tried,
    did(name, verb, who, variant) {
      const found = tried.find(
        ({ attempt }) => attempt.object === `public.${name}` && attempt.verb === verb && attempt.who === who && attempt.variant === variant,
      );
      if (!found) throw new Error(`nobody tried ${who} ${verb} ${name}`);
      return found;
    },
  };
}

/** What a step was, as the database is asked. */
export interface AskedStep {
  readonly sql: string;
  readonly role?: string;
}

/** For tests: a database that answers a batch of tries as told. `asked` are its batches, each try its statements. */
export function answering(answer: (tries: AskedStep[][]) => unknown[]): {
  readonly lane: Queryable;
  readonly asked: string[][];
  readonly limits: (number | undefined)[];
} {
  const asked: string[][] = [];
  const limits: (number | undefined)[] = [];
  const query = async (sql: string, parameters: unknown[] = [], limit?: number): Promise<unknown[]> => {
    // So no plans are kept.
    if (sql.includes('pg_proc')) return [{ odd: true }];
    if (!sql.startsWith('SELECT launch_ready.run(')) return [];
    const tries = JSON.parse(parameters[0] as string) as AskedStep[][];
    asked.push(tries.map((steps) => steps.map((step) => step.sql).join('+')));
    limits.push(limit);
    return answer(tries).map((value) => ({ value }));
  };
  return { lane: { query: query as Queryable['query'] }, asked, limits };
}

/** Each step returns itself. */
export const fine = (steps: readonly AskedStep[]): unknown[] => steps.map(({ sql }) => ({ rows: [sql], message: '', context: '' }));

/** A step that ended with this SQLSTATE. */
export const refusal = (code: string, context = ''): unknown => ({ rows: null, code, message: 'no', context });

/** An error of the connection; with a code, PostgreSQL's. */
export const failing = (code?: string): Error => Object.assign(new Error('failed'), code === undefined ? {} : { code });
