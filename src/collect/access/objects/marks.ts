import type { Person } from '../people/person.ts';
import type { Made } from './create.ts';

/** To the millisecond: a moment that no other record has. A round one is a time that somebody set, of a slot or of a day. */
const moment = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.(?!000)\d{3}/g;

/**
 * By what each person's things are known wherever they turn up: the marks put into them. What takes no text is known by the moment it was made, as the
 * app shows it; moments that are in the things of several people are nobody's.
 */
export function marksOf(people: readonly Pick<Person, 'name'>[], made: readonly Made[]): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, Set<string>>();
  const own = made.map((one) => {
    const shown = JSON.stringify(one.row ?? {});
    const sent = JSON.stringify(one.body);
    const times = shown.includes(one.canary) || sent.includes(one.canary) ? [] : [...new Set(shown.match(moment))];
    for (const time of times) owners.set(time, (owners.get(time) ?? new Set()).add(one.owner.name));
    return { owner: one.owner.name, marks: [one.canary, ...times] };
  });
  const isOne = (mark: string): boolean => (owners.get(mark)?.size ?? 1) === 1;
  return new Map(people.map(({ name }) => [name, own.flatMap(({ owner, marks }) => (owner === name ? marks.filter(isOne) : []))]));
}
