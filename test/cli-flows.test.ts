import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseFlaws, materialise } from '../examples/flaws.ts';
import { flaws } from '../examples/supabase-portal/flaws.ts';
import type { Finding } from '../src/core/finding.ts';
import { cleanUp, folderWith, launchReady, type Outcome, program } from './command-line.ts';

const example = join(import.meta.dirname, '../examples/supabase-portal');
const docs = join(import.meta.dirname, '../docs/checks');
const work = folderWith({});
const broken = join(work, 'broken');
const clean = join(work, 'clean');
afterAll(cleanUp);

beforeAll(async () => {
  await materialise(example, chooseFlaws(flaws, ['rls-disabled-invoices', 'webhook-unsigned']), broken);
  await materialise(example, [], clean);
});

interface JsonReport {
  readonly findings: readonly Finding[];
  readonly verdict: { readonly status: string; readonly waived: readonly unknown[]; readonly known: readonly string[] };
  readonly checks: readonly { readonly id: string; readonly state: string }[];
}
const run = (...args: string[]): Promise<Outcome> => launchReady(args, { cwd: work });
const jsonOf = async (...args: string[]): Promise<JsonReport> =>
  JSON.parse((await run(...args, '--format', 'json', '--quiet')).stdout) as JsonReport;
const failsOf = (report: JsonReport, check: string): Finding[] =>
  report.findings.filter((finding) => finding.check === check && finding.outcome === 'fail');
const copyOf = (folder: string, name: string): string => {
  const copy = join(work, name);
  rmSync(copy, { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true });
  return copy;
};

describe('audit', () => {
  it('finds the planted flaws, tells the fix order and ends with 1', async () => {
    const { code, stdout, stderr } = await run('audit', 'broken');
    expect(code).toBe(1);
    expect(stdout).toContain('NOT READY');
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    expect(stderr).not.toBe('');
  });

  it('colours only when asked, and is silent when quiet', async () => {
    expect((await run('audit', 'broken', '--color')).stdout).toContain('\u001b[');
    expect((await run('audit', 'broken', '--quiet')).stderr).toBe('');
    expect((await launchReady(['audit', 'broken'], { cwd: work, env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain(
      '\u001b[',
    );
  });

  it('has nothing against the clean twin', async () => {
    const report = await jsonOf('audit', 'clean');
    expect(
      report.findings
        .filter(({ outcome, severity }) => outcome === 'fail' && (severity === 'blocker' || severity === 'high'))
        .map(({ id, message }) => `${id} ${message}`),
    ).toEqual([]);
  });

  it('runs the checks asked for, and says that the verdict is about these alone', async () => {
    const { stdout, stderr } = await run('audit', 'broken', '--only', 'audit/rls-disabled', '--format', 'json');
    expect((JSON.parse(stdout) as JsonReport).checks.map(({ id }) => id)).toEqual(['audit/rls-disabled']);
    expect(stderr).toMatch(/Only 1 of \d+ checks/);
  });

  it('writes every format into a folder, the same findings in each, and shows the verdict as well', async () => {
    const { code, stdout, stderr } = await run('audit', 'broken', '--output', 'reports/');
    expect(code).toBe(1);
    expect(stdout).toContain('NOT READY');
    const files = readdirSync(join(work, 'reports')).sort();
    expect(files).toEqual([
      'launch-ready.codeclimate.json',
      'launch-ready.html',
      'launch-ready.json',
      'launch-ready.junit.xml',
      'launch-ready.md',
      'launch-ready.sarif',
    ]);
    for (const file of files) expect(stderr).toContain(`Wrote reports/${file}`);
    const { findings } = JSON.parse(readFileSync(join(work, 'reports/launch-ready.json'), 'utf8')) as JsonReport;
    const ids = findings.filter(({ outcome }) => outcome === 'fail').map(({ fingerprint }) => fingerprint.slice(0, 8));
    expect(ids.length).toBeGreaterThan(1);
    for (const file of files) for (const id of ids) expect(readFileSync(join(work, 'reports', file), 'utf8')).toContain(id);
  });

  it('takes the format from the ending of the file', async () => {
    await run('audit', 'broken', '--output', 'one.sarif', '--quiet');
    expect((JSON.parse(readFileSync(join(work, 'one.sarif'), 'utf8')) as { version: string }).version).toBe('2.1.0');
  });

  it('judges saved facts again, without the repo', async () => {
    await run('audit', 'broken', '--save-evidence', 'facts', '--quiet');
    const again = await jsonOf('audit', '--evidence', 'facts');
    const first = await jsonOf('audit', 'broken');
    const key = ({ fingerprint, outcome }: Finding): string => `${fingerprint} ${outcome}`;
    expect(again.findings.filter(({ outcome }) => outcome === 'fail').map(key)).toEqual(
      first.findings.filter(({ outcome }) => outcome === 'fail').map(key),
    );
    expect(again.findings[0]?.replay).toContain('--evidence facts');
  });
});

describe('replay', () => {
  it('is red while the flaw is there and green once it is fixed, by the very command of the report', async () => {
    const app = copyOf(broken, "it's mine");
    const report = await jsonOf('audit', "it's mine");
    const [finding] = failsOf(report, 'audit/rls-disabled');
    const shell = (): Promise<Outcome> => runInShell(finding?.replay ?? '');
    const red = await shell();
    expect(red.stdout).toContain('Still there.');
    expect(red.code).toBe(1);
    cpSync(join(clean, 'supabase'), join(app, 'supabase'), { recursive: true });
    const green = await shell();
    expect(green.stdout).toMatch(/^(Fixed|Gone)/);
    expect(green.code).toBe(0);
  });

  it('cannot tell without what the check needs', async () => {
    const [finding] = failsOf(await jsonOf('audit', 'broken'), 'audit/rls-disabled');
    const { code, stdout } = await run('replay', finding?.id ?? '', '--evidence', factsWithout('source.database'));
    expect([code, stdout]).toEqual([3, 'Could not tell: this check needs the folder with the code.\n']);
  });

  function factsWithout(id: string): string {
    const folder = join(work, 'facts');
    rmSync(join(folder, `${id}.json`));
    return folder;
  }

  async function runInShell(command: string): Promise<Outcome> {
    const bin = join(work, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'launch-ready'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
    const { spawnSync } = await import('node:child_process');
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      cwd: work,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
    });
    return { code: status, stdout, stderr };
  }
});

describe('gate', () => {
  it('fails on findings, then only on new ones', async () => {
    copyOf(broken, 'gated');
    const first = await run('gate', 'gated');
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/Gate closed: \d+ new findings?/);
    const baseline = join('gated', 'launch-ready-baseline.json');
    expect((await run('gate', 'gated', '--write-baseline', baseline)).code).toBe(0);

    const known = await run('gate', 'gated', '--format', 'json');
    expect((JSON.parse(known.stdout) as JsonReport).verdict.known.length).toBeGreaterThan(1);
    expect(known.stderr).toMatch(/Known from the baseline: \d+/);
    expect(known.code).not.toBe(1);
  });

  it('names only what is new against a baseline', async () => {
    copyOf(broken, 'before');
    await run('gate', 'before', '--stage', 'audit', '--write-baseline', 'before.json');
    await materialise(example, chooseFlaws(flaws, ['rls-disabled-invoices', 'webhook-unsigned', 'secret-in-source']), join(work, 'after'));
    const { code, stderr } = await run('gate', 'after', '--stage', 'audit', '--baseline', 'before.json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/Gate closed: 1 new finding of severity high or worse\.\n {2}audit\/secret-in-source#/);
  });

  it('accepts a waiver until its day is over', async () => {
    const app = copyOf(broken, 'waived');
    const ids = (await jsonOf('audit', 'waived')).findings
      .filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown')
      .map(({ id }) => id);
    const waivers = (expires: string): string =>
      `waivers:\n${ids.map((finding) => `  - { finding: '${finding}', reason: behind the VPN, name: Jane, expires: ${expires} }\n`).join('')}`;
    writeFileSync(join(app, 'launch-ready.yaml'), waivers('2999-12-31'));
    const open = await run('gate', 'waived', '--stage', 'audit');
    expect(open.stderr).toContain('Accepted by Jane until 2999-12-31');
    expect(open.code).toBe(0);
    writeFileSync(join(app, 'launch-ready.yaml'), waivers('2020-12-31'));
    const closed = await run('gate', 'waived', '--stage', 'audit');
    expect(closed.stderr).toContain('No longer accepted since 2020-12-31');
    expect(closed.code).toBe(1);
  });

  it('writes annotations to the log and the summary where GitHub wants it', async () => {
    const summary = join(work, 'summary.md');
    const { stdout } = await launchReady(['gate', 'broken', '--format', 'github'], { cwd: work, env: { GITHUB_STEP_SUMMARY: summary } });
    expect(stdout).toMatch(/^::error /);
    expect(readFileSync(summary, 'utf8')).toMatch(/# Launch risk list[\s\S]+# Access matrix/);
  });

  it('leaves checks out that the config switches off, and says so', async () => {
    const app = copyOf(broken, 'off');
    writeFileSync(join(app, 'launch-ready.yaml'), 'off:\n  - { check: audit/rls-disabled, reason: tables are empty }\n');
    const { stdout, stderr } = await run('gate', 'off', '--stage', 'audit', '--format', 'json');
    const report = JSON.parse(stdout) as JsonReport;
    expect(failsOf(report, 'audit/rls-disabled')).toEqual([]);
    expect(report.checks.find(({ id }) => id === 'audit/rls-disabled')).toMatchObject({ state: 'off', reason: 'tables are empty' });
    expect(stderr).toContain('Switched off in the config: audit/rls-disabled (tables are empty)');
  });
});

describe('explain', () => {
  it('prints the page of the docs, also for the id of a finding', async () => {
    const { stdout } = await run('explain', 'audit/rls-disabled#1a2b3c4d');
    expect(stdout).toBe(readFileSync(join(docs, 'audit/rls-disabled.md'), 'utf8'));
  });

  it('lists all checks', async () => {
    const { stdout } = await run('explain');
    const stages = readdirSync(docs, { withFileTypes: true }).filter((one) => one.isDirectory());
    const pages = stages.flatMap(({ name }) => readdirSync(join(docs, name)));
    expect(stdout.trim().split('\n').length).toBe(pages.length);
  });
});

describe('init', () => {
  it('writes what it found, keeps what is there, and its config works', async () => {
    const app = copyOf(broken, 'fresh');
    const first = await run('init', 'fresh');
    expect(first.stdout).toMatch(/^Found: .*lovable/im);
    expect(first.stdout).toContain('Wrote: fresh/launch-ready.yaml\nWrote: fresh/.github/workflows/launch-ready.yml\n');
    expect(first.code).toBe(0);
    writeFileSync(join(app, 'launch-ready.yaml'), '# mine\n');
    const second = await run('init', 'fresh');
    expect(second.stdout).toContain('Kept:  fresh/launch-ready.yaml exists; --force overwrites it');
    expect(readFileSync(join(app, 'launch-ready.yaml'), 'utf8')).toBe('# mine\n');
    await run('init', 'fresh', '--force');
    expect(readFileSync(join(app, 'launch-ready.yaml'), 'utf8')).toContain('#waivers:');
    expect((await run('audit', 'fresh', '--quiet')).code).toBe(1);
  });
});

describe('demo', () => {
  it('shows the first screen, names the report, leaves what it wrote in a folder of its own, and ends with 0', async () => {
    // An earlier demo is not overwritten.
    mkdirSync(join(work, 'launch-ready-report/demo'), { recursive: true });
    const { code, stdout } = await run('demo');
    expect(code).toBe(0);
    expect(stdout).toContain('NOT READY');
    const [report = ''] = /launch-ready-report\/demo-2\/\S+\.html/.exec(stdout) ?? [];
    expect(readFileSync(join(work, report), 'utf8')).toMatch(/^<!doctype html>/i);
    expect(stdout).toContain('People get at what is not theirs in');
    expect(readFileSync(join(work, report.replace('.html', '-access.html')), 'utf8')).toContain('class="leak"');
    expect(stdout).toMatch(/People get at what is not theirs in \d+ routes/);
    expect(readFileSync(join(work, report.replace(/[^/]+\.html$/, 'portal-access.html')), 'utf8')).toContain('GET /api/invoices/{id}');
    const [, command] = /(replay 'audit\/[a-z-]+#[0-9a-f]{8}') (launch-ready-report\/\S+)/.exec(stdout)?.slice(1) ?? [];
    expect(existsSync(join(work, command ?? 'none'))).toBe(true);
    expect(stdout).toContain('A cache in front of the app gives one customer what is another’s');
    expect(readFileSync(join(work, report.replace(/[^/]+\.html$/, 'domain-map.html')), 'utf8')).toContain('<figure class="map">');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('The mail “invite” leads to app.harbourline.example without https.');
    const mails = readFileSync(join(work, report.replace(/[^/]+\.html$/, 'domain-email.html')), 'utf8');
    expect(mails).toContain('takes 11 questions to the DNS');
    expect(mails).toContain('password reset');
    expect(mails).toContain('dead: it leads to a page that is not there (404)');
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
    for (const command of ['audit', 'access', 'live']) {
      const [, screen = ''] = new RegExp(`<!-- screen ${command} -->\n\`\`\`text\n([\\s\\S]+?)\n\`\`\``).exec(readme) ?? [];
      const [verdict = '', finding = ''] = screen.split('\n\n').slice(1).join('\n\n').split('\n...\n');
      expect(flat(finding).length, command).toBeGreaterThan(200);
      for (const part of [verdict, finding]) expect(flat(stdout), 'the README shows an older screen: npm run readme').toContain(flat(part));
    }
    const [, map = ''] = /<!-- screen edge -->\n```text\n[^\n]+\n\n([\s\S]+?)\n```/.exec(readme) ?? [];
    expect(map).toMatch(/^NOT READY\n/);
    expect(flat(stdout), 'the README shows an older screen: npm run readme').toContain(flat(map));
  }, 180_000);
});
