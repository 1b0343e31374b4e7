import type { Finding } from '../../src/core/finding.ts';
import { accounted } from './accounted.ts';

/** What was seen on one twin, beside what ought to be. */
export interface TwinResult {
  readonly example: string;
  /** The flaw's id; `clean` for the twin without any. */
  readonly flaw: string;
  /** Checks that must fire. Empty for the clean twin and for flaws of other stages. */
  readonly expected: readonly string[];
  /** Files that the flaw edits or adds. */
  readonly files: ReadonlySet<string>;
  /** Findings that the clean twin of the example does not have; on the clean twin, all. */
  readonly found: readonly Pick<Finding, 'check' | 'message' | 'place' | 'proof' | 'severity'>[];
  /** Milliseconds of wall time that the audit took. */
  readonly ms: number;
}

export interface CheckScore {
  readonly check: string;
  /** Flaws that ought to be found by it and are. */
  readonly hits: number;
  readonly misses: number;
  /** Findings that nothing in the twin accounts for. */
  readonly falseAlarms: number;
  /** Findings of a check that the flaw does not name, at code that the flaw changed: what follows from it, counted neither way. */
  readonly consequences: number;
}

export interface Scores {
  readonly checks: readonly CheckScore[];
  readonly total: CheckScore;
  readonly missed: readonly { readonly example: string; readonly flaw: string; readonly check: string }[];
  readonly alarms: readonly { readonly example: string; readonly flaw: string; readonly check: string; readonly message: string }[];
}

/**
 * Compares findings with flaws. The rule:
 * - A hit is a flaw with at least one new finding of a check it names; a miss is one without. A flaw that names two checks counts for both.
 * - Whatever fires on the clean twin is a false alarm, one a finding.
 * - On a flawed twin, a new finding of a check that the flaw does not name is a consequence when its place or its proof lies in a file the flaw
 *   changes or when `accounted` names it, and a false alarm otherwise.
 */
export function score(results: readonly TwinResult[], checks: Iterable<string>): Scores {
  const scores = new Map<string, { check: string; hits: number; misses: number; falseAlarms: number; consequences: number }>();
  const of = (check: string) => {
    let entry = scores.get(check);
    if (!entry) scores.set(check, (entry = { check, hits: 0, misses: 0, falseAlarms: 0, consequences: 0 }));
    return entry;
  };
  for (const check of checks) of(check);
  const missed: Scores['missed'][number][] = [];
  const alarms: Scores['alarms'][number][] = [];
  for (const { example, flaw, expected, files, found } of results) {
    for (const check of expected) {
      if (found.some((finding) => finding.check === check)) of(check).hits += 1;
      else {
        of(check).misses += 1;
        missed.push({ example, flaw, check });
      }
    }
    for (const finding of found) {
      if (expected.includes(finding.check)) continue;
      if (touches(finding, files) || accounted.some((known) => known.flaw === flaw && known.check === finding.check))
        of(finding.check).consequences += 1;
      else {
        of(finding.check).falseAlarms += 1;
        alarms.push({ example, flaw, check: finding.check, message: finding.message });
      }
    }
  }
  const list = [...scores.values()].toSorted((a, b) => (a.check < b.check ? -1 : 1));
  const sum = (field: 'hits' | 'misses' | 'falseAlarms' | 'consequences'): number => list.reduce((total, entry) => total + entry[field], 0);
  return {
    checks: list,
    total: { check: 'all', hits: sum('hits'), misses: sum('misses'), falseAlarms: sum('falseAlarms'), consequences: sum('consequences') },
    missed,
    alarms,
  };
}

function touches(finding: TwinResult['found'][number], files: ReadonlySet<string>): boolean {
  if (finding.place?.file !== undefined && files.has(finding.place.file)) return true;
  return (finding.proof ?? []).some((proof) => 'place' in proof && proof.place?.file !== undefined && files.has(proof.place.file));
}
