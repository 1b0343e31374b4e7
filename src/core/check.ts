import type { Given, Needs } from './evidence.ts';
import type { MendedIn, Observation } from './finding.ts';
import type { Effort, Severity, Stage } from './stage.ts';

/** A named sample of evidence; the generic test runs every one, the docs page shows it. */
export interface Example<N extends Needs> {
  readonly name: string;
  readonly given: Given<N>;
}

/** What came of trying an access that other checks only suspect. */
export interface Trial {
  /** As in `Suspicion.access`. */
  readonly access: string;
  /** `worked` counts only where the check fails on `subject`: what nobody tells must not be left out elsewhere. */
  readonly outcome: 'worked' | 'refused';
  /** Subject of the observation that tells it. */
  readonly subject: string;
  /** For `refused`: the end of the sentence "Tried and refused: ...". */
  readonly text?: string;
}

/** A question about the target, judged from evidence alone. One file a check; `id` is its path below `src/checks`. */
export interface Check<N extends Needs = Needs> {
  readonly id: `${Stage}/${string}`;
  readonly severity: Severity;
  /** Requirement ids (roadmap, OWASP, ASVS) this check answers. */
  readonly covers: readonly string[];
  /** True for the roadmap's failure signals: one fail fails the stage. */
  readonly tripwire?: boolean;
  /** Where it is mended; absent: `settings` (DNS, host, mail service) in the stages about domain and mail, `code` in all others. */
  readonly mendedIn?: MendedIn;
  readonly doc: {
    /** The question put as a fault, e.g. "A route returns data without asking who is calling". */
    readonly title: string;
    /** What it means for a customer of the app. */
    readonly why: string;
    /** What to do, for someone who builds with an AI tool. */
    readonly fix: string;
    readonly effort: Effort;
    readonly references?: readonly string[];
  };
  readonly needs: N;
  readonly examples: {
    readonly passes: readonly Example<N>[];
    readonly fails: readonly Example<N>[];
    /** Evidence from which it cannot be told; at least one where a check has no `fails`. */
    readonly unknowns?: readonly Example<N>[];
  };
  /** Pure. Yields one observation a subject; yields nothing where there is nothing of the kind. */
  evaluate(given: Given<N>): Iterable<Observation>;
  /** Pure, of the same evidence: the accesses that were tried and decided. What was not decided is left out, and stays suspected. */
  trials?(given: Given<N>): Iterable<Trial>;
}

/** Declares a check; only here for type inference. */
export const defineCheck = <N extends Needs>(check: Check<N>): Check<N> => check;

/** A check whose evidence types are forgotten, as the engine holds it. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list of checks has no common evidence type
export type AnyCheck = Check<any>;

/** Where what a check tells is mended. */
export const mendedInOf = (check: { readonly id: string; readonly mendedIn?: MendedIn }): MendedIn =>
  check.mendedIn ?? (/^(?:edge|email)\//.test(check.id) ? 'settings' : 'code');

/** The stage a check belongs to: the first part of its id. */
export const stageOf = (check: { readonly id: string }): Stage => check.id.split('/', 1)[0] as Stage;
