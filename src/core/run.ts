import type { Fault } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { Input } from './target.ts';

/** The saved result of a run; every format is made from it alone. */
export interface Run {
  /** Version of this shape; raised when a reader would have to change. */
  readonly schema: 1;
  readonly tool: { readonly name: 'launch-ready'; readonly version: string };
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** `domain`: the registered domain that the stages about domain and mail looked at. */
  readonly target: { readonly root?: string; readonly url?: string; readonly domain?: string };
  readonly findings: readonly Finding[];
  readonly checks: readonly CheckRecord[];
  readonly evidence: readonly EvidenceRecord[];
}

/** What became of one check. */
export interface CheckRecord {
  readonly id: string;
  readonly title: string;
  /** `out-of-reach`: an input it needs was not given (see `wants`). `off`: somebody switched it off (see `reason`). */
  readonly state: 'judged' | 'out-of-reach' | 'off';
  readonly wants?: readonly Input[];
  readonly reason?: string;
  readonly counts: { readonly pass: number; readonly fail: number; readonly unknown: number; readonly notApplicable: number };
}

/** What became of one piece of evidence. */
export interface EvidenceRecord {
  readonly id: string;
  readonly describes: string;
  readonly ms: number;
  readonly fault?: Fault;
}
