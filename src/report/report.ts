import type { Document } from '../core/deliverable.ts';
import type { Verdict } from '../core/gate.ts';
import type { Run } from '../core/run.ts';

/** All a report is made of. */
export interface Report {
  readonly run: Run;
  readonly verdict: Verdict;
  readonly documents: readonly Document[];
}

/** How to show it; formats ignore what does not concern them. */
export interface RenderOptions {
  /** Terminal: ANSI colours. */
  readonly colour?: boolean;
  /** Terminal: columns, 80 unless told. */
  readonly width?: number;
  /** Terminal: print what is below the fold too. */
  readonly verbose?: boolean;
  /** Folder with the pictures of the report, from that of the report; absent where none is written. */
  readonly pictures?: string;
  /** Where the full report was written, for formats that only show the top. */
  readonly fullReport?: string;
}

/** One output format: pure, the same bytes for the same report. */
export interface Renderer {
  render(report: Report, options?: RenderOptions): string;
  /** File name ending without the dot. */
  readonly extension: string;
  /** What it is for, as one line of the help. */
  readonly describe: string;
}
