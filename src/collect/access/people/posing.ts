import type { Person } from './person.ts';

/** Somebody, and what he sends that is not his. */
export interface Posing extends Person {
  /** The headers of the other, for people, e.g. `x-tenant: acme`; absent: he comes as he is. */
  readonly sending?: string;
}

/** Somebody with the headers that the app bound to another's session; `undefined` where he sends the same anyway. */
export function posingAs(who: Person, owner: Pick<Person, 'session'>): Posing | undefined {
  const { bound } = owner.session;
  const other = [...bound].filter(([name, value]) => who.session.bound.get(name) !== value);
  if (other.length === 0) return undefined;
  const session = { ...who.session, bound: new Map([...who.session.bound, ...bound]) };
  return { ...who, session, sending: other.map(([name, value]) => `${name}: ${value}`).join(', ') };
}

/**
 * How somebody comes to what is another's: as he is, and with the other's headers. A header that names a tenant is written by whoever sends it; an app
 * that believes it opens each tenant to everybody.
 */
export function waysTo(who: Person, owner: Person): Posing[] {
  const posing = posingAs(who, owner);
  return posing ? [who, posing] : [who];
}
