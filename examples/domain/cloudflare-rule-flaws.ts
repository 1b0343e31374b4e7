import { pageRuleOf, type ZoneState } from '../../src/collect/provider/cloudflare/fixture-state.ts';
import { addRules, seenAs, set, type ZoneFlaw } from './cloudflare.ts';

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
/** The Cloudflare Free Managed Ruleset: the same in every account. */
const freeRuleset = '77454fe2d30c4220b5701f6fdfb893ba';
const runManaged = (zone: ZoneState, change: Readonly<Record<string, unknown>>): void =>
  addRules(zone, 'http_request_firewall_managed', {
    action: 'execute',
    expression: 'true',
    action_parameters: { id: freeRuleset },
    ...change,
  });
/** Switches of the zone in its rules: of the cache, of configuration, of redirects, and page rules. */
export const cloudflareRuleFlaws: readonly ZoneFlaw[] = [
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
    id: 'kept-for-as-long-as-it-lasts',
    title: 'The edge keeps only what says for how long, and what is private says ten minutes.',
    checks: ['edge/cloudflare-private-unmarked'],
    change(draft) {
      cache(draft.zone, { edge_ttl: { mode: 'bypass_by_default' } });
      draft.seen = seenAs('max-age=600, must-revalidate');
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
    id: 'managed-rules-off',
    title: 'The rule that runs the ready-made firewall rules of Cloudflare is switched off.',
    checks: ['edge/cloudflare-managed-rules'],
    change: ({ zone }) => runManaged(zone, { enabled: false }),
  },
  {
    id: 'managed-rules-only-log',
    title: 'They run, and only write down what they see.',
    checks: ['edge/cloudflare-managed-rules'],
    change: ({ zone }) => runManaged(zone, { action_parameters: { id: freeRuleset, overrides: { action: 'log' } } }),
  },
  {
    id: 'page-rule-disable-security',
    title: 'A page rule switches off security for the app.',
    checks: ['edge/cloudflare-skip-all'],
    change: ({ zone }) => page(zone, '*app.example.com/*', { id: 'disable_security' }),
  },
];
