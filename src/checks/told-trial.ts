import type { Check } from '../core/check.ts';
import type { Observation } from '../core/finding.ts';
import type { liveAccess, LiveAccess } from '../evidence/live-access.ts';

/** What a question that was tried on the running app came to. `mild`: it is no grave matter in this app. */
interface Tried {
  readonly outcome: 'broken' | 'holds' | 'none' | 'unknown';
  readonly steps: readonly string[];
  readonly mild?: true;
}

/** How it is told: `tried` where it came to something, `untried` where it could not be told, and what would let us tell. */
interface Telling extends Pick<Observation, 'subject' | 'place'> {
  readonly tried: string;
  readonly untried: string;
  readonly toKnow: string;
  readonly cause?: string;
}

/** The observation that a trial comes to. What could not be tried is a gap, never a pass. */
export function toldTrial({ outcome, steps, mild }: Tried, { tried, untried, toKnow, cause, ...about }: Telling): Observation {
  const told = { ...about, proof: steps.map((text) => ({ kind: 'step' as const, text })) };
  if (outcome === 'broken') return { ...told, outcome: 'fail', message: tried, ...(mild && { severity: 'low' as const }) };
  if (outcome === 'holds') return { ...told, outcome: 'pass', message: tried };
  return { ...told, outcome: 'unknown', severity: 'low', message: untried, ...(cause !== undefined && { cause }), toKnow };
}

/** What is said of each outcome of a trial. */
type TrialTexts = Readonly<Record<'broken' | 'holds' | 'unknown', string>>;

/** The examples of a check that tells one trial: it worked, it did not, it could not be tried. `sample`: an app in which that came of it. */
export function triedExamples(
  sample: (outcome: keyof TrialTexts, text: string) => LiveAccess,
  texts: TrialTexts,
): Check<{ readonly live: typeof liveAccess }>['examples'] {
  const example = (name: string, outcome: keyof TrialTexts) => [{ name, given: { live: sample(outcome, texts[outcome]) } }];
  return {
    fails: example('it was tried and worked', 'broken'),
    passes: example('it was tried and did not work', 'holds'),
    unknowns: example('it could not be tried', 'unknown'),
  };
}
