import type { Power, Sensitivity } from '../../../evidence/secrets.ts';

/** What a value that matched turned out to be. */
export interface Meaning {
  readonly kind: string;
  readonly label: string;
  readonly sensitivity: Sensitivity;
  readonly power: Power;
  /** What whoever has it can do, a whole sentence. */
  readonly harm: string;
  /** Where to replace it, a whole sentence. */
  readonly rotate: string;
  /** Decoded facts: project, role, host, expiry. */
  readonly meaning?: string;
  /** Names what it opens, when the content says it: old and new keys of one project are one matter. */
  readonly opens?: string;
  /** Other texts that give it away and have to be hidden with it: the second half of a pair, its parts, its wrapped form. */
  readonly traces?: readonly string[];
  /** True when the content itself proves it real (a checksum, a signed role): test folders and docs are then no excuse. */
  readonly certain?: boolean;
}

/** What stands around a match. */
export interface Around {
  /** The whole text or chunk; one character a byte. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Name the value is assigned to, when there is one in the same line. */
  readonly variable?: string;
  /** Milliseconds since 1970, for expiry dates. */
  readonly now: number;
}

/** One form of credential. */
export interface Rule extends Meaning {
  /** Literal beginnings; the pattern is tried where one of them stands. */
  readonly markers: readonly string[];
  /** Sticky, tried at the marker (minus `back`). The value is group 1 if there is one, else the match. Every quantifier is bounded. */
  readonly pattern: RegExp;
  /** Characters before the marker that belong to the match, at most. */
  readonly back?: number;
  /** True when letters may stand directly before it (parts of an address). */
  readonly inside?: boolean;
  /** Bits per character that the value needs at least; 3 unless told. */
  readonly entropy?: number;
  /** Decides by content; `undefined` rejects the match. */
  readonly judge?: (value: string, around: Around) => Partial<Meaning> | undefined;
}

type Words = Pick<Rule, 'kind' | 'label' | 'harm' | 'rotate'> & Partial<Rule>;

/** A rule for tokens that begin with a literal: secret, power over one service, unless told otherwise. */
export const token = (markers: readonly string[], pattern: RegExp, words: Words): Rule => ({
  sensitivity: 'secret',
  power: 'service',
  markers,
  ...words,
  pattern: new RegExp(pattern.source, 'y'),
});

/** The text near a match, lower case: what judges read to tell what a value is for. */
export const near = ({ text, start, end }: Around, characters = 300): string =>
  text.slice(Math.max(0, start - characters), end + characters).toLowerCase();
