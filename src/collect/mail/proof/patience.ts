/** For how long mails are waited for: each, and all of them together. */
export interface Patience {
  /** Milliseconds that one mail may take. */
  readonly usual: number;
  /** When the time for all of them is up, by `Date.now()`. */
  readonly until: number;
  /** Ends every wait when the run is over. */
  readonly signal?: AbortSignal;
}

/** Milliseconds that are left for a mail now. */
export const timeFor = ({ usual, until, signal }: Patience): number =>
  signal?.aborted ? 0 : Math.max(0, Math.min(usual, until - Date.now()));

export const isOver = (patience: Patience): boolean => timeFor(patience) === 0;

/** Whether a mail that was asked for at `at` had its time, so that one that is not there did not come. */
export const hadItsTime = ({ usual }: Patience, at: number): boolean => Date.now() - at >= usual * 0.95;

/** Why a mail was not seen that may come yet. */
export const timeIsUp = 'the time for all mails was up first';

/** Part of the time of the run that is kept back for what is done with the mails that came, and its most in milliseconds. */
const kept = { part: 0.15, most: 120_000 };

/** The patience of a run that has until `end`. */
export function patienceOf(usual: number, end: number, signal?: AbortSignal): Patience {
  const left = Math.max(0, end - Date.now());
  return { usual, until: end - Math.min(kept.most, left * kept.part), ...(signal && { signal }) };
}

/** What leaves the boxes that are asked afterwards some time of their own: half of it at most. */
export function beforeOthers(patience: Patience, areOthers: boolean): Patience {
  const left = Math.max(0, patience.until - Date.now());
  return areOthers ? { ...patience, until: patience.until - Math.min(2 * patience.usual, left / 2) } : patience;
}
