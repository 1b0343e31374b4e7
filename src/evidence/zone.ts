import { evidence } from '../core/evidence.ts';

/** What the servers of the zone above say of the zone. */
export interface Delegation {
  /**
   * `missing`: the zone above knows no such name. `no-cut`: it has the name in it, as `app.lovable.app` is in the zone of Lovable. `unknown`: nobody could
   * ask.
   */
  readonly is: 'delegated' | 'missing' | 'no-cut' | 'unknown';
  /** The zone above: `com`; empty where it is not known. */
  readonly parent: string;
  /** Which of its servers was asked. */
  readonly by: string;
  readonly names: readonly DelegatedName[];
  /** Of `unknown`, in words. */
  readonly why?: string;
}

/** A name server that the zone above names. */
export interface DelegatedName {
  readonly name: string;
  /** Addresses that came along, so that it can be found at all where it lies below the zone itself. */
  readonly glue: readonly string[];
}

/** What one server said of one host, asked without recursion. */
export interface HostAnswer {
  readonly name: string;
  readonly type: 'A' | 'AAAA';
  /** `referred`: it belongs to a zone further down. */
  readonly is: 'records' | 'nodata' | 'nxdomain' | 'referred' | 'failed';
  /** `A 192.0.2.7`, in order. */
  readonly records: readonly string[];
  /** Asked twice, it said something else. */
  readonly rotates?: true;
}

export interface SoaValues {
  readonly mname: string;
  readonly rname: string;
  readonly serial: number;
  /** Seconds, as the rest. */
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  /** How long "there is no such name" is remembered (RFC 2308). */
  readonly minimum: number;
}

/** A name server at one of its addresses. */
export interface ServerLook {
  readonly address: string;
  /** `lame`: it answers, but not for this zone. `silent`: no answer came. `not-asked`: this machine cannot reach such addresses. */
  readonly said: 'answers' | 'lame' | 'silent' | 'not-asked';
  /** In words; of all but `answers`. */
  readonly why?: string;
  readonly soa?: SoaValues;
  /** Name servers that it says the zone has. */
  readonly names?: readonly string[];
  readonly hosts?: readonly HostAnswer[];
}

export interface NameServer {
  readonly name: string;
  /** Addresses that the DNS has of it; those of the glue are left out. */
  readonly own: readonly string[];
  /** `failed`: nobody could tell its addresses. */
  readonly found: 'found' | 'none' | 'failed';
  /** What it is an alias of, which it may not be (RFC 2181 §10.3). */
  readonly alias?: string;
  /** At each address, glue included. */
  readonly looks: readonly ServerLook[];
}

/** The zone of the domain: who is said to serve it, and what each of them says. */
export interface ZoneFacts {
  readonly zone: string;
  readonly delegation: Delegation;
  /** Name servers that the zone itself names; none where no server of it answered. */
  readonly names: readonly string[];
  /** All that either side names. */
  readonly servers: readonly NameServer[];
}

export const zoneFacts = evidence<ZoneFacts>()('dns.zone', 'the name servers of the domain');
