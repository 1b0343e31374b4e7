import type { Finding } from './finding.ts';
import type { CheckRecord, Run } from './run.ts';
import type { Severity } from './stage.ts';
import { compareText } from './wording.ts';

/** Share of the remaining trust that one open problem takes. Editable: the order of the four is what matters. */
export const shares: Readonly<Record<Severity, number>> = { blocker: 0.3, high: 0.12, medium: 0.03, low: 0.01 };

/** What one check adds to the risk. */
export interface RiskPart {
  readonly check: string;
  readonly title: string;
  /** Open places. */
  readonly open: number;
  /** Points of the risk that come from it; the parts add up to the risk (before rounding up). */
  readonly points: number;
}

export interface Risk {
  /** 0 (nothing open was found) to 100. */
  readonly value: number;
  readonly band: 'none found' | 'low' | 'raised' | 'high' | 'severe';
  /** True when something could not be looked at: the risk is at least this. */
  readonly atLeast: boolean;
  readonly parts: readonly RiskPart[];
}

/**
 * Risk of the open problems: every problem takes its share of the trust that is left, and each further place of one check half as much as
 * the place before it. Mending a finding never raises it. Waived findings count: accepting a risk does not remove it.
 */
export function risk(run: Pick<Run, 'findings' | 'checks'>): Risk {
  const open = new Map<string, Finding[]>();
  for (const finding of run.findings)
    if (finding.outcome === 'fail') open.set(finding.check, [...(open.get(finding.check) ?? []), finding]);
  const losses = [...open].map(([check, findings]) => ({ check, findings, loss: -Math.log(1 - shareOf(findings)) }));
  const total = losses.reduce((sum, { loss }) => sum + loss, 0);
  const exact = total === 0 ? 0 : 100 * (1 - Math.exp(-total));
  const value = Math.min(100, Math.ceil(Math.max(0, exact - 1e-9)));
  const parts = losses
    .map(({ check, findings, loss }) => ({
      check,
      title: findings[0]?.title ?? check,
      open: findings.length,
      points: (exact * loss) / total,
    }))
    .toSorted((a, b) => b.points - a.points || compareText(a.check, b.check));
  const cover = coverage(run);
  return { value, band: bandOf(value), atLeast: cover.answered < cover.total, parts };
}

/** Biggest first, each next one counted half as much as the one before: removing any of them never makes the sum grow. */
function shareOf(findings: readonly Finding[]): number {
  const sorted = findings.map((finding) => (finding.tripwire ? shares.blocker : shares[finding.severity])).toSorted((a, b) => b - a);
  return Math.min(
    0.95,
    sorted.reduce((sum, share, index) => sum + share / 2 ** index, 0),
  );
}

// One open blocker is a high risk by itself, three of them a severe one.
function bandOf(value: number): Risk['band'] {
  if (value === 0) return 'none found';
  if (value < 10) return 'low';
  if (value < 25) return 'raised';
  return value < 60 ? 'high' : 'severe';
}

/** How many of the questions asked were answered. */
export interface Coverage {
  readonly total: number;
  /** Judged whole, or found not to apply. */
  readonly answered: number;
  /** Judged, but some of it could not be told. */
  readonly partly: number;
  /** Judged, and nothing could be told. */
  readonly unanswered: number;
  /** Not looked at: an input was not given. */
  readonly outOfReach: number;
  /** Not looked at: somebody switched it off. */
  readonly off: number;
}

/** Counts the checks of a run by how far they got. */
export function coverage(run: Pick<Run, 'checks'>): Coverage {
  const count = (test: (check: CheckRecord) => boolean): number => run.checks.filter(test).length;
  const told = ({ counts }: CheckRecord): boolean => counts.pass + counts.fail + counts.notApplicable > 0;
  return {
    total: run.checks.length,
    answered: count((check) => check.state === 'judged' && check.counts.unknown === 0),
    partly: count((check) => check.state === 'judged' && check.counts.unknown > 0 && told(check)),
    unanswered: count((check) => check.state === 'judged' && check.counts.unknown > 0 && !told(check)),
    outOfReach: count((check) => check.state === 'out-of-reach'),
    off: count((check) => check.state === 'off'),
  };
}
