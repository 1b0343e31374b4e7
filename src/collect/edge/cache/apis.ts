import type { CachedRoute } from '../../../evidence/edge-cache.ts';
import type { Route } from '../../../evidence/routes.ts';
import type { Person } from '../../access/people/person.ts';
import type { Sender } from '../../access/wire/sender.ts';
import { type Held, strangerTo } from './askers.ts';
import { controlOf } from './control.ts';

/** Paths at which many APIs say who asks. */
const usual = ['/me', '/api/me', '/v1/me', '/api/v1/me', '/users/me', '/user', '/api/user', '/profile', '/account'];
/** Paths that are tried at one host. */
const mostPaths = 24;

/** What a host of the API shows one person, held against others. What it gives to nobody, or to everybody, is left out. */
export async function apiRoutes(
  sender: Sender,
  people: readonly Person[],
  routes: readonly Route[],
  heldAgainst: (sender: Sender, held: Held) => Promise<CachedRoute | undefined>,
): Promise<CachedRoute[]> {
  const owner = people.find(({ account, administrator }) => account && !administrator) ?? people.find(({ account }) => account);
  const other = owner && strangerTo(owner, people);
  if (!owner || !other) return [];
  const seen = [...owner.seen.sights.values()].flatMap(({ path, method }) => (method === undefined && !path.includes('#') ? [path] : []));
  const known = routes.flatMap(({ method, path }) => ((method === 'GET' || method === 'ALL') && !/[:*{[]/.test(path) ? [path] : []));
  const paths = [...new Set([...seen, ...known, ...usual])].slice(0, mostPaths);
  const found: CachedRoute[] = [];
  for (const path of paths) {
    const held = await heldAgainst(sender, { owner, other, path, isDeceived: found.length === 0 });
    if (held) found.push(held);
  }
  if (found.length === 0) return [];
  const { text } = await controlOf(sender);
  const { host } = new URL(sender.origin);
  return found.map((one) => ({ ...one, path: `${host}${one.path}`, control: text }));
}
