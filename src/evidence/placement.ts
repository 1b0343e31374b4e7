import type { HostRole } from '../core/target.ts';
import { evidence } from '../core/evidence.ts';

/** An address of a host, and whose it is as far as addresses tell. */
export interface PlacedAddress {
  readonly address: string;
  /** Id of the provider in `providers.ts`; empty where it is not known. */
  readonly provider: string;
  /** It is one of Cloudflare's proxy: who stands behind it cannot be seen. */
  readonly proxied: boolean;
}

/** Where a host of the domain map leads. */
export interface PlacedHost {
  readonly name: string;
  readonly role: HostRole;
  /** Host that the map names under `on`, in our words; empty where it names none that we know. */
  readonly on: string;
  /** The host that it only leads to, as the map says; empty where it says nothing. */
  readonly redirectsTo: string;
  /** Names that its CNAMEs lead through. */
  readonly chain: readonly string[];
  /** Whose name the chain leads to first; empty where it is not known. */
  readonly provider: string;
  readonly addresses: readonly PlacedAddress[];
  readonly outcome: 'found' | 'none' | 'failed';
  readonly why: string;
}

/** Where the hosts lead, and what is answered for names that nobody set up. */
export interface Placement {
  readonly apex: string;
  readonly drafted: boolean;
  readonly hosts: readonly PlacedHost[];
  /** What a label made up at random has, below the apex. */
  readonly wildcard: {
    readonly is: 'none' | 'records' | 'failed';
    /** The name that was asked for. */
    readonly asked: readonly string[];
    readonly chain: readonly string[];
    readonly provider: string;
    /** The name servers of the domain are those of that service: it knows whose the domain is, and lets nobody else set up a name below it. */
    readonly atHome: boolean;
    readonly addresses: readonly string[];
    readonly mail: readonly string[];
    readonly why: string;
  };
}

export const placement = evidence<Placement>()('dns.placement', 'the services that the hosts of the domain lead to');
