import type { Flaw } from '../../../examples/flaws.ts';
import { flaws } from '../../../examples/portal/flaws.ts';

/** One start of the portal: what is wrong with it, and how it is served. */
export interface LiveTwin {
  readonly name: string;
  readonly flaws: readonly Flaw[];
  readonly served: 'https' | 'http';
  /** Ids of the checks that the way of serving must make fail; those of the flaws are theirs. */
  readonly expected: readonly string[];
}

/** Flaws of the portal that show from outside. */
export const liveFlaws: readonly Flaw[] = flaws.filter(({ live = [] }) => live.length > 0);

const twin = (name: string, chosen: readonly Flaw[]): LiveTwin => ({ name, flaws: chosen, served: 'https', expected: [] });

/** Starts of the portal that the flaws share. */
const starts = 3;

/**
 * The clean portal, a few with flaws side by side, so that one start serves several of them, and a clean one that nobody gave a certificate.
 * No two flaws of a twin are for the same check: each has to be found for itself.
 */
export function liveTwins(): LiveTwin[] {
  const groups = Array.from({ length: starts }, (): Flaw[] => []);
  for (const flaw of liveFlaws) {
    const room = groups
      .filter((group) => group.every((other) => !sameCheck(flaw, other) && !exclude(flaw, other)))
      .toSorted((a, b) => a.length - b.length)[0];
    if (room) room.push(flaw);
    else groups.push([flaw]);
  }
  return [
    twin('clean', []),
    ...groups.map((group) => twin(group.map(({ id }) => id).join(' + '), group)),
    { name: 'served-over-http', flaws: [], served: 'http', expected: ['audit/plain-http'] },
  ];
}

const sameCheck = (one: Flaw, other: Flaw): boolean => one.live?.some((check) => other.live?.includes(check)) === true;
const exclude = (one: Flaw, other: Flaw): boolean =>
  one.conflictsWith?.includes(other.id) === true || other.conflictsWith?.includes(one.id) === true;
