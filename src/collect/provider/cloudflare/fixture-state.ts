import {
  type EdgePlan,
  edgeSettings,
  type EdgeRecord,
  type EdgeRule,
  type HostTls,
  type PageRule,
  type RulePhase,
} from '../../../evidence/cloudflare.ts';
import { wrongPageRule, wrongPatch, wrongRecord, wrongRule } from './fixture-check.ts';

/** A zone of the stand-in, as it is kept. */
export interface ZoneState {
  readonly id: string;
  readonly name: string;
  status: string;
  /** Switched off as a whole: visitors go straight to the server. */
  paused: boolean;
  /** `full`: Cloudflare has the DNS of the domain; `partial`: another DNS host leads single hosts to it. */
  type: 'full' | 'partial';
  plan: EdgePlan;
  nameServers: readonly string[];
  records: EdgeRecord[];
  settings: Record<string, { value: unknown; modified_on: string | null }>;
  rulesets: Partial<Record<RulePhase, { id: string; rules: EdgeRule[] }>>;
  pageRules: PageRule[];
  hostTls: HostTls[];
  bots: Record<string, unknown>;
  dnssec: { status: string };
  certificates: { hosts: string[]; status: string }[];
  /** Counts up with each change of the cache. */
  purged: number;
}

/** A call that is turned away. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

let made = 0;
export const newId = (): string => (made += 1).toString(16).padStart(32, '0');

/** A new zone of the cheapest plan, as Cloudflare sets it up. */
export function newZone(name: string, change: Partial<ZoneState> = {}): ZoneState {
  const usual: Record<(typeof edgeSettings)[number], unknown> = {
    ssl: 'full',
    min_tls_version: '1.0',
    tls_1_3: 'on',
    always_use_https: 'off',
    automatic_https_rewrites: 'on',
    security_header: {
      strict_transport_security: { enabled: false, max_age: 0, include_subdomains: false, preload: false, nosniff: false },
    },
    development_mode: 'off',
    cache_level: 'aggressive',
    browser_cache_ttl: 14_400,
    security_level: 'medium',
    browser_check: 'on',
  };
  return {
    id: newId(),
    name,
    status: 'active',
    paused: false,
    type: 'full',
    plan: 'free',
    nameServers: ['ana.ns.example.net', 'bob.ns.example.net'],
    records: [],
    settings: Object.fromEntries(edgeSettings.map((id) => [id, { value: usual[id], modified_on: null }])),
    rulesets: {},
    pageRules: [],
    hostTls: [],
    bots: { fight_mode: false, enable_js: true },
    dnssec: { status: 'disabled' },
    certificates: [{ hosts: [name, `*.${name}`], status: 'active' }],
    purged: 0,
    ...change,
  };
}

type Body = Readonly<Record<string, unknown>>;

/** A record as it is kept, from what was sent. Throws `Refusal`. */
export function recordOf(zone: ZoneState, body: Body): EdgeRecord {
  const wrong = wrongRecord(body);
  if (wrong !== undefined) throw new Refusal(400, 9005, `Content for record is invalid. ${wrong}`);
  return settled(zone, { id: newId(), meta: {}, ...body } as never);
}

function settled(zone: ZoneState, body: EdgeRecord): EdgeRecord {
  const given = body.name.toLowerCase().replace(/\.$/, '');
  const name = given === '@' ? zone.name : `.${given}`.endsWith(`.${zone.name}`) ? given : `${given}.${zone.name}`;
  const proxied = body.proxied ?? false;
  if (proxied && !['A', 'AAAA', 'CNAME'].includes(body.type)) throw new Refusal(400, 9004, 'This record type cannot be proxied.');
  if (body.type === 'MX' && body.priority === undefined) throw new Refusal(400, 9100, 'priority is required for MX records.');
  const data = body.data as Record<string, unknown> | undefined;
  const content =
    body.type === 'CAA'
      ? `${String(data?.['flags'])} ${String(data?.['tag'])} "${String(data?.['value'])}"`
      : body.type === 'SRV'
        ? `${String(data?.['weight'])} ${String(data?.['port'])} ${String(data?.['target'])}`
        : body.content;
  // Visitors of a proxied record get addresses of the edge, whose lifetime is not the user's to choose.
  return {
    ...body,
    name,
    content,
    proxied,
    ttl: proxied ? 1 : body.ttl,
    comment: body.comment === undefined || body.comment === '' ? null : body.comment,
    tags: body.tags ?? [],
  };
}

const addressTypes = ['A', 'AAAA', 'CNAME'];

/** Throws `Refusal` where these cannot stand side by side. */
function checkBeside(records: readonly EdgeRecord[], one: EdgeRecord): void {
  const beside = records.filter(({ name, id }) => name === one.name && id !== one.id);
  if (beside.some((other) => other.type === one.type && other.content === one.content && other.priority === one.priority))
    throw new Refusal(400, 81_058, 'An identical record already exists.');
  const isAddress = addressTypes.includes(one.type);
  if (isAddress && beside.some(({ type }) => addressTypes.includes(type) && (type === 'CNAME' || one.type === 'CNAME')))
    throw new Refusal(400, 81_053, 'An A, AAAA, or CNAME record with that host already exists.');
}

/** Changes records, all or none. Throws `Refusal`. */
export function batch(zone: ZoneState, { deletes = [], patches = [], posts = [] }: Record<string, readonly Body[] | undefined>): Body {
  let records = [...zone.records];
  const known = (id: unknown): EdgeRecord => {
    const found = records.find((one) => one.id === id);
    if (!found) throw new Refusal(404, 81_044, 'Record does not exist.');
    if (found.meta?.read_only) throw new Refusal(400, 1046, 'This record is managed by Cloudflare and cannot be changed.');
    return found;
  };
  for (const { id } of deletes) {
    const gone = known(id);
    records = records.filter((one) => one !== gone);
  }
  const changed = patches.map((body) => {
    const before = known(body['id']);
    const wrong = wrongPatch(body, String(body['type'] ?? before.type));
    if (wrong !== undefined) throw new Refusal(400, 9005, `Content for record is invalid. ${wrong}`);
    const after = settled(zone, { ...before, ...body });
    records = records.map((one) => (one === before ? after : one));
    return after;
  });
  const added = posts.map((body) => recordOf(zone, body));
  for (const one of added) {
    checkBeside(records, one);
    records.push(one);
  }
  for (const one of changed) checkBeside(records, one);
  zone.records = records;
  return { deletes, patches: changed, posts: added };
}

/** What a plan allows of rate limiting: rules, and the periods and the bans in seconds. */
const rateLimits: Readonly<Record<EdgePlan, { readonly rules: number; readonly period: number; readonly ban: number }>> = {
  free: { rules: 1, period: 10, ban: 10 },
  pro: { rules: 2, period: 60, ban: 3600 },
  business: { rules: 5, period: 600, ban: 86_400 },
  enterprise: { rules: 100, period: 86_400, ban: 86_400 },
};

/** Rules of other kinds on the cheapest plan. */
const freeRules: Partial<Record<RulePhase, number>> = {
  http_request_cache_settings: 10,
  http_request_dynamic_redirect: 10,
  http_config_settings: 10,
  http_request_firewall_custom: 5,
};

const wrongLimit = (zone: ZoneState, { ratelimit, expression }: EdgeRule): string | undefined => {
  const { period, ban } = rateLimits[zone.plan];
  if (!ratelimit) return 'ratelimit is required';
  if (Number(ratelimit['period']) > period) return `not entitled to use a period of ${String(ratelimit['period'])}`;
  if (Number(ratelimit['mitigation_timeout']) > ban)
    return `not entitled to use a mitigation_timeout of ${String(ratelimit['mitigation_timeout'])}`;
  if (!(ratelimit['characteristics'] as string[]).includes('cf.colo.id')) return 'characteristics must include cf.colo.id';
  const fields = expression.match(/\b(?:http|ip|cf|ssl)\.[a-z_.]+/g) ?? [];
  const other = fields.find((field) => field !== 'http.request.uri.path');
  return zone.plan === 'free' && other !== undefined ? `not entitled to use the field ${other}` : undefined;
};

/** A page rule as it is kept, from what was sent. Throws `Refusal`. */
export function pageRuleOf(body: Body): PageRule {
  const wrong = wrongPageRule(body);
  if (wrong !== undefined) throw new Refusal(400, 1004, `Page Rule validation failed: ${wrong}`);
  return { id: newId(), status: 'disabled', priority: 1, ...body } as never;
}

/** Throws `Refusal` where rules cannot stand in a phase. */
export function checkRules(zone: ZoneState, phase: RulePhase, rules: readonly EdgeRule[]): void {
  const most = phase === 'http_ratelimit' ? rateLimits[zone.plan].rules : zone.plan === 'free' ? (freeRules[phase] ?? 1000) : 1000;
  if (rules.length > most)
    throw new Refusal(400, 20_217, `exceeded maximum number of rules in the phase ${phase}: ${rules.length} out of ${most}`);
  for (const rule of rules) {
    const wrong = wrongRule(rule) ?? (phase === 'http_ratelimit' ? wrongLimit(zone, rule) : undefined);
    if (wrong !== undefined) throw new Refusal(400, 20_025, wrong);
  }
}

/** All that a user set, in one order, without what the API numbers and dates by itself: equal states are equal texts. */
export function stateText(zone: ZoneState): string {
  const records = zone.records.map((one) => ordered({ ...one, id: '', meta: {} }));
  const rules = Object.entries(zone.rulesets).map(([phase, { rules: all }]) => [
    phase,
    // Rules of others keep their ids; those that were made again cannot.
    all.map((rule) => ordered({ ...rule, version: '', last_updated: '', ...(rule.ref?.startsWith('lr_') && { id: '' }) })),
  ]);
  const settings = Object.entries(zone.settings).map(([id, { value }]) => [id, ordered(value)]);
  const pages = zone.pageRules.map((one) => ordered({ ...one, id: '' }));
  return JSON.stringify(
    [records.map((one) => JSON.stringify(one)).toSorted(), rules.toSorted(), settings, pages, zone.hostTls, zone.bots],
    undefined,
    1,
  );
}

const ordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(ordered)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, one]) => [key, ordered(one)]),
        )
      : value;
