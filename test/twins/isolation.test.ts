import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examples, withTwin } from '../../bench/twins/examples.ts';
import { chooseFlaws, type Flaw } from '../../examples/flaws.ts';
import { openSandbox, type Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { isMigration } from './supabase-portal-migrated.ts';
import { proveFolder } from '../../bench/database/prove.ts';

const example = examples.find(({ name }) => name === 'supabase-portal')!;
const touchesDatabase = ({ edits, adds = [] }: Flaw): boolean => [...edits, ...adds].some(({ file }) => isMigration(file));
const databaseFlaws = example.flaws.filter(touchesDatabase);
const accessChecks = ({ checks }: Flaw): string[] => checks.filter((check) => check.startsWith('access/')).toSorted();

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

describe('the clean portal', () => {
  it('is silent, with everything applied, filled and decided', async () => {
    const { proof, findings, failed } = await withTwin(example, [], (folder) => proveFolder(folder, sandbox));
    expect(failed).toEqual([]);
    expect(findings.filter(({ outcome }) => outcome === 'unknown')).toEqual([]);
    const [database] = proof.databases;
    expect(database!.rebuild.failures).toEqual([]);
    expect(database!.objects.filter(({ unseeded }) => unseeded !== undefined)).toEqual([]);
    expect(database!.objects.length).toBeGreaterThan(20);
    expect(database!.escalations).toEqual([]);
    // Positive controls: for every table of a tenant somebody reads the owner's row.
    for (const object of database!.objects.filter(({ kind, belongs }) => kind === 'table' && belongs))
      if (object.name !== 'payment_events')
        expect(
          object.cells.some(({ verb, outcome }) => verb === 'select' && outcome === 'got'),
          object.name,
        ).toBe(true);
  });
});

describe('what is said', () => {
  it('is the same in every run, though people and rows have random names', async () => {
    const chosen = chooseFlaws(example.flaws, ['privilege-column-self-update', 'membership-self-insert', 'rls-using-true-cases']);
    const said = async (): Promise<unknown[]> => {
      const { findings } = await withTwin(example, chosen, (folder) => proveFolder(folder, sandbox));
      return findings.map(({ id, fingerprint, subject, message, fix, place }) => ({ id, fingerprint, subject, message, fix, place }));
    };
    const once = await said();
    expect(once.length).toBeGreaterThan(20);
    expect(await said()).toEqual(once);
  });
});

describe('each database flaw', () => {
  it('has a check of this stage that finds it', () => {
    expect(databaseFlaws.length).toBeGreaterThan(15);
    expect(databaseFlaws.filter((flaw) => accessChecks(flaw).length === 0).map(({ id }) => id)).toEqual([]);
  });
  it.each(databaseFlaws)('$id is proved', async (flaw) => {
    const { failed } = await withTwin(example, [flaw], (folder) => proveFolder(folder, sandbox));
    expect(failed).toEqual(accessChecks(flaw));
  });
});

describe('the correction that a finding shows', () => {
  const corrected = [
    ['definer-view', 'ALTER VIEW public.invoice_overview SET (security_invoker = on);'],
    ['definer-function-open', 'ALTER FUNCTION public.get_invoice_statement(uuid) SECURITY INVOKER;'],
    ['storage-bucket-public', "UPDATE storage.buckets SET public = false WHERE id = 'client-files';"],
    ['storage-anon-write', 'DROP POLICY'],
    ['rls-using-true-cases', 'DROP POLICY'],
  ] as const;
  it.each(corrected)('of %s closes the leak, added as a migration', async (id, sql) => {
    const [flaw] = chooseFlaws(example.flaws, [id]);
    await withTwin(example, [flaw!], async (folder) => {
      const leak = (await proveFolder(folder, sandbox)).findings.find(
        ({ check, outcome }) => check.includes('stranger') && outcome === 'fail',
      );
      expect(leak?.fix).toContain('This was tried on the rebuilt database');
      expect(leak?.fix).toContain(sql);
      const migration = leak?.fix.slice(leak.fix.indexOf('As a migration:') + 'As a migration:'.length) ?? '';
      writeFileSync(join(folder, 'supabase/migrations/20270101000000_fix.sql'), migration);
      const { failed, proof } = await proveFolder(folder, sandbox);
      expect(proof.databases[0]?.rebuild.failures).toEqual([]);
      expect(failed.filter((check) => check.includes('stranger'))).toEqual([]);
    });
  });
});
