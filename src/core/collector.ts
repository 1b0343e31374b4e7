import type { Evidence, Given, Later, Needs } from './evidence.ts';
import type { Input, Target } from './target.ts';
import type { Vault } from './vault.ts';

/** What a collector is given besides its evidence. */
export interface CollectContext {
  readonly target: Target;
  /** Aborts when the run is cancelled or the collector's time is up. */
  readonly signal: AbortSignal;
  /** When the collector's time is up, by `Date.now()`, for one that would rather give what it has; absent: nobody says. */
  readonly until?: number;
  /** Raw secrets seen go in here, so that no output can show them. */
  readonly vault: Vault;
  /** Says what is going on while the user waits. */
  progress(message: string, done?: number, total?: number): void;
}

type NoNeeds = Readonly<Record<never, Evidence>>;

/** Collects one fact from the outside world. Runs at most once a run, on first demand. */
export interface Collector<T = unknown, N extends Needs = Needs, L extends Needs = NoNeeds> {
  readonly provides: Evidence<string, T>;
  readonly wants: Input;
  readonly needs: N;
  /** Needed too, but not to begin with: collected meanwhile, and given as functions to wait for it. */
  readonly later?: L;
  readonly effects: 'none' | 'reads' | 'writes';
  readonly timeoutMs: number;
  /** True for values that live in memory only (open files, parsed trees): never saved with the run. */
  readonly transient?: boolean;
  /** Throws `CollectFault` when it cannot look; any other error counts as a bug of ours. */
  collect(given: Given<N> & Later<L>, context: CollectContext): Promise<T>;
}

/** Declares a collector; only here for type inference. */
export const defineCollector = <T, N extends Needs, L extends Needs = NoNeeds>(collector: Collector<T, N, L>): Collector<T, N, L> =>
  collector;

/** A collector whose types are forgotten, as the engine holds it. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list of collectors has no common evidence type
export type AnyCollector = Collector<any, any, any>;

/** Everything a collector needs, to begin with or later. */
export const needsOf = ({ needs, later = {} }: AnyCollector): Evidence[] => Object.values<Evidence>({ ...needs, ...later });
