import { evidence } from '../core/evidence.ts';

/** What a term of an SPF record costs a receiver who has to look at all of them (RFC 7208 §4.6.4). */
export interface SpfTerm {
  /** As it is written, e.g. `include:_spf.example.com`. */
  readonly term: string;
  /** Terms that ask the DNS, this one and those below it. */
  readonly lookups: number;
  /** Questions without an answer, of this one and those below it. A host without addresses counts once, whether it lacks IPv4 or IPv6. */
  readonly voids: number;
  /** The record that it leads to. */
  readonly of?: SpfTree;
  /** Networks that `a` and `mx` stand for today, e.g. `ip4:192.0.2.1`. */
  readonly networks?: readonly string[];
  /** Why a receiver gives up here, in words. */
  readonly problem?: string;
  /** Why it cannot be followed: a macro that leads elsewhere with each mail, a server that fails. */
  readonly unclear?: string;
}

/** The record of one domain with all that its terms lead to. */
export interface SpfTree {
  readonly domain: string;
  /** Absent where there is none that can be read. */
  readonly record?: string;
  readonly terms: readonly SpfTerm[];
}

/** What is told whom nothing in a record names; `none`: the record does not say. */
export type SpfEnd = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'unclear';

/** What a record comes to with a sender more in it. */
export interface SpfAddition {
  /** Id of the service. */
  readonly sender: string;
  readonly include: string;
  readonly record: string;
  readonly lookups: number;
  readonly voids: number;
}

/** The SPF record of a domain that mail is sent from, read but not asked about any sender. */
export interface SpfFacts {
  readonly domain: string;
  /** Services that the user says send for it; an empty list: none does. Absent: not said. */
  readonly senders?: readonly string[];
  /** Each TXT record that begins like an SPF record. */
  readonly records: readonly string[];
  /** What is wrong with it, in words. */
  readonly problem?: string;
  /** Nobody could look: what the servers said. */
  readonly fault?: string;
  readonly tree?: SpfTree;
  readonly lookups?: number;
  readonly voids?: number;
  /** Why receivers give up on it, and where: `include:a.example > include:b.example: …`. */
  readonly broken?: readonly string[];
  /** What could not be told. */
  readonly unclear?: readonly string[];
  readonly end?: SpfEnd;
  /** The term by which servers pass that nobody can mean, although it does not end in +all. */
  readonly everybody?: string;
  /** Terms `ptr`, wherever they stand. */
  readonly ptr?: readonly string[];
  /** Services whose includes stand in it. */
  readonly includes?: readonly string[];
  /** Services whose includes do not stand in it, and whose servers pass all the same: it has their addresses. */
  readonly covered?: readonly string[];
  /** Services that send for it and do not stand in it, and what it would come to. */
  readonly additions?: readonly SpfAddition[];
  /** What should stand there: the record that is there, or several as one, with all services that send for it, and an end. Absent where a record cannot be read. */
  readonly wanted?: string;
  /** The record with its own `a` and `mx` written as addresses, where that saves questions. */
  readonly flat?: { readonly record: string; readonly lookups: number };
}

export const spfRecords = evidence<readonly SpfFacts[]>()('mail.spf', 'the SPF records of the domains that mail is sent from');
