import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyFlaws, readExample } from '../../examples/flaws.ts';
import { flaws } from '../../examples/supabase-portal/flaws.ts';
import { connect } from '../../src/collect/database/connect.ts';
import type { Database } from '../../src/collect/database/connect.ts';
import { startPostgres } from '../../src/collect/database/embedded.ts';
import type { RunningPostgres } from '../../src/collect/database/embedded.ts';
import { supabaseBase } from './supabase-base.ts';
import type { GrantProfile } from './supabase-base.ts';
import { attacks } from './supabase-portal-attacks.ts';
import type { Attempt } from './supabase-portal-attacks.ts';
import { controls, denials } from './supabase-portal-rights.ts';
import { worldSql } from './supabase-portal-world.ts';

const isMigration = (path: string): boolean => /^supabase\/migrations\/\d{14}_.+\.sql$/.test(path);
const profiles: GrantProfile[] = ['legacy', 'explicit'];
const databaseFlaws = flaws.filter(({ edits, adds = [] }) => [...edits, ...adds].some(({ file }) => isMigration(file)));

let server: RunningPostgres;
let clean: Map<string, Buffer>;
let made = 0;

/** A database of its own with the repository's migrations applied in order, and people and rows in it. */
async function migrated(files: Map<string, Buffer>, grants: GrantProfile): Promise<Database> {
  const name = `portal_${++made}`;
  const main = await connect(server.url);
  await main.exec(`CREATE DATABASE ${name}`);
  await main.close();
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const db = await connect(url.href);
  await db.exec(supabaseBase(grants));
  const migrations = [...files.keys()].filter(isMigration).toSorted();
  expect(migrations.length).toBeGreaterThanOrEqual(8);
  for (const path of migrations) await db.exec(files.get(path)!.toString());
  await db.exec(worldSql);
  return db;
}

/** Whether an attempt gets anywhere. What it changed is rolled back. */
async function succeeds(db: Database, { as, sql, proof }: Attempt): Promise<boolean> {
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

beforeAll(async () => {
  server = await startPostgres({ durable: false });
  clean = await readExample(join(import.meta.dirname, '../../examples/supabase-portal'));
});
afterAll(() => server.stop());

describe.each(profiles)('the clean portal with %s grants', (grants) => {
  let db: Database;
  beforeAll(async () => {
    db = await migrated(clean, grants);
  });
  afterAll(() => db.close());

  it.each(Object.entries(attacks))('withstands %s', async (_id, attack) => {
    expect(await succeeds(db, attack)).toBe(false);
  });
  it.each(denials)('does not let $who $what', async (attempt) => {
    expect(await succeeds(db, attempt)).toBe(false);
  });
  it.each(controls)('lets $who $what', async (attempt) => {
    expect(await succeeds(db, attempt)).toBe(true);
  });
  it('has row level security on every table', async () => {
    const open = await db.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relrowsecurity`,
    );
    expect(open).toEqual([]);
  });
});

describe('each database flaw', () => {
  it('has an attack that shows it', () => {
    expect(Object.keys(attacks).toSorted()).toEqual(databaseFlaws.map(({ id }) => id).toSorted());
  });
  it.each(databaseFlaws)('$id is real', async (flaw) => {
    const db = await migrated(applyFlaws(clean, [flaw]), 'explicit');
    try {
      expect(await succeeds(db, attacks[flaw.id]!)).toBe(true);
      for (const control of controls) expect(await succeeds(db, control), `${control.who} ${control.what}`).toBe(true);
    } finally {
      await db.close();
    }
  });
});
