import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditFolder } from '../../bench/run-audit.ts';
import { examples, withTwin } from '../../bench/twins/examples.ts';
import { applyFlaws, readExample } from '../../examples/flaws.ts';
import { flaws } from '../../examples/supabase-portal/flaws.ts';
import { openSandbox, type Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { attacks } from './supabase-portal-attacks.ts';
import { migrated, succeeds } from './supabase-portal-migrated.ts';

/** Checks whose fix is SQL to run as it stands. */
const written = ['audit/rls-disabled', 'audit/rls-always-true'];
const fixable = flaws.filter(({ checks }) => checks.some((check) => written.includes(check)));
const portal = examples.find(({ flaws: own }) => own === flaws)!;

/** The statements among the sentences of a fix. */
const statements = (fix: string): string[] =>
  fix.split('\n').flatMap((line) => /(?:create|drop) policy .*;|alter table .*;/.exec(line)?.[0] ?? []);

describe('the SQL that a finding shows as its fix', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox();
  });
  afterAll(() => sandbox.close());

  it('is tried on some flaws', () => expect(fixable.length).toBeGreaterThanOrEqual(6));

  it.each(fixable)('runs, and $id is closed by it', async (flaw) => {
    const { fails } = await withTwin(portal, [flaw], (folder) => auditFolder(folder));
    const sql = fails.filter(({ check }) => written.includes(check)).flatMap(({ fix }) => statements(fix ?? ''));
    expect(sql.length).toBeGreaterThan(0);
    const clean = await readExample(join(import.meta.dirname, '../../examples/supabase-portal'));
    const db = await migrated(sandbox, applyFlaws(clean, [flaw]), 'explicit');
    try {
      expect(await succeeds(db, attacks[flaw.id]!)).toBe(true);
      for (const statement of sql) await db.exec(statement);
      expect(await succeeds(db, attacks[flaw.id]!), sql.join('\n')).toBe(false);
    } finally {
      await db.close();
    }
  });
});
