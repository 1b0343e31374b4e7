import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examples, withTwin } from '../../bench/twins/examples.ts';
import type { Flaw } from '../../examples/flaws.ts';
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
