import type { RunResult } from '../core/engine.ts';
import type { Verdict } from '../core/gate.ts';

/** The names that `--format` takes. */
export const formatNames = ['terminal', 'json', 'markdown', 'html', 'sarif', 'junit', 'github'] as const;
export type FormatName = (typeof formatNames)[number];

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

export interface Rendering {
  readonly color: boolean;
  readonly verbose: boolean;
}

export function render(format: FormatName, result: RunResult, verdict: Verdict, options: Rendering): string {
  void options;
  if (format === 'json') return `${JSON.stringify(result.run, null, 2)}\n`;
  return `${verdict.status}\n${result.run.findings.map((finding) => `${finding.outcome} ${finding.id} ${finding.message}`).join('\n')}\n`;
}
