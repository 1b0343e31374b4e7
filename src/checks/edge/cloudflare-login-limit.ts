import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, rulesWith, unread } from '../../evidence/cloudflare-samples.ts';
import { appHostsOf, toKnowHosts, usualLogins } from '../../evidence/edge-baseline.ts';
import { holds } from '../../evidence/edge-expression.ts';
import { ifInUse, unreadPart, zonesInUse } from '../edge-setting.ts';

export const cloudflareLoginLimit = defineCheck({
  id: 'edge/cloudflare-login-limit',
  severity: 'medium',
  covers: ['CF-rate-limit-login'],
  doc: {
    title: 'The edge lets anybody try passwords without end',
    why: 'Lists of stolen passwords are tried at every login there is, thousands an hour. The app should stop that itself; a limit at the edge stops it before it costs anything.',
    fix: 'Add a rate limiting rule for the login under Security, WAF: every plan has one, and launch-ready edge plan writes it. On the free plan it can look at the path alone, and ban for ten seconds.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/waf/rate-limiting-rules/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'no rule', given: { zones: [edgeZoneSample()] } },
      { name: 'a rule for something else', given: { zones: [limited('(http.request.uri.path eq "/search")')] } },
    ],
    passes: [{ name: 'a rule for the login', given: { zones: [limited('(http.request.uri.path eq "/login")')] } }],
    unknowns: [
      { name: 'a rule that cannot be judged', given: { zones: [limited('(http.request.uri.path matches "log.n")')] } },
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ rules: { ...rulesWith(), http_ratelimit: unread } })] } },
    ],
  },
  *evaluate({ zones }) {
    for (const zone of zonesInUse(zones)) yield* observed(zone);
  },
});

function* observed(zone: EdgeZone): Generator<Observation, void> {
  const part = zone.rules.http_ratelimit;
  if (part.value === undefined) return yield unreadPart('rate limits', part);
  const rules = part.value.filter(({ enabled = true, action }) => enabled && action !== 'log');
  for (const { host, paths } of loginsOf(zone)) {
    const told = paths.flatMap((path) => rules.map(({ expression }) => holds(expression, { host, path, method: 'POST' })));
    const about = {
      subject: `login ${host}`,
      place: { name: `login of ${host}` },
      proof: [{ kind: 'step' as const, text: `rate limiting rules: ${rules.map(({ expression }) => expression).join('; ') || 'none'}` }],
    };
    if (told.includes(true)) yield { ...about, outcome: 'pass', message: `Tries at the login of ${host} are limited at the edge.` };
    else if (told.includes(undefined))
      yield {
        ...about,
        outcome: 'unknown',
        message: `Whether a rate limiting rule is for the login of ${host} could not be told.`,
        toKnow: 'Name the login of the host under domains.hosts, or write the rule with the path alone.',
      };
    else if (zone.hosts.length === 0)
      yield {
        ...about,
        outcome: 'unknown',
        message: `No rule limits how often somebody may try a password at ${host}; whether it has a login is not known.`,
        toKnow: toKnowHosts,
      };
    else
      yield ifInUse(zone, {
        ...about,
        outcome: 'fail',
        message: `No rule limits how often somebody may try ${paths.join(' or ')} of ${host}.`,
      });
  }
}

/** Logins that are reached by the edge. An app whose login nobody named has it at one of the usual paths; an API has one only where it is named. */
function loginsOf(zone: EdgeZone): { host: string; paths: readonly string[] }[] {
  const logins = appHostsOf(zone).filter(({ role, login }) => role !== 'api' || login !== undefined);
  const isNamed = zone.hosts.some(({ login }) => login !== undefined);
  return logins
    .filter(({ login }) => login !== undefined || !isNamed)
    .map(({ name, login }) => ({ host: name, paths: login === undefined ? usualLogins : [login] }));
}

function limited(expression: string): EdgeZone {
  return edgeZoneSample({ rules: rulesWith('http_ratelimit', { action: 'block', expression }) });
}
