import type { Trial } from './check.ts';
import type { Observation, Suspicion } from './finding.ts';
import { andList } from './wording.ts';

/** What the checks of a run said, each with what it tried. */
interface Said {
  readonly check: { readonly id: string };
  readonly observations: readonly Observation[];
  readonly trials: readonly Trial[];
}

/**
 * Holds what some checks suspect against what others tried in the same run. An observation that suspects something is left out when all of it came
 * true and is told by whoever tried it, and told as a pass when all of it was refused. Where a part was not tried, not decided, or cannot be refuted by a try,
 * it stays as it is: unknown is no acquittal.
 */
export function settle<T extends Said>(all: readonly T[]): T[] {
  const found = trialsIn(all);
  /** Where the suspicion stood, for the observation that tells it instead. */
  const places = new Map<string, Observation>();
  const settled = all.map((said): T => {
    if (!said.observations.some(({ suspects }) => suspects)) return said;
    const told = new Set<string>();
    const observations = said.observations.flatMap(({ suspects, ...observation }): Observation[] => {
      const verdict = observation.outcome === 'fail' && suspects ? verdictOf(suspects, found) : undefined;
      if (verdict?.is === 'refused') return [acquitted(observation, verdict.texts)];
      if (verdict?.is !== 'told') return [observation];
      for (const teller of verdict.by) {
        told.add(teller.check);
        if (observation.place?.file !== undefined && !places.has(nameOf(teller))) places.set(nameOf(teller), observation);
      }
      return [];
    });
    return { ...said, observations: observations.length > 0 ? observations : [toldElsewhere([...told])] };
  });
  return settled.map((said) =>
    places.size === 0 ? said : { ...said, observations: said.observations.map(placed(said.check.id, places)) },
  );
}

interface Teller {
  readonly check: string;
  readonly subject: string;
}

const nameOf = ({ check, subject }: Teller): string => `${check}\u0000${subject}`;

/** What came of each access. One that worked is not refused, told or not. */
interface Found {
  readonly worked: ReadonlyMap<string, Teller>;
  readonly refused: ReadonlyMap<string, string>;
}

function trialsIn(all: readonly Said[]): Found {
  const worked = new Map<string, Teller>();
  const refused = new Map<string, string>();
  for (const { check, observations, trials } of all) {
    const fails = new Set(observations.flatMap(({ outcome, subject }) => (outcome === 'fail' && subject !== undefined ? [subject] : [])));
    for (const { access, outcome, subject, text = access } of trials)
      if (outcome === 'refused') refused.set(access, text);
      else if (fails.has(subject)) worked.set(access, { check: check.id, subject });
  }
  for (const { access, outcome } of all.flatMap(({ trials }) => trials)) if (outcome === 'worked') refused.delete(access);
  return { worked, refused };
}

type Verdict = { readonly is: 'told'; readonly by: readonly Teller[] } | { readonly is: 'refused'; readonly texts: readonly string[] };

/** `undefined` when a part of it is still open. What is refused beside what worked needs no word of its own: the rest is told. */
function verdictOf(suspects: readonly Suspicion[], { worked, refused }: Found): Verdict | undefined {
  const by: Teller[] = [];
  const texts: string[] = [];
  for (const { access, refutable } of suspects) {
    const teller = worked.get(access);
    const text = refutable ? refused.get(access) : undefined;
    if (teller) by.push(teller);
    else if (text === undefined) return undefined;
    else texts.push(text);
  }
  if (by.length > 0) return { is: 'told', by };
  return texts.length > 0 ? { is: 'refused', texts: [...new Set(texts)] } : undefined;
}

const acquitted = ({ subject, place }: Observation, texts: readonly string[]): Observation => ({
  outcome: 'pass',
  ...(subject !== undefined && { subject }),
  ...(place && { place }),
  message: `Tried and refused: ${andList(texts)}.`,
});

const toldElsewhere = (checks: readonly string[]): Observation => ({
  outcome: 'not-applicable',
  subject: 'told',
  message: `What was seen here is told by ${andList(checks)}, which looked closer.`,
});

/** A finding that does not know where in the repo it stands takes the place of the suspicion that it replaces. */
const placed =
  (check: string, places: ReadonlyMap<string, Observation>) =>
  (observation: Observation): Observation => {
    const { subject, place, outcome } = observation;
    const from = subject === undefined || outcome !== 'fail' ? undefined : places.get(nameOf({ check, subject }))?.place;
    if (!from || place?.file !== undefined) return observation;
    return { ...observation, place: { ...from, ...place } };
  };
