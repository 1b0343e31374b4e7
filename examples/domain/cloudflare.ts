import { makeCertificate } from '../../src/collect/http/fixtures/certificate.ts';
import { serveSecurely } from '../../src/collect/http/fixtures/server.ts';
import { startCloudflare } from '../../src/collect/provider/cloudflare/fixture.ts';
import { checkRules, newZone, recordOf, type ZoneState } from '../../src/collect/provider/cloudflare/fixture-state.ts';
import type { GivenCloudflare, GivenDomains, GivenHost } from '../../src/core/target.ts';
import type { EdgeRule, RulePhase } from '../../src/evidence/cloudflare.ts';
import type { EdgeCache } from '../../src/evidence/edge-cache.ts';
import { cacheOf } from '../../src/evidence/edge-cache-samples.ts';

/** The zone before it is served; flaws change it. */
export interface ZoneDraft {
  readonly zone: ZoneState;
  /** Other zones that the token reaches. */
  readonly others: ZoneState[];
  /** What the server behind the edge says to those who go around it; absent: no server is named. */
  originStatus?: number;
  /** The domain map; empty: nobody wrote one. */
  hosts: GivenHost[];
  /** What two people saw who signed in; absent: nobody did. */
  seen?: EdgeCache;
  /** Rows that the token lacks, e.g. `Zone · DNS · Read`. */
  readonly lacks: string[];
}

/** A switch of the zone at Cloudflare: what is wrong then, and the checks that must turn red, no others. */
export interface ZoneFlaw {
  /** Unique, in the words of Cloudflare's dashboard, for example "ssl-mode-flexible". */
  readonly id: string;
  /** One sentence. */
  readonly title: string;
  readonly checks: readonly string[];
  /** Puts it into the zone before it is served. */
  readonly change: (draft: ZoneDraft) => void;
}

/** Puts a value into the settings, as somebody did once. */
export const set = (zone: ZoneState, id: string, value: unknown): void => void (zone.settings[id] = { value, modified_on: null });

/** Puts rules into a phase after those that are there. */
export function addRules(zone: ZoneState, phase: RulePhase, ...rules: readonly EdgeRule[]): void {
  const before = zone.rulesets[phase];
  checkRules(zone, phase, rules);
  zone.rulesets[phase] = { id: before?.id ?? `rules of ${phase}`, rules: [...(before?.rules ?? []), ...rules] };
}

/** Server of the app: its records lead to this machine, so that it can be tried as the collector tries it. */
export const server = '127.0.0.1';
const signature = 's1._domainkey';

/** What the app is seen to say of caches, by somebody who signed in: of an answer that shows him what is his. */
export const seenAs = (cacheControl: string | undefined, path = '/api/me'): EdgeCache =>
  cacheOf(
    [],
    { path, ...(cacheControl !== undefined && { cacheControl }) },
    { control: { caches: 'untold', text: 'nothing was asked twice' } },
  );

/** A zone on the free plan as it should be: an app and an API behind the edge, a site at a builder that wants no proxy, mail elsewhere. */
export function cleanZone(): ZoneDraft {
  const zone = newZone('example.com', { dnssec: { status: 'active' } });
  zone.records = [
    recordOf(zone, { type: 'A', name: '@', content: '185.158.133.1', ttl: 300 }),
    recordOf(zone, { type: 'CNAME', name: 'www', content: 'example.com', proxied: true, ttl: 1 }),
    recordOf(zone, { type: 'A', name: 'app', content: server, proxied: true, ttl: 1 }),
    recordOf(zone, { type: 'A', name: 'api', content: server, proxied: true, ttl: 1 }),
    recordOf(zone, { type: 'MX', name: '@', content: 'mx.example.net', priority: 10, ttl: 300 }),
    recordOf(zone, { type: 'CNAME', name: signature, content: 's1.domainkey.u7.wl.sendgrid.net', ttl: 300 }),
    recordOf(zone, { type: 'CNAME', name: 'url7', content: 'sendgrid.net', proxied: true, ttl: 1 }),
    recordOf(zone, { type: 'A', name: 'status', content: '198.51.100.30', ttl: 300 }),
  ];
  set(zone, 'ssl', 'strict');
  set(zone, 'min_tls_version', '1.2');
  set(zone, 'always_use_https', 'on');
  set(zone, 'security_header', { strict_transport_security: { enabled: true, max_age: 15_552_000, include_subdomains: false } });
  addRules(zone, 'http_ratelimit', {
    action: 'block',
    expression: '(http.request.uri.path eq "/login")',
    ratelimit: { characteristics: ['cf.colo.id', 'ip.src'], period: 10, requests_per_period: 10, mitigation_timeout: 10 },
  });
  addRules(zone, 'http_request_firewall_custom', {
    action: 'skip',
    expression: '(http.request.uri.path eq "/webhooks/payments")',
    description: 'Messages of the payment service',
    action_parameters: { phases: ['http_request_firewall_managed'] },
  });
  // Everything is kept but what belongs to one customer.
  const cache = (keep: boolean, expression: string): EdgeRule => ({
    action: 'set_cache_settings',
    expression,
    action_parameters: { cache: keep },
  });
  addRules(zone, 'http_request_cache_settings', cache(true, 'starts_with(http.request.uri.path, "/assets/")'));
  addRules(zone, 'http_config_settings', {
    action: 'set_config',
    expression: '(http.host eq "app.example.com")',
    description: 'No scripts of others in the app',
    action_parameters: { disable_zaraz: true, rocket_loader: false, ssl: 'strict' },
  });
  return {
    zone,
    others: [],
    originStatus: 403,
    seen: seenAs('private, no-store'),
    hosts: [
      { name: 'example.com', role: 'marketing', on: 'lovable' },
      { name: 'www.example.com', role: 'marketing', redirectsTo: 'example.com' },
      { name: 'app.example.com', role: 'app', login: '/login' },
      { name: 'api.example.com', role: 'api' },
    ],
    lacks: [],
  };
}

/** A zone that is served on this machine, and the server behind it. */
export interface ServedZone {
  readonly cloudflare: GivenCloudflare;
  readonly domains: GivenDomains;
  stop(): Promise<void>;
}

/** Starts the stand-in for the API with the zone, and the server behind the edge. */
export async function serveZone({ zone, others, originStatus, hosts, lacks }: ZoneDraft): Promise<ServedZone> {
  const origin = await serveSecurely(
    makeCertificate('app.example.com'),
    (_, response) => void response.writeHead(originStatus ?? 403).end(),
  );
  const standIn = await startCloudflare({ zones: [zone, ...others], lacks });
  return {
    cloudflare: {
      token: standIn.token,
      tokenFrom: 'CF_TOKEN',
      zone: zone.name,
      base: standIn.base,
      origins: originStatus === undefined ? [] : [`${server}:${origin.url.port}`],
      privatePaths: [],
    },
    domains: {
      apex: zone.name,
      hosts,
      mail: [{ name: 'example.com', senders: ['sendgrid'] }],
      drafted: hosts.length === 0,
    },
    async stop() {
      await standIn.stop();
      await origin.close();
    },
  };
}
