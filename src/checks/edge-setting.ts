import type { Observation } from '../core/finding.ts';
import type { EdgeSetting, EdgeZone, Part } from '../evidence/cloudflare.ts';
import { isEdgeInUse } from '../evidence/edge-records.ts';

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

/** What a check says of one setting of each zone that is in use. `judge` gives the outcome and a sentence for a value that was read. */
export const settingObservations = (
  zones: readonly EdgeZone[],
  id: EdgeSetting,
  judge: (value: unknown, zone: EdgeZone) => Pick<Observation, 'outcome' | 'message' | 'severity' | 'toKnow'>,
): Observation[] =>
  zonesInUse(zones).map((zone) => {
    const { settings, name } = zone;
    const part = settings[id];
    if (part.value === undefined) return unreadPart(`the setting ${id} of ${name}`, part);
    return ifInUse(zone, {
      ...judge(part.value.value, zone),
      subject: `${id} ${name}`,
      place: { name: `${id} of ${name}` },
      proof: [{ kind: 'step', text: `the setting ${id} is ${JSON.stringify(part.value.value)}` }],
    });
  });

/** Text of a value that a setting has, for a sentence. */
export const shownValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
