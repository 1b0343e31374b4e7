import type { Finding } from './finding.ts';
import { atLeast, severities, type Severity } from './stage.ts';

/** A finding somebody decided to live with: who, why and until when. */
export interface Waiver {
  /** Finding id (`check#12345678`) or a whole check's id. */
  readonly finding: string;
  readonly reason: string;
  readonly name: string;
  /** ISO date (YYYY-MM-DD), inclusive; an expired waiver no longer counts. */
  readonly expires: string;
}

/** What stops a launch. */
export interface GatePolicy {
  /** Fails of this severity or worse stop it. */
  readonly blockOn: Severity;
  /** What an unanswered question of a blocking severity does. */
  readonly unknown: 'block' | 'warn';
  readonly waivers: readonly Waiver[];
  /** Fingerprints accepted earlier (a baseline): only findings outside it stop the gate. */
  readonly baseline?: ReadonlySet<string>;
}

export const defaultPolicy: GatePolicy = { blockOn: 'high', unknown: 'block', waivers: [] };

export type VerdictStatus = 'ready' | 'not-ready' | 'cannot-tell';

export interface Verdict {
  readonly status: VerdictStatus;
  /** The findings that decided it, worst first. */
  readonly because: readonly Finding[];
  readonly waived: readonly { readonly finding: Finding; readonly waiver: Waiver }[];
  /** Findings in the baseline: known, not new, not gone. */
  readonly known: readonly Finding[];
  readonly expired: readonly Waiver[];
}

/** Judges a run: any blocking fail means not ready, else any blocking unknown means cannot tell. Unknown is never a pass. */
export function judge(findings: readonly Finding[], policy: GatePolicy, today: string): Verdict {
  const live = policy.waivers.filter((waiver) => waiver.expires >= today);
  const waived: { finding: Finding; waiver: Waiver }[] = [];
  const known: Finding[] = [];
  const open: Finding[] = [];
  for (const finding of findings) {
    if (finding.outcome !== 'fail' && finding.outcome !== 'unknown') continue;
    const waiver = live.find((item) => item.finding === finding.id || item.finding === finding.check);
    if (waiver) waived.push({ finding, waiver });
    else if (policy.baseline?.has(finding.fingerprint)) known.push(finding);
    else if (finding.tripwire || atLeast(finding.severity, policy.blockOn)) open.push(finding);
  }
  const fails = open.filter((finding) => finding.outcome === 'fail').toSorted(worstFirst);
  const unknowns = open.filter((finding) => finding.outcome === 'unknown').toSorted(worstFirst);
  const rest = { waived, known, expired: policy.waivers.filter((waiver) => waiver.expires < today) };
  if (fails.length > 0) return { status: 'not-ready', because: fails, ...rest };
  if (unknowns.length > 0 && policy.unknown === 'block') return { status: 'cannot-tell', because: unknowns, ...rest };
  const looked = findings.some((finding) => finding.outcome === 'pass');
  return { status: looked ? 'ready' : 'cannot-tell', because: [], ...rest };
}

const worstFirst = (a: Finding, b: Finding): number => severities.indexOf(a.severity) - severities.indexOf(b.severity);

/** Process exit codes of every command. */
export const exitCodes = { ready: 0, 'not-ready': 1, usage: 2, 'cannot-tell': 3, bug: 70 } as const;
