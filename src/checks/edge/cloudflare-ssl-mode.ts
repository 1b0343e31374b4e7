import { defineCheck } from '../../core/check.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { isWithoutServer } from '../../evidence/edge-records.ts';
import { settingObservations, shownValue } from '../edge-setting.ts';

export const cloudflareSslMode = defineCheck({
  id: 'edge/cloudflare-ssl-mode',
  severity: 'blocker',
  covers: ['CF-ssl-full-strict', 'S3-C2'],
  doc: {
    title: 'Cloudflare does not check whom it talks to behind the edge',
    why: 'The lock in the browser is only worth the way to Cloudflare. With Flexible, passwords go on to your server in clear text, and redirects to https lead round in a circle; with Full, anybody in between can pose as your server.',
    fix: "See that your server has a certificate for its host (one of Cloudflare's Origin CA will do), then choose Full (strict) under SSL/TLS, Overview. launch-ready edge plan does it once the certificate was seen.",
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/full-strict/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'flexible', given: { zones: [edgeZoneSample({ settings: settingsWith({ ssl: 'flexible' }) })] } },
      { name: 'full, without looking', given: { zones: [edgeZoneSample({ settings: settingsWith({ ssl: 'full' }) })] } },
    ],
    passes: [{ name: 'full (strict)', given: { zones: [edgeZoneSample()] } }],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ settings: { ...settingsWith(), ssl: unread } })] } },
      {
        name: 'flexible, but the token may not look at the records',
        given: { zones: [edgeZoneSample({ settings: settingsWith({ ssl: 'flexible' }), records: unread })] },
      },
    ],
  },
  evaluate: ({ zones }) =>
    settingObservations(zones.filter(hasServer), 'ssl', (value) => {
      if (value === 'strict' || value === 'origin_pull')
        return { outcome: 'pass', message: 'Cloudflare checks the certificate of the server behind it.' };
      if (value === 'full')
        return {
          outcome: 'fail',
          severity: 'medium',
          message: 'Cloudflare takes any certificate of the server behind it (SSL mode Full).',
        };
      if (value === 'off' || value === 'flexible')
        return { outcome: 'fail', message: `What customers send goes on from Cloudflare without encryption (SSL mode ${value}).` };
      return {
        outcome: 'unknown',
        message: `The SSL mode is ${shownValue(value)}, which is not known here.`,
        toKnow: 'Look under SSL/TLS, Overview.',
      };
    }),
});

/** Whether Cloudflare has anybody to talk to behind the edge: what Pages, Workers and tunnels serve never leaves it. */
const hasServer = ({ records: { value: all } }: EdgeZone): boolean =>
  all === undefined || all.some((one) => one.proxied && !isWithoutServer(one));
