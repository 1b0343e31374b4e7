import { evidence } from '../core/evidence.ts';

/** What the owner of a domain asks receivers to do with mail that fails (RFC 9989 §4.7). */
export const dmarcPolicies = ['none', 'quarantine', 'reject'] as const;
export type DmarcPolicy = (typeof dmarcPolicies)[number];

/** A DMARC record as RFC 9989 reads it: what is wrong in it counts as if it were not there. */
export interface DmarcRecord {
  readonly text: string;
  /** `p`; absent where there is none, or none that is valid. */
  readonly p?: DmarcPolicy;
  readonly sp?: DmarcPolicy;
  readonly np?: DmarcPolicy;
  /** `t=y`: the policy is one step weaker than it says. */
  readonly test: boolean;
  readonly psd: 'y' | 'n' | 'u';
  readonly adkim: 'r' | 's';
  readonly aspf: 'r' | 's';
  /** Addresses that reports go to, those that are valid. */
  readonly rua: readonly string[];
  readonly ruf: readonly string[];
  /** Tags of RFC 7489 that RFC 9989 took out: `pct`, `rf`, `ri`, and a size behind an address. */
  readonly obsolete: readonly string[];
  /** What is wrong in it, in words. */
  readonly problems: readonly string[];
  /** Receivers leave it aside altogether: it has no valid policy and asks for no reports (§4.10.1). */
  readonly ignored: boolean;
}

/** One question of a walk up the tree of names. */
export interface DmarcStep {
  /** The domain, without `_dmarc.` in front. */
  readonly domain: string;
  /** TXT records there that begin like a DMARC record; of several none counts. */
  readonly texts: readonly string[];
  readonly record?: DmarcRecord;
  /** Nobody could look: what the servers said. */
  readonly fault?: string;
}

/** Where reports go that are sent to another organisation, and whether that one takes them (RFC 9990 §4). */
export interface DmarcDestination {
  readonly uri: string;
  readonly host: string;
  /** Of the same organisation: nobody has to agree. */
  readonly own: boolean;
  /** Where the other one would say so. */
  readonly name?: string;
  readonly agreed: 'yes' | 'no' | 'unclear';
}

/** What receivers find out about a domain that mail is sent from. */
export interface DmarcFacts {
  readonly domain: string;
  /** Services that the user says send for it; an empty list: none does. */
  readonly senders?: readonly string[];
  readonly steps: readonly DmarcStep[];
  /** What DMARC takes for the registered domain of it. */
  readonly organisational?: string;
  /** Domain whose record counts, and the record. */
  readonly at?: string;
  readonly record?: DmarcRecord;
  /** Which tag says what happens, and what it says, before `t`. */
  readonly by?: 'p' | 'sp' | 'np';
  readonly policy?: DmarcPolicy;
  /** What receivers are asked to do, `t` taken into account. */
  readonly effective?: DmarcPolicy;
  readonly destinations: readonly DmarcDestination[];
  /** Where reports about single mails go (`ruf`), which has to agree likewise (RFC 9991); absent where nobody is named. */
  readonly failureDestinations?: readonly DmarcDestination[];
  /** Nobody could tell: what the servers said. */
  readonly fault?: string;
}

export const dmarcRecords = evidence<readonly DmarcFacts[]>()('mail.dmarc', 'the DMARC policy of the domains that mail is sent from');
