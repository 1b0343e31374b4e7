import type { ChartAttempt, ChartObject, ChartSource } from './chart-source.ts';
import type { PersonaName } from './isolation.ts';
import type { LiveAccess, LiveCell, LiveVerb, Relation } from './live-access.ts';

/** The people of the matrix that those of a running app stand for. */
export const personaOf: Readonly<Record<Relation, PersonaName>> = {
  visitor: 'anon',
  stranger: 'stranger',
  peer: 'peer',
  own: 'owner',
  administrator: 'admin',
};

const verbs: Readonly<Record<LiveVerb, string>> = { read: 'get', list: 'list', create: 'create', update: 'update', delete: 'delete' };

/** `/api/invoices/{id}` of `GET /api/invoices/{id}`: reading and changing one thing are rows of one. */
export const pathOf = (route: string): string => route.replace(/^[A-Z]+ /, '');

/** The routes of a running app as a source of the access matrix. */
export function liveSources(live: LiveAccess | undefined): ChartSource[] {
  if (!live || live.cells.length === 0) return [];
  const byPath = new Map<string, LiveCell[]>();
  for (const cell of live.cells) byPath.set(pathOf(cell.route), [...(byPath.get(pathOf(cell.route)) ?? []), cell]);
  return [{ name: live.origin, objects: [...byPath].map(([path, cells]) => routeObject(path, cells)) }];
}

/** A route as a thing of the matrix. */
export const routeObject = (path: string, cells: readonly LiveCell[]): ChartObject => ({
  kind: 'route',
  name: path,
  nature: 'private',
  natureWhy: 'its owner is shown what others were not',
  holds: [],
  belongs: { to: 'tenant' },
  cells: cells.map(attempt),
});

const maybe: Readonly<Record<NonNullable<LiveCell['shared']>, string>> = {
  listed: 'the app lists it to them, so it may be meant for all who are signed in',
  public: 'the app shows it to visitors, so it may be meant for everybody',
};

function attempt({ verb, relation, outcome, request, status, shows, shared, why }: LiveCell): ChartAttempt {
  return {
    verb: Object.hasOwn(verbs, verb) ? verbs[verb] : 'get',
    who: Object.hasOwn(personaOf, relation) ? personaOf[relation] : 'stranger',
    outcome: outcome === 'unknown' ? 'undecided' : outcome,
    request,
    answer: why ?? (outcome === 'got' ? shows.join(', ') : `${status}`),
    ...(shared && Object.hasOwn(maybe, shared) && { maybe: maybe[shared] }),
  };
}
