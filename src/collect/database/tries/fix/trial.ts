import type { Place } from '../../../../core/finding.ts';
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
  /** What somebody from outside tried in vain: a correction opens nothing. */
  readonly shut?: readonly Tried[];
  /** The same of other things that the correction may reach. */
  readonly elsewhere?: readonly Tried[];
  /** Policies that let the leaks through. */
  readonly culprits: readonly LivePolicy[];
  /** Where the app's own code does what would end with these. */
  readonly usedAt?: (ended: readonly Tried[]) => readonly Place[];
}

type Asked = Pick<Question, 'leaks' | 'kept' | 'shut' | 'elsewhere' | 'usedAt'>;

/** Statements that may mend it. `either`: others whose effect this one has together, so that what comes of it can be told from what came of those. */
export interface Candidate {
  readonly statements: readonly string[];
  readonly either?: readonly Candidate[];
  /** A column it asks of new rows that the app's code does not send, and where. */
  readonly unsent?: TriedFix['unsent'];
}

/** Candidates that say nothing of each other. */
export const each = (all: readonly (readonly string[])[]): Candidate[] => all.map((statements) => ({ statements }));

export interface Trial {
  /** Corrections of other things, applied beforehand. */
  readonly given?: readonly string[];
  /** What has to be closed. Left out: every leak. */
  readonly closes?: (one: Tried) => boolean;
  /**
   * Whose access must stay whatever happens. Left out: everybody's. People who came in through the same hole may lose what they had by it alone, as
   * long as somebody still gets in.
   */
  readonly must?: (one: Tried) => boolean;
  /** Nobody has to be left but the server. That it still gets in is tried as well: it `must`, or it `may`, where nothing is known to need it. */
  readonly server?: 'must' | 'may';
}

/**
 * Applies candidates, tries everything again, and undoes them. Gives the one that closes every leak and keeps what must stay, by the first trial that
 * one stands; of several the one that takes from the fewest, then the first. What is given was tried itself, not only foreseen.
 */
export async function firstThatHolds(
  db: Queryable,
  candidates: readonly Candidate[],
  question: Asked,
  trials: readonly Trial[] = [{}],
): Promise<TriedFix | undefined> {
  const known = new Map<string, Outcome>();
  const run = async (before: readonly string[]): Promise<Outcome> => {
    const name = before.join('\u0000');
    const outcome = known.get(name) ?? (await outcomeOf(db, before, question));
    known.set(name, outcome);
    return outcome;
  };
  const foreseen = async ({ statements, either }: Candidate, given: readonly string[]): Promise<Outcome> => {
    const parts: Outcome[] = [];
    for (const part of either ?? []) parts.push(await foreseen(part, given));
    return either && parts.every(({ applied }) => applied) ? together(parts, question.kept) : run([...given, ...statements]);
  };
  for (const trial of trials) {
    const stands = async (candidate: Candidate): Promise<TriedFix | undefined> => {
      const before = [...(trial.given ?? []), ...candidate.statements];
      const outcome = await run(before);
      return passes(outcome, question, trial) ? fixWith(db, candidate, before, outcome, question, trial) : undefined;
    };
    const takesSome: { readonly candidate: Candidate; readonly takes: number }[] = [];
    for (const candidate of candidates) {
      const outcome = await foreseen(candidate, trial.given ?? []);
      if (!passes(outcome, question, trial)) continue;
      const fix = outcome.lost.length === 0 ? await stands(candidate) : undefined;
      if (fix) return fix;
      if (outcome.lost.length > 0) takesSome.push({ candidate, takes: outcome.lost.length });
    }
    for (const { candidate } of takesSome.toSorted((a, b) => a.takes - b.takes)) {
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

interface Outcome extends Used {
  /** Whether it could be applied at all. */
  readonly applied: boolean;
  /** What still leaks, or may. */
  readonly open: ReadonlySet<string>;
  /** Asked only where all else holds. */
  around?: Around;
}

/** What becomes of all that the correction is not made for. */
interface Around {
  /** Somebody from outside gets in who did not before. */
  readonly opens: boolean;
  readonly elsewhere: Used;
}

function passes({ applied, open, lost, keeps }: Outcome, { leaks, kept }: Pick<Question, 'leaks' | 'kept'>, trial: Trial): boolean {
  const { closes = () => true, must = () => true, server } = trial;
  if (!applied || leaks.some((one) => closes(one) && open.has(accessOf(one)))) return false;
  return server !== undefined || (!lost.some(must) && (kept.length === 0 || keeps > 0));
}

async function fixWith(
  db: Queryable,
  { statements, unsent }: Candidate,
  before: readonly string[],
  outcome: Outcome,
  asked: Asked,
  { given = [], closes = () => true, must = () => true, server }: Trial,
): Promise<TriedFix | undefined> {
  const { leaks, kept, usedAt = () => [] } = asked;
  const served = server !== undefined && (await usedAfter(db, before, kept.map(asServer))).keeps > 0;
  if (server === 'must' && !served) return undefined;
  const { opens, elsewhere } = (outcome.around ??= await aroundAfter(db, before, asked));
  if (opens || elsewhere.lost.some(must)) return undefined;
  const lost = [...outcome.lost, ...elsewhere.lost];
  // Where nobody was known to be meant, those who came in by the hole are the ones who used it.
  const ended = lost.length > 0 || outcome.keeps > 0 ? lost : leaks;
  const places = usedAt(ended);
  return {
    statements,
    closes: new Set(leaks.filter(closes).map(accessOf)).size,
    keeps: outcome.keeps + elsewhere.keeps,
    ...(lost.length > 0 && { ends: lost.length, endsFor: [...new Set(lost.map(({ attempt }) => attempt.who))] }),
    ...(served && { server: true as const }),
    ...(given.length > 0 && { alongside: true as const }),
    ...(places.length > 0 && { usedAt: places }),
    ...(unsent && { unsent }),
  };
}

/** A correction that cannot be applied refuses everything, which is no closing. */
async function outcomeOf(db: Queryable, before: readonly string[], { leaks, kept }: Pick<Question, 'leaks' | 'kept'>): Promise<Outcome> {
  const after = await tryAfterChange(db, before.map(toStep), [...leaks, ...kept]);
  if (!after) return { applied: false, open: new Set(), lost: [], keeps: 0 };
  const used = usedOf(kept, after.slice(leaks.length));
  // An error of the app's own shows nothing to anybody; but where nobody else gets in either, the correction may be what broke it.
  const shut = new Set(used.keeps > 0 ? ['refused', 'nothing', 'broken'] : ['refused', 'nothing']);
  return {
    applied: true,
    open: new Set(after.slice(0, leaks.length).flatMap((one) => (shut.has(one.outcome) ? [] : [accessOf(one)]))),
    ...used,
  };
}

/** What lets in whom one of several lets in: it leaks what any leaks, and takes only what all take. */
function together(parts: readonly Outcome[], kept: readonly Tried[]): Outcome {
  const takes = parts.map(({ lost }) => new Set(lost.map(accessOf)));
  const lost = (parts[0]?.lost ?? []).filter((one) => takes.every((some) => some.has(accessOf(one))));
  const accesses = new Set(kept.map(accessOf)).size;
  return { applied: true, open: new Set(parts.flatMap(({ open }) => [...open])), lost, keeps: accesses - lost.length };
}

async function usedAfter(db: Queryable, before: readonly string[], kept: readonly Tried[]): Promise<Used> {
  return usedOf(kept, await triedAfter(db, before, kept));
}

async function aroundAfter(db: Queryable, before: readonly string[], { shut = [], elsewhere = [] }: Asked): Promise<Around> {
  const after = await triedAfter(db, before, [...shut, ...elsewhere]);
  return { opens: usedOf(shut, after.slice(0, shut.length)).keeps > 0, elsewhere: usedOf(elsewhere, after.slice(shut.length)) };
}

/** Nothing where the change cannot be made. */
const triedAfter = async (db: Queryable, before: readonly string[], again: readonly Tried[]): Promise<readonly Tried[]> =>
  again.length === 0 ? [] : ((await tryAfterChange(db, before.map(toStep), again)) ?? []);

function usedOf(kept: readonly Tried[], after: readonly Tried[]): Used {
  const still = new Set(after.flatMap((one) => (one.outcome === 'got' ? [accessOf(one)] : [])));
  const had = new Map(kept.map((one) => [accessOf(one), one]));
  return { lost: [...had].flatMap(([access, one]) => (still.has(access) ? [] : [one])), keeps: still.size };
}

const service: Caller = { role: 'service_role', claims: { role: 'service_role' } };
const asServer = (one: Tried): Tried => ({ ...one, attempt: { ...one.attempt, as: service } });

const toStep = (sql: string): Step => ({ sql });

/** What somebody does with something, in whatever way. */
export const accessOf = ({ attempt: { object, verb, variant, who } }: Tried): string => [object, verb, variant, who].join('\u0000');
