import type { LiveCell } from '../../../evidence/live-access.ts';
import type { Sight } from '../objects/seen.ts';
import type { Person } from '../people/person.ts';
import { isHis } from '../people/sign-in.ts';
import type { Sender } from '../wire/sender.ts';

const isShownIn = ({ status, path }: Sight): boolean => status < 300 && /^\/(?!$)/.test(path) && !path.includes('#');

/** Who lost his session on the way was refused for that: nothing is known of it. */
export async function sessionsHeld(sender: Sender, people: readonly Person[], cells: readonly LiveCell[]): Promise<LiveCell[]> {
  const lost = new Set<string>();
  const refused = new Set(cells.flatMap(({ who, outcome }) => (outcome === 'refused' ? [who] : [])));
  const open = people.filter(({ account }) => !account).flatMap(({ seen }) => [...seen.sights.values()].filter(isShownIn));
  const visitors = new Set(open.map(({ path }) => path));
  for (const { name, account, session, seen, witness } of people) {
    if (!account || !refused.has(name)) continue;
    let held = await isHis(sender, session, witness);
    // What visitors are shown too tells nothing of him.
    const own = [...seen.sights.values()].filter((sight) => isShownIn(sight) && !visitors.has(sight.path)).slice(0, 3);
    for (const { path } of held ? [] : own) {
      const answer = await sender.send({ method: 'GET', path }, session);
      held ||= answer.ok && answer.value.status < 300;
    }
    if (!held) lost.add(name);
  }
  return cells.map((cell) =>
    lost.has(cell.who) && cell.outcome === 'refused' ? { ...cell, outcome: 'unknown', why: `${cell.who} had lost the session` } : cell,
  );
}
