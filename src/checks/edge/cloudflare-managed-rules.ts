import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { type EdgeRule, edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, rulesWith, unread } from '../../evidence/cloudflare-samples.ts';
import { edgeHostsOf, loginPathsOf } from '../../evidence/edge-baseline.ts';
import { type EdgeRequest, holds } from '../../evidence/edge-expression.ts';
import { ifInUse, unreadPart, zonesInUse } from '../edge-setting.ts';

const phase = 'http_request_firewall_managed';

/** Rulesets that Cloudflare keeps against attacks on web apps, by the ids that they have in every account. */
const free = '77454fe2d30c4220b5701f6fdfb893ba';
const managed = 'efb7b8c949ac4650a09736fc376e9aee';
/** Its other ones, which look for something else: scores (OWASP), and passwords that leaked. */
const others = new Set(['4814384a9e5d4991b9815dcfc25d2f1f', 'c2e184081120413c86c3ab7e14069605']);

export const cloudflareManagedRules = defineCheck({
  id: 'edge/cloudflare-managed-rules',
  severity: 'medium',
  covers: ['CF-managed-free'],
  doc: {
    title: 'The ready-made firewall rules of Cloudflare do not run',
    why: 'Cloudflare keeps a set of rules against attacks that are going round, on every plan. It costs nothing and stops what is tried on each app within hours of becoming known.',
    fix: 'Open Security, Settings (in older dashboards: WAF, Managed rules), and switch the Cloudflare managed ruleset on for all requests, without an override that switches its rules off.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/waf/managed-rules/', 'https://developers.cloudflare.com/waf/get-started/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'the rule that runs them is off', given: { zones: [running({ enabled: false })] } },
      {
        name: 'all of them are overridden',
        given: { zones: [running({ action_parameters: { id: free, overrides: { enabled: false } } })] },
      },
      {
        name: 'they only write down what they see',
        given: { zones: [running({ action_parameters: { id: free, overrides: { action: 'log' } } })] },
      },
      { name: 'a rule before lets everybody past', given: { zones: [running({}, skipRule('true'))] } },
      { name: 'they run for another host alone', given: { zones: [running({ expression: 'http.host eq "old.example.com"' })] } },
      { name: 'a plan that pays for them, and no rule that runs them', given: { zones: [edgeZoneSample({ plan: 'pro' })] } },
    ],
    passes: [
      { name: 'they run', given: { zones: [running({})] } },
      {
        name: 'those of a larger plan',
        given: { zones: [edgeZoneSample({ ...running({ action_parameters: { id: managed } }), plan: 'pro' })] },
      },
      { name: 'as Cloudflare sets up a zone of the Free plan', given: { zones: [edgeZoneSample()] } },
      { name: 'a webhook goes past them', given: { zones: [running({}, skipRule('http.request.uri.path eq "/webhooks/stripe"'))] } },
      {
        name: 'one of them is off',
        given: { zones: [running({ action_parameters: { id: free, overrides: { rules: [{ id: '1', enabled: false }] } } })] },
      },
    ],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ rules: { ...rulesWith(), [phase]: unread } })] } },
      { name: 'all rules were taken out', given: { zones: [edgeZoneSample({ emptied: [phase] })] } },
      { name: 'the account may run them', given: { zones: [edgeZoneSample({ plan: 'enterprise' })] } },
      { name: 'for a country', given: { zones: [running({ expression: 'ip.src.country eq "NZ"' })] } },
    ],
  },
  *evaluate({ zones }) {
    for (const zone of zonesInUse(zones)) yield ifInUse(zone, observed(zone));
  },
});

const look = 'Look under Security, Settings (in older dashboards: WAF, Managed rules) whether the Cloudflare managed ruleset is on.';

function observed(zone: EdgeZone): Observation {
  const { rules, name, plan, emptied = [] } = zone;
  const part = rules[phase];
  if (part.value === undefined) return unreadPart('managed rules', part);
  const about = {
    subject: 'managed rules',
    place: { name: `managed rules of ${name}` },
    proof: part.value.map((rule) => ({ kind: 'step' as const, text: shown(rule) })),
  };
  if (!part.value.some(isExecuting)) {
    // Of a zone without a rule in the phase, Cloudflare runs the free set by itself where the plan is Free; in larger ones somebody has to switch on theirs.
    if (part.value.length === 0 && plan === 'free' && !emptied.includes(phase))
      return {
        ...about,
        outcome: 'pass',
        message: 'The managed rules run as Cloudflare sets them up on the Free plan: no rule says otherwise.',
      };
    if (part.value.length === 0 && (plan === 'pro' || plan === 'business'))
      return {
        ...about,
        outcome: 'fail',
        severity: 'low',
        message: `No rule of the zone runs the Cloudflare Managed Ruleset, which the plan (${plan}) pays for.`,
      };
    return { ...about, outcome: 'unknown', message: 'Whether the managed rules of Cloudflare run could not be told.', toKnow: look };
  }
  // A stranger at the login, or at the front page: the plainest requests there are.
  const requests = edgeHostsOf(zone).flatMap(({ name: host }) =>
    [...loginPathsOf(zone), '/'].map((path) => ({ host, path, method: 'POST', cookie: '', headers: [], isStranger: true })),
  );
  const told = requests.map((request) => ({ request, runs: runFor(part.value ?? [], request) }));
  const past = told.find(({ runs }) => runs === false);
  if (past)
    return {
      ...about,
      outcome: 'fail',
      message: `The managed rules of Cloudflare do not stop anything that a stranger sends to ${past.request.host}${past.request.path}.`,
    };
  if (told.length === 0 || told.some(({ runs }) => runs === undefined))
    return {
      ...about,
      outcome: 'unknown',
      message: 'Whether the managed rules of Cloudflare run for everybody could not be told.',
      toKnow: look,
    };
  return { ...about, outcome: 'pass', message: 'The managed rules of Cloudflare run.' };
}

/** A rule that runs a set which may be the one: ids that we do not know may be another one of the account. */
const isExecuting = ({ action, action_parameters: set }: EdgeRule): boolean => action === 'execute' && !others.has(textOf(set?.['id']));
const isTheOne = ({ action_parameters: set }: EdgeRule): boolean => [free, managed].includes(textOf(set?.['id']));

/** Whether the rules of the phase, in their order, run one of the sets for a request so that it can stop something. */
function runFor(rules: readonly EdgeRule[], request: EdgeRequest): boolean | undefined {
  let truth: boolean | undefined = false;
  for (const rule of rules) {
    if (rule.enabled === false) continue;
    const isFor = holds(rule.expression, request);
    if (isFor === false) continue;
    if (rule.action === 'skip' && leavesOut(rule)) {
      if (isFor) return truth;
      // Whoever it is for is let past what follows.
      return undefined;
    }
    if (!isExecuting(rule) || isOff(rule)) continue;
    if (isFor && isTheOne(rule)) return true;
    truth = undefined;
  }
  return truth;
}

/** Whether a skip rule leaves out all that follows, or one of the sets as a whole. */
function leavesOut({ action_parameters: set = {} }: EdgeRule): boolean {
  const { ruleset, rulesets } = set;
  return ruleset === 'current' || (Array.isArray(rulesets) && rulesets.some((one) => one === free || one === managed));
}

/** Overridden as a whole so that nothing is stopped. */
function isOff({ action_parameters: set }: EdgeRule): boolean {
  const whole = set?.['overrides'];
  if (typeof whole !== 'object' || whole === null) return false;
  const { enabled, action } = whole as { readonly enabled?: unknown; readonly action?: unknown };
  return enabled === false || action === 'log';
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const shown = (rule: EdgeRule): string =>
  `${rule.enabled === false ? 'off: ' : ''}${rule.action} ${rule.description ?? textOf(rule.action_parameters?.['id'])} where ${rule.expression}${isOff(rule) ? ', overridden as a whole' : ''}`;

function skipRule(expression: string): EdgeRule {
  return { action: 'skip', expression, action_parameters: { ruleset: 'current' } };
}

function running(change: Partial<EdgeRule>, ...before: readonly EdgeRule[]): EdgeZone {
  return edgeZoneSample({
    rules: rulesWith(phase, ...before, { action: 'execute', expression: 'true', action_parameters: { id: free }, ...change }),
  });
}
