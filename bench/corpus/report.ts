import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchOptions } from '../main.ts';
import { endProgress, showProgress } from '../progress.ts';
import { auditFolder } from '../run-audit.ts';
import { share, table, verdict } from '../table.ts';
import { type CorpusRepo, type Judged, readCorpus, writeCorpus } from './corpus.ts';
import { meanOverRepos, type Precision, precisionByCheck, precisionOf, recallOf } from './figures.ts';
import { refresh } from './join.ts';
import { readVerdicts } from './verdicts.ts';

const target = 0.9;

/** Prints precision and recall on real repos, from `bench/corpus.json`, or from a new run over checked-out repos. True when the targets are met. */
export async function reportCorpus(options: BenchOptions): Promise<boolean> {
  const corpus = await readCorpus();
  const wanted = (repo: CorpusRepo): boolean => repo.repo.includes(options.match ?? '');
  const chosen = corpus.repos.filter(wanted);
  const { repos, crashed } =
    options.corpus === undefined ? { repos: chosen, crashed: 0 } : await rerun(chosen, options.corpus, options.verdicts);
  const renewed = new Map(repos.map((repo) => [repo.repo, repo]));
  if (options.write) await writeCorpus({ ...corpus, repos: corpus.repos.map((repo) => renewed.get(repo.repo) ?? repo) });
  if (options.list) listMistakes(repos);

  const judged = repos.flatMap(({ findings }) => findings);
  const total = precisionOf('all', judged);
  const unjudged = repos.map((repo) => repo.unjudged).reduce((sum, count) => sum + count, 0);
  console.log(`\nReal repos: ${repos.length} public ones that nobody here wrote; blockers and highs read in the code\n`);
  console.log(table(['check', 'right', 'wrong', 'depends', 'precision'], [...precisionByCheck(repos), total].map(precisionRow)));
  console.log(
    `\n${table(['repo', 'right', 'wrong', 'depends', 'not judged', 'flaws known', 'found'], repos.filter(hasFigures).map(repoRow))}`,
  );
  for (const { repo, sampled } of repos) if (sampled !== undefined) console.log(`${repo}: ${sampled}`);

  const known = recallOf(repos, ({ flaws }) => flaws, true);
  const more = recallOf(repos, (repo) => repo.more, false);
  for (const flaw of known.missed) console.log(`missed  ${flaw.repo} ${flaw.file}:${flaw.line} ${flaw.class}`);
  if (unjudged > 0) console.log(`\n${unjudged} blockers and highs have no verdict yet; they count neither way.`);
  console.log(
    `Of ${more.all} further flaws, found while listing routes by hand, ${more.found} are found (${share(more.found, more.all)}); ${more.outside} more are of kinds that no check looks for.`,
  );
  console.log(`Mean of the repos' own precisions, which no single large repo decides: ${meanOverRepos(repos).toFixed(3)}.\n`);
  const lines = [
    verdict('precision on blockers and highs', total.right / (total.right + total.wrong), target, 'more'),
    verdict('recall on the confirmed flaws', known.found / known.all, target, 'more'),
    verdict('repos on which a part of the audit broke', crashed, 0, 'less', 0),
  ];
  for (const { line } of lines) console.log(line);
  return lines.every(({ met }) => met);
}

async function rerun(
  repos: readonly CorpusRepo[],
  folder: string,
  verdicts?: string,
): Promise<{ readonly repos: CorpusRepo[]; readonly crashed: number }> {
  const read = verdicts === undefined ? new Map<string, never[]>() : await readVerdicts(verdicts);
  const refreshed: CorpusRepo[] = [];
  let crashed = 0;
  for (const [nth, repo] of repos.entries()) {
    const root = join(folder, repo.repo.replace('/', '__'));
    if (!(await isFolder(root))) {
      console.log(`${repo.repo}: not in ${folder}, kept as it was`);
      refreshed.push(repo);
      continue;
    }
    showProgress(`${nth + 1} of ${repos.length}: ${repo.repo}`);
    const { fails, faults } = await auditFolder(root);
    endProgress();
    if (faults.length > 0) crashed += 1;
    for (const fault of faults) console.log(`fault      ${repo.repo}: ${fault}`);
    const result = refresh(
      repo,
      fails.filter(({ outcome }) => outcome === 'fail'),
      read.get(repo.repo),
    );
    for (const { severity, check, subject, place } of result.unjudged)
      console.log(`no verdict ${repo.repo} ${severity} ${check} ${subject ?? ''} (${place?.file ?? ''}:${place?.line ?? ''})`);
    refreshed.push(result.repo);
  }
  return { repos: refreshed, crashed };
}

function listMistakes(repos: readonly CorpusRepo[]): void {
  const line = (mark: string, repo: CorpusRepo, { severity, check, subject, file, line, why }: Judged): string =>
    `${mark} ${repo.repo} ${severity} ${check} ${subject} (${file ?? ''}:${line ?? ''}): ${why}`;
  for (const repo of repos) {
    for (const judged of repo.findings) if (judged.verdict === 'wrong') console.log(line('wrong', repo, judged));
    for (const judged of repo.retired) if (judged.verdict === 'right') console.log(line('lost ', repo, judged));
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );

const precisionRow = ({ name, right, wrong, depends }: Precision): (string | number)[] => [
  name.replace(/^audit\//, ''),
  right,
  wrong,
  depends,
  share(right, right + wrong),
];

const hasFigures = ({ findings, unjudged, flaws }: CorpusRepo): boolean => findings.length + unjudged + flaws.length > 0;

function repoRow({ repo, findings, unjudged, flaws }: CorpusRepo): (string | number)[] {
  const { right, wrong, depends } = precisionOf(repo, findings);
  return [repo, right, wrong, depends, unjudged, flaws.length, flaws.filter(({ found }) => found !== null).length];
}
