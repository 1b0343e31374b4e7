import type { TriedFix } from '../../../../evidence/isolation.ts';
import type { LivePolicy, Queryable } from '../../live/catalog.ts';
import { type Tried, tryAfter } from '../attempt.ts';
import { runTries } from '../run.ts';

/** What a correction has to do. Several tries of one access (a file under several paths) count as one: it works where one of them does. */
export interface Question {
  /** What worked and must not. */
  readonly leaks: readonly Tried[];
  /** What worked and is meant to. */
  readonly kept: readonly Tried[];
  /** Policies that let the leaks through. */
  readonly culprits: readonly LivePolicy[];
}

export interface Trial {
  /** Corrections of other things, applied beforehand. */
  readonly given?: readonly string[];
  /**
   * Whose access must stay whatever happens. Left out: everybody's. People who came in through the same hole may lose what they had by it alone, as
   * long as somebody still gets in.
   */
  readonly must?: (one: Tried) => boolean;
}

/** Applies each candidate in turn, tries everything again, and undoes it. Gives the first that closes every leak and keeps what must stay. */
export async function firstThatHolds(
  db: Queryable,
  candidates: readonly (readonly string[])[],
  { leaks, kept }: Pick<Question, 'leaks' | 'kept'>,
  { given = [], must = () => true }: Trial = {},
): Promise<TriedFix | undefined> {
  for (const statements of candidates) {
    const before = [...given, ...statements].map((sql) => ({ sql }));
    const [applied = []] = await runTries(db, [before]);
    // A correction that cannot be applied refuses everything.
    if (applied.length < before.length || applied.some(({ ok }) => !ok)) continue;
    const attacked = await tryAfter(db, before, leaks);
    if (attacked.some(({ outcome }) => outcome !== 'refused' && outcome !== 'nothing')) continue;
    const used = await tryAfter(db, before, kept);
    const still = new Set(used.flatMap((one) => (one.outcome === 'got' ? [accessOf(one)] : [])));
    const had = new Map(kept.map((one) => [accessOf(one), one]));
    const lost = [...had].filter(([access]) => !still.has(access));
    if (lost.some(([, one]) => must(one)) || (had.size > 0 && still.size === 0)) continue;
    return {
      sql: `${statements.join(';\n')};`,
      closes: new Set(leaks.map(accessOf)).size,
      keeps: still.size,
      ...(lost.length > 0 && { ends: lost.length }),
      ...(given.length > 0 && { alongside: true as const }),
    };
  }
  return undefined;
}

/** What somebody does with something, in whatever way. */
export const accessOf = ({ attempt: { object, verb, variant, who } }: Tried): string => [object, verb, variant, who].join('\u0000');
