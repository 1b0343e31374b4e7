import type { LiveCell } from '../../../evidence/live-access.ts';
import { fillings } from '../objects/things.ts';
import type { Sight } from '../objects/seen.ts';
import type { Person } from '../people/person.ts';
import { whyHeld } from '../surface/allowed.ts';
import type { Operation } from '../surface/operation.ts';
import { contentOf } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import { listCells } from './list.ts';
import type { Marks } from './control.ts';

/** Documents asked for each person: each costs the server a lot. */
const most = 40;

/**
 * Whether somebody reaches what is others' by way of what is his: `me { company { users { email } } }` (OWASP API1:2023). The guards of an app stand at
 * its doors, and GraphQL has one behind every field. What is found so is no part of what the app showed him. `told`: what was found already.
 */
export async function traversalProbes(
  sender: Sender,
  people: readonly Person[],
  links: readonly Operation[],
  marks: Marks,
  tenantsKnown: boolean,
  told: readonly LiveCell[],
): Promise<LiveCell[]> {
  const pages = new Map(
    await Promise.all(
      people
        .filter(({ administrator }) => !administrator)
        .map(async (person) => [person.name, await followed(sender, person, links)] as const),
    ),
  );
  const strangers = people.map((person) => ({ ...person, seen: { ...person.seen, sights: new Map<string, Sight>() } }));
  const key = (who: string, whose: string, shown: string): string => `${who} ${whose} ${shown.replace(/ \(\d+ times\)$/, '')}`;
  const known = new Set(
    told.flatMap(({ who, whose, outcome, shows }) => (outcome === 'got' ? shows.map((shown) => key(who, whose, shown)) : [])),
  );
  const cells = listCells(strangers, marks, pages, tenantsKnown);
  // One open door behind several others is told once, by the shortest way to it.
  const found = cells.flatMap((cell) => {
    const shows = cell.shows.filter((shown) => !known.has(key(cell.who, cell.whose, shown)));
    const { content } = pages.get(cell.who)?.find(({ path }) => cell.request === `GET ${path}`) ?? {};
    const way = shows.flatMap((shown) => [keysTo(shown, content?.json) ?? []])[0] ?? [];
    return shows.length === 0 ? [] : [{ cell: { ...cell, shows: way.length > 1 ? [...shows, `by way of ${way.join('.')}`] : shows }, way }];
  });
  const doors = new Set<string>();
  return found
    .toSorted((a, b) => a.way.length - b.way.length)
    .flatMap(({ cell, way }) => {
      const door = [cell.who, cell.whose, ...way.slice(-2)].join(' ');
      return doors.has(door) ? [] : (doors.add(door), [cell]);
    });
}

async function followed(sender: Sender, person: Person, links: readonly Operation[]): Promise<Sight[]> {
  const paths = links.flatMap((link) =>
    whyHeld(link) !== undefined
      ? []
      : link.path.includes('{')
        ? fillings(person, { path: link.path })
            .slice(0, 1)
            .map(({ path }) => path)
        : [link.path],
  );
  const sights: Sight[] = [];
  for (const path of paths.slice(0, most)) {
    const answer = await sender.send({ method: 'GET', path }, person.session);
    if (answer.ok) sights.push({ path, status: answer.value.status, content: contentOf(answer.value.text) });
  }
  return sights;
}

/** The fewest keys that lead to a text: `firm`, `customers`, `email`. */
function keysTo(text: string, json: unknown): readonly string[] | undefined {
  const queue: { readonly value: unknown; readonly keys: readonly string[] }[] = [{ value: json, keys: [] }];
  for (let nth = 0; nth < queue.length && nth < 50_000; nth += 1) {
    const { value, keys } = queue[nth]!;
    if (typeof value === 'string' && value.includes(text)) return keys;
    if (value === null || typeof value !== 'object' || keys.length > 12) continue;
    for (const [name, one] of Object.entries(value)) queue.push({ value: one, keys: Array.isArray(value) ? keys : [...keys, name] });
  }
  return undefined;
}
