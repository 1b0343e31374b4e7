import { newZone, pageRuleOf, recordOf, type ZoneState } from '../../src/collect/provider/cloudflare/fixture-state.ts';
import { addRules, seenAs, server, type ZoneDraft } from './cloudflare.ts';

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

const set = (zone: ZoneState, id: string, value: unknown): void => void (zone.settings[id] = { value, modified_on: null });
const add = (zone: ZoneState, body: Readonly<Record<string, unknown>>): void => void zone.records.push(recordOf(zone, { ttl: 1, ...body }));
const change = (zone: ZoneState, name: string, to: { readonly proxied: boolean }): void => {
  zone.records = zone.records.map((one) => (one.name === `${name}.${zone.name}` ? { ...one, ...to } : one));
};
const page = (zone: ZoneState, pattern: string, ...actions: readonly Readonly<Record<string, unknown>>[]): void =>
  void zone.pageRules.push(
    pageRuleOf({ status: 'active', targets: [{ target: 'url', constraint: { operator: 'matches', value: pattern } }], actions }),
  );
const cache = (zone: ZoneState, parameters: Readonly<Record<string, unknown>>, expression = 'true'): void =>
  addRules(zone, 'http_request_cache_settings', {
    action: 'set_cache_settings',
    expression,
    action_parameters: { cache: true, ...parameters },
  });
const config = (zone: ZoneState, parameters: Readonly<Record<string, unknown>>, expression: string): void =>
  addRules(zone, 'http_config_settings', { action: 'set_config', expression, action_parameters: parameters });
const hsts = (value: Readonly<Record<string, unknown>>): unknown => ({ strict_transport_security: value });

/** The switches of the zone. */
export const cloudflareFlaws: readonly ZoneFlaw[] = [
  {
    id: 'ssl-mode-flexible',
    title: 'Passwords go from Cloudflare to the server in clear text.',
    checks: ['edge/cloudflare-ssl-mode'],
    change: ({ zone }) => set(zone, 'ssl', 'flexible'),
  },
  {
    id: 'ssl-mode-full',
    title: 'Cloudflare takes any certificate of the server, also that of somebody in between.',
    checks: ['edge/cloudflare-ssl-mode'],
    change: ({ zone }) => set(zone, 'ssl', 'full'),
  },
  {
    id: 'always-use-https-off',
    title: 'Who comes by http is answered by http.',
    checks: ['edge/cloudflare-https'],
    change: ({ zone }) => set(zone, 'always_use_https', 'off'),
  },
  {
    id: 'minimum-tls-1-0',
    title: 'The edge still takes TLS 1.0, as on every new zone.',
    checks: ['edge/cloudflare-min-tls'],
    change: ({ zone }) => set(zone, 'min_tls_version', '1.0'),
  },
  {
    id: 'hsts-off',
    title: 'Cloudflare does not tell browsers to keep to https.',
    checks: ['edge/cloudflare-hsts'],
    change: ({ zone }) => set(zone, 'security_header', hsts({ enabled: false, max_age: 0 })),
  },
  {
    id: 'hsts-preload-for-a-day',
    title: 'Preload is asked for with a day, which browsers do not take.',
    checks: ['edge/cloudflare-hsts'],
    change: ({ zone }) => set(zone, 'security_header', hsts({ enabled: true, max_age: 86_400, preload: true })),
  },
  {
    id: 'development-mode-on',
    title: 'Nothing is kept at the edge.',
    checks: ['edge/cloudflare-development-mode'],
    change: ({ zone }) => set(zone, 'development_mode', 'on'),
  },
  {
    id: 'dnssec-disabled',
    title: 'Answers about the domain are not signed.',
    checks: ['edge/cloudflare-dnssec'],
    change: ({ zone }) => void (zone.dnssec = { status: 'disabled' }),
  },
  {
    id: 'ds-record-missing',
    title: 'DNSSEC is on, but the registrar was never given the DS record.',
    checks: ['edge/cloudflare-dnssec'],
    change: ({ zone }) => void (zone.dnssec = { status: 'pending' }),
  },
  {
    id: 'zone-pending',
    title: 'The registrar still names the name servers of before.',
    checks: ['edge/cloudflare-zone-inactive'],
    change: ({ zone }) => void (zone.status = 'pending'),
  },
  {
    id: 'zone-paused',
    title: 'Cloudflare is paused and hands visitors straight to the server.',
    checks: ['edge/cloudflare-zone-inactive'],
    change: ({ zone }) => void (zone.paused = true),
  },
  {
    id: 'subdomain-two-levels-deep',
    title: 'The certificate of the edge is not for a host two levels down.',
    checks: ['edge/cloudflare-certificate-depth'],
    change: ({ zone }) => add(zone, { type: 'A', name: 'eu.app', content: server, proxied: true }),
  },
  {
    id: 'universal-ssl-off',
    title: 'There is no certificate at the edge at all.',
    checks: ['edge/cloudflare-certificate-depth'],
    change: ({ zone }) => void (zone.certificates = []),
  },
  {
    id: 'ddos-override-essentially-off',
    title: 'An override turned the protection against floods down to nothing.',
    checks: ['edge/cloudflare-ddos-off'],
    change: ({ zone }) =>
      addRules(zone, 'ddos_l7', {
        action: 'execute',
        expression: 'true',
        action_parameters: { id: '4d21379b4f9f4bb088e0729962c8b3cf', overrides: { sensitivity_level: 'eoff' } },
      }),
  },
  {
    id: 'rate-limiting-rule-missing',
    title: 'Nothing at the edge limits how often somebody tries passwords.',
    checks: ['edge/cloudflare-login-limit'],
    change: ({ zone }) => void delete zone.rulesets.http_ratelimit,
  },
  {
    id: 'bot-fight-mode-on',
    title: 'Programs that ask the API are turned away, and no rule of the free plan lets them past.',
    checks: ['edge/cloudflare-machines-blocked'],
    change: ({ zone }) => void (zone.bots['fight_mode'] = true),
  },
  {
    id: 'under-attack-mode-on',
    title: 'Every visitor has to solve a puzzle.',
    checks: ['edge/cloudflare-machines-blocked'],
    change: ({ zone }) => set(zone, 'security_level', 'under_attack'),
  },
  {
    id: 'dkim-cname-proxied',
    title: 'The DKIM key cannot be read: mail lands in spam.',
    checks: ['edge/cloudflare-mail-proxied'],
    change: ({ zone }) => change(zone, 's1._domainkey', { proxied: true }),
  },
  {
    id: 'acme-challenge-proxied',
    title: 'The certificate of a service cannot be renewed, because its proof is behind the proxy.',
    checks: ['edge/cloudflare-mail-proxied'],
    change: ({ zone }) => add(zone, { type: 'CNAME', name: '_acme-challenge.docs', content: 'docs.example.net', proxied: true }),
  },
  {
    id: 'origin-ip-in-dns-only-record',
    title: 'A record that was left behind shows the address of the server.',
    checks: ['edge/cloudflare-origin-leaked'],
    change: ({ zone }) => add(zone, { type: 'A', name: 'dev', content: server }),
  },
  {
    id: 'origin-open-to-all',
    title: 'The server answers whoever goes around Cloudflare.',
    checks: ['edge/cloudflare-origin-reachable'],
    change: (draft) => void (draft.originStatus = 200),
  },
  {
    id: 'cache-everything-rule',
    title: 'The edge keeps the answer for one customer for an hour, whatever the app says, and gives it to the next.',
    checks: ['edge/cloudflare-private-cached'],
    change: ({ zone }) => cache(zone, { edge_ttl: { mode: 'override_origin', default: 3600 } }),
  },
  {
    id: 'cache-ttl-by-status',
    title: 'The same, by a time for answers with status 200.',
    checks: ['edge/cloudflare-private-cached'],
    change: ({ zone }) =>
      cache(zone, { edge_ttl: { mode: 'respect_origin', status_code_ttl: [{ status_code_range: { to: 299 }, value: 86_400 }] } }),
  },
  {
    id: 'cache-key-by-country',
    title: 'Answers are told apart by the country of the visitor, not by who is signed in.',
    checks: ['edge/cloudflare-private-cached'],
    change: ({ zone }) =>
      cache(zone, { edge_ttl: { mode: 'override_origin', default: 3600 }, cache_key: { custom_key: { user: { geo: true } } } }),
  },
  {
    id: 'cache-everything-page-rule',
    title: 'The same by a page rule of old.',
    checks: ['edge/cloudflare-private-cached'],
    change: ({ zone }) =>
      page(zone, '*example.com/*', { id: 'cache_level', value: 'cache_everything' }, { id: 'edge_cache_ttl', value: 7200 }),
  },
  {
    id: 'eligible-for-cache-unmarked',
    title: 'The edge keeps what the app does not mark as private, and the app marks nothing.',
    checks: ['edge/cloudflare-private-unmarked'],
    change(draft) {
      cache(draft.zone, {});
      draft.seen = seenAs(undefined);
    },
  },
  {
    id: 'page-rule-cache-everything-unmarked',
    title: 'The same by a page rule without a time.',
    checks: ['edge/cloudflare-private-unmarked'],
    change(draft) {
      page(draft.zone, '*app.example.com/*', { id: 'cache_level', value: 'cache_everything' });
      draft.seen = seenAs('max-age=14400');
    },
  },
  {
    id: 'marked-as-public',
    title: 'The edge keeps what the app allows, and the app allows it for what is private.',
    checks: ['edge/cloudflare-private-unmarked'],
    change(draft) {
      cache(draft.zone, { edge_ttl: { mode: 'bypass_by_default' } });
      draft.seen = seenAs('public, s-maxage=600');
    },
  },
  {
    id: 'private-file-kept-by-its-ending',
    title: 'The edge keeps a list of invoices without any rule, because its name ends in .csv.',
    checks: ['edge/cloudflare-private-unmarked'],
    change: (draft) => void (draft.seen = seenAs(undefined, '/export/invoices.csv')),
  },
  {
    id: 'configuration-rule-ssl-flexible',
    title: 'A configuration rule takes off encryption behind the edge for the API.',
    checks: ['edge/cloudflare-ssl-mode'],
    change: ({ zone }) => config(zone, { ssl: 'flexible' }, 'http.host eq "api.example.com"'),
  },
  {
    id: 'configuration-rule-ssl-off-for-a-path',
    title: 'The same for one path of the app.',
    checks: ['edge/cloudflare-ssl-mode'],
    change: ({ zone }) => config(zone, { ssl: 'off' }, 'http.request.full_uri wildcard "https://app.example.com/legacy/*"'),
  },
  {
    id: 'page-rule-ssl-flexible',
    title: 'The same by a page rule of old.',
    checks: ['edge/cloudflare-ssl-mode'],
    change: ({ zone }) => page(zone, 'api.example.com/*', { id: 'ssl', value: 'flexible' }),
  },
  {
    id: 'https-redirect-for-one-host-only',
    title: 'Only one of the hosts is led from http to https by a rule.',
    checks: ['edge/cloudflare-https'],
    change({ zone }) {
      set(zone, 'always_use_https', 'off');
      addRules(zone, 'http_request_dynamic_redirect', {
        action: 'redirect',
        expression: '(not ssl and http.host eq "app.example.com")',
        action_parameters: {
          from_value: { target_url: { expression: 'concat("https://", http.host, http.request.uri.path)' }, status_code: 301 },
        },
      });
    },
  },
  {
    id: 'minimum-tls-1-0-for-one-host',
    title: 'One host still takes TLS 1.0.',
    checks: ['edge/cloudflare-min-tls'],
    change: ({ zone }) => void zone.hostTls.push({ hostname: 'api.example.com', value: '1.0' }),
  },
  {
    id: 'configuration-rule-under-attack-for-api',
    title: 'Whoever asks the API has to solve a puzzle.',
    checks: ['edge/cloudflare-machines-blocked'],
    change: ({ zone }) => config(zone, { security_level: 'under_attack' }, 'http.host eq "api.example.com"'),
  },
  {
    id: 'page-rule-disable-security',
    title: 'A page rule switches off security for the app.',
    checks: ['edge/cloudflare-skip-all'],
    change: ({ zone }) => page(zone, '*app.example.com/*', { id: 'disable_security' }),
  },
  {
    id: 'skip-rule-for-everybody',
    title: 'A rule meant for a webhook lets every visitor past the firewall.',
    checks: ['edge/cloudflare-skip-all'],
    change: ({ zone }) =>
      addRules(zone, 'http_request_firewall_custom', {
        action: 'skip',
        expression: 'true',
        action_parameters: { phases: ['http_request_firewall_managed'] },
      }),
  },
  {
    id: 'token-for-all-zones',
    title: 'The token reaches the domains of other customers as well.',
    checks: ['edge/cloudflare-token-wide'],
    change: ({ others }) => void others.push(newZone('example.org')),
  },
  {
    id: 'app-dns-only',
    title: 'The app goes around Cloudflare, and everybody sees its server, which its API hides.',
    checks: ['edge/cloudflare-origin-leaked', 'edge/cloudflare-web-not-proxied'],
    change: ({ zone }) => change(zone, 'app', { proxied: false }),
  },
  {
    id: 'builder-proxied',
    title: 'A builder with an edge of its own stands behind a second one, and its certificate is not renewed.',
    checks: ['edge/cloudflare-web-not-proxied'],
    change({ zone }) {
      zone.records = zone.records.map((one) => (one.type === 'A' && one.name === zone.name ? { ...one, proxied: true } : one));
    },
  },
];
