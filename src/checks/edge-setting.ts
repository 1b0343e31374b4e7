import type { Observation } from '../core/finding.ts';
import type { EdgeSetting, EdgeZone, Part } from '../evidence/cloudflare.ts';

/** What could not be read of the zone, as an observation. */
export const unreadPart = (subject: string, { why = 'nobody knows why', toKnow = 'Run it again.' }: Part<unknown>): Observation => ({
  outcome: 'unknown',
  subject,
  message: `Could not look at ${subject}: ${why}`,
  toKnow: toKnow.trim() === '' ? 'Run it again.' : toKnow,
});

/** What a check says of one setting of each zone. `judge` gives the outcome and a sentence for a value that was read. */
export const settingObservations = (
  zones: readonly EdgeZone[],
  id: EdgeSetting,
  judge: (value: unknown) => Pick<Observation, 'outcome' | 'message' | 'severity' | 'toKnow'>,
): Observation[] =>
  zones.map(({ settings, name }) => {
    const part = settings[id];
    if (part.value === undefined) return unreadPart(`the setting ${id} of ${name}`, part);
    return {
      ...judge(part.value.value),
      subject: `${id} ${name}`,
      place: { name: `${id} of ${name}` },
      proof: [{ kind: 'step', text: `the setting ${id} is ${JSON.stringify(part.value.value)}` }],
    };
  });

/** Text of a value that a setting has, for a sentence. */
export const shownValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
