import { evidence } from '../core/evidence.ts';
import type { GivenHost, GivenMailDomain } from '../core/target.ts';

/** A part of the zone, or why it could not be read. */
export interface Part<T> {
  /** Absent: it could not be read. */
  readonly value?: T;
  /** One sentence. */
  readonly why?: string;
  /** What would let us look. */
  readonly toKnow?: string;
}

/** A DNS record, with the names that the API of Cloudflare has for its parts. */
export interface EdgeRecord {
  readonly id: string;
  readonly type: string;
  /** In full, without a dot at the end. */
  readonly name: string;
  readonly content: string;
  readonly proxied: boolean;
  /** Seconds; 1: whatever Cloudflare takes. */
  readonly ttl: number;
  readonly priority?: number;
  /** Of CAA, SRV and others: what `content` sums up. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly comment?: string | null;
  readonly tags?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly meta?: { readonly read_only?: boolean };
}

/** One rule of a phase, as the API has it. */
export interface EdgeRule {
  readonly id?: string;
  readonly ref?: string;
  readonly action: string;
  readonly expression: string;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly action_parameters?: Readonly<Record<string, unknown>>;
  readonly ratelimit?: Readonly<Record<string, unknown>>;
}

/** The phases that are read, in the order in which a request meets them. */
export const rulePhases = [
  'http_request_dynamic_redirect',
  'http_config_settings',
  'ddos_l7',
  'http_request_firewall_custom',
  'http_ratelimit',
  'http_request_firewall_managed',
  'http_request_cache_settings',
] as const;
export type RulePhase = (typeof rulePhases)[number];

/** The settings that are read. */
export const edgeSettings = [
  'ssl',
  'min_tls_version',
  'tls_1_3',
  'always_use_https',
  'automatic_https_rewrites',
  'security_header',
  'development_mode',
  'cache_level',
  'browser_cache_ttl',
  'security_level',
  'browser_check',
] as const;
export type EdgeSetting = (typeof edgeSettings)[number];

/** A setting of the zone. */
export interface SettingValue {
  readonly value: unknown;
  /** ISO 8601; null where it was never changed. */
  readonly modified_on?: string | null;
}

/** A rule of the old kind, "Page Rules". */
export interface PageRule {
  readonly id: string;
  readonly status: string;
  /** Of all that match a request the one with the highest is taken, and no other. */
  readonly priority?: number;
  /** What it is about, e.g. `*example.com/*`. */
  readonly targets: readonly { readonly constraint?: { readonly value?: string } }[];
  readonly actions: readonly { readonly id: string; readonly value?: unknown }[];
}

/** The minimum version of TLS of one host, where it has one of its own. */
export interface HostTls {
  readonly hostname: string;
  /** `1.2`. */
  readonly value: unknown;
}

/** A server behind the edge, asked directly for a host. */
export interface OriginFacts {
  /** `192.0.2.7:443`. */
  readonly address: string;
  readonly host: string;
  /** `answered`: it serves those who go around the edge; `refused`: it does not; `failed`: nobody could tell. */
  readonly outcome: 'answered' | 'refused' | 'failed';
  /** What happened, in words: `it answered 200`. */
  readonly why: string;
  /**
   * Of its certificate: `valid` for the host by public authorities, `cloudflare` by the authority that Cloudflare has for origins, `invalid`, or not seen.
   * Cloudflare accepts the first two under SSL mode Full (strict).
   */
  readonly certificate: 'valid' | 'cloudflare' | 'invalid' | 'unknown';
  readonly certificateWhy?: string;
}

/** Plans of Cloudflare, cheapest first. */
export const edgePlans = ['free', 'pro', 'business', 'enterprise'] as const;
export type EdgePlan = (typeof edgePlans)[number];

/** The zone at Cloudflare, and what the domain map means it to be. */
export interface EdgeZone {
  readonly id: string;
  readonly name: string;
  /** `active`, `pending`, … */
  readonly status: string;
  readonly paused: boolean;
  /** Another DNS host has the domain, and leads single hosts to Cloudflare ("CNAME setup"). */
  readonly isPartial: boolean;
  readonly plan: EdgePlan | 'unknown';
  readonly nameServers: readonly string[];
  /** Zones that the token reaches. */
  readonly reached: number;
  readonly records: Part<readonly EdgeRecord[]>;
  readonly settings: Readonly<Record<EdgeSetting, Part<SettingValue>>>;
  /** Rules of each phase; an empty list where it has none. */
  readonly rules: Readonly<Record<RulePhase, Part<readonly EdgeRule[]>>>;
  /** Phases that somebody has had rules in, and has none in now: what Cloudflare runs by itself may be gone with them. */
  readonly emptied?: readonly RulePhase[];
  readonly pageRules: Part<readonly PageRule[]>;
  /** Hosts whose minimum version of TLS is not that of the zone. */
  readonly hostTls: Part<readonly HostTls[]>;
  readonly bots: Part<Readonly<Record<string, unknown>>>;
  readonly dnssec: Part<{ readonly status: string }>;
  /** Names that the certificates at the edge are for. */
  readonly certificates: Part<readonly { readonly hosts: readonly string[]; readonly status: string }[]>;
  readonly origins: readonly OriginFacts[];
  readonly hosts: readonly GivenHost[];
  readonly mail: readonly GivenMailDomain[];
  readonly privatePaths: readonly string[];
}

/** The zones of the target: one, as long as a domain map speaks of one domain. */
export const edgeZones = evidence<readonly EdgeZone[]>()('provider.cloudflare', 'the zone at Cloudflare');
