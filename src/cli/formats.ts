import type { RunResult } from '../core/engine.ts';
import type { Verdict } from '../core/gate.ts';
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
  formats[format].render(reportOf(judged), options);

/** The summary that GitHub shows on the page of a job. */
export const renderGithubSummary = (judged: Judged): string => githubSummary.render(reportOf(judged));

function reportOf({ plan, result, verdict }: Judged): Report {
  const { rates } = plan.config;
  return { run: result.run, verdict, documents: [riskList(result.run, result.evidence, verdict, { ...(rates && { rates }) })] };
}
