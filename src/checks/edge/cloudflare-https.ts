import { defineCheck } from '../../core/check.ts';
import { edgeZones } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { settingObservations, shownValue } from '../edge-setting.ts';

export const cloudflareHttps = defineCheck({
  id: 'edge/cloudflare-https',
  severity: 'high',
  covers: ['CF-always-https', 'S3-C2'],
  doc: {
    title: 'Whoever comes by http stays there',
    why: 'An address typed without https, or an old link, opens the app in clear text: on a shared network others read along, and the session cookie with it.',
    fix: 'Switch on Always Use HTTPS under SSL/TLS, Edge Certificates, or let launch-ready edge plan do it.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/ssl/edge-certificates/additional-options/always-use-https/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'as it is on a new zone', given: { zones: [edgeZoneSample({ settings: settingsWith({ always_use_https: 'off' }) })] } },
    ],
    passes: [{ name: 'switched on', given: { zones: [edgeZoneSample()] } }],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ settings: { ...settingsWith(), always_use_https: unread } })] } },
    ],
  },
  evaluate: ({ zones }) =>
    settingObservations(zones, 'always_use_https', (value) => {
      if (value === 'on') return { outcome: 'pass', message: 'Visitors who come by http are sent to https.' };
      if (value === 'off') return { outcome: 'fail', message: 'Cloudflare answers by http instead of sending visitors to https.' };
      return {
        outcome: 'unknown',
        message: `always_use_https is ${shownValue(value)}, which is not known here.`,
        toKnow: 'Look at the setting by hand.',
      };
    }),
});
