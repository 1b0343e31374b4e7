import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../src/core/finding.ts';
import { openSandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import type { ProvedDatabase } from '../../src/evidence/isolation.ts';
import type { Judged } from '../corpus/corpus.ts';
import { refresh } from '../corpus/join.ts';
import { readVerdicts } from '../corpus/verdicts.ts';
import type { BenchOptions } from '../main.ts';
import { endProgress, showProgress } from '../progress.ts';
import { verdict } from '../table.ts';
import { type Example, examples, filesOf, withTwin } from '../twins/examples.ts';
import { score, type TwinResult } from '../twins/score.ts';
import { type Corrected, correctedTogether } from './corrections.ts';
import { figuresOf } from './figures.ts';
import { floorOf, proveAlone, proveFolder, type Proved } from './prove.ts';
import { readRecorded, type RecordedRepo, writeRecorded } from './recorded.ts';
import { failureText, type Line, report, reportCorrections, unjudgedText } from './report.ts';

const isFail = ({ outcome }: Finding): boolean => outcome === 'fail';

/** `npm run bench -- database`: true when every target is met. */
export const benchDatabase = (options: BenchOptions): Promise<boolean> =>
  options.corpus === undefined ? onExample(options) : onCorpus(options, options.corpus);

/** The example app, clean and with each flaw of its database. */
async function onExample({ match = '', engine }: BenchOptions): Promise<boolean> {
  const example = examples.find(({ name }) => name === 'supabase-portal')!;
  const flaws = example.flaws.filter(({ id, checks }) => checks.some(isAccess) && id.includes(match));
  const kind = engine === 'pglite' ? 'pglite' : 'postgresql';
  const clean = await withTwin(example, [], (folder) => proveAlone(folder, kind));
  const floor = await withTwin(example, [], (folder) => floorOf(folder, kind));
  const results: TwinResult[] = [resultOf(example, 'clean', [], new Set(), clean)];
  const sandbox = await openSandbox({ kind });
  try {
    for (const [nth, flaw] of flaws.entries()) {
      showProgress(`flaw ${nth + 1} of ${flaws.length}: ${flaw.id}`);
      const proved = await withTwin(example, [flaw], (folder) => proveFolder(folder, sandbox));
      results.push(resultOf(example, flaw.id, flaw.checks.filter(isAccess), filesOf(flaw), proved));
    }
  } finally {
    endProgress();
    await sandbox.close();
  }
  const { total, missed, alarms } = score(results, []);
  for (const { flaw, check } of missed) console.log(`missed       ${flaw}: ${check}`);
  for (const { flaw, check, message } of alarms) console.log(`false alarm  ${flaw}: ${check}: ${message}`);
  const line: Line = {
    name: 'example, clean',
    figures: figuresOf(clean.proof.databases, clean.ms, floor),
    repo: { repo: example.name, commit: '', findings: [], retired: [], unjudged: 0 },
    proved: clean.findings.filter(isFail).length,
  };
  const met = report([line]);
  const lines = [
    verdict(
      `flaws of the example proved, of ${total.hits + total.misses} that checks must see`,
      total.hits,
      total.hits + total.misses,
      'more',
      0,
    ),
    verdict('false alarms on the example, clean and with each flaw', total.falseAlarms, 0, 'less', 0),
  ];
  for (const one of lines) console.log(one.line);
  return met && lines.every((one) => one.met);
}

const isAccess = (check: string): boolean => check.startsWith('access/');

const resultOf = (example: Example, flaw: string, expected: readonly string[], files: ReadonlySet<string>, proved: Proved): TwinResult => ({
  example: example.name,
  flaw,
  expected,
  files,
  found: proved.findings.filter(isFail),
  ms: proved.ms,
});

function listDetails(repo: string, databases: readonly ProvedDatabase[], findings: readonly Judged[]): void {
  for (const failure of databases.flatMap(({ rebuild }) => rebuild.failures)) console.log(failureText(failure));
  for (const one of findings) if (one.verdict === 'wrong') console.log(`wrong       ${repo} ${one.check} ${one.subject}: ${one.why}`);
}

/** Real repos, checked out in a folder at the commits that were read. */
async function onCorpus({ match = '', list, write, verdicts, engine, corrections }: BenchOptions, corpus: string): Promise<boolean> {
  const recorded = await readRecorded();
  const more = verdicts === undefined ? new Map<string, Judged[]>() : await readVerdicts(verdicts);
  const lines: Line[] = [];
  const renewed = new Map<string, RecordedRepo>();
  const corrected = new Map<string, Corrected>();
  let broke = 0;
  for (const repo of recorded.repos.filter((one) => one.repo.includes(match))) {
    const root = join(corpus, repo.repo.replace('/', '__'));
    if (!existsSync(root)) {
      console.log(`${repo.repo}: not in ${corpus}, left out`);
      continue;
    }
    showProgress(repo.repo);
    try {
      const kind = engine === 'pglite' ? 'pglite' : 'postgresql';
      const proved = await proveAlone(root, kind);
      const { databases } = proved.proof;
      const fails = proved.findings.filter(isFail);
      const result = refresh({ ...repo, stack: '', flaws: [], more: [] }, fails, more.get(repo.repo), () => true);
      const { findings, retired, unjudged } = result.repo;
      renewed.set(repo.repo, { ...repo, findings, retired, unjudged });
      lines.push({
        name: repo.repo,
        figures: figuresOf(databases, proved.ms, await floorOf(root, kind)),
        repo: { ...repo, findings, retired, unjudged },
        proved: fails.length,
      });
      if (corrections) corrected.set(repo.repo, await correctedTogether(root, proved.proof, kind));
      endProgress();
      for (const finding of result.unjudged) console.log(unjudgedText(repo.repo, finding));
      for (const { folder, cutShort } of databases)
        if (cutShort !== undefined) console.log(`cut short   ${repo.repo} ${folder}: ${cutShort}`);
      if (list) listDetails(repo.repo, databases, findings);
    } catch (error) {
      endProgress();
      broke += 1;
      console.log(`fault       ${repo.repo}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (write) await writeRecorded({ ...recorded, repos: recorded.repos.map((one) => renewed.get(one.repo) ?? one) });
  const figures = report(lines);
  // Both are printed, whatever the first says.
  const met = reportCorrections(corrected) && figures;
  const whole = verdict('repos on which the proof broke', broke, 0, 'less', 0);
  console.log(whole.line);
  return met && whole.met;
}
