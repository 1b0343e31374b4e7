import { defineCheck } from '../../core/check.ts';
import { edgeZones } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { hstsOf } from '../../evidence/edge-baseline.ts';
import { settingObservations } from '../edge-setting.ts';

export const cloudflareHsts = defineCheck({
  id: 'edge/cloudflare-hsts',
  severity: 'low',
  covers: ['CF-hsts'],
  doc: {
    title: 'Browsers are not told to keep to https',
    why: 'The first request of each visit may still go out by http, where somebody in between can answer instead of you. Strict-Transport-Security ends that, but a mistake in it locks customers out for as long as it says, so it is raised step by step.',
    fix: 'launch-ready edge plan raises it: five minutes, after a day one day, after a week half a year. By hand: SSL/TLS, Edge Certificates, HTTP Strict Transport Security. Leave preload off: it takes months to undo.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc6797'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'it is off', given: { zones: [edgeZoneSample({ settings: settingsWith({ security_header: hsts({ enabled: false }) }) })] } },
      {
        name: 'preload for half a minute',
        given: {
          zones: [edgeZoneSample({ settings: settingsWith({ security_header: hsts({ enabled: true, max_age: 30, preload: true }) }) })],
        },
      },
    ],
    passes: [{ name: 'the second step', given: { zones: [edgeZoneSample()] } }],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ settings: { ...settingsWith(), security_header: unread } })] } },
    ],
  },
  evaluate: ({ zones }) =>
    settingObservations(zones, 'security_header', (value) => {
      const { enabled, max_age: age, preload } = hstsOf(value);
      if (enabled === undefined)
        return { outcome: 'unknown', message: 'The setting for HSTS could not be read.', toKnow: 'Look under SSL/TLS, Edge Certificates.' };
      if (!enabled || (age ?? 0) === 0)
        return { outcome: 'fail', message: 'Cloudflare does not send Strict-Transport-Security; only your server may.' };
      // https://hstspreload.org: browsers take a domain into their list only with a year.
      if (preload && (age ?? 0) < 31_536_000)
        return {
          outcome: 'fail',
          message: `HSTS asks for preload with max-age ${age}, which browsers do not take, and which is hard to undo.`,
        };
      return { outcome: 'pass', message: `Browsers keep to https for ${age} seconds.` };
    }),
});

function hsts(change: Record<string, unknown>): unknown {
  return { strict_transport_security: change };
}
