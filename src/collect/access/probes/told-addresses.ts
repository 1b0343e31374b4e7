import type { LiveCell } from '../../../evidence/live-access.ts';
import { rowsOf } from '../objects/things.ts';
import { marksIn } from '../objects/values.ts';
import { isSafe, routeOf } from '../pages/page.ts';
import { type Person, relationOf } from '../people/person.ts';
import { isUnguessable, templateOf } from '../surface/template.ts';
import { saysNothing, scalars } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import type { Pages } from './list.ts';
import type { Marks } from './control.ts';

/** Addresses tried for each owner. */
const most = 6;

/** Pictures that go with a name are shown to everybody by most apps. */
const ofEverybody = /avatar|logo|picture|photo|thumb|icon|banner|cover/i;

/**
 * Opens, as outsiders, the addresses at which the app keeps what belongs to rows of somebody: `"url": "/uploads/…"` (ASVS 5.0, 8.2.2; CWE-425). Its owner
 * opens each first and finds his mark in it. A finding only where the outsider is not shown the row itself, and could have guessed the address: one that nobody can
 * guess may be a link to pass on, which is asked about. An address with a query may be signed, and is left.
 */
export async function toldAddresses(sender: Sender, people: readonly Person[], marks: Marks, pages: Pages): Promise<LiveCell[]> {
  const cells: LiveCell[] = [];
  for (const owner of people.filter(({ account, administrator }) => account && !administrator)) {
    const own = marks.get(owner.name) ?? [];
    const outsiders = (['visitor', 'stranger'] as const).flatMap(
      (relation) => people.find((one) => relationOf(one, owner) === relation) ?? [],
    );
    for (const [path, list] of addressesOf(owner, own, sender.origin)) {
      const control = await sender.send({ method: 'GET', path }, owner.session);
      const held = control.ok && control.value.status < 300 ? marksIn(control.value.text, own) : [];
      if (held.length === 0) continue;
      for (const who of outsiders) {
        const shown = [...who.seen.sights.values(), ...(pages.get(who.name) ?? [])].find((sight) => sight.path === list);
        // What he is shown there is no secret, and neither may be what hangs on it.
        if (!shown || (shown.status < 300 && marksIn(shown.content.values.join('\n'), own).length > 0)) continue;
        const answer = await sender.send({ method: 'GET', path }, who.session);
        if (!answer.ok) continue;
        const shows = answer.value.status < 300 ? held.filter((mark) => answer.value.text.includes(mark)) : [];
        cells.push({
          route: routeOf('GET', path),
          verb: 'read',
          who: who.name,
          relation: relationOf(who, owner),
          whose: owner.name,
          request: `GET ${path}`,
          status: answer.value.status,
          shows,
          ...(shows.length > 0
            ? { outcome: 'got', proof: 'canary', ...(templateOf(path).ids.some(isUnguessable) && { shared: 'link' }) }
            : saysNothing(answer.value.status)
              ? { outcome: 'unknown', why: `it answered ${answer.value.status}, which says nothing of him` }
              : { outcome: 'refused' }),
        });
      }
    }
  }
  return cells;
}

/** Addresses of the app in rows that hold a mark of somebody, each with the list it stands in. */
function addressesOf({ seen }: Person, marks: readonly string[], origin: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path: list, status, content } of seen.sights.values()) {
    if (status >= 300 || content.json === undefined) continue;
    for (const row of rowsOf(content.json)) {
      const texts = [...scalars(row)];
      if (marksIn(texts.join('\n'), marks).length === 0) continue;
      for (const text of texts) {
        const path = text.startsWith(`${origin}/`) ? text.slice(origin.length) : text;
        const isAddress = /^\/[\w./~-]+$/.test(path) && !path.startsWith('//') && templateOf(path).ids.length > 0;
        if (isAddress && !ofEverybody.test(path) && isSafe(path) && !seen.sights.has(path)) found.set(path, list);
      }
    }
  }
  return new Map([...found].slice(-most));
}
