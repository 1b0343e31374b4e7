import type { EdgePlan, EdgeRule, RulePhase } from '../../../../evidence/cloudflare.ts';
import { loginPathsOf, privatePathsOf } from '../../../../evidence/edge-baseline.ts';
import { sessionWords } from '../../../../evidence/edge-expression.ts';
import type { LiveZone } from '../zone.ts';
import { isOurs, ruleBody, type RulesChange, ruleText } from './change.ts';

/** Rate limiting rules that a plan has (https://developers.cloudflare.com/waf/rate-limiting-rules/#availability), and what one may be; times in seconds. */
const limits: Readonly<
  Record<EdgePlan, { readonly rules: number; readonly period: number; readonly requests: number; readonly ban: number }>
> = {
  free: { rules: 1, period: 10, requests: 10, ban: 10 },
  pro: { rules: 2, period: 60, requests: 20, ban: 60 },
  business: { rules: 5, period: 60, requests: 20, ban: 600 },
  enterprise: { rules: 100, period: 60, requests: 20, ban: 600 },
};

export interface RulePlan {
  readonly changes: readonly RulesChange[];
  readonly problems: readonly string[];
  /** Rules of others, which stay as they are. */
  readonly alone: readonly { readonly phase: RulePhase; readonly rule: EdgeRule }[];
}

const text = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
const pathIs = (path: string): string =>
  path.endsWith('/') ? `starts_with(http.request.uri.path, ${text(path)})` : `http.request.uri.path eq ${text(path)}`;

/** Answers for these requests are never kept. */
function cacheRule(zone: LiveZone): EdgeRule {
  const apis = zone.hosts.filter(({ role }) => role === 'api').map(({ name }) => `http.host eq ${text(name)}`);
  const paths = privatePathsOf(zone).map((path) => `starts_with(http.request.uri.path, ${text(path)})`);
  // Pages alone: files of the app are the same for all, and are to be kept for those who are signed in as well.
  const sessions = `http.request.uri.path.extension eq "" and (${sessionWords.map((word) => `http.cookie contains ${text(word)}`).join(' or ')})`;
  const all = [...apis, ...paths, 'any(http.request.headers.names[*] == "authorization")', sessions];
  return {
    ref: 'lr_cache_private',
    description: 'Launch Ready: never keep answers that belong to one customer',
    action: 'set_cache_settings',
    action_parameters: { cache: false },
    expression: all.map((one) => `(${one})`).join(' or '),
    enabled: true,
  };
}

function loginRule(zone: LiveZone, plan: EdgePlan): EdgeRule {
  const { period, requests, ban } = limits[plan];
  return {
    ref: 'lr_login_limit',
    description: 'Launch Ready: limit tries at the login',
    action: 'block',
    expression: loginPathsOf(zone)
      .map((path) => `(${pathIs(path)})`)
      .join(' or '),
    ratelimit: { characteristics: ['cf.colo.id', 'ip.src'], period, requests_per_period: requests, mitigation_timeout: ban },
    enabled: true,
  };
}

/** Redirects of the domain map. `proxied`: hosts whose requests come by the edge, or will. */
function redirectRules({ hosts }: LiveZone, proxied: ReadonlySet<string>): { rules: EdgeRule[]; problems: string[] } {
  const leading = hosts.filter(({ redirectsTo }) => redirectsTo !== undefined);
  return {
    rules: leading
      .filter(({ name }) => proxied.has(name))
      .map(({ name, redirectsTo = '' }) => ({
        ref: `lr_redirect_${name.replace(/[^a-z0-9]/g, '_')}`,
        description: `Launch Ready: ${name} leads to ${redirectsTo}`,
        action: 'redirect',
        action_parameters: {
          from_value: {
            target_url: { expression: `concat("https://${redirectsTo}", http.request.uri.path)` },
            status_code: 308,
            preserve_query_string: true,
          },
        },
        expression: `(http.host eq ${text(name)})`,
        enabled: true,
      })),
    problems: leading
      .filter(({ name }) => !proxied.has(name))
      .map(
        ({ name, redirectsTo = '' }) =>
          `${name} is to lead to ${redirectsTo}, but does not go through Cloudflare: set the redirect where ${name} is hosted.`,
      ),
  };
}

/** What of the rules is to be changed: ours are put in, those of others keep their places. */
export function planRules(zone: LiveZone, proxied: ReadonlySet<string>): RulePlan {
  const changes: RulesChange[] = [];
  const problems: string[] = [];
  const alone = Object.entries(zone.rules).flatMap(([phase, { value = [] }]) =>
    value.filter((rule) => !isOurs(rule)).map((rule) => ({ phase: phase as RulePhase, rule })),
  );
  const redirects = redirectRules(zone, proxied);
  problems.push(...redirects.problems);
  put('http_request_dynamic_redirect', redirects.rules, 'the domain map says where these hosts lead');
  // Where no host comes by the edge, its limits and its cache are nobody's.
  if (proxied.size === 0) return { changes, problems, alone };
  const limit = limits[zone.plan === 'unknown' ? 'free' : zone.plan];
  const others = (zone.rules.http_ratelimit.value ?? []).filter((rule) => !isOurs(rule)).length;
  if (others < limit.rules)
    put('http_ratelimit', [loginRule(zone, zone.plan === 'unknown' ? 'free' : zone.plan)], 'passwords are tried at every login there is');
  else if (zone.rules.http_ratelimit.value)
    problems.push(
      `The plan ${zone.plan} has room for ${limit.rules} rate limiting ${limit.rules === 1 ? 'rule, which is' : 'rules, which are'} in use: add the login (${loginPathsOf(zone).join(', ')}) to one of them by hand.`,
    );
  // Nothing is kept that needs to be kept out where no host comes by the edge.
  put('http_request_cache_settings', [cacheRule(zone)], 'no rule before it may hand the answer of one customer to another');
  return { changes, problems, alone };

  function put(phase: RulePhase, rules: readonly EdgeRule[], why: string): void {
    const part = zone.rules[phase];
    if (part.value === undefined) return;
    const live = part.value.map(ruleBody);
    const kept = live.filter((rule) => !isOurs(rule));
    const own = live.filter(isOurs);
    const same = own.length === rules.length && rules.every((rule, nth) => ruleText(own[nth]!) === ruleText(rule));
    // The last word is ours: of cache rules the last that matches holds.
    const isLast = live.slice(kept.length).every(isOurs);
    if (same && isLast) return;
    const after = [...kept, ...rules.map((rule) => ({ ...rule, ...ofId(own, rule) }))];
    changes.push({ kind: 'rules', phase, ...(zone.entrypoints[phase] !== undefined && { before: live }), after, why, risks: [] });
  }
}

/** A rule that is there already keeps its id. */
const ofId = (own: readonly EdgeRule[], { ref }: EdgeRule): { id?: string } => {
  const id = own.find((one) => one.ref === ref)?.id;
  return id === undefined ? {} : { id };
};
