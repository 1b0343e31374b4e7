import type { LiveCell } from '../../../evidence/live-access.ts';
import { readingOf, rowsOf, type Thing } from '../objects/things.ts';
import { holdsCanary } from '../objects/values.ts';
import type { Person } from '../people/person.ts';
import { record } from '../surface/schema.ts';
import { contentOf, scalars } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import type { Pages } from './list.ts';

/** How somebody is reached: nobody puts that of others on a page for all. */
const contact = /(?:^|[_.-])(?:e-?mail|phone|mobile|tel|address|street|iban|birth(?:day|date)?|ssn|passport)(?:$|[_.-])/i;
const snake = (key: string): string => key.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_');

export interface OpenLists {
  readonly people: readonly Person[];
  readonly things: readonly Thing[];
  readonly pages: Pages;
}

/**
 * A list that visitors are shown may be meant for all, and is asked about. It is not where the app itself says otherwise: where the route of one thing
 * refuses a visitor this very thing, and shows it to no stranger either, while the list shows him all that its owner is shown by that route, and how somebody is reached is among it.
 * `lists` are given again, those without the doubt that they are shared; `reads` say who was refused what.
 */
export async function notForAll(
  sender: Sender,
  { people, things, pages }: OpenLists,
  lists: readonly LiveCell[],
  reads: readonly LiveCell[],
): Promise<LiveCell[]> {
  const visitor = people.find(({ account }) => !account);
  if (!visitor) return [...lists];
  const closed = new Map<string, string>();
  for (const { route, request, who, whose, shared, outcome, verb } of lists) {
    if (verb !== 'list' || who !== visitor.name || shared !== 'public' || outcome !== 'got' || closed.has(`${route} ${whose}`)) continue;
    const [, path = ''] = request.split(' ');
    const sight = visitor.seen.sights.get(path) ?? pages.get(visitor.name)?.find((one) => one.path === path);
    const rows = rowsOf(sight?.content.json).filter((row) => holdsCanary(JSON.stringify(row)) && hasContact(row));
    for (const thing of rows.length === 0 ? [] : things.filter((one) => one.owner.name === whose && isRefused(one, visitor, reads))) {
      const own = await sender.send(readingOf(thing), thing.owner.session);
      const json = own.ok && own.value.status < 300 ? record(contentOf(own.value.text).json) : {};
      if (holdsCanary(JSON.stringify(json)) && hasContact(json) && rows.some((row) => holdsAll(row, json)))
        closed.set(`${route} ${whose}`, `all of what GET ${thing.path} refuses to visitors`);
    }
  }
  return lists.map((cell) => {
    const why = closed.get(`${cell.route} ${cell.whose}`);
    if (cell.shared !== 'public' || why === undefined) return cell;
    const { shared: _, ...told } = cell;
    return { ...told, shows: [...cell.shows.slice(0, 1), why] };
  });
}

/** What the app shows to whoever has an account is hardly a secret: only to sign in is asked for there. */
function isRefused({ path, asked }: Thing, visitor: Person, reads: readonly LiveCell[]): boolean {
  const about = reads.filter(({ verb, request }) => verb === 'read' && request === `GET ${path}`);
  return (
    asked === undefined &&
    about.some(({ who, outcome, status }) => who === visitor.name && outcome === 'refused' && (status === 401 || status === 403)) &&
    !about.some(({ relation, outcome, shared }) => relation === 'stranger' && outcome === 'got' && shared !== undefined)
  );
}

const hasContact = (row: object): boolean =>
  Object.entries(row).some(([key, value]) => contact.test(snake(key)) && typeof value === 'string' && value.length >= 3);

/** Texts and numbers, each; a teaser leaves some out. */
function holdsAll(row: object, thing: object): boolean {
  const shown = new Set(scalars(row));
  return [...scalars(thing)].every((value) => value === '' || shown.has(value));
}
