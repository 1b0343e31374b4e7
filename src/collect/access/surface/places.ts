import type { LiveRoute } from '../../../evidence/live-access.ts';
import type { Route } from '../../../evidence/routes.ts';
import { operationsOfCode } from './discover.ts';

/** The same routes, each with the line of the code that answers it, where one does: its parameters may have other names there. */
export function placedIn(code: readonly Route[], routes: readonly LiveRoute[]): LiveRoute[] {
  const places = new Map(code.flatMap((route) => operationsOfCode([route]).map(({ id }) => [shapeOf(id), route.place] as const)));
  return routes.map((route) => {
    const place = places.get(shapeOf(route.id));
    return place ? { ...route, place } : route;
  });
}

/** A route however its parameters are called. */
const shapeOf = (id: string): string => id.replace(/\{[^}]+\}/g, '{}').replace(/(.)\/$/, '$1');
