import { evidence } from '../core/evidence.ts';

/** A DS record at the zone above: the fingerprint of a key of the zone. */
export interface DsFact {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  /** `unknown`: it is made in a way that we do not know. */
  readonly matches: 'yes' | 'no' | 'unknown';
}

export interface KeyFact {
  readonly keyTag: number;
  readonly algorithm: number;
  /** Whether it may sign the keys of the zone (SEP). */
  readonly entry: boolean;
}

/** A signature that a server of the zone gave. */
export interface SignatureFact {
  /** `SOA`, `DNSKEY`. */
  readonly covers: string;
  readonly keyTag: number;
  /** Seconds since 1970. */
  readonly inception: number;
  readonly expiration: number;
  readonly server: string;
}

/** What we made of the signatures over one set of records, as one server gave them (RFC 4035 §5.3). */
export interface ComputedSet {
  /** Address of the server. */
  readonly server: string;
  readonly name: string;
  /** `DNSKEY`, `SOA`, `A`, … */
  readonly type: string;
  /** `broken`: no signature fits, whoever checks them. `unknown`: they could not be computed here. */
  readonly is: 'holds' | 'broken' | 'unknown';
  /** In words, of all but `holds`: `it ran out on …`. */
  readonly why: string;
  /** It holds as records of a wildcard: whether the name has none of its own was not proven. */
  readonly wildcard?: true;
}

/** What a resolver makes of a name, with and without validation. */
export interface ValidatedName {
  readonly name: string;
  /** `bogus`: it fails with validation, and is answered without. `untold`: it fails both ways. */
  readonly is: 'secure' | 'insecure' | 'bogus' | 'untold';
  /** What was said, in words. */
  readonly text: string;
}

/** How the zone is signed, and whether those who check signatures can reach it. */
export interface DnssecFacts {
  readonly zone: string;
  /** Seconds since 1970. */
  readonly askedAt: number;
  /** Whether the resolver that was asked checks signatures. */
  readonly resolver: 'validates' | 'does-not' | 'unknown';
  /** `failed`: nobody could tell whether there are any. */
  readonly dsAsked: 'told' | 'failed';
  readonly ds: readonly DsFact[];
  readonly keysAsked: 'told' | 'failed';
  readonly keys: readonly KeyFact[];
  readonly signatures: readonly SignatureFact[];
  /** Signatures computed here, from the key on that a DS record names, at each server of the zone; none where there is no DS record. */
  readonly computed: readonly ComputedSet[];
  /** What was said there and would take more to prove: that something is not there, and what belongs to a zone further down. In words. */
  readonly uncomputed: readonly string[];
  readonly names: readonly ValidatedName[];
}

export const dnssecFacts = evidence<DnssecFacts>()('dns.dnssec', 'the signatures of the domain (DNSSEC)');
