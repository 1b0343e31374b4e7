import type { EdgeSetting, OriginFacts } from '../../../../evidence/cloudflare.ts';
import { hstsOf, hstsSteps } from '../../../../evidence/edge-baseline.ts';
import { modesOf, unreadRules } from '../../../../evidence/edge-effective.ts';
import type { LiveZone } from '../zone.ts';
import { type SettingChange, textOf } from './change.ts';

/** Settings in the order in which they are made: each rests on those before it. */
const wanted: readonly { readonly id: EdgeSetting; readonly right: readonly unknown[]; readonly value: unknown; readonly why: string }[] = [
  {
    id: 'ssl',
    right: ['strict', 'origin_pull'],
    value: 'strict',
    why: 'the way from Cloudflare to your server is to be as safe as the one before it',
  },
  { id: 'tls_1_3', right: ['on', 'zrt'], value: 'on', why: 'it is faster and safer, and whoever does not know it uses 1.2' },
  { id: 'min_tls_version', right: ['1.2', '1.3'], value: '1.2', why: 'older versions were given up in 2021' },
  { id: 'automatic_https_rewrites', right: ['on'], value: 'on', why: 'pages load nothing by http any more' },
  { id: 'always_use_https', right: ['on'], value: 'on', why: 'who comes by http is sent to https' },
  { id: 'development_mode', right: ['off', 0], value: 'off', why: 'the cache is to work' },
  { id: 'browser_cache_ttl', right: [0], value: 0, why: 'how long browsers keep something is for your app to say' },
];

const day = 86_400_000;

export interface SettingsInput {
  readonly zone: LiveZone;
  readonly origins: readonly OriginFacts[];
  /** What we last set. */
  readonly applied: Readonly<Record<string, unknown>>;
  /** Milliseconds, for the steps of HSTS. */
  readonly now: number;
  /** Hosts that come by the edge, or will, and have a server behind it; absent: the records could not be read. */
  readonly behind: ReadonlySet<string> | undefined;
}

/** What of the settings is to be changed. */
export function planSettings({ zone, origins, applied, now, behind }: SettingsInput): SettingChange[] {
  const changes = wanted.flatMap(({ id, right, value, why }): SettingChange[] => {
    const part = zone.settings[id];
    if (part.value === undefined || right.includes(part.value.value)) return [];
    const before = part.value.value;
    const risks =
      id === 'ssl'
        ? originRisk(zone, behind, origins)
        : id === 'always_use_https'
          ? edgeRisk(zone)
          : id === 'development_mode'
            ? cacheRisk(zone)
            : [];
    return [{ kind: 'setting', id, before, after: value, why, risks, ...drifted(applied, id, before) }];
  });
  const next = nextHsts(zone, now);
  return next ? [...changes, { ...next, ...drifted(applied, next.id, next.before) }] : changes;
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const drifted = (applied: Readonly<Record<string, unknown>>, id: string, before: unknown): { drift?: string } =>
  id in applied && textOf(applied[id]) !== textOf(before)
    ? { drift: `since we set it to ${shown(applied[id])}, somebody changed it to ${shown(before)}` }
    : {};

/**
 * With "strict" a server without a good certificate is not reached at all. What Pages, Workers and tunnels serve is reached without one, and hosts whose mode a
 * rule sets keep theirs.
 */
function originRisk(zone: LiveZone, behind: ReadonlySet<string> | undefined, all: readonly OriginFacts[]): SettingChange['risks'] {
  const follows = (host: string): boolean => unreadRules('ssl', zone).length > 0 || modesOf(zone, host).some(({ by }) => by === undefined);
  const hosts = behind && new Set([...behind].filter(follows));
  if (hosts?.size === 0) return [];
  // A wildcard stands for any host below.
  const origins = all.filter(({ host }) => !hosts || hosts.has(host) || hosts.has(host.replace(/^[^.]+/, 'any')));
  const bad = origins.find(({ certificate }) => certificate !== 'valid' && certificate !== 'cloudflare');
  if (bad)
    return [
      {
        risk: 'breaks-TLS',
        why: `the certificate of ${bad.address} for ${bad.host} is ${bad.certificate === 'unknown' ? 'not known' : `no good (${bad.certificateWhy ?? 'invalid'})`}`,
      },
    ];
  return origins.length > 0
    ? []
    : [{ risk: 'breaks-TLS', why: 'nobody has seen the certificate of the server behind it: name the server under cloudflare.origins' }];
}

function edgeRisk({ certificates }: LiveZone): SettingChange['risks'] {
  const isReady = certificates.value === undefined || certificates.value.some(({ status }) => status === 'active');
  return isReady ? [] : [{ risk: 'breaks-TLS', why: 'no certificate at the edge is active yet' }];
}

/** The cache works again, with whatever rules there are. */
const cacheRisk = ({ rules }: LiveZone): SettingChange['risks'] =>
  rules.http_request_cache_settings.value === undefined
    ? [{ risk: 'opens-cache', why: 'the cache rules, which hold again then, could not be read' }]
    : [];

/** The next step of HSTS, once the last has stood for its days. What is higher already is left. */
function nextHsts({ settings }: LiveZone, now: number): SettingChange | undefined {
  const part = settings.security_header.value;
  if (!part) return undefined;
  const live = hstsOf(part.value);
  const age = live.enabled ? (live.max_age ?? 0) : 0;
  const standing = hstsSteps.findLast(({ maxAge }) => maxAge <= age);
  const next = hstsSteps.find(({ maxAge }) => maxAge > age);
  if (!next) return undefined;
  // When it was last set; never, where Cloudflare does not know.
  const since = part.modified_on ? now - Date.parse(part.modified_on) : Infinity;
  if (standing && since < standing.days * day) return undefined;
  return {
    kind: 'setting',
    id: 'security_header',
    before: part.value,
    after: {
      strict_transport_security: {
        enabled: true,
        max_age: next.maxAge,
        include_subdomains: live.include_subdomains ?? false,
        preload: live.preload ?? false,
        nosniff: live.nosniff ?? false,
      },
    },
    why: `browsers keep to https for ${next.maxAge} seconds, the step after ${age}`,
    risks: [],
  };
}
