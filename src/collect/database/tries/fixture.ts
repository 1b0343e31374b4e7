import { type LiveCatalog, readCatalog, type Relation } from '../live/catalog.ts';
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
  relation(name: string): Relation;
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
    relation: (name) => catalog.relations.find((one) => one.schema === 'public' && one.name === name)!,
    did(name, verb, who, variant) {
      const found = tried.find(
        ({ attempt }) => attempt.object === `public.${name}` && attempt.verb === verb && attempt.who === who && attempt.variant === variant,
      );
      if (!found) throw new Error(`nobody tried ${who} ${verb} ${name}`);
      return found;
    },
  };
}
