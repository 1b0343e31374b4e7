import { defineCheck } from '../../core/check.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, known, rulesWith, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { type EdgeRequest, holds } from '../../evidence/edge-expression.ts';
import { pageRuleFor } from '../../evidence/edge-page-rules.ts';
import { type Judged, settingObservations, shownValue } from '../edge-setting.ts';

const toHttps = 'https://';

export const cloudflareHttps = defineCheck({
  id: 'edge/cloudflare-https',
  severity: 'medium',
  covers: ['CF-always-https', 'S3-C2'],
  doc: {
    title: 'Whoever comes by http stays there',
    why: 'An address typed without https, or an old link, opens the app in clear text: on a shared network others read along, and the session cookie with it.',
    fix: 'Switch on Always Use HTTPS under SSL/TLS, Edge Certificates, or let launch-ready edge plan do it.',
    effort: 'minutes',
    references: [
      'https://developers.cloudflare.com/ssl/edge-certificates/additional-options/always-use-https/',
      'https://developers.cloudflare.com/rules/url-forwarding/single-redirects/',
    ],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'as it is on a new zone', given: { zones: [edgeZoneSample({ settings: settingsWith({ always_use_https: 'off' }) })] } },
      { name: 'a redirect rule for another host', given: { zones: [redirected(toHttps, '(not ssl and http.host eq "example.com")')] } },
      { name: 'a redirect rule that leads to http again', given: { zones: [redirected('http://www.example.com', '(not ssl)')] } },
    ],
    passes: [
      { name: 'switched on', given: { zones: [edgeZoneSample()] } },
      { name: 'off, but a redirect rule does it', given: { zones: [redirected(toHttps, '(not ssl)')] } },
      {
        name: 'off, but a page rule does it for every host',
        given: {
          zones: [
            edgeZoneSample({
              settings: settingsWith({ always_use_https: 'off' }),
              pageRules: known([
                {
                  id: '1',
                  status: 'active',
                  targets: [{ constraint: { value: 'http://*example.com/*' } }],
                  actions: [{ id: 'always_use_https' }],
                },
              ]),
            }),
          ],
        },
      },
    ],
    unknowns: [
      {
        name: 'off, with a redirect rule that cannot be judged',
        given: { zones: [redirected(toHttps, '(not ssl and ip.src.country eq "NZ")')] },
      },
      {
        name: 'off, and the token may not look at the redirect rules',
        given: {
          zones: [
            edgeZoneSample({
              settings: settingsWith({ always_use_https: 'off' }),
              rules: { ...rulesWith(), http_request_dynamic_redirect: unread },
            }),
          ],
        },
      },
      { name: 'the token may not look at the page rules', given: { zones: [edgeZoneSample({ pageRules: unread })] } },
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ settings: { ...settingsWith(), always_use_https: unread } })] } },
    ],
  },
  evaluate: ({ zones }) => settingObservations(zones, 'always_use_https', judged, { scheme: 'http' }),
});

function judged(value: unknown, zone: EdgeZone, request?: EdgeRequest): Judged {
  if (value === 'on') return { outcome: 'pass', message: 'Visitors who come by http are sent to https.' };
  if (value !== 'off')
    return {
      outcome: 'unknown',
      message: `always_use_https is ${shownValue(value)}, which is not known here.`,
      toKnow: 'Look at the setting by hand.',
    };
  const redirects = zone.rules.http_request_dynamic_redirect;
  if (redirects.value === undefined)
    return {
      outcome: 'unknown',
      message: `Always Use HTTPS is off; whether a redirect rule does the same is not known: ${redirects.why ?? 'they could not be read'}`,
      toKnow: redirects.toKnow ?? 'Run it again.',
    };
  const led = request && leadsToHttps(request, zone);
  if (led === 'yes') return { isOwn: true, outcome: 'pass', message: 'Visitors who come by http are redirected to https by a rule.' };
  if (led === 'perhaps')
    return {
      isOwn: true,
      outcome: 'unknown',
      message: 'Always Use HTTPS is off, but a rule sends visitors to https; whether it does so for all could not be told.',
      toKnow: 'Run it with the domain map: the redirects of each host are asked for then.',
    };
  return { outcome: 'fail', message: 'Cloudflare itself does not send visitors who come by http to https.' };
}

/** Whether a redirect rule, or a page rule, sends a request to https; the first rule that matches ends it. */
function leadsToHttps(request: EdgeRequest, zone: EdgeZone): 'yes' | 'perhaps' | 'no' {
  const ends: boolean[] = [];
  for (const { enabled = true, action, expression, action_parameters: set } of zone.rules.http_request_dynamic_redirect.value ?? []) {
    const truth = enabled && action === 'redirect' && holds(expression, request);
    if (truth === false) continue;
    ends.push(isSecure(set?.['from_value']));
    if (truth) return summedUp(ends);
  }
  const url = pageRuleFor(request, zone)?.actions.find(({ id }) => id === 'forwarding_url')?.value;
  return summedUp([...ends, isSecure({ target_url: { value: (url as { url?: unknown } | undefined)?.url } })]);
}

const summedUp = (ends: readonly boolean[]): 'yes' | 'perhaps' | 'no' =>
  ends.every(Boolean) ? 'yes' : ends.some(Boolean) ? 'perhaps' : 'no';

/** Whether a redirect leads to https: by an address, or by an expression that begins with one. */
function isSecure(from: unknown): boolean {
  const { value, expression } = (from as { target_url?: { value?: unknown; expression?: unknown } } | undefined)?.target_url ?? {};
  return /^https:/i.test(String(value)) || /^[^"]*"https:/i.test(String(expression));
}

function redirected(target: string, expression: string): EdgeZone {
  return edgeZoneSample({
    settings: settingsWith({ always_use_https: 'off' }),
    rules: rulesWith('http_request_dynamic_redirect', {
      action: 'redirect',
      expression,
      action_parameters: {
        from_value: { target_url: { expression: `concat("${target}", http.host, http.request.uri.path)` }, status_code: 301 },
      },
    }),
  });
}
