import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyFlaws, readExample } from '../../examples/flaws.ts';
import { flaws } from '../../examples/supabase-portal/flaws.ts';
import type { Database } from '../../src/collect/database/connect.ts';
import { openSandbox, type Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import type { GrantProfile } from '../../src/evidence/isolation.ts';
import { attacks } from './supabase-portal-attacks.ts';
import { isMigration, migrated, succeeds } from './supabase-portal-migrated.ts';
import { controls, denials } from './supabase-portal-rights.ts';

const profiles: GrantProfile[] = ['default', 'explicit'];
/** Flaws that let somebody do something; what is broken for everybody has no attack. */
const databaseFlaws = flaws.filter(
  ({ edits, adds = [], checks }) =>
    !checks.some((check) => check === 'access/broken-access' || check === 'access/migrations-do-not-replay') &&
    [...edits, ...adds].some(({ file }) => isMigration(file)),
);

let sandbox: Sandbox;
let clean: Map<string, Buffer>;

beforeAll(async () => {
  sandbox = await openSandbox();
  clean = await readExample(join(import.meta.dirname, '../../examples/supabase-portal'));
});
afterAll(() => sandbox.close());

describe.each(profiles)('the clean portal with %s grants', (grants) => {
  let db: Database;
  beforeAll(async () => {
    db = await migrated(sandbox, clean, grants);
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
    const db = await migrated(sandbox, applyFlaws(clean, [flaw]), 'explicit');
    try {
      expect(await succeeds(db, attacks[flaw.id]!)).toBe(true);
      for (const control of controls) expect(await succeeds(db, control), `${control.who} ${control.what}`).toBe(true);
    } finally {
      await db.close();
    }
  });
});
