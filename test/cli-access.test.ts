import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseFlaws, materialise } from '../examples/flaws.ts';
import { flaws } from '../examples/supabase-portal/flaws.ts';
import type { Finding } from '../src/core/finding.ts';
import { cleanUp, folderWith, launchReady, type Outcome } from './command-line.ts';

const example = join(import.meta.dirname, '../examples/supabase-portal');
const work = folderWith({});
const clean = join(work, 'clean');
const lock = join(clean, 'access.lock.yaml');
afterAll(cleanUp);

interface JsonReport {
  readonly findings: readonly Finding[];
  readonly verdict: { readonly status: string };
  readonly checks: readonly { readonly id: string }[];
  readonly matrices?: readonly { readonly rows: readonly { readonly group: string; readonly name: string }[] }[];
}
const run = (...args: string[]): Promise<Outcome> => launchReady(args, { cwd: work });
const jsonOf = async (...args: string[]): Promise<JsonReport> =>
  JSON.parse((await run(...args, '--format', 'json', '--quiet')).stdout) as JsonReport;
const stagesOf = ({ checks }: JsonReport): string[] => [...new Set(checks.map(({ id }) => id.split('/')[0] ?? ''))].toSorted();

/** The example with the lock that its founder reviewed, and the lock as it was written again over it. */
let reviewed: Outcome;
let renewed: string;
/** The same without a lock. */
let first: Outcome;
beforeAll(async () => {
  await materialise(example, [], clean);
  await materialise(example, chooseFlaws(flaws, ['rls-disabled-invoices']), join(work, 'broken'));
  // One real rebuild each; the rest judges what was collected here.
  reviewed = await run('access', 'clean', '--write-lock', '--save-evidence', 'facts');
  renewed = readFileSync(lock, 'utf8');
  rmSync(lock);
  first = await run('access', 'clean', '--evidence', 'facts', '--lock', 'clean/access.lock.yaml', '--write-lock');
  await run('access', 'broken', '--save-evidence', 'broken-facts', '--quiet');
});

describe('access', () => {
  it('rebuilds the database, says so, and finds nothing in an app that is as it should be', () => {
    expect(reviewed.stderr).toContain("Runs the repo's SQL in a sandbox of ours; touches nothing of yours.");
    expect(reviewed.stdout).toContain('Access matrix');
    expect(reviewed.stdout).toContain('READY');
    expect(reviewed.stdout).not.toContain('LEAK');
    expect(reviewed.stdout).toContain('Nothing has changed since access.lock.yaml was reviewed.');
    expect([reviewed.code, first.code]).toEqual([0, 0]);
  });

  it('leaves a reviewed lock as it is where nothing has changed', () => {
    expect(renewed).toBe(readFileSync(join(example, 'access.lock.yaml'), 'utf8'));
  });

  it('shows who reaches what in an app that leaks, with the whole matrix as data', async () => {
    const { code, stdout } = await run('access', '--evidence', 'broken-facts');
    expect(code).toBe(1);
    expect(stdout).toContain('NOT READY');
    expect(stdout).toMatch(/invoices\n +read +LEAK/);
    expect(stdout).toContain('Everybody on the internet can now read invoices.');
    const report = await jsonOf('access', '--evidence', 'broken-facts');
    expect(report.matrices?.[0]?.rows.some(({ group, name }) => group === 'invoices' && name === 'read')).toBe(true);
    const drift = report.findings.filter(({ check, outcome }) => check === 'access/matrix-drift' && outcome === 'fail');
    expect(drift.map(({ message }) => message)).toContain('Everybody on the internet can now read invoices.');
    expect(drift.every(({ place }) => place?.file?.startsWith('supabase/migrations/') && place.line !== undefined)).toBe(true);
  });

  it('runs the checks of its own stage, as audit does of its own', async () => {
    expect(stagesOf(await jsonOf('access', '--evidence', 'facts'))).toEqual(['access']);
    expect(stagesOf(await jsonOf('audit', '--evidence', 'facts'))).toEqual(['audit']);
    expect(stagesOf(await jsonOf('gate', '--evidence', 'facts'))).toEqual(['access', 'audit']);
    expect(stagesOf(await jsonOf('gate', '--evidence', 'facts', '--stage', 'access'))).toEqual(['access']);
    const both = ['gate', '--evidence', 'facts', '--stage', 'audit', '--stage', 'access'];
    expect(stagesOf(await jsonOf(...both))).toEqual(['access', 'audit']);
  });

  it('writes the matrix into every report, once', async () => {
    await run('gate', '--evidence', 'broken-facts', '--quiet', '--output', 'reports/');
    const html = readFileSync(join(work, 'reports/launch-ready.html'), 'utf8');
    expect(html.split('<article>')).toHaveLength(3);
    expect(html).toContain('class="leak"');
    expect(readFileSync(join(work, 'reports/launch-ready.md'), 'utf8')).toContain('# Access matrix');
  });

  it.each([
    [['access', '--only', 'audit/rls-disabled'], 'launch-ready audit --only audit/rls-disabled'],
    [['gate', '--stage', 'edge'], 'It is one of audit, access.'],
    [['access', 'clean', '--sandbox', 'mysql'], 'It is one of postgresql, pglite.'],
    [['access', 'clean', '--dump', 'nothing.sql'], 'The dump nothing.sql cannot be read: it does not exist.'],
    [['access', 'clean', '--dump', 'clean'], 'The dump clean is no file.'],
    [['access', '--evidence', 'facts', '--write-lock'], '--write-lock needs a folder, or --lock FILE'],
    [['access', 'clean', '--write-lock', '--lock', 'nowhere/x.yaml'], 'there is no folder nowhere'],
    [['audit', 'clean', '--lock', 'x.yaml'], 'launch-ready audit has no option --lock.'],
  ])('%j is answered with what to do', async (args, remedy) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(remedy)]);
  });

  it('replays a drift, and says that it is gone where it is', async () => {
    const { findings } = await jsonOf('access', '--evidence', 'broken-facts');
    const drift = findings.find(({ message }) => message === 'Everybody on the internet can now read invoices.');
    expect(drift?.replay).toContain('--evidence broken-facts');
    expect((await run('replay', drift?.id ?? '', '--evidence', 'broken-facts')).code).toBe(1);
    expect((await run('replay', drift?.id ?? '', '--evidence', 'facts')).code).toBe(0);
    expect((await run('explain', drift?.id ?? '')).stdout).toContain('# Somebody can do more than the reviewed access matrix says');
  });
});

describe('access.lock.yaml', () => {
  const again = (...more: string[]): Promise<Outcome> =>
    run('access', 'clean', '--evidence', 'facts', '--lock', 'clean/access.lock.yaml', '--quiet', ...more);

  it('is written beside the config, has nothing that changes from run to run, and says who has to be asked', () => {
    expect(first.stderr).toMatch(/Wrote \d+ lines to clean\/access\.lock\.yaml\. Read them/);
    const text = readFileSync(lock, 'utf8');
    expect(text).toMatch(/^ {4}table invoices read: \[tenant-admin\]$/m);
    expect(text).toMatch(/with: not answered, by: "", on: "", why: ""\} # peer can read/);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
  });

  it('stays the same when it is written again', async () => {
    const before = readFileSync(lock, 'utf8');
    expect((await again('--write-lock')).code).toBe(0);
    expect(readFileSync(lock, 'utf8')).toBe(before);
  });

  it('takes answers, and keeps them', async () => {
    const asked = await jsonOf('access', 'clean', '--evidence', 'facts', '--lock', 'clean/access.lock.yaml');
    const open = (report: JsonReport): number =>
      report.findings.filter(({ check, outcome }) => check === 'access/shared-by-design' && outcome === 'unknown').length;
    expect(open(asked)).toBeGreaterThan(0);
    const answered = readFileSync(lock, 'utf8').replace(
      /table organizations: \{.*\}/,
      'table organizations: {with: members, by: Jane Doe, on: 2026-11-23, why: Everybody sees the name.}',
    );
    writeFileSync(lock, answered);
    const after = await jsonOf('access', 'clean', '--evidence', 'facts', '--lock', 'clean/access.lock.yaml');
    expect(open(after)).toBe(open(asked) - 1);
    await again('--write-lock');
    expect(readFileSync(lock, 'utf8')).toBe(answered);
  });

  it('that is broken stops the run with its line, before any work, and is not touched', async () => {
    const broken = readFileSync(lock, 'utf8').replace('[tenant-admin]', '[tenant-admin, boss]');
    writeFileSync(join(work, 'broken-lock.yaml'), broken);
    const line = broken.split('\n').findIndex((text) => text.includes('boss')) + 1;
    for (const command of ['access', 'gate']) {
      const args = [command, 'clean', '--evidence', 'facts', '--lock', 'broken-lock.yaml'];
      const { code, stderr, stdout } = await run(...args, ...(command === 'access' ? ['--write-lock'] : []));
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(`broken-lock.yaml:${line}: boss is nobody we try things as`)]);
    }
    expect(readFileSync(join(work, 'broken-lock.yaml'), 'utf8')).toBe(broken);
    // Where the stage does not run, its lock is nobody's business.
    expect((await run('gate', 'clean', '--stage', 'audit', '--evidence', 'facts', '--lock', 'broken-lock.yaml')).code).not.toBe(2);
  });

  it('is not read or written through a link that the repo put there', async () => {
    const victim = join(work, 'victim.txt');
    writeFileSync(victim, 'version: 1\n');
    const link = join(work, 'linked');
    cpSync(clean, link, { recursive: true });
    rmSync(join(link, 'access.lock.yaml'));
    symlinkSync(victim, join(link, 'access.lock.yaml'));
    const { code, stderr } = await run('access', 'linked', '--evidence', 'facts', '--write-lock');
    expect([code, stderr]).toEqual([2, expect.stringContaining('is no plain file')]);
    expect(readFileSync(victim, 'utf8')).toBe('version: 1\n');
    expect(existsSync(join(link, `.access.lock.yaml.${process.pid}`))).toBe(false);
  });
});
