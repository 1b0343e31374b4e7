import type { EdgeRecord, EdgeRule, EdgeSetting, HostTls, PageRule, RulePhase, SettingValue } from '../../../evidence/cloudflare.ts';
import { type CloudflareClient, CloudflareError } from './client.ts';
import { isForbidden } from './permissions.ts';

/** A zone in a list of zones. */
export interface ZoneEntry {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly paused?: boolean;
  /** `full`, `partial`, `secondary`. */
  readonly type?: string;
  /** Null where another host has the DNS. */
  readonly name_servers?: readonly string[] | null;
  readonly plan?: { readonly legacy_id?: string };
}

/** The rules of a phase; `id` of the whole. */
export interface Entrypoint {
  readonly id: string;
  readonly rules: readonly EdgeRule[];
}

/** What of a record is written. */
export type RecordBody = Partial<Omit<EdgeRecord, 'id' | 'meta'>>;

/** Changes of records in one transaction: deleted first, then changed, then made. */
export interface Batch {
  readonly deletes?: readonly { readonly id: string }[];
  readonly patches?: readonly (RecordBody & { readonly id: string })[];
  readonly posts?: readonly RecordBody[];
}

/** The calls of the API that are needed, one line each. */
export function cloudflareApi(client: CloudflareClient) {
  const { call, pages } = client;
  const entrypoint = (zone: string, phase: RulePhase): string => `/zones/${zone}/rulesets/phases/${phase}/entrypoint`;
  return {
    verifyToken: async () => (await call('GET', '/user/tokens/verify')) as { readonly status: string; readonly expires_on?: string },
    zones: async (name?: string) => (await pages('/zones', name === undefined ? {} : { name })) as readonly ZoneEntry[],
    records: async (zone: string) => (await pages(`/zones/${zone}/dns_records`)) as readonly EdgeRecord[],
    /** All records as a zone file (RFC 1035 §5). */
    exportRecords: (zone: string) => client.text(`/zones/${zone}/dns_records/export`),
    batchRecords: async (zone: string, batch: Batch) =>
      (await call('POST', `/zones/${zone}/dns_records/batch`, { body: batch })) as { readonly posts?: readonly EdgeRecord[] | null },
    setting: async (zone: string, id: EdgeSetting) => (await call('GET', `/zones/${zone}/settings/${id}`)) as SettingValue,
    // The same value twice is the same.
    patchSetting: (zone: string, id: EdgeSetting, value: unknown) =>
      call('PATCH', `/zones/${zone}/settings/${id}`, { body: { value }, repeatable: true }),
    /** `undefined` where the phase has no rules of the zone. */
    async entrypoint(zone: string, phase: RulePhase): Promise<Entrypoint | undefined> {
      try {
        const { id, rules = [] } = (await call('GET', entrypoint(zone, phase))) as { id: string; rules?: readonly EdgeRule[] };
        return { id, rules };
      } catch (error) {
        if (error instanceof CloudflareError && error.status === 404) return undefined;
        throw error;
      }
    },
    /** Sets all rules of a phase. `dryRun`: only says whether it would. */
    putEntrypoint: (zone: string, phase: RulePhase, rules: readonly EdgeRule[], dryRun = false) =>
      call('PUT', entrypoint(zone, phase), { body: { rules }, ...(dryRun && { query: { dry_run: true } }), repeatable: dryRun }),
    deleteRuleset: (zone: string, id: string) => call('DELETE', `/zones/${zone}/rulesets/${id}`),
    pageRules: async (zone: string) => (await call('GET', `/zones/${zone}/pagerules`)) as readonly PageRule[],
    /**
     * Minimum versions of TLS of single hosts (https://developers.cloudflare.com/api/resources/hostnames/). They come with Advanced Certificate Manager: a zone
     * that is turned away for another reason than its token has none.
     */
    async hostTls(zone: string): Promise<readonly HostTls[]> {
      try {
        const list = await call('GET', `/zones/${zone}/hostnames/settings/min_tls_version`);
        return Array.isArray(list) ? (list as readonly HostTls[]) : [];
      } catch (error) {
        if (error instanceof CloudflareError && error.status < 500 && !isForbidden(error)) return [];
        throw error;
      }
    },
    bots: async (zone: string) => (await call('GET', `/zones/${zone}/bot_management`)) as Readonly<Record<string, unknown>>,
    dnssec: async (zone: string) => (await call('GET', `/zones/${zone}/dnssec`)) as { readonly status: string },
    certificates: async (zone: string) =>
      (await pages(`/zones/${zone}/ssl/certificate_packs`, { status: 'all' })) as readonly {
        readonly hosts: readonly string[];
        readonly status: string;
      }[],
    purge: (zone: string) => call('POST', `/zones/${zone}/purge_cache`, { body: { purge_everything: true }, repeatable: true }),
  };
}

export type CloudflareApi = ReturnType<typeof cloudflareApi>;
