import { evidence } from '../core/evidence.ts';
import type { HostRole } from '../core/target.ts';

export const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

/** What a certificate says of itself. */
export interface Certificate {
  /** Names it was made out to, those of subjectAltName. */
  readonly names: readonly string[];
  /** Organisation, else the name, of whoever signed it. */
  readonly issuer: string;
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Until `to`, from the moment it was seen; negative afterwards. */
  readonly daysLeft: number;
  /** From `from` to `to`. */
  readonly daysValid: number;
  /** `bits` of the modulus of RSA, of the field of an elliptic curve. */
  readonly key: { readonly kind: 'RSA' | 'EC' | 'other'; readonly bits: number };
  /** `ECDSA SHA-256`. */
  readonly signature: string;
  readonly selfSigned: boolean;
  /** Browsers refuse it without a fresh proof that it was not revoked (RFC 7633). */
  readonly mustStaple: boolean;
}

/** What shows itself when a connection by TLS begins. */
export interface TlsLook {
  /** `seen`: there is a certificate. `none`: something answers, and not by TLS. `failed`: nobody could tell. `missing`: no such name. */
  readonly outcome: 'seen' | 'none' | 'failed' | 'missing';
  /** Of all but `seen`: a sentence. */
  readonly why?: string;
  readonly versions: readonly { readonly version: TlsVersion; readonly offered: 'yes' | 'no' | 'untold' }[];
  readonly certificate?: Certificate;
  /** Whether a browser finds the name in it. */
  readonly named?: boolean;
  /** Whether it leads to an authority that browsers know. `incomplete`: the host sends it without what comes between. */
  readonly trust?: 'trusted' | 'incomplete' | 'unknown-authority' | 'self-signed';
  /** Whether a proof that it was not revoked came along. */
  readonly stapled?: boolean;
}

/** A look at one more address of a host. `versions`: only where its certificate is another one, as one server has the same for all. */
export interface TlsAddress extends TlsLook {
  readonly address: string;
}

/** A host, at the address that was connected to first. */
export interface TlsHost extends TlsLook {
  readonly name: string;
  readonly role: HostRole;
  /** Its other addresses: visitors are sent to any of them. */
  readonly others?: readonly TlsAddress[];
}

/** Every look at a host; `at`: ` at 192.0.2.9`, nothing for the first. */
export const looksOf = ({ others = [], ...first }: TlsHost): readonly (TlsLook & { readonly subject: string; readonly at: string })[] => [
  { ...first, subject: first.name, at: '' },
  ...others.map((one) => ({ ...one, subject: `${first.name} ${one.address}`, at: ` at ${one.address}, one of its addresses` })),
];

export interface TlsHosts {
  readonly apex: string;
  readonly drafted: boolean;
  readonly hosts: readonly TlsHost[];
}

export const tlsHosts = evidence<TlsHosts>()('tls.hosts', 'the certificates of the domain and how connections to it are encrypted');
