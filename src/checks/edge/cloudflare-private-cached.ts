import { defineCheck } from '../../core/check.ts';
import { optional } from '../../core/evidence.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeRule, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeRecord, edgeZoneSample, known, rulesWith, unread } from '../../evidence/cloudflare-samples.ts';
import { heldAt, privateAddresses, signedInRequests, toKnowHosts } from '../../evidence/edge-baseline.ts';
import { cacheVerdict, type CacheVerdict } from '../../evidence/edge-cache-rules.ts';
import { edgePages, type EdgePages } from '../../evidence/edge-pages.ts';
import { ifInUse, zonesInUse } from '../edge-setting.ts';

const notSeen: EdgePages = { apex: '', hosts: [] };
const everything: EdgeRule = {
  action: 'set_cache_settings',
  expression: 'true',
  action_parameters: { cache: true, edge_ttl: { mode: 'override_origin', default: 3600 } },
  description: 'cache all',
};
const asTheAppSays: EdgeRule = { ...everything, action_parameters: { cache: true } };
const bypass = (expression: string): EdgeRule => ({ action: 'set_cache_settings', expression, action_parameters: { cache: false } });

export const cloudflarePrivateCached = defineCheck({
  id: 'edge/cloudflare-private-cached',
  severity: 'blocker',
  covers: ['CF-cache-default', 'CF-cache-edge-ttl', 'CF-bypass-on-auth', 'S3-C5'],
  doc: {
    title: 'Rules make the edge keep answers that belong to one customer, whatever the app says',
    why: 'The next one who asks the same address gets the page of somebody else: their name, their invoices, sometimes their session. With an Edge TTL that ignores Cache-Control it does not help that the app marks them as private.',
    fix: 'Take "Cache Everything" and the Edge TTL off these paths, or put a rule "Bypass cache" for them after all others, as launch-ready edge plan does; then purge the cache.',
    effort: 'minutes',
    references: [
      'https://developers.cloudflare.com/cache/how-to/cache-rules/settings/#edge-ttl',
      'https://developers.cloudflare.com/cache/concepts/default-cache-behavior/',
      'https://developers.cloudflare.com/rules/page-rules/reference/settings/',
    ],
  },
  needs: { zones: edgeZones, pages: optional(edgePages, notSeen) },
  examples: {
    fails: [
      { name: 'a cache rule for everything, for an hour', given: { zones: [cached(everything)], pages: notSeen } },
      {
        name: 'a page rule for everything, for an hour',
        given: {
          pages: notSeen,
          zones: [
            edgeZoneSample({
              pageRules: known([
                {
                  id: '1',
                  status: 'active',
                  targets: [{ constraint: { value: '*example.com/*' } }],
                  actions: [
                    { id: 'cache_level', value: 'cache_everything' },
                    { id: 'edge_cache_ttl', value: 3600 },
                  ],
                },
              ]),
            }),
          ],
        },
      },
    ],
    passes: [
      {
        name: 'everything, but not for the cookie that people are signed in with',
        given: {
          zones: [cached(everything, bypass('http.cookie contains "portal_sid" or any(http.request.headers.names[*] == "authorization")'))],
          pages: held('portal_sid'),
        },
      },
      { name: 'no rules: the edge keeps files alone', given: { zones: [edgeZoneSample()], pages: notSeen } },
      {
        name: 'everything, but not for those who sign in',
        given: {
          pages: notSeen,
          zones: [cached(everything, bypass('http.cookie contains "session" or any(http.request.headers.names[*] == "authorization")'))],
        },
      },
      { name: 'everything that the app does not mark as private', given: { zones: [cached(asTheAppSays)], pages: notSeen } },
      {
        name: 'everything, told apart by session and token',
        given: {
          pages: notSeen,
          zones: [
            cached({
              ...everything,
              action_parameters: {
                ...everything.action_parameters,
                cache_key: { custom_key: { cookie: { include: ['session'] }, header: { include: ['authorization'] } } },
              },
            }),
          ],
        },
      },
    ],
    unknowns: [
      {
        name: 'everything, but for a cookie that only sounds like one of a session',
        given: { zones: [cached(everything, bypass('http.cookie contains "inside_promo"'))], pages: notSeen },
      },
      {
        name: 'everything, but for a session cookie that is not the one people are signed in with',
        given: {
          zones: [cached(everything, bypass('http.cookie contains "session" or any(http.request.headers.names[*] == "authorization")'))],
          pages: held('sb-abcd-auth-token'),
        },
      },
      {
        name: 'everything, of a domain without a map',
        given: { zones: [{ ...cached(everything), hosts: [], records: known([edgeRecord()]) }], pages: notSeen },
      },
      {
        name: 'everything, but for Authorization: the app may sign people in by a cookie',
        given: { zones: [cached(everything, bypass('any(http.request.headers.names[*] == "authorization")'))], pages: notSeen },
      },
      {
        name: 'a rule that cannot be judged',
        given: { zones: [cached({ ...everything, expression: 'http.request.uri.path matches "^/a"' })], pages: notSeen },
      },
      {
        name: 'the token may not look',
        given: { zones: [edgeZoneSample({ rules: { ...rulesWith(), http_request_cache_settings: unread } })], pages: notSeen },
      },
    ],
  },
  *evaluate({ zones, pages }) {
    for (const zone of zonesInUse(zones)) yield* observed(zone, pages);
  },
});

function* observed(zone: EdgeZone, pages: EdgePages): Generator<Observation, void> {
  for (const one of judged(zone, pages)) {
    // A site without anything private is kept at the edge with good reason.
    if (one.outcome === 'fail' && zone.hosts.length === 0)
      yield { ...one, outcome: 'unknown', message: `${one.message} Whether it belongs to one customer is not known.`, toKnow: toKnowHosts };
    else yield ifInUse(zone, one);
  }
}

function* judged(zone: EdgeZone, pages: EdgePages): Generator<Observation, void> {
  for (const { host, path } of privateAddresses(zone)) {
    const [cookie, header] = signedInRequests(host, path, heldAt(pages, host)).map((request) => cacheVerdict(request, zone)) as [
      CacheVerdict,
      CacheVerdict,
    ];
    const where = `${host}${path}`;
    const worse =
      [cookie, header].find(({ outcome }) => outcome === 'kept') ?? [cookie, header].find(({ outcome }) => outcome === 'unknown');
    const { by, toKnow } = worse ?? cookie;
    const about = {
      subject: where,
      place: { name: where },
      ...(by !== undefined && {
        cause: by,
        proof: [{ kind: 'step' as const, text: `a request of somebody signed in for ${where}: ${by}` }],
      }),
    };
    if (!worse)
      yield { ...about, outcome: 'pass', message: `No rule makes the edge keep the answer of ${where} whatever the app says of it.` };
    else if (cookie.outcome === 'kept' && header.outcome === 'kept')
      yield {
        ...about,
        outcome: 'fail',
        message: `The edge keeps the answer of ${where} whatever the app says of it: ${by ?? 'a rule says so'}.`,
      };
    else if (worse.outcome === 'kept')
      yield {
        ...about,
        outcome: 'unknown',
        message: `The edge keeps the answer of ${where} for people who are signed in by ${cookie.outcome === 'kept' ? 'a cookie' : 'an Authorization header'} (${by ?? 'a rule says so'}); whether your app does that is not known.`,
        toKnow: 'Put a rule "Bypass cache" for private paths after all others, as launch-ready edge plan does: it is for both.',
      };
    else
      yield {
        ...about,
        outcome: 'unknown',
        message: `Whether the edge keeps the answer of ${where} could not be told: ${by ?? 'the rules could not be read'}.`,
        toKnow: toKnow ?? 'Put a rule "Bypass cache" for private paths after all others, as launch-ready edge plan does.',
      };
  }
}

/** Somebody who is signed in to the app by a cookie. */
function held(name: string): EdgePages {
  const cookie = {
    name,
    url: 'https://app.example.com/',
    secure: true,
    httpOnly: true,
    sameSite: 'lax',
    persistent: true,
    signedIn: true,
  } as const;
  return {
    apex: 'example.com',
    hosts: ['app', 'api'].map((one) => ({ name: `${one}.example.com`, role: 'app', pages: [], cookies: [cookie] })),
  };
}

function cached(...rules: readonly EdgeRule[]): EdgeZone {
  return edgeZoneSample({ rules: rulesWith('http_request_cache_settings', ...rules) });
}
