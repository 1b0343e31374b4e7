import type { TriedFix } from '../../../../evidence/isolation.ts';
import type { LivePolicy, Queryable } from '../../live/catalog.ts';
import { type Tried, tryAfterChange } from '../attempt.ts';
import type { Caller, Step } from '../run.ts';

/** What a correction has to do. Several tries of one access (a file under several paths) count as one: it works where one of them does. */
export interface Question {
  /** What worked and must not. */
  readonly leaks: readonly Tried[];
  /** What worked and is meant to. */
  readonly kept: readonly Tried[];
  /** The same of other things that the correction may reach. */
  readonly elsewhere?: readonly Tried[];
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
  /** Nobody has to be left but the server. That it still gets in is tried as well: it `must`, or it `may`, where nothing is known to need it. */
  readonly server?: 'must' | 'may';
}

/**
 * Applies each candidate in turn, tries everything again, and undoes it. Gives the one that closes every leak and keeps what must stay, by the first
 * trial that one stands; of several the one that takes from the fewest, then the first.
 */
export async function firstThatHolds(
  db: Queryable,
  candidates: readonly (readonly string[])[],
  question: Pick<Question, 'leaks' | 'kept' | 'elsewhere'>,
  trials: readonly Trial[] = [{}],
): Promise<TriedFix | undefined> {
  const { leaks, kept, elsewhere = [] } = question;
  const known = new Map<string, Outcome>();
  for (const { given = [], must = () => true, server } of trials) {
    const takesSome: Candidate[] = [];
    const stands = async ({ statements, before, outcome }: Candidate): Promise<TriedFix | undefined> => {
      const served = server !== undefined && (await usedAfter(db, before, kept.map(asServer))).keeps > 0;
      if (server === 'must' && !served) return undefined;
      outcome.elsewhere ??= await usedAfter(db, before, elsewhere);
      if (outcome.elsewhere.lost.some(must)) return undefined;
      const lost = [...outcome.lost, ...outcome.elsewhere.lost];
      return {
        sql: `${statements.join(';\n')};`,
        closes: new Set(leaks.map(accessOf)).size,
        keeps: outcome.keeps + outcome.elsewhere.keeps,
        ...(lost.length > 0 && { ends: lost.length, endsFor: [...new Set(lost.map(({ attempt }) => attempt.who))] }),
        ...(served && { server: true as const }),
        ...(given.length > 0 && { alongside: true as const }),
      };
    };
    for (const statements of candidates) {
      const before = [...given, ...statements];
      const name = before.join('\u0000');
      const outcome = known.get(name) ?? (await outcomeOf(db, before, leaks, kept));
      known.set(name, outcome);
      if (!outcome.closed || (!server && (outcome.lost.some(must) || (kept.length > 0 && outcome.keeps === 0)))) continue;
      const candidate = { statements, before, outcome };
      if (outcome.lost.length > 0) takesSome.push(candidate);
      else {
        const fix = await stands(candidate);
        if (fix) return fix;
      }
    }
    for (const candidate of takesSome.toSorted((a, b) => a.outcome.lost.length - b.outcome.lost.length)) {
      const fix = await stands(candidate);
      if (fix) return fix;
    }
  }
  return undefined;
}

/** What is left of accesses after a change: one try each of those that worked before and do not any more, and how many still do. */
interface Used {
  readonly lost: readonly Tried[];
  readonly keeps: number;
}

interface Candidate {
  readonly statements: readonly string[];
  /** With what is applied beforehand. */
  readonly before: readonly string[];
  readonly outcome: Outcome;
}

interface Outcome extends Used {
  /** Nothing leaks any more. */
  readonly closed: boolean;
  /** Asked only where all else holds. */
  elsewhere?: Used;
}

/** A correction that cannot be applied refuses everything, which is no closing. */
async function outcomeOf(db: Queryable, before: readonly string[], leaks: readonly Tried[], kept: readonly Tried[]): Promise<Outcome> {
  const open: Outcome = { closed: false, lost: [], keeps: 0 };
  const attacked = await tryAfterChange(db, before.map(toStep), leaks);
  if (!attacked || attacked.some(({ outcome }) => outcome === 'got' || outcome === 'undecided')) return open;
  const used = await usedAfter(db, before, kept);
  // An error of the app's own shows nothing to anybody; but where nobody else gets in either, the correction may be what broke it.
  const broken = attacked.some(({ outcome }) => outcome === 'broken');
  return { closed: !broken || used.keeps > 0, ...used };
}

async function usedAfter(db: Queryable, before: readonly string[], kept: readonly Tried[]): Promise<Used> {
  const used = kept.length === 0 ? [] : ((await tryAfterChange(db, before.map(toStep), kept)) ?? []);
  const still = new Set(used.flatMap((one) => (one.outcome === 'got' ? [accessOf(one)] : [])));
  const had = new Map(kept.map((one) => [accessOf(one), one]));
  return { lost: [...had].flatMap(([access, one]) => (still.has(access) ? [] : [one])), keeps: still.size };
}

const service: Caller = { role: 'service_role', claims: { role: 'service_role' } };
const asServer = (one: Tried): Tried => ({ ...one, attempt: { ...one.attempt, as: service } });

const toStep = (sql: string): Step => ({ sql });

/** What somebody does with something, in whatever way. */
export const accessOf = ({ attempt: { object, verb, variant, who } }: Tried): string => [object, verb, variant, who].join('\u0000');
