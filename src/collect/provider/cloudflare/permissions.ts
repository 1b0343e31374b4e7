import { type CloudflareError } from './client.ts';
import type { RulePhase } from '../../../evidence/cloudflare.ts';

/** A permission of a token: the second of the three boxes of a row on Cloudflare's token page. The first is "Zone". */
export type Permission =
  | 'Zone'
  | 'DNS'
  | 'Zone Settings'
  | 'Cache Rules'
  | 'Single Redirect'
  | 'Config Rules'
  | 'Zone WAF'
  | 'HTTP DDoS Managed Ruleset'
  | 'Page Rules'
  | 'Bot Management'
  | 'SSL and Certificates'
  | 'Cache Purge';

/** The third box: `Edit` includes `Read`. */
export type Level = 'Read' | 'Edit' | 'Purge';

/** What a phase of rules belongs to. */
export const permissionOf: Readonly<Record<RulePhase, Permission>> = {
  http_request_dynamic_redirect: 'Single Redirect',
  http_config_settings: 'Config Rules',
  ddos_l7: 'HTTP DDoS Managed Ruleset',
  http_request_firewall_custom: 'Zone WAF',
  http_ratelimit: 'Zone WAF',
  http_request_firewall_managed: 'Zone WAF',
  http_request_cache_settings: 'Cache Rules',
};

/** A row of the token page, as Cloudflare words it: `Zone · DNS · Edit`. */
export const rowOf = (permission: Permission, level: Level): string => `Zone · ${permission} · ${level}`;

/** Whether an answer says that the token may not: 403, or the codes that Cloudflare has for it with other status codes. */
export const isForbidden = ({ status, codes }: CloudflareError): boolean =>
  status === 403 || codes.some((code) => code === 10_000 || code === 9109);

/** Where rows are added to a token. */
export const tokenPage = 'https://dash.cloudflare.com/profile/api-tokens';
