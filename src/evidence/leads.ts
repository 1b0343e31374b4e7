import { evidence } from '../core/evidence.ts';

/** A record that names another host, and whether that one is there. */
export interface Lead {
  readonly record: 'CNAME' | 'NS' | 'MX';
  /** Name that has the record. */
  readonly owner: string;
  /** Whether the domain map names the owner, or it was found by a usual name. */
  readonly mapped: boolean;
  readonly target: string;
  /** `missing`: there is no such name (NXDOMAIN). `failed`: nobody could tell. */
  readonly is: 'there' | 'missing' | 'failed';
  /** The name that is not there; the target, or what it leads to. */
  readonly end: string;
  /** Registered domain of that name. */
  readonly domain: string;
  /** Whether that domain is there: where it is `missing`, anybody may register it. */
  readonly domainIs: 'there' | 'missing' | 'failed';
  /** Id of the provider whose name it is; empty where it is not known. */
  readonly provider: string;
  readonly why: string;
}

export const leads = evidence<readonly Lead[]>()('dns.leads', 'the records that name other hosts');

/** How a host answers that leads to a service where hosts are set up by account. */
export interface UnclaimedLook {
  readonly host: string;
  /** Id of the service. */
  readonly provider: string;
  readonly url: string;
  /** `unclaimed`: the service says that nobody set it up. `challenge`: something stands in front that lets only browsers through. `failed`: no answer. */
  readonly is: 'claimed' | 'unclaimed' | 'challenge' | 'failed';
  readonly status: number;
  /** What was seen, in words. */
  readonly text: string;
}

export const unclaimedLooks = evidence<readonly UnclaimedLook[]>()('edge.unclaimed', 'whether the hosts are set up where they lead');

export const wildcardLooks = evidence<readonly UnclaimedLook[]>()(
  'edge.wildcard',
  'whether a name that nobody set up is set up where a wildcard record leads',
);
