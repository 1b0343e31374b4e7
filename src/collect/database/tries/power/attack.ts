import type { Table } from '../../../../evidence/database.ts';
import type { CellVerb, PersonaName } from '../../../../evidence/isolation.ts';
import type { LiveCatalog, Relation, Routine } from '../../live/catalog.ts';
import type { Worlds } from '../../world/world.ts';
import type { Tried } from '../attempt.ts';
import type { Lanes } from '../run.ts';
import type { Caller, Step, StepResult } from '../run.ts';

/** A way to more power that worked. */
export interface Gained {
  readonly kind: 'sign-up-metadata' | 'own-column' | 'self-insert' | 'function' | 'first-user';
  readonly who: PersonaName;
  readonly what: string;
  readonly relation?: Relation;
  readonly routine?: Routine;
  readonly column?: string;
  readonly value?: string;
  readonly sql: string;
  readonly unlocks: readonly { readonly object: string; readonly verbs: readonly CellVerb[] }[];
}

/** What is needed to look for them. */
export interface Scene {
  readonly db: Lanes;
  readonly catalog: LiveCatalog;
  readonly worlds: Worlds;
  readonly hints: ReadonlyMap<string, Table>;
  /** What an account alone reaches already: that is no gain. */
  readonly tried: readonly Tried[];
  readonly signal?: AbortSignal;
}

/** One way to try it; the doors are tried after its steps, in the same transaction. */
export interface Attack {
  readonly gained: Omit<Gained, 'unlocks'>;
  readonly steps: readonly Step[];
  readonly as: Caller;
  /** Whose reach it is compared with. */
  readonly baseline: PersonaName;
  readonly worked: (results: readonly StepResult[]) => boolean;
  /** Changes that mean nothing by themselves. */
  readonly onlyIfOpens?: boolean;
}

/** True for a step that returned something. */
export const hasRows = (result: StepResult | undefined): boolean => result?.ok === true && result.rows.length > 0;
