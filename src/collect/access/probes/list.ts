import type { LiveCell } from '../../../evidence/live-access.ts';
import type { Journal } from '../journal/journal.ts';
import { nothingSeen, type Sight } from '../objects/seen.ts';
import { isNobodys, rowsOf } from '../objects/things.ts';
import { holdsCanary, marksIn } from '../objects/values.ts';
import { type Person, relationOf } from '../people/person.ts';
import { type Posing, posingAs } from '../people/posing.ts';
import { dangerOf } from '../surface/safety.ts';
import { templateOf } from '../surface/template.ts';
import { contentOf } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import { credentialsIn } from './credentials.ts';
import { environmentIn } from './environment.ts';
import type { Marks } from './control.ts';

/** What somebody was answered where others are let in, and nothing leads him: a page that only its menu hides. */
export type Pages = ReadonlyMap<string, readonly Sight[]>;

/** What somebody was answered who sent the headers of another with it. */
export type Posed = readonly { readonly who: Posing; readonly sights: readonly Sight[] }[];

/**
 * Asks for the lists and pages that others were shown and he was not. It is no part of what he has seen: the app did not lead him there. `journal`: where
 * things may be changed, as an app may take a method it does not know for another one.
 */
export async function pagesOfOthers(sender: Sender, people: readonly Person[], journal: Journal | undefined): Promise<Pages> {
  const paths = new Set(
    people.flatMap(({ seen }) => [...seen.sights.values()].flatMap(({ path, status }) => (status < 300 && isWhole(path) ? [path] : []))),
  );
  const lists = journal ? await searchable(sender, people, journal) : [];
  const pages = await Promise.all(
    people.map(
      async (person) => [person.name, [...(await pagesFor(sender, person, paths)), ...(await searchesFor(sender, person, lists))]] as const,
    ),
  );
  return new Map(pages);
}

/** Asks for the lists and pages that somebody was shown as others who send his headers: nothing where the app binds no session to one. */
export async function pagesPosing(sender: Sender, people: readonly Person[]): Promise<Posed> {
  const posed: { readonly who: Posing; readonly sights: readonly Sight[] }[] = [];
  for (const owner of people) {
    const paths = [...owner.seen.sights.values()].flatMap(({ path, status }) => (status < 300 && isWhole(path) ? [path] : []));
    for (const one of people) {
      const relation = relationOf(one, owner);
      const who = relation === 'stranger' || relation === 'visitor' ? posingAs(one, owner) : undefined;
      if (who) posed.push({ who, sights: await pagesFor(sender, { ...who, seen: nothingSeen() }, paths) });
    }
  }
  return posed;
}

/** Lists of what we made that can be asked by another method that only reads (RFC 5323): some apps guard one and forget the other. */
async function searchable(sender: Sender, people: readonly Person[], journal: Journal): Promise<string[]> {
  const found: string[] = [];
  const asker = people.find(({ account, administrator }) => account && !administrator);
  for (const { path, status, content } of asker?.seen.sights.values() ?? []) {
    if (status >= 300 || !isWhole(path) || !rowsOf(content.json).some((row) => holdsCanary(JSON.stringify(row)))) continue;
    for (const method of ['SEARCH', 'REPORT']) journal.about({ who: asker!.name, method, path });
    const [sight] = await searchesFor(sender, asker!, [path]);
    if (!sight || sight.status >= 300 || sight.content.json === undefined) continue;
    // Who takes any method for a GET has no other one to guard.
    const other = await sender.send({ method: 'REPORT', path, harmless: true }, asker!.session);
    if (other.ok && other.value.status >= 300) found.push(path);
  }
  return found;
}

async function searchesFor(sender: Sender, { session }: Person, lists: readonly string[]): Promise<Sight[]> {
  const sights: Sight[] = [];
  for (const path of lists) {
    const answer = await sender.send({ method: 'SEARCH', path, harmless: true }, session);
    if (answer.ok) sights.push({ path, method: 'SEARCH', status: answer.value.status, content: contentOf(answer.value.text) });
  }
  return sights;
}

async function pagesFor(sender: Sender, { session, seen }: Person, paths: Iterable<string>): Promise<Sight[]> {
  const sights: Sight[] = [];
  for (const path of paths) {
    if (seen.sights.has(path)) continue;
    const answer = await sender.send({ method: 'GET', path }, session);
    if (answer.ok) sights.push({ path, status: answer.value.status, content: contentOf(answer.value.text) });
  }
  return sights;
}

/** No thing of its own, and nothing that does harm. */
export const isWhole = (path: string): boolean =>
  !path.includes('#') && !path.includes('?') && templateOf(path).ids.length === 0 && dangerOf({ method: 'GET', path }) === undefined;

/**
 * Whether what somebody is shown holds things of others: marks that they put into what they made, or who they are. Where nobody said which customers
 * there are, a list that all may see may be meant so.
 */
export function listCells(people: readonly Person[], marks: Marks, pages: Pages, tenantsKnown: boolean, posed: Posed = []): LiveCell[] {
  const visitor = people.find(({ account }) => !account);
  const visitorText = [...(visitor?.seen.values ?? [])].join('\n');
  const shownTo: Posed = [
    ...people.map((who) => ({ who, sights: [...who.seen.sights.values(), ...(pages.get(who.name) ?? [])] })),
    ...posed,
  ];
  return shownTo.flatMap(({ who, sights }) =>
    sights.flatMap(({ path, method = 'GET', status, content }) => {
      const [plain = path] = path.split('#');
      if (status >= 300 || path.includes('#')) return [];
      const route = `${method} ${templateOf(plain).template.split('?')[0]}`;
      const sending = who.sending === undefined ? {} : { sending: who.sending };
      const environment = who.administrator ? undefined : environmentIn(content);
      const given = [
        ...(who.administrator ? [] : credentialsIn(content.json, who.account)).map((text) => ['others who have an account', text] as const),
        ...(environment === undefined ? [] : [['the server', environment] as const]),
      ].map(([whose, text]): LiveCell => ({
        route,
        verb: 'list',
        who: who.name,
        relation: who.account ? 'stranger' : 'visitor',
        whose,
        outcome: 'got',
        proof: 'canary',
        request: `${method} ${plain}`,
        ...sending,
        status,
        shows: [text],
      }));
      const shown = people.flatMap((whose): LiveCell[] => {
        if (whose.name === who.name || !whose.account) return [];
        const relation = relationOf(who, whose);
        const marked = marksIn(content.values.join('\n'), marks.get(whose.name) ?? []);
        const named =
          relation === 'stranger' && !whose.administrator
            ? identityOf(whose, tenantsKnown).filter((text) => content.values.includes(text) && visitor?.seen.values.has(text) !== true)
            : [];
        // Nobody is meant to see a password, not even its owner.
        const password = whose.account.password;
        const secret = password !== undefined && content.values.includes(password) ? ['the password of the account'] : [];
        const shows = [...secret, ...marked, ...named];
        if (shows.length === 0) return [];
        const open = visitor !== undefined && shows.every((text) => visitor.seen.values.has(text) || visitorText.includes(text));
        const rows =
          named.length > 0 ? [] : rowsOf(content.json).filter((row) => marked.some((mark) => JSON.stringify(row).includes(mark)));
        // Who may not see whose it is finds nobody: it is nobody's where its owner finds nobody too.
        const owned = rowsOf(whose.seen.sights.get(path)?.content.json).filter((row) =>
          marked.some((mark) => JSON.stringify(row).includes(mark)),
        );
        const nobodys = rows.length > 0 && [...rows, ...owned].every(isNobodys);
        // A page to which the app itself leads him, with what both wrote on it, may be a board for all.
        const board = content.json === undefined && named.length === 0 && who.seen.sights.has(path);
        const meant = secret.length === 0 && (relation === 'visitor' || open || nobodys || board || !tenantsKnown);
        return [
          {
            route,
            verb: 'list',
            who: who.name,
            relation,
            whose: whose.name,
            outcome: 'got',
            proof: marked.length + secret.length > 0 ? 'canary' : 'values',
            request: `${method} ${plain}`,
            ...sending,
            status,
            shows: shows.slice(0, 4),
            ...(meant && { shared: relation === 'visitor' || open ? 'public' : 'listed' }),
          },
        ];
      });
      return [...given, ...shown];
    }),
  );
}

/** Texts that say who somebody is: his address, and the name of his organisation as the app shows it to him. */
const identityOf = ({ account, tenant, seen }: Person, tenantsKnown: boolean): string[] => [
  ...(account ? [account.email] : []),
  ...(tenantsKnown && tenant.length > 4 && seen.values.has(tenant) ? [tenant] : []),
];
