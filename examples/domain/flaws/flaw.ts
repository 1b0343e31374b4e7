import type { Draft } from '../draft.ts';

/** A switch of the example: what is wrong then, and the checks that must turn red, no others. */
export interface DomainFlaw {
  /** Unique, in the field's words, for example "lame-name-server". */
  readonly id: string;
  /** One sentence. */
  readonly title: string;
  readonly checks: readonly string[];
  /** Only a browser sees it. */
  readonly browser?: true;
  /** Puts it into the domain before it is started. */
  readonly change: (draft: Draft) => void;
}
