import type { Place } from '../core/finding.ts';
import type { ChartAttempt, ChartObject, ChartSource } from './chart-source.ts';
import type { PersonaName } from './isolation.ts';
import type { LiveAccess, LiveCell, LiveRoute, LiveVerb, Relation } from './live-access.ts';

/** The people of the matrix that those of a running app stand for. */
export const personaOf: Readonly<Record<Relation, PersonaName>> = {
  visitor: 'anon',
  stranger: 'stranger',
  peer: 'peer',
  own: 'owner',
  administrator: 'admin',
};

/** What the running app is called in the matrix and in its lock: its port is another one on the next machine. */
export const liveSource = 'running app';

const verbs: Readonly<Record<LiveVerb, string>> = { read: 'get', list: 'list', create: 'create', update: 'update', delete: 'delete' };

/** `/api/invoices/{id}` of `GET /api/invoices/{id}`. */
export const pathOf = (route: string): string => route.replace(/^[A-Z]+ /, '');

/** The routes of a running app as a source of the access matrix: those that were tried, and those that were not, with the reason. */
export function liveSources(live: LiveAccess | undefined): ChartSource[] {
  if (!live || live.cells.length + live.routes.length === 0) return [];
  const byRoute = new Map<string, LiveCell[]>();
  for (const cell of live.cells) byRoute.set(cell.route, [...(byRoute.get(cell.route) ?? []), cell]);
  const places = placesIn(live);
  const tried = [...byRoute].map(([route, cells]): ChartObject => ({
    ...routeObject(route, decisive(cells)),
    ...placed(places.get(shapeOf(route))),
  }));
  const known = new Set([...byRoute.keys()].map(shapeOf));
  const untried = live.routes
    .filter(({ id }) => !known.has(shapeOf(id)))
    .map(({ id, tried: isTried, why = 'it was not tried', place }): ChartObject => ({
      ...routeObject(id, []),
      ...placed(place),
      unseeded: isTried ? 'nothing in it is somebody else’s; what was tried on it is told by itself' : why,
    }));
  return [{ name: liveSource, objects: [...tried, ...untried] }];
}

const placed = (place: Place | undefined): { readonly place?: Place } => (place ? { place } : {});

/** However the parameters of a route are called. */
const shapeOf = (route: string): string => route.replace(/\{[^}]+\}/g, '{}');

const placesIn = ({ routes }: Pick<LiveAccess, 'routes'>): ReadonlyMap<string, Place | undefined> =>
  new Map(routes.map(({ id, place }) => [shapeOf(id), place]));

/** Where a route stands: its line in the code where that is known, and the app that answers it. */
export const routePlace = (
  { origin, routes }: { readonly origin: string; readonly routes: readonly LiveRoute[] },
  route: string,
): Place => ({
  ...placesIn({ routes }).get(shapeOf(route)),
  url: origin,
  name: route,
});

/** The first route that a text names and the app is known to have, where that stands in the code; else the app. */
export function placeNamed(live: { readonly origin: string; readonly routes: readonly LiveRoute[] }, text: string): Place {
  const known = new Map(live.routes.flatMap(({ id, place }) => (place ? [[id, place] as const] : [])));
  for (const [name] of text.matchAll(/\b(?:GET|POST|PUT|PATCH|DELETE) \/[^\s,;]*/g)) if (known.has(name)) return routePlace(live, name);
  return { url: live.origin };
}

/** A try of which nothing can be said tells nothing beside others of the same people that were fair ones. */
function decisive(cells: readonly LiveCell[]): LiveCell[] {
  const keyOf = ({ verb, relation }: LiveCell): string => `${verb} ${relation}`;
  const known = new Set(cells.flatMap((cell) => (cell.outcome === 'unknown' ? [] : [keyOf(cell)])));
  return cells.filter((cell) => cell.outcome !== 'unknown' || !known.has(keyOf(cell)));
}

/** A route as a thing of the matrix. */
export const routeObject = (route: string, cells: readonly LiveCell[]): ChartObject => ({
  kind: 'route',
  name: route,
  nature: 'private',
  natureWhy: 'its owner is shown what others were not',
  holds: [],
  belongs: { to: 'tenant' },
  cells: cells.map(attempt),
});

const maybe: Readonly<Record<NonNullable<LiveCell['shared']>, string>> = {
  listed: 'the app lists it to them, so it may be meant for all who are signed in',
  public: 'the app shows it to visitors, so it may be meant for everybody',
  link: 'nobody can guess its address, so it may be a link to pass on',
};

function attempt(cell: LiveCell): ChartAttempt {
  const { verb, relation, outcome, request, status, shows, shared, why } = cell;
  return {
    verb: Object.hasOwn(verbs, verb) ? verbs[verb] : 'get',
    who: Object.hasOwn(personaOf, relation) ? personaOf[relation] : 'stranger',
    outcome: outcome === 'unknown' ? 'undecided' : outcome,
    request,
    answer: why ?? (outcome === 'got' ? shows.join(', ') : `${status}`),
    seen: seenText(cell),
    ...(shared && Object.hasOwn(maybe, shared) && { maybe: maybe[shared] }),
  };
}

/** `GET /api/invoices/7 of anna, as bert: 404`. */
function seenText({ request, who, whose, relation, status, shows, why }: LiveCell): string {
  const as = who === 'visitor' ? 'a visitor' : who;
  const came = [...(status > 0 ? [String(status)] : []), ...(why === undefined ? shows.slice(0, 2) : [why])];
  return `${request.replace(longId, '$1…')}${relation === 'own' ? '' : ` of ${whose}`}, as ${as}: ${came.join(', ')}`;
}

/** A UUID: its beginning is enough to know it again. */
const longId = /\b([0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;
