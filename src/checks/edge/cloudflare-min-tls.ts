import { defineCheck } from '../../core/check.ts';
import { edgeZones } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { settingObservations, shownValue } from '../edge-setting.ts';

export const cloudflareMinTls = defineCheck({
  id: 'edge/cloudflare-min-tls',
  severity: 'medium',
  covers: ['CF-min-tls', 'S3-C2'],
  doc: {
    title: 'Connections with TLS 1.0 or 1.1 are still taken',
    why: 'These versions were given up in 2021 (RFC 8996) because they can be broken. Companies that buy software look for this first.',
    fix: 'Set Minimum TLS Version to 1.2 under SSL/TLS, Edge Certificates. No browser since 2014 needs less.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc8996'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [{ name: 'as it is on a new zone', given: { zones: [edgeZoneSample({ settings: settingsWith({ min_tls_version: '1.0' }) })] } }],
    passes: [{ name: '1.2', given: { zones: [edgeZoneSample()] } }],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ settings: { ...settingsWith(), min_tls_version: unread } })] } },
    ],
  },
  evaluate: ({ zones }) =>
    settingObservations(zones, 'min_tls_version', (value) => {
      if (value === '1.2' || value === '1.3') return { outcome: 'pass', message: `The edge takes TLS ${value} and newer.` };
      if (value === '1.0' || value === '1.1') return { outcome: 'fail', message: `The edge still takes TLS ${value}.` };
      return {
        outcome: 'unknown',
        message: `min_tls_version is ${shownValue(value)}, which is not known here.`,
        toKnow: 'Look at the setting by hand.',
      };
    }),
});
