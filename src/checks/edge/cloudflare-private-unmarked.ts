import { defineCheck } from '../../core/check.ts';
import { optional } from '../../core/evidence.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeRule, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeRecord, edgeZoneSample, known, rulesWith, unread } from '../../evidence/cloudflare-samples.ts';
import { appHostsOf, heldAt, privateAddresses, privatePathsOf, signedInRequests, toKnowHosts } from '../../evidence/edge-baseline.ts';
import { type CachedRoute, type EdgeCache, edgeCache } from '../../evidence/edge-cache.ts';
import { keepsAnswer } from '../../evidence/edge-cache-control.ts';
import { cacheVerdict, type CacheVerdict } from '../../evidence/edge-cache-rules.ts';
import { cacheOf, tryOf } from '../../evidence/edge-cache-samples.ts';
import { edgePages, type EdgePages } from '../../evidence/edge-pages.ts';
import { ifInUse, zonesInUse } from '../edge-setting.ts';

const notAsked: EdgeCache = { origin: '', control: { caches: 'untold', text: '' }, routes: [], requests: 0 };
const notSeen: EdgePages = { apex: '', hosts: [] };
const everything: EdgeRule = {
  action: 'set_cache_settings',
  expression: 'true',
  action_parameters: { cache: true },
  description: 'cache all',
};
const strict = { cache: true, edge_ttl: { mode: 'bypass_by_default' } };
const untried = { control: { caches: 'untold' as const, text: 'nothing was asked twice' } };

export const cloudflarePrivateUnmarked = defineCheck({
  id: 'edge/cloudflare-private-unmarked',
  severity: 'high',
  covers: ['CF-cache-default', 'CF-cache-edge-ttl', 'S3-C5'],
  doc: {
    title: 'The edge keeps answers that belong to one customer, because the app does not mark them as private',
    why: 'Where a cache rule says "Eligible for cache", the edge does as the Cache-Control header of the app says. Without that header it keeps pages and answers of an API for two hours, and gives them to the next one who asks the same address.',
    fix: 'Send Cache-Control: private, no-store with whatever needs a login. Or choose "Use cache-control header if present, bypass cache if not" as Edge TTL of the rule, which still keeps what says max-age, or put a rule "Bypass cache" for private paths after all others, as launch-ready edge plan does. Then purge the cache.',
    effort: 'minutes',
    references: [
      'https://developers.cloudflare.com/cache/concepts/cache-control/',
      'https://developers.cloudflare.com/cache/how-to/configure-cache-status-code/#edge-ttl',
      'https://developers.cloudflare.com/cache/concepts/default-cache-behavior/',
    ],
  },
  needs: { zones: edgeZones, cache: optional(edgeCache, notAsked), pages: optional(edgePages, notSeen) },
  examples: {
    fails: [
      {
        name: 'kept whatever the app says, at a path that nobody named',
        given: {
          pages: notSeen,
          zones: [cached({ ...everything, action_parameters: { cache: true, edge_ttl: { mode: 'override_origin', default: 60 } } })],
          cache: cacheOf([], { path: '/orders/{id}', cacheControl: 'no-store' }, untried),
        },
      },
      {
        name: 'an answer that says nothing of caches',
        given: { zones: [cached(everything)], cache: cacheOf([], {}, untried), pages: notSeen },
      },
      {
        name: 'a private file, which the edge keeps by its ending',
        given: { zones: [edgeZoneSample()], cache: cacheOf([], { path: '/export/invoices.csv' }, untried), pages: notSeen },
      },
      {
        name: 'an answer that may be kept by everybody',
        given: {
          pages: notSeen,
          zones: [cached({ ...everything, action_parameters: strict })],
          cache: cacheOf([], { cacheControl: 'public, max-age=60' }, untried),
        },
      },
      {
        name: 'an answer that lasts ten minutes, where nothing is kept that does not say so',
        given: {
          zones: [cached({ ...everything, action_parameters: strict })],
          cache: cacheOf([], { cacheControl: 'max-age=600' }, untried),
          pages: notSeen,
        },
      },
    ],
    passes: [
      { name: 'no rules: the edge keeps files alone', given: { zones: [edgeZoneSample()], cache: notAsked, pages: notSeen } },
      {
        name: 'marked as private',
        given: { zones: [cached(everything)], cache: cacheOf([], { cacheControl: 'private, no-store' }, untried), pages: notSeen },
      },
      {
        name: 'kept only where the app says so',
        given: { zones: [cached({ ...everything, action_parameters: strict })], cache: notAsked, pages: notSeen },
      },
      {
        name: 'not marked, but the cache was seen to give it to nobody',
        given: { zones: [cached(everything)], cache: cacheOf([tryOf()]), pages: notSeen },
      },
    ],
    unknowns: [
      {
        name: 'an answer that says something, but nothing of how long, where that decides',
        given: {
          zones: [cached({ ...everything, action_parameters: strict })],
          cache: cacheOf([], { cacheControl: 'must-revalidate' }, untried),
          pages: notSeen,
        },
      },
      { name: 'nobody has seen what the app says', given: { zones: [cached(everything)], cache: notAsked, pages: notSeen } },
      {
        name: 'a domain without a map',
        given: { zones: [{ ...cached(everything), hosts: [], records: known([edgeRecord()]) }], cache: notAsked, pages: notSeen },
      },
      {
        name: 'the token may not look',
        given: {
          zones: [edgeZoneSample({ rules: { ...rulesWith(), http_request_cache_settings: unread } })],
          cache: notAsked,
          pages: notSeen,
        },
      },
    ],
  },
  *evaluate({ zones, cache, pages }) {
    for (const zone of zonesInUse(zones))
      for (const { name } of appHostsOf(zone))
        for (const one of observed({ zone, host: name, held: heldAt(pages, name) }, cache)) yield ifInUse(zone, one);
  },
});

interface AppHost {
  readonly zone: EdgeZone;
  readonly host: string;
  /** Names of cookies that somebody signed in has here. */
  readonly held: readonly string[];
}

function* observed(app: AppHost, cache: EdgeCache): Generator<Observation, void> {
  const { zone, host } = app;
  const routes = routesOf(cache, host);
  for (const { route, path } of routes) yield ofRoute(app, { path, route, cache });
  const about = { subject: host, place: { name: host } };
  const asked = privateAddresses(zone)
    .filter((one) => one.host === host)
    .map(({ path }) => ({ path, verdict: worstOf(verdictsOf(app, path))! }));
  const unclear = asked.find(({ verdict: { outcome } }) => outcome === 'unknown')?.verdict;
  const kept = asked.find(({ verdict: { outcome } }) => outcome === 'asked');
  if (unclear) yield { ...about, ...unclearAs(host, unclear) };
  else if (!kept) {
    // What is kept whatever the app says is told by another check.
    if (asked.some(({ verdict: { outcome } }) => outcome === 'kept')) return;
    yield { ...about, outcome: 'pass', message: `The edge keeps no answer of ${host} that says nothing of caches.` };
  } else if (routes.length === 0)
    yield {
      ...about,
      outcome: 'unknown',
      cause: kept.verdict.by ?? host,
      message: `The edge keeps answers of ${host} for two hours unless they are marked as private (${kept.verdict.by ?? 'a rule says so'}); whether your app marks ${kept.path} and the like is not known.`,
      toKnow:
        zone.hosts.length === 0
          ? toKnowHosts
          : 'Name two people of different customers under access.people: it is asked as both then. Or put a rule "Bypass cache" for private paths after all others, as launch-ready edge plan does.',
    };
}

interface Seen {
  readonly path: string;
  readonly route: CachedRoute;
  readonly cache: EdgeCache;
}

/** What the edge does with an answer that was seen, from what it says of caches. */
function ofRoute(app: AppHost, { path, route, cache: { control } }: Seen): Observation {
  const { zone, host } = app;
  const { whose, cacheControl, tries } = route;
  const told = verdictsOf(app, path).map((one) => ({ ...one, isKept: one.outcome === 'unknown' || keepsAnswer(one.outcome, route) }));
  const worst = worstOf(told.filter((one) => one.isKept === true)) ?? worstOf(told.filter((one) => one.isKept === undefined)) ?? told[0]!;
  const { outcome, by = 'by its ending', isKept } = worst;
  const where = `${host}${path}`;
  const about = {
    subject: where,
    place: { name: where },
    proof: [
      {
        kind: 'http' as const,
        request: `GET ${path} as ${whose}`,
        response: cacheControl === undefined ? 'no Cache-Control' : `Cache-Control: ${cacheControl}`,
      },
      { kind: 'step' as const, text: `at the edge: ${by}` },
    ],
  };
  if (outcome === 'unknown') return { ...about, ...unclearAs(where, { outcome, by }) };
  if (isKept === undefined)
    return {
      ...about,
      outcome: 'unknown',
      message: `Whether the edge keeps what ${where} shows ${whose} could not be told: its ${cacheControl === undefined ? 'Expires' : 'Cache-Control'} ${cacheControl === undefined ? 'comes without Cache-Control' : 'does not say for how long'}, and ${by} goes by that.`,
      toKnow: 'Send Cache-Control: private, no-store with whatever needs a login.',
    };
  if (!isKept) return { ...about, outcome: 'pass', message: `The edge does not keep what ${where} shows ${whose}.` };
  if (outcome === 'kept')
    return {
      ...about,
      outcome: 'fail',
      severity: 'blocker',
      // Of the paths that every app has the rules alone tell it.
      ...(zone.hosts.length > 0 &&
        privatePathsOf(zone).some((one) => path.startsWith(one)) && { toldBy: 'edge/cloudflare-private-cached' }),
      message: `The edge keeps what ${where} shows ${whose}, whatever the app says of it: ${by}.`,
    };
  const tried = tries.filter((one) => one.outcome !== 'untold');
  if (tried.some((one) => one.outcome === 'shown'))
    return {
      ...about,
      outcome: 'fail',
      toldBy: 'edge/private-data-cached',
      message: `The edge keeps what ${where} shows ${whose}, and gave it to somebody else.`,
    };
  // A cache that was seen to keep things would have given it away.
  if (control.caches === 'yes' && tried.length > 0)
    return {
      ...about,
      outcome: 'pass',
      message: `${where} is not marked as private, and yet the edge gave it to nobody else in ${tried.length} ${tried.length === 1 ? 'try' : 'tries'}.`,
    };
  return {
    ...about,
    outcome: 'fail',
    message: `${where} shows ${whose} what is his ${cacheControl === undefined ? 'without a word on caches' : `with Cache-Control: ${cacheControl}`}, and the edge keeps it: ${by}.`,
  };
}

const unclearAs = (what: string, { by, toKnow }: CacheVerdict): Pick<Observation, 'outcome' | 'message' | 'toKnow' | 'toldBy'> => ({
  outcome: 'unknown',
  message: `What the edge keeps of ${what} could not be told: ${by ?? 'the rules could not be read'}.`,
  toKnow: toKnow ?? 'Put a rule "Bypass cache" for private paths after all others, as launch-ready edge plan does.',
  toldBy: 'edge/cloudflare-private-cached',
});

/** What is done for those with a cookie and for those with a header. */
const verdictsOf = ({ zone, host, held }: AppHost, path: string): CacheVerdict[] =>
  signedInRequests(host, path, held).map((request) => cacheVerdict(request, zone));

const order = ['unknown', 'kept', 'asked', 'timed', 'marked', 'allowed', 'passed'] as const;
const worstOf = <One extends CacheVerdict>(verdicts: readonly One[]): One | undefined =>
  order.flatMap((outcome) => verdicts.filter((one) => one.outcome === outcome))[0];

/** Private addresses of a host that were seen; those of other hosts than the app have their name in front. */
function routesOf({ origin, routes }: EdgeCache, host: string): { route: CachedRoute; path: string }[] {
  return routes.flatMap((route) => {
    const { path } = route;
    if (path.startsWith('/')) return URL.canParse(origin) && new URL(origin).hostname === host ? [{ route, path }] : [];
    return path.startsWith(`${host}/`) ? [{ route, path: path.slice(host.length) }] : [];
  });
}

function cached(...rules: readonly EdgeRule[]): EdgeZone {
  return edgeZoneSample({ rules: rulesWith('http_request_cache_settings', ...rules) });
}
