import { type Picture, picturesOf } from '../core/deliverable.ts';
import type { RunResult } from '../core/engine.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Verdict } from '../core/gate.ts';
import type { Stage } from '../core/stage.ts';
import { accessMatrix } from '../deliver/access-matrix.ts';
import { emailSetup, emailSetupEvidence } from '../deliver/email-setup.ts';
import { domainMap, domainMapEvidence } from '../deliver/domain-map.ts';
import { accessMatrixEvidence } from '../deliver/access-matrix-evidence.ts';
import { riskListEvidence } from '../deliver/risk-list-evidence.ts';
import { riskList } from '../deliver/risk-list.ts';
import { type Renderer, type RenderOptions, type Report, renderers } from '../report/index.ts';
import type { Plan } from './plan.ts';

const { 'github-annotations': github, 'github-summary': githubSummary, ...others } = renderers;
/** GitHub is one format for the user: annotations in the log, and the summary where GitHub says that it wants it. */
const formats = { ...others, github } satisfies Record<string, Renderer>;

export type FormatName = keyof typeof formats;
/** The names that `--format` takes. */
export const formatNames = Object.keys(formats) as readonly FormatName[];

/** What a report is called in a folder. Two formats are JSON: the plain name belongs to the run. */
export const fileName = (format: FormatName): string => {
  const { extension } = formats[format];
  const taken = extension === 'json' && format !== 'json';
  return `launch-ready.${taken || format === 'junit' ? `${format}.` : ''}${extension}`;
};

/** A judged run, as the reports take it. */
export interface Judged {
  readonly plan: Plan;
  readonly result: RunResult;
  readonly verdict: Verdict;
}

/** One report as text. */
export const render = (format: FormatName, judged: Judged, options: RenderOptions): string =>
  formats[format].render(reportOf(judged, options.pictures), options);

/** The pictures that the reports show, with the files that they go to in a folder of this name. */
export const picturesIn = ({ plan, result, verdict }: Judged, folder: string): readonly Picture[] =>
  plan.stages.includes('email') ? picturesOf(emailSetup(result.run, result.evidence, verdict, { pictures: folder }).blocks) : [];

/** The summary that GitHub shows on the page of a job. */
export const renderGithubSummary = (judged: Judged): string => githubSummary.render(reportOf(judged));

/** The beginning of the access matrix, for a screen that has other things to show as well: the verdict and the worst leaks, and where they are. */
export function renderWorstLeaks({ result, verdict }: Judged, options: RenderOptions, where = false): string {
  const document = accessMatrix(result.run, result.evidence, verdict, { top: 3 });
  const end = document.blocks.findIndex(({ kind }) => kind === 'facts');
  const blocks = document.blocks.slice(0, end < 0 ? undefined : end + (where ? 3 : 1));
  return formats.terminal.render({ run: result.run, verdict, documents: [{ ...document, blocks }] }, options);
}

/** The beginning of the domain map or of the e-mail set-up, for a screen that has other things to show as well: the verdict, the map, and what to fix first. */
export function renderFirstProblem({ plan, result, verdict }: Judged, options: RenderOptions): string {
  const document = (plan.stages.includes('email') ? emailSetup : domainMap)(result.run, result.evidence, verdict);
  const end = document.blocks.findIndex(({ kind }) => kind === 'findings');
  // The heading above the findings counts them all; nothing else stands above them but the verdict and the map.
  const blocks = document.blocks
    .slice(0, end < 0 ? undefined : end + 1)
    .filter(({ kind }) => end < 0 || kind !== 'heading')
    .map((block) => (block.kind === 'findings' ? { ...block, items: block.items.slice(0, 1) } : block));
  return formats.terminal.render({ run: result.run, verdict, documents: [{ ...document, blocks }] }, options);
}

/** The facts that the documents of these stages show. */
export const shownBy = (stages: readonly Stage[]): readonly Evidence[] => [
  ...(stages.includes('audit') ? riskListEvidence : []),
  ...(stages.includes('access') ? accessMatrixEvidence : []),
  ...(stages.includes('edge') ? domainMapEvidence : []),
  ...(stages.includes('email') ? emailSetupEvidence : []),
];

/** A document for each stage that ran. With the risk list, which orders the findings of all stages, the matrix need not repeat them. */
function reportOf({ plan, result, verdict }: Judged, pictures?: string): Report {
  const { rates } = plan.config;
  const audited = plan.stages.includes('audit');
  const documents = [
    ...(audited ? [riskList(result.run, result.evidence, verdict, { ...(rates && { rates }) })] : []),
    ...(plan.stages.includes('access') ? [accessMatrix(result.run, result.evidence, verdict, { withoutFindings: audited })] : []),
    ...(plan.stages.includes('edge') ? [domainMap(result.run, result.evidence, verdict)] : []),
    ...(plan.stages.includes('email')
      ? [emailSetup(result.run, result.evidence, verdict, { ...(pictures !== undefined && { pictures }) })]
      : []),
  ];
  return { run: result.run, verdict, documents };
}
