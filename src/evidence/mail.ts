import { evidence } from '../core/evidence.ts';

/** The SPF record of a domain that mail is sent from, read but not asked about any sender. */
export interface SpfFacts {
  readonly domain: string;
  /** Each TXT record that begins like an SPF record. */
  readonly records: readonly string[];
  /** What is wrong with it, in words. */
  readonly problem?: string;
  /** Nobody could look: what the servers said. */
  readonly fault?: string;
}

export const spfRecords = evidence<readonly SpfFacts[]>()('mail.spf', 'the SPF records of the domains that mail is sent from');
