import { evidence } from '../core/evidence.ts';
import type { HostRole } from '../core/target.ts';

/** What the DNS says of one host of the domain map. */
export interface HostRecords {
  readonly name: string;
  readonly role: HostRole;
  /** Names that its CNAMEs lead through, the last one included; none where it has addresses of its own. */
  readonly chain: readonly string[];
  /** IPv4 and IPv6 addresses at the end of the chain. */
  readonly addresses: readonly string[];
  /** `found`: it has an address. `none`: it has none, or there is no such name. `failed`: nobody could tell. */
  readonly outcome: 'found' | 'none' | 'failed';
  /** What the servers said, in words; of `none` and `failed`. */
  readonly why?: string;
}

/** What is said of a host that is not in the DNS (NXDOMAIN). */
export const noSuchName = 'there is no such name';

/** The hosts of the domain map, as the DNS has them. */
export interface DomainRecords {
  readonly apex: string;
  /** Nobody wrote the map down: hosts in it may not be meant to be there. */
  readonly drafted: boolean;
  readonly hosts: readonly HostRecords[];
}

export const domainRecords = evidence<DomainRecords>()('dns.hosts', 'the hosts of the domain in the DNS');
