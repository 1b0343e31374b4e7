import type { Doors } from '../people/doors.ts';
import { type Page, pageFrom } from '../pages/page.ts';
import type { Person } from '../people/person.ts';
import type { Operation } from '../surface/operation.ts';
import type { Sender } from '../wire/sender.ts';
import { look } from './browse.ts';
import { create, type Made, makers, type Making } from './create.ts';
import { isPage } from '../wire/content.ts';

/** Of each kind, for each customer organisation. */
const perTenant = 2;

/** What was made, and what everybody is shown then: pages by who saw them. */
export interface MadeThings {
  readonly made: readonly Made[];
  readonly walked: ReadonlyMap<string, readonly Page[]>;
}

/** Makes things of each kind as everybody who is no administrator, and lets them look again. */
export async function makeThings(making: Making, people: readonly Person[], doors: Doors): Promise<MadeThings> {
  const made: Made[] = [];
  // An account is nothing that can be removed again.
  const joins = new Set(doors.signUp.flatMap((door) => (door.kind === 'api' ? [door.operation.id] : [])));
  for (const operation of makers(making.operations).filter(({ id }) => !joins.has(id))) {
    const done = new Map<string, number>();
    for (const person of people) {
      // What an administrator makes is the firm's: whom he means to show it to, nobody can tell from outside.
      if (!person.account || person.administrator || (done.get(person.tenant) ?? 0) >= perTenant) continue;
      const one = await create(making, person, operation);
      if (!one) continue;
      made.push(one);
      done.set(person.tenant, (done.get(person.tenant) ?? 0) + 1);
    }
  }
  const looks = people.map(async (person) => [person.name, await lookAgain(making.sender, person)] as const);
  return { made, walked: new Map(await Promise.all(looks)) };
}

/** Makes one thing as an administrator by each operation that only those who run the app may use; nothing where an ordinary person may as well. */
export async function makeAsStaff(making: Making, people: readonly Person[], reserved: readonly Operation[]): Promise<Made[]> {
  const staff = people.find((one) => one.administrator && one.account);
  const made: Made[] = [];
  for (const operation of staff ? reserved : []) {
    const one = await create(making, staff!, operation);
    if (one) made.push(one);
  }
  return made;
}

async function lookAgain(sender: Sender, person: Person): Promise<Page[]> {
  const pages: Page[] = [];
  const known = [...person.seen.sights.values()];
  for (const { path, status, observed } of known) {
    if (status >= 300 || path.includes('#')) continue;
    const text = await look(sender, person, path);
    const now = person.seen.sights.get(path);
    if (text !== undefined && now && now.status < 300 && isPage(text)) pages.push(pageFrom(path, text, sender.origin));
    // That only his pages asked for it stays true.
    if (observed && now) person.seen.sights.set(path, { ...now, observed });
  }
  return pages;
}
