import { defineCheck } from '../../core/check.ts';
import { edgeZones } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { settingObservations, shownValue } from '../edge-setting.ts';

export const cloudflareDevelopmentMode = defineCheck({
  id: 'edge/cloudflare-development-mode',
  severity: 'medium',
  covers: ['CF-cache-default'],
  doc: {
    title: 'Development mode is on',
    why: 'Nothing is kept at the edge, so that every visitor reaches your server: slower for all, and the server carries the load alone.',
    fix: 'Switch it off under Caching, Configuration. It also ends by itself after three hours.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/cache/reference/development-mode/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [{ name: 'as it is on a new zone', given: { zones: [edgeZoneSample({ settings: settingsWith({ development_mode: 'on' }) })] } }],
    passes: [{ name: 'switched off', given: { zones: [edgeZoneSample()] } }],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ settings: { ...settingsWith(), development_mode: unread } })] } },
    ],
  },
  evaluate: ({ zones }) =>
    settingObservations(zones, 'development_mode', (value) => {
      if (value === 'off' || value === 0) return { outcome: 'pass', message: 'Development mode is off.' };
      if (value === 'on') return { outcome: 'fail', message: 'Development mode is on: nothing is kept at the edge.' };
      return {
        outcome: 'unknown',
        message: `development_mode is ${shownValue(value)}, which is not known here.`,
        toKnow: 'Look at the setting by hand.',
      };
    }),
});
