import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, rulesWith, unread } from '../../evidence/cloudflare-samples.ts';
import { appHostsOf, loginPathsOf } from '../../evidence/edge-baseline.ts';
import { holds } from '../../evidence/edge-expression.ts';
import { unreadPart } from '../edge-setting.ts';

export const cloudflareSkipAll = defineCheck({
  id: 'edge/cloudflare-skip-all',
  severity: 'high',
  covers: ['CF-custom-few', 'CF-managed-free'],
  doc: {
    title: 'A rule lets everybody past the protection',
    why: 'The firewall rules of Cloudflare are there, and switched off again for every visitor by a rule that skips them.',
    fix: 'Open Security, WAF, Custom rules, and delete the rule, or narrow it down to the address or the path it was meant for.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/waf/custom-rules/skip/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [{ name: 'it skips for everybody', given: { zones: [skipped('true')] } }],
    passes: [
      { name: 'no such rule', given: { zones: [edgeZoneSample()] } },
      { name: 'a webhook alone', given: { zones: [skipped('http.request.uri.path eq "/webhooks/stripe"')] } },
    ],
    unknowns: [
      {
        name: 'the token may not look',
        given: { zones: [edgeZoneSample({ rules: { ...rulesWith(), http_request_firewall_custom: unread } })] },
      },
    ],
  },
  *evaluate({ zones }) {
    for (const zone of zones) yield* observed(zone);
  },
});

function* observed(zone: EdgeZone): Generator<Observation, void> {
  const part = zone.rules.http_request_firewall_custom;
  if (part.value === undefined) return yield unreadPart('custom rules', part);
  // A stranger at the login, the plainest request there is.
  const requests = appHostsOf(zone).flatMap((host) =>
    loginPathsOf(zone).map((path) => ({ host, path, method: 'POST', cookie: '', headers: [] })),
  );
  const open = part.value.find(
    ({ action, enabled = true, expression }) =>
      enabled && action === 'skip' && requests.some((request) => holds(expression, request) === true),
  );
  const about = { subject: 'custom rules', place: { name: `custom rules of ${zone.name}` } };
  if (open)
    yield {
      ...about,
      outcome: 'fail',
      message: `The rule "${open.description ?? open.expression}" lets a stranger at the login past the protection.`,
      proof: [{ kind: 'step', text: `skip where ${open.expression}` }],
    };
  else yield { ...about, outcome: 'pass', message: 'No rule lets a stranger past the protection.' };
}

function skipped(expression: string): EdgeZone {
  return edgeZoneSample({
    rules: rulesWith('http_request_firewall_custom', {
      action: 'skip',
      expression,
      action_parameters: { phases: ['http_request_firewall_managed'] },
    }),
  });
}
