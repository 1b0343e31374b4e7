import type { Made, Making } from '../objects/create.ts';
import { newCanary } from '../objects/values.ts';
import { type Person, relationOf } from '../people/person.ts';
import { templateOf } from '../surface/template.ts';
import { refuses } from '../wire/content.ts';
import { discover, type Known } from './discover.ts';
import { additions, isMaker } from './fill.ts';
import { arrived, idsOf, isAdding, openPage, type Page, routeOf } from './page.ts';
import { type Above, type FormThing, kindOf, type Place } from './thing.ts';

/** How deep things are made below things: a note of a task of a project. */
const mostDepth = 3;
/** Forms that somebody adds by, at most. */
const mostMakers = 25;
/** Pages of forms that are alike, of other things, that are opened. */
const mostAlike = 2;
/** Pages that are looked through for what was made. */
const mostLooks = 30;

/** What somebody makes things with by forms. */
export interface FormMaking extends Making {
  /** Of each person, by name. */
  readonly known: ReadonlyMap<string, Known>;
}

/** Everybody who makes things, and what was made: one of each kind for each customer organisation. */
export interface MadeByForms {
  readonly making: FormMaking;
  readonly things: readonly FormThing[];
}

/**
 * Makes things by the forms that the pages of an app hold, as everybody who is no administrator, and things below them. Forms that add nothing which its
 * maker is led to afterwards are given up.
 */
export async function makeByForms(
  making: Making,
  people: readonly Person[],
  walked: ReadonlyMap<string, readonly Page[]>,
): Promise<MadeByForms> {
  const endings = endingsOf([...walked.values()].flat());
  const known = new Map(
    [...walked].map(([name, pages]) => [name, { links: new Set(pages.flatMap(({ path, links }) => [path, ...links])), endings }] as const),
  );
  const forms = { ...making, known };
  const things: FormThing[] = [];
  const makers = new Set<string>();
  for (const person of people) {
    if (!person.account || !walked.has(person.name) || person.administrator || makers.has(person.tenant)) continue;
    makers.add(person.tenant);
    const outside = people
      .filter((one) => ['stranger', 'visitor'].includes(relationOf(one, person)))
      .flatMap(({ name }) => walked.get(name) ?? []);
    things.push(...(await makeAs(forms, person, walked, new Set(outside.flatMap(({ path, links }) => [path, ...links])))));
  }
  return { making: forms, things };
}

/** What stands behind the last id of an address somewhere: `/edit_project/`. */
function endingsOf(pages: readonly Page[]): Set<string> {
  const endings = new Set<string>();
  for (const link of pages.flatMap(({ links }) => links)) {
    const { template } = templateOf(link);
    const ending = template.slice(template.lastIndexOf('}') + 1);
    if (template.includes('}') && /^\/[A-Za-z]/.test(ending) && !ending.includes('?')) endings.add(ending);
  }
  return endings;
}

/** `others`: addresses that outsiders are led to. */
async function makeAs(
  making: FormMaking,
  person: Person,
  walked: ReadonlyMap<string, readonly Page[]>,
  others: ReadonlySet<string>,
): Promise<FormThing[]> {
  const own = walked.get(person.name) ?? [];
  const made: FormThing[] = [];
  const begun = new Set<string>();
  const add = async (place: Place, above?: Above): Promise<void> => {
    if (begun.size >= mostMakers || begun.has(kindOf(place))) return;
    begun.add(kindOf(place));
    const one = await makeOne(making, person, place, above);
    if (!one) return;
    const below = await makeBelow(making, person, one, mostDepth - 1);
    for (const each of below) begun.add(kindOf(each.place));
    made.push(one, ...below);
  };
  // What only an administrator is led to he may be let in to as well.
  const linked = new Map<string, string>();
  for (const { path, links } of [...own, ...[...walked.values()].flat()])
    for (const link of links) if (isAdding(link) && !linked.has(link)) linked.set(link, path);
  const places: { readonly place: Place; readonly from: string }[] = own.flatMap(({ path, forms }) =>
    forms.filter(isMaker).map((form) => ({ place: { page: path, form }, from: path })),
  );
  const templates = new Map<string, number>();
  for (const [link, from] of linked) {
    const { template } = templateOf(link);
    templates.set(template, (templates.get(template) ?? 0) + 1);
    if ((templates.get(template) ?? 0) > mostAlike) continue;
    const page = await openPage(making.sender, person.session, link, true);
    for (const form of page?.forms ?? []) if (isMaker(form)) places.push({ place: { page: link, form }, from });
  }
  const isBelow = ({ form }: Place): boolean => idsOf(form.action).length > 0;
  for (const { place } of places) if (!isBelow(place)) await add(place);
  // Below what was there already, where outsiders are not led to it and nothing of the kind could be made below something of ours.
  for (const { place, from } of places) {
    const isHis = [from, place.page, place.form.action].every((path) => idsOf(path).length === 0 || !others.has(path));
    // What it cannot remove again it leaves once, and not more.
    const isLeft = made.some(({ above, removals }) => above !== undefined && !made.some((one) => one === above) && removals.length === 0);
    if (isBelow(place) && isHis && !isLeft) await add(place, { ids: idsOf(place.form.action), shown: [from] });
  }
  return made;
}

async function makeBelow(making: FormMaking, person: Person, above: FormThing, depth: number): Promise<FormThing[]> {
  if (depth === 0) return [];
  const made: FormThing[] = [];
  for (const place of above.makers.slice(0, mostMakers)) {
    const one = await makeOne(making, person, place, above);
    if (one) made.push(one, ...(await makeBelow(making, person, one, depth - 1)));
  }
  return made;
}

/** Makes one thing by a form of a page; `undefined` where none comes of it that its maker is led to. */
export async function makeOne(making: FormMaking, owner: Person, place: Place, above?: Above): Promise<FormThing | undefined> {
  const { sender, journal } = making;
  const known = making.known.get(owner.name);
  if (!known) return undefined;
  for (let nth = 0; ; nth += 1) {
    const page = await openPage(sender, owner.session, place.page, isAdding(place.page));
    const form = page?.forms.find(({ action, method }) => action === place.form.action && method === 'POST');
    const canary = newCanary();
    const body = form && additions(form, canary)[nth];
    if (!page || !form || !body) return undefined;
    journal.about({ who: owner.name, method: 'POST', path: form.action, mark: canary });
    const answer = await sender.send({ method: 'POST', path: form.action, body }, owner.session);
    if (!answer.ok) return undefined;
    if (refuses(answer.value.status)) journal.refused(canary);
    // What is shown in answer to what was sent may only say it again, as a search does.
    const led = answer.value.status < 300 ? undefined : await arrived(sender, owner.session, form.action, answer.value);
    const near = [...(led ? [led] : []), ...(await around(making, owner, place, above))];
    // Who is refused, or shown the form again, made nothing that would be found elsewhere.
    const isTaken = answer.value.status < 400 && (led !== undefined || answer.value.text.includes(canary));
    const pages = await pagesWith(making, owner, canary, near, isTaken ? mostLooks : 0);
    // Shown again with what is wrong with it: nothing was made.
    const isAgain = pages.every(({ forms }) =>
      forms.some(({ action, fields }) => action === form.action && fields.some(({ value }) => value.includes(canary))),
    );
    if (pages.length === 0 || isAgain) continue;
    const found = await discover(sender, owner, canary, pages, { known, above: above?.ids ?? [] });
    const id = found.ids.length > (above?.ids.length ?? 0) ? found.ids.at(-1) : undefined;
    const operation = {
      id: routeOf('POST', form.action),
      method: 'POST',
      path: templateOf(form.action).template,
      parameters: [],
      sources: ['crawl' as const],
    };
    const made: Made = { operation, owner, canary, body, path: form.action, ...(id !== undefined && { id }), onPages: onPages(found) };
    journal.made(made);
    return { made, place: { page: place.page, form }, ...(above && { above }), ...found };
  }
}

const onPages = ({ shown, removals: [removal] }: Pick<FormThing, 'shown' | 'removals'>): NonNullable<Made['onPages']> => ({
  shown,
  ...(removal && { removal }),
});

/** Where something may turn up that is added there: on the page of the form, and on those of what it is below. */
async function around({ sender }: FormMaking, { session }: Person, place: Place, above?: Above): Promise<Page[]> {
  const pages: Page[] = [];
  for (const path of new Set([place.page, ...(above?.shown.slice(0, 3) ?? [])])) {
    const page = isAdding(path) ? undefined : await openPage(sender, session, path);
    if (page) pages.push(page);
  }
  return pages;
}

/** Those of the pages that show the mark; where none does, that of its owner's that does. */
async function pagesWith({ sender }: FormMaking, owner: Person, canary: string, first: readonly Page[], most: number): Promise<Page[]> {
  const there = first.filter(({ text }) => text.includes(canary));
  if (there.length > 0) return [...new Map(there.map((page) => [page.path, page])).values()];
  let looks = 0;
  for (const { path, status, content } of owner.seen.sights.values()) {
    if (status >= 300 || content.json !== undefined || path.includes('#') || idsOf(path).length > 0) continue;
    if (++looks > most) break;
    const page = await openPage(sender, owner.session, path);
    if (page?.text.includes(canary)) return [page];
  }
  return [];
}
