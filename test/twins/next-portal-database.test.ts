import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExample } from '../../examples/flaws.ts';
import type { Database } from '../../src/collect/database/connect.ts';
import { rebuild } from '../../src/collect/database/rebuild/rebuild.ts';
import { openSandbox, type Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';

const tenantTables = ['organizations', 'memberships', 'invoices', 'cases', 'case_comments', 'tasks', 'approvals', 'files', 'invites'];

describe('the SQL scripts of the Next.js portal', () => {
  let sandbox: Sandbox;
  let db: Database;
  beforeAll(async () => {
    const files = await readExample(join(import.meta.dirname, '../fixtures/next-portal'));
    sandbox = await openSandbox();
    const scripts = [...files.keys()].filter((path) => /^scripts\/\d+_.+\.sql$/.test(path)).toSorted();
    expect(scripts).toHaveLength(2);
    const texts = scripts.map((path) => ({ path, text: files.get(path)!.toString() }));
    const made = await rebuild(sandbox, { files: texts, supabase: true, grants: 'default' });
    expect(made.record.failures).toEqual([]);
    db = made.db;
    await db.exec(`
      INSERT INTO auth.users (id, email) VALUES
        ('aaaaaaaa-0000-4000-8000-000000000001', 'client@a.example'), ('cccccccc-0000-4000-8000-000000000001', 'stranger@example.com');
      INSERT INTO organizations (id, name) VALUES ('aaaaaaaa-0000-4000-8000-000000000000', 'A');
      INSERT INTO memberships (user_id, organization_id) VALUES
        ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000000');
      INSERT INTO invoices (organization_id, client_id, number, amount_cents) VALUES
        ('aaaaaaaa-0000-4000-8000-000000000000', 'aaaaaaaa-0000-4000-8000-000000000001', 'A-1', 100);
      INSERT INTO cases (id, organization_id, client_id, title) VALUES ('aaaaaaaa-0000-4000-8000-000000000002',
        'aaaaaaaa-0000-4000-8000-000000000000', 'aaaaaaaa-0000-4000-8000-000000000001', 'Case');
      INSERT INTO plans (id, name, price_cents) VALUES ('starter', 'Starter', 0);
    `);
  });
  afterAll(async () => {
    await db.close();
    await sandbox.close();
  });

  /** Rows of a table that a person sees; 'anon' is a visitor without an account. */
  const seen = async (table: string, user: string): Promise<number> => {
    const role = user === 'anon' ? 'anon' : 'authenticated';
    await db.exec('BEGIN');
    try {
      await db.query(`SELECT set_config('request.jwt.claims', $1, true)`, [
        JSON.stringify(user === 'anon' ? { role } : { role, sub: user }),
      ]);
      await db.exec(`SET LOCAL ROLE ${role}`);
      return (await db.query(`SELECT 1 FROM public.${table}`)).length;
    } finally {
      await db.exec('ROLLBACK');
    }
  };

  it('leave no table without row level security', async () => {
    const open = await db.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relrowsecurity`,
    );
    expect(open).toEqual([]);
  });

  it('show the client what is theirs and a stranger nothing', async () => {
    for (const table of ['organizations', 'memberships', 'invoices', 'cases']) {
      expect(await seen(table, 'aaaaaaaa-0000-4000-8000-000000000001'), table).toBe(1);
    }
    for (const table of tenantTables) expect(await seen(table, 'cccccccc-0000-4000-8000-000000000001'), table).toBe(0);
  });

  it('show the price list to everybody', async () => {
    expect(await seen('plans', 'anon')).toBe(1);
  });
});
