import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { stageOf } from '../core/check.ts';
import type { Finding, Outcome } from '../core/finding.ts';
import type { Run } from '../core/run.ts';
import { atLeast, severities, type Severity, type Stage } from '../core/stage.ts';
import { reasonOf } from './file-error.ts';
import { UsageError } from './usage-error.ts';

/** What a baseline keeps of a finding: enough to know it again, and to see when it got worse. */
export interface KnownFinding {
  readonly id: string;
  readonly fingerprint: string;
  readonly outcome: Outcome;
  readonly severity: Severity;
  readonly message: string;
}

/** Name of the baseline that `gate` looks for by itself. */
export const baselineName = 'launch-ready-baseline.json';

/**
 * Writes the open findings of a run, sorted, so that the file changes only when they do. What the file knows of stages that did not run stays
 * in it: `gate --stage audit --write-baseline` must not make the findings of `access` new again. Gives the number of findings of this run.
 */
export function writeBaseline(file: string, run: Run, stages: readonly Stage[]): number {
  const found = run.findings
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown')
    .map(({ id, fingerprint, outcome, severity, message }): KnownFinding => ({ id, fingerprint, outcome, severity, message }));
  const kept = ofOtherStages(file, stages).map(({ id, fingerprint, outcome, severity, message }): KnownFinding => ({
    id,
    fingerprint,
    outcome,
    severity,
    message,
  }));
  const findings = [...found, ...kept].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ schema: 1, findings }, null, 2)}\n`);
  return found.length;
}

function ofOtherStages(file: string, stages: readonly Stage[]): readonly KnownFinding[] {
  try {
    return existsSync(file) ? readBaseline(file).filter(({ id }) => typeof id === 'string' && !stages.includes(stageOf({ id }))) : [];
  } catch {
    // What was no baseline is overwritten, as the user asked.
    return [];
  }
}

/** Reads a baseline, or a saved run: both keep findings the same way. Throws `UsageError` when it is neither. */
export function readBaseline(file: string): readonly KnownFinding[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`The baseline ${file} cannot be read: ${error instanceof SyntaxError ? 'it is no valid JSON' : reasonOf(error)}.`);
  }
  const findings = (content as { findings?: unknown } | null)?.findings;
  if (!Array.isArray(findings) || !findings.every(isKnown))
    throw new UsageError(`${file} is no baseline.`, 'Write one with --write-baseline FILE.');
  return findings;
}

function isKnown(value: unknown): value is KnownFinding {
  const finding = value as Partial<KnownFinding> | null;
  return (
    typeof finding?.fingerprint === 'string' &&
    (finding.outcome === 'fail' || finding.outcome === 'unknown' || finding.outcome === 'pass' || finding.outcome === 'not-applicable') &&
    severities.includes(finding.severity as Severity)
  );
}

/**
 * Fingerprints of findings that are known. One that got worse is not: what could not be told then and fails now, or
 * what is more severe now, counts as new.
 */
export function knownFingerprints(baseline: readonly KnownFinding[], findings: readonly Finding[]): ReadonlySet<string> {
  const before = new Map(baseline.map((finding) => [finding.fingerprint, finding]));
  const known = findings.filter((finding) => {
    const earlier = before.get(finding.fingerprint);
    if (!earlier || (earlier.outcome !== 'fail' && earlier.outcome !== 'unknown')) return false;
    return (earlier.outcome === 'fail' || finding.outcome === 'unknown') && atLeast(earlier.severity, finding.severity);
  });
  return new Set(known.map((finding) => finding.fingerprint));
}
