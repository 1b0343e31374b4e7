import { createHash } from 'node:crypto';
import type { Effort, Severity, Stage } from './stage.ts';

export type Outcome = 'pass' | 'fail' | 'unknown' | 'not-applicable';

/** `code`: in the project, where a coding tool can mend it. `settings`: where the DNS, the host or the mail service is set up. */
export type MendedIn = 'code' | 'settings';

/** Where something stands. `file` is relative to the repo root with `/`; lines and columns count from 1. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly url?: string;
  /** Name of the thing when it is no file: a route (`GET /api/orders/:id`), a table, a bucket, a header. */
  readonly name?: string;
}

/** One piece of evidence shown to the reader. Never holds a secret's value. */
export type Proof =
  | { readonly kind: 'code'; readonly place: Place; readonly text: string }
  | { readonly kind: 'step'; readonly place?: Place; readonly text: string }
  | { readonly kind: 'http'; readonly request: string; readonly response: string };

/** One access that an observation says is open, named so that a check of the same run that tries it can be found. */
export interface Suspicion {
  /** Name of the access, made in the same way where it is suspected and where it is tried. */
  readonly access: string;
  /** Set when a fair try that was refused refutes it. Left out where it hangs on what a try may not have met: a condition, a value, a role. */
  readonly refutable?: true;
}

/** What a check saw about one subject. */
export interface Observation {
  readonly outcome: Outcome;
  /** One sentence a founder understands. */
  readonly message: string;
  /** Stable name of what was judged, free of line numbers: it makes the fingerprint. */
  readonly subject?: string;
  readonly place?: Place;
  readonly proof?: readonly Proof[];
  /** Overrides the check's severity where this case is worse or milder. */
  readonly severity?: Severity;
  /** A fix for this very case; the check's own is used when absent. */
  readonly fix?: string;
  /** For `unknown`: what would let us tell. */
  readonly toKnow?: string;
  /** What has to be mended when several subjects share it (an unguarded router, a template): findings of one check and one cause become one item. */
  readonly cause?: string;
  /** Id of a check that says the same of its own evidence: left out where that one runs as well. */
  readonly toldBy?: string;
  /** For `fail`: what it suspects somebody can do, all of it. Settled by the trials of other checks where those run as well (`settle`). */
  readonly suspects?: readonly Suspicion[];
}

/** An observation signed by the engine. */
export interface Finding extends Omit<Observation, 'toldBy' | 'suspects'> {
  /** `check#fingerprint`, the name that `launch-ready replay` takes. */
  readonly id: string;
  readonly check: string;
  readonly stage: Stage;
  readonly title: string;
  readonly severity: Severity;
  readonly effort: Effort;
  readonly why: string;
  readonly fix: string;
  /** Command that shows this finding again, and reports it gone once it is fixed. */
  readonly replay: string;
  /** 16 hex digits over check and subject; survives edits that only move lines. */
  readonly fingerprint: string;
  /** Requirement ids of the roadmap and its references. */
  readonly covers: readonly string[];
  /** True when a failed check of this kind fails its stage whatever else is green (a roadmap failure signal). */
  readonly tripwire: boolean;
  readonly mendedIn: MendedIn;
}

/** Fingerprint of an observation: check and subject, else check, file and message without digits. */
export function fingerprintOf(check: string, observation: Observation): string {
  const subject =
    observation.subject ??
    [observation.place?.file ?? observation.place?.name ?? observation.place?.url ?? '', observation.message.replace(/\d+/g, '#')].join(
      '\u0000',
    );
  return createHash('sha256').update(`${check}\u0000${subject}`).digest('hex').slice(0, 16);
}
