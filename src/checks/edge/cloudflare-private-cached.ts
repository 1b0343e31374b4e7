import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeRule, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeRecord, edgeZoneSample, known, rulesWith, unread } from '../../evidence/cloudflare-samples.ts';
import { cacheVerdict, privateRequests, toKnowHosts } from '../../evidence/edge-baseline.ts';
import { ifInUse, zonesInUse } from '../edge-setting.ts';

const everything: EdgeRule = {
  action: 'set_cache_settings',
  expression: 'true',
  action_parameters: { cache: true },
  description: 'cache all',
};
const bypass: EdgeRule = {
  action: 'set_cache_settings',
  expression: 'any(http.request.headers.names[*] == "authorization")',
  action_parameters: { cache: false },
};

export const cloudflarePrivateCached = defineCheck({
  id: 'edge/cloudflare-private-cached',
  severity: 'blocker',
  covers: ['CF-cache-default', 'CF-cache-edge-ttl', 'CF-bypass-on-auth', 'S3-C5'],
  doc: {
    title: 'Rules make the edge keep answers that belong to one customer',
    why: 'The next one who asks the same address gets the page of somebody else: their name, their invoices, sometimes their session.',
    fix: 'Take "Cache Everything" off these paths, or put a rule "Bypass cache" for them after all others, as launch-ready edge plan does; then purge the cache.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/cache/concepts/default-cache-behavior/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'a cache rule for everything', given: { zones: [cached(everything)] } },
      {
        name: 'a page rule for everything',
        given: {
          zones: [
            edgeZoneSample({
              pageRules: known([
                {
                  id: '1',
                  status: 'active',
                  targets: [{ constraint: { value: '*example.com/*' } }],
                  actions: [{ id: 'cache_level', value: 'cache_everything' }],
                },
              ]),
            }),
          ],
        },
      },
    ],
    passes: [
      { name: 'no rules: the edge keeps files alone', given: { zones: [edgeZoneSample()] } },
      { name: 'everything, but not for those who sign in', given: { zones: [cached(everything, bypass)] } },
    ],
    unknowns: [
      {
        name: 'everything, of a domain without a map',
        given: { zones: [{ ...cached(everything), hosts: [], records: known([edgeRecord()]) }] },
      },
      {
        name: 'a rule that cannot be judged',
        given: { zones: [cached({ ...everything, expression: 'http.request.uri.path matches "^/a"' })] },
      },
      {
        name: 'the token may not look',
        given: { zones: [edgeZoneSample({ rules: { ...rulesWith(), http_request_cache_settings: unread } })] },
      },
    ],
  },
  *evaluate({ zones }) {
    for (const zone of zonesInUse(zones)) yield* observed(zone);
  },
});

function* observed(zone: EdgeZone): Generator<Observation, void> {
  for (const one of judged(zone)) {
    // A site without anything private is kept at the edge with good reason.
    if (one.outcome === 'fail' && zone.hosts.length === 0)
      yield { ...one, outcome: 'unknown', message: `${one.message} Whether it belongs to one customer is not known.`, toKnow: toKnowHosts };
    else yield ifInUse(zone, one);
  }
}

function* judged(zone: EdgeZone): Generator<Observation, void> {
  for (const request of privateRequests(zone)) {
    const { outcome, by, toKnow } = cacheVerdict(request, zone);
    const where = `${request.host}${request.path}`;
    const about = {
      subject: where,
      place: { name: where },
      ...(by !== undefined && {
        cause: by,
        proof: [{ kind: 'step' as const, text: `a request of somebody signed in for ${where}: ${by}` }],
      }),
    };
    if (outcome === 'kept')
      yield { ...about, outcome: 'fail', message: `The edge keeps the answer of ${where}: ${by ?? 'a rule says so'}.` };
    else if (outcome === 'passed') yield { ...about, outcome: 'pass', message: `No rule makes the edge keep the answer of ${where}.` };
    else
      yield {
        ...about,
        outcome: 'unknown',
        message: `Whether the edge keeps the answer of ${where} could not be told: ${by ?? 'the rules could not be read'}.`,
        toKnow: toKnow ?? 'Put a rule "Bypass cache" for private paths after all others, as launch-ready edge plan does.',
      };
  }
}

function cached(...rules: readonly EdgeRule[]): EdgeZone {
  return edgeZoneSample({ rules: rulesWith('http_request_cache_settings', ...rules) });
}
