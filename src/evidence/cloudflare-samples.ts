import { edgeSettings, type EdgeRecord, type EdgeRule, type EdgeZone, type Part, rulePhases, type RulePhase } from './cloudflare.ts';

export const known = <T>(value: T): Part<T> => ({ value });

/** What the token may not read. */
export const unread: Part<never> = {
  why: 'The token may not read this.',
  toKnow: 'Add the row "Zone · Zone Settings · Read" to the token.',
};

/** A DNS record of the example domain; an address of the app through the proxy where nothing else is said. */
export const edgeRecord = (change: Partial<EdgeRecord> = {}): EdgeRecord => ({
  id: change.name ?? 'app',
  type: 'A',
  name: 'app.example.com',
  content: '192.0.2.7',
  proxied: true,
  ttl: 1,
  ...change,
});

const values: Readonly<Record<(typeof edgeSettings)[number], unknown>> = {
  ssl: 'strict',
  min_tls_version: '1.2',
  tls_1_3: 'on',
  always_use_https: 'on',
  automatic_https_rewrites: 'on',
  security_header: { strict_transport_security: { enabled: true, max_age: 86_400 } },
  development_mode: 'off',
  cache_level: 'aggressive',
  browser_cache_ttl: 0,
  security_level: 'medium',
  browser_check: 'on',
};

/** Rules of one phase, none of the others. */
export const rulesWith = (phase?: RulePhase, ...list: readonly EdgeRule[]): EdgeZone['rules'] =>
  Object.fromEntries(rulePhases.map((one) => [one, known(one === phase ? list : [])])) as unknown as EdgeZone['rules'];

/** The example zone with these settings. */
export const settingsWith = (change: Partial<Record<(typeof edgeSettings)[number], unknown>> = {}): EdgeZone['settings'] =>
  Object.fromEntries(edgeSettings.map((id) => [id, known({ value: change[id] ?? values[id] })])) as unknown as EdgeZone['settings'];

/** A zone as it should be, with what is to be different. */
export const edgeZoneSample = (change: Partial<EdgeZone> = {}): EdgeZone => ({
  id: '1',
  name: 'example.com',
  status: 'active',
  paused: false,
  isPartial: false,
  plan: 'free',
  nameServers: ['ana.ns.example.net'],
  reached: 1,
  records: known([edgeRecord(), edgeRecord({ type: 'MX', name: 'example.com', content: 'mx.example.net', proxied: false, priority: 10 })]),
  settings: settingsWith(),
  rules: rulesWith(),
  pageRules: known([]),
  hostTls: known([]),
  bots: known({ fight_mode: false }),
  dnssec: known({ status: 'active' }),
  certificates: known([{ hosts: ['example.com', '*.example.com'], status: 'active' }]),
  origins: [],
  hosts: [{ name: 'app.example.com', role: 'app', login: '/login' }],
  mail: [{ name: 'example.com' }],
  privatePaths: [],
  ...change,
});
