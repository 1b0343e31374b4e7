import { checksFor } from './classes.ts';
import type { CorpusRepo, Judged, KnownFlaw } from './corpus.ts';

export interface Precision {
  readonly name: string;
  readonly right: number;
  readonly wrong: number;
  readonly depends: number;
}

/** Verdicts by check, the most findings first. */
export function precisionByCheck(repos: readonly CorpusRepo[]): Precision[] {
  const by = new Map<string, Judged[]>();
  for (const judged of repos.flatMap(({ findings }) => findings)) by.set(judged.check, [...(by.get(judged.check) ?? []), judged]);
  return [...by]
    .map(([check, list]) => precisionOf(check, list))
    .toSorted((a, b) => b.right + b.wrong + b.depends - (a.right + a.wrong + a.depends));
}

export function precisionOf(name: string, list: readonly Judged[]): Precision {
  const count = (verdict: Judged['verdict']): number => list.filter((judged) => judged.verdict === verdict).length;
  return { name, right: count('right'), wrong: count('wrong'), depends: count('depends') };
}

/** Mean of the repos' own precisions: one repo with a hundred findings of one cause weighs as much as any other. `NaN` without verdicts. */
export function meanOverRepos(repos: readonly CorpusRepo[]): number {
  const shares = repos
    .map(({ repo, findings }) => precisionOf(repo, findings))
    .filter(({ right, wrong }) => right + wrong > 0)
    .map(({ right, wrong }) => right / (right + wrong));
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

export interface Recall {
  readonly found: number;
  readonly all: number;
  readonly missed: readonly (KnownFlaw & { readonly repo: string })[];
  /** Flaws of kinds that no check looks for. */
  readonly outside: number;
}

/** Recall over the flaws that `pick` names. `withOutside` counts flaws as missed that no check looks for. */
export function recallOf(repos: readonly CorpusRepo[], pick: (repo: CorpusRepo) => readonly KnownFlaw[], withOutside: boolean): Recall {
  const flaws = repos.flatMap((repo) => pick(repo).map((flaw) => ({ ...flaw, repo: repo.repo })));
  const outside = flaws.filter((flaw) => checksFor(flaw.class) === undefined);
  const asked = withOutside ? flaws : flaws.filter((flaw) => !outside.includes(flaw));
  const missed = asked.filter(({ found }) => found === null);
  return { found: asked.length - missed.length, all: asked.length, missed, outside: outside.length };
}
