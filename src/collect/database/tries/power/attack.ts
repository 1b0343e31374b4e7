import type { Table } from '../../../../evidence/database.ts';
import type { CellVerb, PersonaName } from '../../../../evidence/isolation.ts';
import type { LiveCatalog, Relation, Routine } from '../../live/catalog.ts';
import type { Worlds } from '../../world/world.ts';
import type { Tried, Way } from '../attempt.ts';
import type { Lanes } from '../lanes.ts';
import type { Caller, StepResult } from '../run.ts';

/** A way to more power that worked. */
export interface Gained {
  readonly kind: 'sign-up-metadata' | 'own-column' | 'self-insert' | 'function' | 'first-user';
  readonly who: PersonaName;
  readonly what: string;
  readonly relation?: Relation;
  readonly routine?: Routine;
  readonly column?: string;
  readonly value?: string;
  /** Columns of the row that was added that say who may what. */
  readonly decides?: readonly { readonly column: string; readonly is: 'role' | 'tenant' }[];
  readonly sql: string;
  readonly unlocks: readonly { readonly object: string; readonly verbs: readonly CellVerb[] }[];
  /** All the ways by which it worked, to be tried again. */
  readonly again: readonly Tried[];
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

/** One way to try it; the doors are tried after it, in the same transaction. */
export interface Attack {
  readonly gained: Omit<Gained, 'unlocks' | 'again'>;
  /** It worked when its look says so; where it has none, when nothing stopped it. */
  readonly way: Way;
  readonly as: Caller;
  /** Who tries the doors, where it is somebody else. */
  readonly enters?: Caller;
  /** Whose reach it is compared with. */
  readonly baseline: PersonaName;
  /** Changes that mean nothing by themselves. */
  readonly onlyIfOpens?: boolean;
}

/** True for a step that returned something. */
export const hasRows = (result: StepResult | undefined): boolean => result?.ok === true && result.rows.length > 0;
