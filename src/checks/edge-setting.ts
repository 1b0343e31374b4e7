import type { Observation } from '../core/finding.ts';
import type { EdgeSetting, EdgeZone, Part } from '../evidence/cloudflare.ts';
import { edgeHostsOf, loginPathsOf, privatePathsOf } from '../evidence/edge-baseline.ts';
import { effectsFor, pathsFor, unreadRules } from '../evidence/edge-effective.ts';
import type { EdgeRequest } from '../evidence/edge-expression.ts';
import { isEdgeInUse, proxiedNames } from '../evidence/edge-records.ts';

/** What could not be read of the zone, as an observation. */
export const unreadPart = (subject: string, { why = 'nobody knows why', toKnow = 'Run it again.' }: Part<unknown>): Observation => ({
  outcome: 'unknown',
  subject,
  message: `Could not look at ${subject}: ${why}`,
  toKnow: toKnow.trim() === '' ? 'Run it again.' : toKnow,
});

/** The zones whose settings and rules are for somebody: not those that only have the DNS of a domain. */
export const zonesInUse = (zones: readonly EdgeZone[]): EdgeZone[] => zones.filter((zone) => isEdgeInUse(zone) !== false);

/** A fault of what nobody may come by: whether it matters is not known where the records could not be read. */
export const ifInUse = (zone: EdgeZone, observation: Observation): Observation =>
  observation.outcome !== 'fail' || isEdgeInUse(zone) !== undefined
    ? observation
    : {
        ...observation,
        outcome: 'unknown',
        message: `${observation.message} Whether any host goes through Cloudflare could not be read.`,
        toKnow: unreadPart('records', zone.records).toKnow ?? 'Run it again.',
      };

/** What a check makes of a value. `isOwn`: it goes by something of the host, so that the others may be otherwise. */
export type Judged = Pick<Observation, 'outcome' | 'message' | 'severity' | 'toKnow'> & { readonly isOwn?: true };

export interface SettingOptions {
  /** Paths that are looked at of each host, beside those that rules speak of; absent: what every app has. */
  readonly paths?: readonly string[];
  /** Of the visitor's connection. */
  readonly scheme?: EdgeRequest['scheme'];
  /** Hosts that the setting matters for, of those that come by the edge. */
  readonly hosts?: (zone: EdgeZone) => ReadonlySet<string>;
}

/**
 * What a check says of one setting of each zone that is in use: once of the zone, for the hosts where it holds, and of each host for which a configuration rule or
 * a page rule sets another value. `judge` gives the outcome and a sentence for a value that was read, for the zone or for a host.
 */
export const settingObservations = (
  zones: readonly EdgeZone[],
  id: EdgeSetting,
  judge: (value: unknown, zone: EdgeZone, request?: EdgeRequest) => Judged,
  options: SettingOptions = {},
): Observation[] => zonesInUse(zones).flatMap((zone) => ofZone(zone, id, judge, options));

function ofZone(zone: EdgeZone, id: EdgeSetting, judge: Parameters<typeof settingObservations>[2], options: SettingOptions): Observation[] {
  const { settings, name } = zone;
  const names = hostsOf(zone, options);
  // Where no host that comes by the edge is one that it matters for, it is nobody's.
  if (options.hosts && zone.records.value !== undefined && names.length === 0) return [];
  const part = settings[id];
  if (part.value === undefined) return [unreadPart(`the setting ${id} of ${name}`, part)];
  const { value } = part.value;
  const about = {
    subject: `${id} ${name}`,
    place: { name: `${id} of ${name}` },
    proof: [{ kind: 'step' as const, text: `the setting ${id} is ${JSON.stringify(value)}` }],
  };
  const hosts = names.map((host) => ({ host, seen: ofHost(zone, id, host, judge, options) }));
  const isForSome = hosts.length === 0 || hosts.some(({ seen }) => seen.isAsZone);
  const [unread] = unreadRules(id, zone);
  const own = hosts.flatMap(({ host, seen: { own: found } }) =>
    found ? [ifInUse(zone, { ...found, subject: `${id} ${host}`, place: { name: `${id} for ${host}` } })] : [],
  );
  if (!isForSome) return own;
  const { isOwn: _own, ...ofAll } = judge(value, zone);
  // Another value may hold for any host then.
  if (unread && ofAll.outcome !== 'unknown')
    return [
      ...own,
      {
        ...about,
        ...unreadPart(about.subject, unread),
        subject: about.subject,
        message: `${ofAll.message} Whether a rule says otherwise for single hosts is not known: ${unread.why ?? 'the rules could not be read'}`,
      },
    ];
  return [...own, ifInUse(zone, { ...ofAll, ...about })];
}

function hostsOf(zone: EdgeZone, { hosts }: SettingOptions): string[] {
  const names = proxiedNames(zone) ?? edgeHostsOf(zone).map(({ name }) => name);
  const meant = zone.records.value === undefined ? undefined : hosts?.(zone);
  return meant ? names.filter((name) => meant.has(name)) : names;
}

const order: readonly Observation['outcome'][] = ['fail', 'unknown', 'pass', 'not-applicable'];

/** What holds for one host. `isAsZone`: somewhere it is what the zone says. `own`: the worst of what holds elsewhere. */
function ofHost(
  zone: EdgeZone,
  id: EdgeSetting,
  host: string,
  judge: Parameters<typeof settingObservations>[2],
  { paths, scheme }: SettingOptions,
): { isAsZone: boolean; own: Omit<Observation, 'subject' | 'place'> | undefined } {
  const found: Omit<Observation, 'subject' | 'place'>[] = [];
  let isAsZone = false;
  for (const path of pathsFor(id, zone, paths ?? ['/', ...loginPathsOf(zone), ...privatePathsOf(zone)], paths === undefined)) {
    const request: EdgeRequest = {
      host,
      path,
      method: 'GET',
      isStranger: true,
      cookie: '',
      headers: ['accept'],
      ...(scheme && { scheme }),
    };
    const effects = effectsFor(id, request, zone).map((effect) => ({ ...effect, judged: judge(effect.value, zone, request) }));
    isAsZone ||= effects.some(({ by, judged: { isOwn } }) => by === undefined && !isOwn);
    const proof = effects.map(({ value, by }) => ({
      kind: 'step' as const,
      text: `${host}${path}: ${by ?? `the setting ${id}`} says ${shownValue(value)}`,
    }));
    const outcomes = new Set(effects.map(({ judged }) => judged.outcome));
    const last = effects.at(-1);
    if (last && outcomes.size > 1)
      found.push({
        outcome: 'unknown',
        message: `Whether ${last.by ?? 'a rule'} is for ${host}${path === '/' ? '' : path}, where it sets ${id} to ${shownValue(last.value)}, could not be told.`,
        toKnow: 'See under Rules, Overview, whom it is for; a rule for single hosts or paths can be judged here.',
        proof,
      });
    else if (last && (last.by !== undefined || last.judged.isOwn)) {
      const { isOwn: _own, ...judged } = last.judged;
      found.push({
        ...judged,
        message: `For ${host}${path === '/' ? '' : path}: ${judged.message}`,
        ...(last.by !== undefined && { cause: last.by }),
        proof,
      });
    }
  }
  // A severity of its own is a milder one.
  const rank = ({ outcome, severity }: (typeof found)[number]): number => order.indexOf(outcome) * 2 + (severity === undefined ? 0 : 1);
  return { isAsZone, own: found.toSorted((a, b) => rank(a) - rank(b))[0] };
}

/** Text of a value that a setting has, for a sentence. */
export const shownValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
