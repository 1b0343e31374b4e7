import type { Place } from '../core/finding.ts';
import type { ProvedObject } from './isolation.ts';
import type { Attempted, Protected } from './isolation-questions.ts';

/** Things of one origin (a database, a file of rules, the routes) with what came of trying them: anything that fits can be charted. */
export interface ChartSource {
  readonly name: string;
  readonly objects: readonly ChartObject[];
  /** Statements that could not be applied; attempts refer to them by index. */
  readonly failures?: readonly { readonly place: Place }[];
}

export interface ChartObject extends Protected, Pick<ProvedObject, 'unseeded'> {
  readonly kind: string;
  readonly schema?: string;
  readonly name: string;
  readonly place?: Place;
  readonly cells: readonly ChartAttempt[];
}

export interface ChartAttempt extends Attempted {
  readonly sql?: string;
  readonly request?: string;
  readonly profiles?: readonly string[];
  /** Who sent what, and what came of it, in one line. */
  readonly seen?: string;
}
