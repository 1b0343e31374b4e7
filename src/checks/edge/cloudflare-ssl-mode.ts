import { defineCheck } from '../../core/check.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeRecord, edgeZoneSample, known, rulesWith, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { namesWithServer } from '../../evidence/edge-records.ts';
import { type Judged, settingObservations, shownValue } from '../edge-setting.ts';

export const cloudflareSslMode = defineCheck({
  id: 'edge/cloudflare-ssl-mode',
  severity: 'blocker',
  covers: ['CF-ssl-full-strict', 'S3-C2'],
  doc: {
    title: 'Cloudflare does not check whom it talks to behind the edge',
    why: 'The lock in the browser is only worth the way to Cloudflare. With Flexible, passwords go on to your server in clear text, and redirects to https lead round in a circle; with Full, anybody in between can pose as your server.',
    fix: "See that your server has a certificate for its host (one of Cloudflare's Origin CA will do), then choose Full (strict) under SSL/TLS, Overview, and in the configuration rules and page rules that name another mode. launch-ready edge plan does it once the certificate was seen.",
    effort: 'minutes',
    references: [
      'https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/full-strict/',
      'https://developers.cloudflare.com/rules/configuration-rules/settings/#ssl',
    ],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'flexible', given: { zones: [edgeZoneSample({ settings: settingsWith({ ssl: 'flexible' }) })] } },
      { name: 'full, without looking', given: { zones: [edgeZoneSample({ settings: settingsWith({ ssl: 'full' }) })] } },
      { name: 'strict, but a configuration rule says flexible for the app', given: { zones: [ruled('strict', 'flexible')] } },
      { name: 'strict, but for one path', given: { zones: [ruled('strict', 'off', 'starts_with(http.request.uri.path, "/old/")')] } },
      {
        name: 'strict, but a page rule says flexible',
        given: {
          zones: [
            edgeZoneSample({
              pageRules: known([
                {
                  id: '1',
                  status: 'active',
                  targets: [{ constraint: { value: 'app.example.com/*' } }],
                  actions: [{ id: 'ssl', value: 'flexible' }],
                },
              ]),
            }),
          ],
        },
      },
    ],
    passes: [
      { name: 'full (strict)', given: { zones: [edgeZoneSample()] } },
      { name: 'flexible, but strict for the only host with a server', given: { zones: [ruled('flexible', 'strict')] } },
    ],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ settings: { ...settingsWith(), ssl: unread } })] } },
      {
        name: 'the token may not look at the configuration rules',
        given: { zones: [edgeZoneSample({ rules: { ...rulesWith(), http_config_settings: unread } })] },
      },
      { name: 'flexible for a country', given: { zones: [ruled('strict', 'flexible', 'ip.src.country eq "NZ"')] } },
      {
        name: 'flexible, but the token may not look at the records',
        given: { zones: [edgeZoneSample({ settings: settingsWith({ ssl: 'flexible' }), records: unread })] },
      },
    ],
  },
  evaluate: ({ zones }) => settingObservations(zones, 'ssl', judged, { hosts: ({ records }) => namesWithServer(records.value ?? []) }),
});

function judged(value: unknown): Judged {
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
}

function ruled(zone: string, rule: string, expression = 'http.host eq "app.example.com"'): EdgeZone {
  return edgeZoneSample({
    settings: settingsWith({ ssl: zone }),
    records: known([edgeRecord(), edgeRecord({ type: 'CNAME', name: 'docs.example.com', content: 'docs.pages.dev' })]),
    rules: rulesWith('http_config_settings', {
      action: 'set_config',
      expression,
      action_parameters: { ssl: rule },
      description: 'old server',
    }),
  });
}
