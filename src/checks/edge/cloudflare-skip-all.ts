import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { type EdgeRule, edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, known, rulesWith, unread } from '../../evidence/cloudflare-samples.ts';
import { edgeHostsOf, loginPathsOf } from '../../evidence/edge-baseline.ts';
import { type EdgeRequest, holds } from '../../evidence/edge-expression.ts';
import { pageRuleFor, pageRuleName } from '../../evidence/edge-page-rules.ts';
import { ifInUse, unreadPart, zonesInUse } from '../edge-setting.ts';

export const cloudflareSkipAll = defineCheck({
  id: 'edge/cloudflare-skip-all',
  severity: 'high',
  covers: ['CF-custom-few'],
  doc: {
    title: 'A rule lets everybody past the protection',
    why: 'The firewall rules of Cloudflare are there, and switched off again for every visitor by a rule that skips them.',
    fix: 'Open Security, WAF, Custom rules, and delete the rule, or narrow it down to the address or the path it was meant for.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/waf/custom-rules/skip/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'it skips for everybody', given: { zones: [skipped('true')] } },
      {
        name: 'a page rule that switches off security',
        given: {
          zones: [
            edgeZoneSample({
              pageRules: known([
                {
                  id: '1',
                  status: 'active',
                  targets: [{ constraint: { value: '*app.example.com/*' } }],
                  actions: [{ id: 'disable_security' }],
                },
              ]),
            }),
          ],
        },
      },
    ],
    passes: [
      { name: 'no such rule', given: { zones: [edgeZoneSample()] } },
      { name: 'the own office', given: { zones: [skipped('(ip.src in {198.51.100.7 2001:db8::/48})')] } },
      { name: 'a webhook alone', given: { zones: [skipped('http.request.uri.path eq "/webhooks/stripe"')] } },
    ],
    unknowns: [
      { name: 'a whole country', given: { zones: [skipped('(ip.src.country eq "NZ")')] } },
      {
        name: 'the token may not look',
        given: { zones: [edgeZoneSample({ rules: { ...rulesWith(), http_request_firewall_custom: unread } })] },
      },
    ],
  },
  *evaluate({ zones }) {
    for (const zone of zonesInUse(zones)) yield* observed(zone);
  },
});

function* observed(zone: EdgeZone): Generator<Observation, void> {
  const part = zone.rules.http_request_firewall_custom;
  if (part.value === undefined) return yield unreadPart('custom rules', part);
  // A stranger at the login, or at the front page: the plainest requests there are.
  const requests = edgeHostsOf(zone).flatMap(({ name }) =>
    [...loginPathsOf(zone), '/'].map((path) => ({ host: name, path, method: 'POST', cookie: '', headers: [], isStranger: true })),
  );
  yield* bySwitch(zone, requests);
  const about = { subject: 'custom rules', place: { name: `custom rules of ${zone.name}` } };
  const skips = part.value
    .filter(({ action, enabled = true, action_parameters: set }) => enabled && action === 'skip' && isProtection(set))
    .map((rule) => ({ rule, told: requests.map((request) => holds(rule.expression, request)) }));
  const open = skips.find(({ told }) => told.includes(true));
  const unclear = skips.find(({ told }) => told.includes(undefined));
  if (open)
    yield ifInUse(zone, {
      ...about,
      outcome: 'fail',
      message: `The rule "${open.rule.description ?? open.rule.expression}" lets a stranger past the protection.`,
      proof: [{ kind: 'step', text: `skip where ${open.rule.expression}` }],
    });
  else if (unclear)
    yield {
      ...about,
      outcome: 'unknown',
      message: `Whether the rule "${unclear.rule.description ?? unclear.rule.expression}" lets strangers past the protection could not be told.`,
      proof: [{ kind: 'step', text: `skip where ${unclear.rule.expression}` }],
      toKnow: 'See under Security, WAF, Custom rules, whom it is for; a rule for single paths or addresses can be judged here.',
    };
  else yield { ...about, outcome: 'pass', message: 'No rule lets a stranger past the protection.' };
}

/** The switch "Disable Security" of page rules: it takes off Zone Lockdown, Scrape Shield and what is left of the old firewall. */
function* bySwitch(zone: EdgeZone, requests: readonly EdgeRequest[]): Generator<Observation, void> {
  if (zone.pageRules.value === undefined) return yield unreadPart('page rules', zone.pageRules);
  const rule = requests
    .map((request) => pageRuleFor(request, zone))
    .find((one) => one?.actions.some(({ id }) => id === 'disable_security'));
  if (rule)
    yield ifInUse(zone, {
      subject: 'page rules',
      place: { name: `page rules of ${zone.name}` },
      outcome: 'fail',
      // The firewall of today is not asked by it.
      severity: 'low',
      message: `${pageRuleName(rule).replace(/^t/, 'T')} switches off security for everybody (Disable Security).`,
    });
}

/** What a skip rule leaves out: rules of the firewall and limits, or only checks of little weight, as that of the browser. */
function isProtection(set: EdgeRule['action_parameters'] = {}): boolean {
  const products = set['products'];
  if (set['phases'] !== undefined || set['ruleset'] !== undefined) return true;
  return !Array.isArray(products) || products.some((one) => one === 'waf' || one === 'rateLimit' || one === 'zoneLockdown');
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
