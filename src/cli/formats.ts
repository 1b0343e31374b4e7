import type { RunResult } from '../core/engine.ts';
import type { Verdict } from '../core/gate.ts';
import { riskList } from '../deliver/risk-list.ts';
import type { Renderer, RenderOptions } from '../report/report.ts';
import type { Plan } from './plan.ts';

/** The names that `--format` takes, each loaded only when asked for. */
const renderers = {
  terminal: async () => (await import('../report/terminal.ts')).terminal,
  json: async () => (await import('../report/json.ts')).json,
  markdown: async () => (await import('../report/markdown.ts')).markdown,
  html: async () => (await import('../report/html.ts')).html,
  sarif: async () => (await import('../report/sarif.ts')).sarif,
  junit: async () => (await import('../report/junit.ts')).junit,
  github: async () => (await import('../report/github.ts')).github,
} satisfies Record<string, () => Promise<Renderer>>;

export type FormatName = keyof typeof renderers;
export const formatNames = Object.keys(renderers) as readonly FormatName[];

/** What each report is called in a folder. */
export const fileNames: Readonly<Record<FormatName, string>> = {
  terminal: 'launch-ready.txt',
  json: 'launch-ready.json',
  markdown: 'launch-ready.md',
  html: 'launch-ready.html',
  sarif: 'launch-ready.sarif',
  junit: 'launch-ready.junit.xml',
  github: 'launch-ready.github.txt',
};

/** A judged run, as the reports take it. */
export interface Judged {
  readonly plan: Plan;
  readonly result: RunResult;
  readonly verdict: Verdict;
}

/** One report as text. */
export async function render(format: FormatName, { plan, result, verdict }: Judged, options: RenderOptions): Promise<string> {
  const renderer = await renderers[format]();
  const { rates } = plan.config;
  const documents = [riskList(result.run, result.evidence, verdict, { ...(rates && { rates }) })];
  return renderer.render({ run: result.run, verdict, documents }, options);
}
