import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examples, withTwin } from '../../bench/twins/examples.ts';
import { openSandbox, type Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { proveFolder } from '../../bench/database/prove.ts';

const example = examples.find(({ name }) => name === 'portal')!;
const flaws = example.flaws.filter(({ checks }) => checks.includes('access/unscoped-query'));

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

describe('the portal whose own server keeps customers apart', () => {
  it('says nothing, and knows whose the tables are', async () => {
    const { proof, findings, failed } = await withTwin(example, [], (folder) => proveFolder(folder, sandbox));
    expect([failed, findings.filter(({ outcome }) => outcome === 'unknown')]).toEqual([[], []]);
    const [database] = proof.databases;
    expect(database).toMatchObject({ exposure: 'private', rebuild: { failures: [] } });
    expect(database!.objects.find(({ name }) => name === 'tasks')).toMatchObject({ belongs: { to: 'tenant' }, cells: [] });
    expect(findings.filter(({ check, outcome }) => check === 'access/unscoped-query' && outcome === 'pass').length).toBeGreaterThan(4);
  });

  it.each(flaws)('is suspected with $id', async (flaw) => {
    const { failed } = await withTwin(example, [flaw], (folder) => proveFolder(folder, sandbox));
    expect(failed).toEqual(['access/unscoped-query']);
  });
});
