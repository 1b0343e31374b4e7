import { defineCheck } from '../../core/check.ts';
import { type CachedRoute, type CacheTry, edgeCache } from '../../evidence/edge-cache.ts';
import { cacheOf, tryOf } from '../../evidence/edge-cache-samples.ts';

export const privateDataCached = defineCheck({
  id: 'edge/private-data-cached',
  severity: 'blocker',
  mendedIn: 'code',
  tripwire: true,
  covers: ['S3-C5', 'S3-F', 'CF-cache-default', 'CF-cache-deception', 'CF-bypass-on-auth', 'MT-cache-keys'],
  doc: {
    title: 'A cache in front of the app gives one customer what is another’s',
    why: 'What one customer was shown is kept and handed to the next one, or to anybody without a login. The app checks everything rightly and is never asked; it is seen only with two people, and only for as long as something is kept.',
    fix: 'Let no cache keep what needs a login: send Cache-Control: private, no-store with every such answer; bypass the cache for /api, for requests with Authorization and with the session cookie; remove rules such as “Cache Everything”, proxy_ignore_headers and a cache key without the query. Let the app answer 404 where something is appended to an address. Then purge the cache.',
    effort: 'hours',
    references: [
      'https://developers.cloudflare.com/cache/concepts/default-cache-behavior/',
      'https://portswigger.net/web-security/web-cache-deception',
      'https://www.rfc-editor.org/rfc/rfc9111#section-3.5',
    ],
  },
  needs: { cache: edgeCache },
  examples: {
    fails: [
      {
        name: 'a stranger is shown it',
        given: { cache: cacheOf([tryOf({ outcome: 'shown', shows: ['the e-mail address'], notes: ['x-cache: HIT'] })]) },
      },
      {
        name: 'a visitor is shown it at an address that looks like a file',
        given: {
          cache: cacheOf([
            tryOf(),
            tryOf({
              way: 'suffix',
              who: 'visitor',
              outcome: 'shown',
              request: 'GET /api/me/launch-ready-….css',
              shows: ['the e-mail address'],
            }),
          ]),
        },
      },
    ],
    passes: [{ name: 'each is shown his own', given: { cache: cacheOf([tryOf(), tryOf({ who: 'visitor', status: 401 })]) } }],
    unknowns: [
      {
        name: 'nothing private was found',
        given: { cache: cacheOf([], {}, { routes: [], why: 'no address was found that shows somebody what nobody else is shown' }) },
      },
      {
        name: 'a host of the API was not asked',
        given: {
          cache: cacheOf([tryOf()], {}, { unasked: [{ name: 'api.example.com', why: 'Nothing proves yet that it is yours to try.' }] }),
        },
      },
      { name: 'no answer tells anything', given: { cache: cacheOf([tryOf({ outcome: 'untold', status: 429 })]) } },
    ],
  },
  *evaluate({ cache: { routes, control, why, origin, unasked = [] } }) {
    for (const route of routes) yield judged(route, route.control ?? control.text);
    for (const one of unasked)
      yield {
        outcome: 'unknown',
        subject: one.name,
        place: { name: one.name },
        message: `Whether a cache in front of ${one.name} gives one customer what is another’s could not be told: ${one.why}`,
        toKnow: `Prove that ${one.name} is yours, as for the app, or leave it out of the domain map if it has nothing of customers.`,
      };
    if (routes.length === 0)
      yield {
        outcome: 'unknown',
        subject: origin,
        message: `Nobody could tell whether a cache gives one customer what is another’s: ${why ?? 'nothing private was asked for'}.`,
        toKnow: 'Name two people under access.people who each have data of their own in the app.',
      };
  },
});

const ways: Readonly<Record<CacheTry['way'], string>> = {
  query: 'at the same address',
  head: 'at the same address, after its head was asked for',
  suffix: 'at an address that looks like a file',
  seen: 'while the app was looked at',
};

function judged({ path, whose, tries, unclear }: CachedRoute, control: string) {
  const about = { subject: path, place: { name: path } };
  const shown = tries.filter(({ outcome }) => outcome === 'shown');
  const told = tries.filter(({ outcome }) => outcome !== 'untold');
  const proofs = (list: readonly CacheTry[]) =>
    list.slice(0, 5).map(({ request, who, sending, status, shows, notes, way }) => ({
      kind: 'http' as const,
      request: `${request} as ${who}${sending === undefined ? '' : ` with ${sending}`}, ${way === 'seen' ? ways[way] : `after ${whose}, ${ways[way]}`}`,
      response: `${status}${shows.length > 0 ? `, with ${shows.join(' and ')} of ${whose}` : ''}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`,
    }));
  const [first] = shown;
  if (first) {
    const isForAnybody = shown.some(({ who }) => who === 'visitor');
    return {
      ...about,
      outcome: 'fail' as const,
      message: `${isForAnybody ? 'Anybody without a login' : `${first.who}, another customer,`} was given at ${path} what a cache had kept of ${whose}.`,
      proof: [...proofs(shown), { kind: 'step' as const, text: control }],
    };
  }
  if (told.length > 0)
    return {
      ...about,
      outcome: 'pass' as const,
      message: `Nobody else was given at ${path} what ${whose} had been shown, in ${told.length} ${told.length === 1 ? 'try' : 'tries'}.`,
      proof: [...proofs(told.slice(0, 2)), { kind: 'step' as const, text: control }],
    };
  return {
    ...about,
    outcome: 'unknown' as const,
    message: `Whether a cache gives others what ${path} shows ${whose} could not be told: ${unclear ?? 'no answer says anything of it'}.`,
    toKnow:
      unclear === undefined
        ? 'Run it again, with more patience for the app or its limit of requests.'
        : `Look whether ${path} is meant to be the same for everybody, and let caches keep the query in their keys.`,
    proof: proofs(tries),
  };
}
