import type { Made, Making } from '../objects/create.ts';
import { newCanary } from '../objects/values.ts';
import type { Person } from '../people/person.ts';
import { templateOf } from '../surface/template.ts';
import { discover, type Known } from './discover.ts';
import { additions, isMaker } from './fill.ts';
import { arrived, idsOf, isAdding, openPage, type Page, routeOf } from './page.ts';
import { type Above, type FormThing, kindOf, type Place } from './thing.ts';

/** How deep things are made below things: a note of a task of a project. */
const mostDepth = 3;
/** Forms that somebody adds by, at most. */
const mostMakers = 25;
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
    things.push(...(await makeAs(forms, person, walked)));
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

async function makeAs(making: FormMaking, person: Person, walked: ReadonlyMap<string, readonly Page[]>): Promise<FormThing[]> {
  const own = walked.get(person.name) ?? [];
  // What only an administrator is led to he may be let in to as well.
  const adding = new Set([...own, ...[...walked.values()].flat()].flatMap(({ links }) => links).filter((link) => isAdding(link)));
  const linked: Place[] = own.flatMap(({ path, forms }) => forms.filter(isMaker).map((form) => ({ page: path, form })));
  const opened = async (link: string): Promise<Place[]> =>
    ((await openPage(making.sender, person.session, link, true))?.forms ?? []).filter(isMaker).map((form) => ({ page: link, form }));
  for (const link of adding) if (idsOf(link).length === 0) linked.push(...(await opened(link)));
  const tops = new Map(linked.filter(({ form }) => idsOf(form.action).length === 0).map((one) => [kindOf(one), one]));
  const made: FormThing[] = [];
  const add = async (place: Place, above?: Above): Promise<void> => {
    const one = await makeOne(making, person, place, above);
    if (one) made.push(one, ...(await makeBelow(making, person, one, mostDepth - 1)));
  };
  for (const place of [...tops.values()].slice(0, mostMakers)) await add(place);
  // Below what was there already, where it is his alone and nothing of the kind could be made below something of ours.
  const others = new Set([...making.known].flatMap(([name, { links }]) => (name === person.name ? [] : [...links])));
  for (const page of own)
    for (const place of [
      ...page.forms.filter(isMaker).map((form): Place => ({ page: page.path, form })),
      ...(await Promise.all(page.links.filter((link) => isAdding(link)).map(opened))).flat(),
    ]) {
      const ids = idsOf(place.form.action);
      const isHis = [page.path, place.page, place.form.action].every((path) => idsOf(path).length === 0 || !others.has(path));
      if (ids.length === 0 || !isHis || made.length > mostMakers || made.some((one) => kindOf(one.place) === kindOf(place))) continue;
      await add(place, { ids, shown: [page.path] });
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
    // What is shown in answer to what was sent may only say it again, as a search does.
    const led = answer.value.status < 300 ? undefined : await arrived(sender, owner.session, form.action, answer.value);
    const pages = await pagesWith(making, owner, canary, [...(led ? [led] : []), ...(await around(making, owner, place, above))]);
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

/** Those of the pages that show the mark; where none does, those of its owner that do. */
async function pagesWith({ sender }: FormMaking, owner: Person, canary: string, first: readonly Page[]): Promise<Page[]> {
  const there = first.filter(({ text }) => text.includes(canary));
  if (there.length > 0) return [...new Map(there.map((page) => [page.path, page])).values()];
  let looks = 0;
  for (const { path, status, content } of owner.seen.sights.values()) {
    if (status >= 300 || content.json !== undefined || path.includes('#') || idsOf(path).length > 0) continue;
    if (++looks > mostLooks) break;
    const page = await openPage(sender, owner.session, path);
    if (page?.text.includes(canary)) return [page];
  }
  return [];
}
