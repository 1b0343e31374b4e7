/** RFC 7208 §2.6. */
export type SpfResult = 'none' | 'neutral' | 'pass' | 'fail' | 'softfail' | 'temperror' | 'permerror';

/** Terms that ask the DNS, and answers without anything in them, that a check may take (RFC 7208 §4.6.4). */
export const spfLimits = { lookups: 10, voids: 2, names: 10 } as const;

/** What one term came to, in the order they were looked at. */
export interface SpfStep {
  /** As it stands in the record: `include:_spf.example.com`, `redirect=_spf.example.com`. */
  readonly term: string;
  readonly came: 'match' | 'no match' | 'temperror' | 'permerror';
  /** Terms that asked the DNS, this one and those below it. */
  readonly lookups: number;
  /** Answers without anything in them, of this one and those below it. */
  readonly voids: number;
  /** The record that an include or a redirect led to. */
  readonly of?: SpfCheck;
}

/** What the record of one domain came to. */
export interface SpfCheck {
  readonly domain: string;
  readonly result: SpfResult;
  readonly record?: string;
  /** What is wrong, in words; of `temperror` and `permerror`. */
  readonly problem?: string;
  /** What whoever is refused is told; of `fail`, where the domain says something. */
  readonly explanation?: string;
  readonly steps: readonly SpfStep[];
}

/** A check of one mail, and what it cost. */
export interface SpfVerdict extends SpfCheck {
  readonly lookups: number;
  readonly voids: number;
}

export interface SpfQuestion {
  /** Address of the server that hands in the mail. */
  readonly ip: string;
  /** MAIL FROM; empty for bounces, which are checked by the name of the server. */
  readonly sender: string;
  /** What the server calls itself (HELO, EHLO). */
  readonly helo: string;
  /** Who takes the mail, for explanations. */
  readonly receiver?: string;
}
