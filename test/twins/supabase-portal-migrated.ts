import type { Database } from '../../src/collect/database/connect.ts';
import { rebuild } from '../../src/collect/database/rebuild/rebuild.ts';
import type { Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import type { GrantProfile } from '../../src/evidence/isolation.ts';
import type { Attempt } from './supabase-portal-attacks.ts';
import { worldSql } from './supabase-portal-world.ts';

export const isMigration = (path: string): boolean => /^supabase\/migrations\/\d{14}_.+\.sql$/.test(path);

/** A database of its own with the repository's migrations applied in order, and people and rows in it. */
export async function migrated(sandbox: Sandbox, files: ReadonlyMap<string, Buffer>, grants: GrantProfile): Promise<Database> {
  const paths = [...files.keys()].filter(isMigration).toSorted();
  if (paths.length < 8) throw new Error(`only ${paths.length} migrations were found`);
  const migrations = paths.map((path) => ({ path, text: files.get(path)!.toString() }));
  const { db, record } = await rebuild(sandbox, { files: migrations, supabase: true, grants });
  const [failure] = record.failures;
  if (failure) throw new Error(`${failure.place.file}:${failure.place.line}: ${failure.reason}`);
  await db.exec(worldSql);
  return db;
}

/** Whether an attempt gets anywhere. What it changed is rolled back. */
export async function succeeds(db: Database, { as, sql, proof }: Attempt): Promise<boolean> {
  const role = as === 'anon' ? 'anon' : 'authenticated';
  await db.exec('BEGIN');
  try {
    if (as !== 'auth-server') {
      const claims = as === 'anon' ? { role } : { role, sub: as };
      await db.query(`SELECT set_config('request.jwt.claims', $1, true)`, [JSON.stringify(claims)]);
      await db.exec(`SET LOCAL ROLE ${role}`);
    }
    const rows = await db.query(sql);
    if (proof === undefined) return rows.length > 0;
    await db.exec('RESET ROLE');
    return (await db.query(proof)).length > 0;
  } catch (error) {
    // Only a refusal counts as "did not work"; a mistake in the attempt itself must not look like safety.
    if (['42501', 'P0002', '28000'].includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  } finally {
    await db.exec('ROLLBACK');
  }
}
