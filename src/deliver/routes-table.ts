import { spotText } from '../core/wording.ts';
import type { AuthLevel, Route, RouteInventory } from '../evidence/routes.ts';

const levels: Readonly<Record<AuthLevel, string>> = {
  none: 'anyone',
  presence: 'anyone who sends a cookie or header (not checked)',
  'unverified-session': 'anyone with a session (not verified)',
  identity: 'any signed-in user',
  role: 'a user with a role',
  tenant: 'the owner or tenant of the data',
};

function who({ auth, roles, unresolved }: Route): string {
  const level = auth === 'role' && roles.length > 0 ? roles.join(', ') : levels[auth];
  // A guard that could not be followed may still be there: say what was seen, not what is.
  return unresolved.length > 0 && auth !== 'tenant' ? `${level} (as far as it could be followed)` : level;
}

/** Every route: who may call it and what stored data it reaches. */
export const routeTable = (inventory: RouteInventory | undefined): string[][] =>
  (inventory?.routes ?? []).map((route) => [route.id, who(route), dataOf(route), spotText(route.place)]);

function dataOf({ data }: Route): string {
  const byTable = new Map<string, Set<string>>();
  for (const { name, operation } of data) byTable.set(name, (byTable.get(name) ?? new Set()).add(operation));
  return [...byTable].map(([name, operations]) => `${name} (${[...operations].join(', ')})`).join('; ');
}

/** Routes that demand a role, and those that look like administration without demanding one. */
export const adminActions = (inventory: RouteInventory | undefined): string[][] =>
  (inventory?.routes ?? [])
    .filter((route) => route.roles.length > 0 || route.auth === 'role' || route.purposes.includes('admin'))
    .map((route) => [route.id, who(route), spotText(route.place)]);
