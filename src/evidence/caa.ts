import { evidence } from '../core/evidence.ts';

/** Which certificate authorities may issue for a host, and which one did. */
export interface CaaFacts {
  readonly host: string;
  /** `failed`: nobody could tell, and an authority that cannot tell does not issue (RFC 8659 §3). */
  readonly found: 'records' | 'none' | 'failed';
  /** The name that has the records: the host, or one above it. */
  readonly at: string;
  readonly records: readonly { readonly critical: boolean; readonly tag: string; readonly value: string }[];
  /** What the certificate in use says of its issuer, e.g. `Let's Encrypt`; empty where none was seen. */
  readonly issuer: string;
  /** That certificate covers the host only as one of `*.example.com`: other records speak of those (RFC 8659 §4.3). */
  readonly wildcard: boolean;
  readonly why: string;
}

export const caaFacts = evidence<readonly CaaFacts[]>()('dns.caa', 'the certificate authorities that may issue for the hosts');

/** A certificate authority: how its certificates name it, and what a CAA record calls it. */
interface Authority {
  readonly name: string;
  /** Begins the organisation of the issuer. */
  readonly issuers: readonly string[];
  readonly domains: readonly string[];
  /** Issues for nothing, by itself, as hosts use it. */
  readonly free: boolean;
}

/** Identifiers are those that the authorities declare (CCADB, "CAA identifiers"). */
export const authorities: readonly Authority[] = [
  { name: "Let's Encrypt", issuers: ["Let's Encrypt", 'Internet Security Research Group'], domains: ['letsencrypt.org'], free: true },
  { name: 'Google Trust Services', issuers: ['Google Trust Services'], domains: ['pki.goog'], free: true },
  { name: 'ZeroSSL', issuers: ['ZeroSSL'], domains: ['sectigo.com', 'zerossl.com', 'trust-provider.com'], free: true },
  {
    name: 'Sectigo',
    issuers: ['Sectigo', 'COMODO', 'The USERTRUST'],
    domains: ['sectigo.com', 'comodo.com', 'comodoca.com', 'usertrust.com', 'trust-provider.com'],
    free: true,
  },
  { name: 'SSL.com', issuers: ['SSL Corp', 'SSL.com'], domains: ['ssl.com'], free: true },
  { name: 'Amazon', issuers: ['Amazon'], domains: ['amazon.com', 'amazontrust.com', 'awstrust.com', 'amazonaws.com'], free: true },
  { name: 'Buypass', issuers: ['Buypass'], domains: ['buypass.com', 'buypass.no'], free: true },
  {
    name: 'DigiCert',
    issuers: ['DigiCert', 'GeoTrust', 'Thawte', 'RapidSSL', 'Cloudflare, Inc.'],
    domains: ['digicert.com', 'digicert.ne.jp', 'geotrust.com', 'rapidssl.com', 'thawte.com', 'symantec.com'],
    free: false,
  },
  { name: 'GlobalSign', issuers: ['GlobalSign'], domains: ['globalsign.com'], free: false },
  { name: 'GoDaddy', issuers: ['GoDaddy', 'Starfield'], domains: ['godaddy.com', 'starfieldtech.com'], free: false },
  { name: 'Entrust', issuers: ['Entrust'], domains: ['entrust.net', 'affirmtrust.com'], free: false },
  { name: 'Microsoft', issuers: ['Microsoft'], domains: ['microsoft.com', 'digicert.com'], free: false },
];

export const authorityOf = (issuer: string): Authority | undefined =>
  issuer === '' ? undefined : authorities.find(({ issuers }) => issuers.some((one) => issuer.toLowerCase().startsWith(one.toLowerCase())));
