import type { LiveCell } from '../../../evidence/live-access.ts';
import { rowsOf } from '../objects/things.ts';
import { marksIn } from '../objects/values.ts';
import { ownIdOf } from '../people/own-id.ts';
import { type Person, relationOf } from '../people/person.ts';
import { templateOf } from '../surface/template.ts';
import type { Sender } from '../wire/sender.ts';
import { isWhole, type Pages } from './list.ts';
import type { Marks } from './control.ts';
import { isPage } from '../wire/content.ts';

/** Ids of what somebody belongs to, by the names apps give it. */
const belonging = /^(?:tenant|organi[sz]ation|org|company|workspace|team|account)_id$/;

/**
 * Asks lists that answer outsiders for what is another's, by naming him or his organisation in the query: `?organisation=3` (OWASP API1:2023, ids in the
 * query). Only data, no pages. That marks of his come is a finding where the app refuses the same outsider another address that shows them: what it keeps
 * from him there is not for everybody.
 */
export async function queriedFor(sender: Sender, people: readonly Person[], marks: Marks, pages: Pages): Promise<LiveCell[]> {
  const cells: LiveCell[] = [];
  for (const who of people.filter(({ administrator }) => !administrator)) {
    const shown = [...who.seen.sights.values(), ...(pages.get(who.name) ?? [])];
    const shut = new Set(shown.flatMap(({ path, status }) => (status >= 300 ? [path] : [])));
    const victim = people.find((one) => one.account && !one.administrator && one.name !== who.name && !isPeer(who, one) && queryFor(one));
    const query = victim && queryFor(victim);
    if (!victim || query === undefined) continue;
    for (const { path, method = 'GET', status, content } of shown) {
      if (method !== 'GET' || status >= 300 || !isWhole(path)) continue;
      const request = `${path}?${query}`;
      const answer = await sender.send({ method, path: request }, who.session);
      if (!answer.ok || answer.value.status >= 300 || isPage(answer.value.text)) continue;
      const known = content.values.join('\n');
      const shows = marksIn(answer.value.text, marks.get(victim.name) ?? []).filter(
        (mark) => !known.includes(mark) && isKept(victim, mark, shut),
      );
      if (shows.length === 0) continue;
      cells.push({
        route: `GET ${templateOf(path).template}`,
        verb: 'list',
        who: who.name,
        relation: relationOf(who, victim),
        whose: victim.name,
        outcome: 'got',
        proof: 'canary',
        request: `GET ${request}`,
        status: answer.value.status,
        shows: shows.slice(0, 4),
        // What it lists without being asked for anybody may be for all.
        ...(rowsOf(content.json).length > 0 && { shared: who.account ? 'listed' : 'public' }),
      });
    }
  }
  return cells;
}

const isPeer = (who: Person, one: Person): boolean => relationOf(who, one) === 'peer';

/** Whether its owner is shown a mark at an address that shuts out who asks. */
const isKept = ({ seen }: Person, mark: string, shut: ReadonlySet<string>): boolean =>
  [...seen.sights.values()].some(
    ({ path, status, content }) => status < 300 && shut.has(path) && content.values.some((value) => value.includes(mark)),
  );

/** All that names somebody and what he belongs to, under each name a query may have for it; what is told under several values names nobody. */
function queryFor({ account, seen, witness }: Person): string | undefined {
  const own = account && ownIdOf(seen, witness.path, account);
  const ids = [...seen.keyed].flatMap(([key, values]) =>
    belonging.test(key) && new Set(values).size === 1 ? [[key, values[0] ?? ''] as const] : [],
  );
  const named = [...(own === undefined ? [] : [['user_id', own] as const]), ...ids].flatMap(([key, value]) => {
    const plain = key.replace(/_id$/, '');
    return [key, plain, `${plain}Id`].map((name): [string, string] => [name, value]);
  });
  return named.length === 0 ? undefined : new URLSearchParams(named).toString();
}
