import { defineCheck } from '../../core/check.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, rulesWith, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { settingObservations, shownValue } from '../edge-setting.ts';

export const cloudflareHttps = defineCheck({
  id: 'edge/cloudflare-https',
  severity: 'medium',
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
      {
        name: 'off, but a redirect rule is there for it',
        given: {
          zones: [
            edgeZoneSample({
              settings: settingsWith({ always_use_https: 'off' }),
              rules: rulesWith('http_request_dynamic_redirect', { action: 'redirect', expression: '(not ssl)' }),
            }),
          ],
        },
      },
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ settings: { ...settingsWith(), always_use_https: unread } })] } },
    ],
  },
  evaluate: ({ zones }) =>
    settingObservations(zones, 'always_use_https', (value, zone) => {
      if (value === 'on') return { outcome: 'pass', message: 'Visitors who come by http are sent to https.' };
      if (value === 'off' && hasRedirect(zone))
        return {
          outcome: 'unknown',
          message: 'Always Use HTTPS is off, but a rule sends visitors to https; whether it does so for all was not tried.',
          toKnow: 'Run it with the domain map: the redirects of each host are asked for then.',
        };
      if (value === 'off') return { outcome: 'fail', message: 'Cloudflare itself does not send visitors who come by http to https.' };
      return {
        outcome: 'unknown',
        message: `always_use_https is ${shownValue(value)}, which is not known here.`,
        toKnow: 'Look at the setting by hand.',
      };
    }),
});

/** Whether a rule does what the setting does: a redirect of what comes without TLS, or a page rule. */
const hasRedirect = ({ rules, pageRules }: EdgeZone): boolean =>
  (rules.http_request_dynamic_redirect.value ?? []).some(
    ({ enabled = true, expression }) => enabled && /\bssl\b|"http:|"http"/.test(expression),
  ) || (pageRules.value ?? []).some(({ status, actions }) => status === 'active' && actions.some(({ id }) => id === 'always_use_https'));
