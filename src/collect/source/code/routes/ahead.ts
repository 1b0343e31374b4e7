import type { Machine, Value } from '../interpret/value.ts';
import { createLog, recordGap } from '../interpret/log.ts';
import type { State } from '../interpret/state.ts';

/**
 * Runs what stands in front of a route: hooks, middleware, parent layouts. What it reads or stores (a session, a usage counter) is not
 * the route's data; what it learns of the caller stays.
 */
export function runAhead<T>(machine: Machine, work: () => T): T {
  const { log } = machine;
  const mine = (machine.log = createLog());
  try {
    return work();
  } finally {
    for (const [name, place] of mine.headers) log.headers.set(name, place);
    for (const gap of mine.gaps.values()) recordGap(log, gap.what, gap.why, gap.place ?? {});
    if (mine.cookieSession) log.cookieSession = mine.cookieSession;
    if (mine.headerCredential) log.headerCredential = mine.headerCredential;
    machine.log = log;
  }
}

/** True for functions whose effect we can tell: a call of anything else proves nothing and is a gap. */
export const isFollowed = (value: Value): boolean =>
  Boolean(value.closure ?? value.native ?? value.api?.call ?? value.alternatives ?? value.wraps);

/** The same state with the file that its guards stand in, for those that have no such file yet. */
export const viaFile = (state: State, via: string): State => ({
  ...state,
  guards: state.guards.map((guard) => ({ via, ...guard })),
  maybe: state.maybe.map((guard) => ({ via, ...guard })),
});
