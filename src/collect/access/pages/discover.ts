import type { Person } from '../people/person.ts';
import { onlyChanges } from '../surface/safety.ts';
import { templateOf } from '../surface/template.ts';
import type { Sender } from '../wire/sender.ts';
import { isEditOf, isMaker } from './fill.ts';
import { idsOf, isAdding, isRemoving, isSafe, mayRemove, openPage, type Page, stemOf } from './page.ts';
import type { FormThing, Place, Removal } from './thing.ts';

/** What somebody was led to so far. */
export interface Known {
  /** Every address that a page of his linked to. */
  readonly links: Set<string>;
  /** Ends of addresses behind an id, as anybody's pages have them: `/edit_project/`. */
  readonly endings: ReadonlySet<string>;
}

/** Pages about one thing that are opened. */
const mostPages = 14;

/** What pages now link to that nobody was led to before, the mark on them: the thing, and what is done with it. */
export type Found = Pick<FormThing, 'ids' | 'shown' | 'edits' | 'makers' | 'removals' | 'acts'>;

/**
 * Finds a thing by its mark and by the links that came with it. `pages` are those that show the mark; `above`: ids of the thing it was made below, which are
 * ours as well.
 */
export async function discover(
  sender: Sender,
  { session }: Person,
  canary: string,
  pages: readonly Page[],
  { known, above }: { readonly known: Known; readonly above: readonly string[] },
): Promise<Found> {
  const marked: Page[] = [];
  for (const page of pages.filter(({ text }) => text.includes(canary))) marked.push(await steady(sender, session, page));
  const fresh = new Set(marked.flatMap(({ links }) => links).filter((link) => !known.links.has(link) && idsOf(link).length > 0));
  const opened: Page[] = marked.filter(({ path }) => !known.links.has(path) && idsOf(path).length > 0);
  const asked = new Set<string>(opened.map(({ path }) => path));
  for (const link of fresh) {
    if (asked.has(link) || asked.size >= mostPages || !isSafe(link)) continue;
    asked.add(link);
    const page = await openPage(sender, session, link);
    if (!page?.text.includes(canary)) continue;
    const shown = await steady(sender, session, { ...page, path: link });
    opened.push(shown);
    for (const next of shown.links) if (!known.links.has(next) && idsOf(next).length > 0) fresh.add(next);
  }
  const about = opened.toSorted((a, b) => marksOn(b, canary) - marksOn(a, canary) || a.path.length - b.path.length);
  // That a page shows the mark does not make it the thing's own: its link is named after the thing, or its form holds it.
  const linked = marked.flatMap((page) => named(page, canary)).find((link) => fresh.has(link));
  const edited = about.find(({ forms }) => forms.some((form) => isEditOf(form, canary)))?.path;
  const sure = linked ?? edited;
  const own = idsOf(sure ?? about[0]?.path ?? '').at(-1);
  const ours = new Set([...above, ...(own === undefined ? [] : [own])]);
  const isOurs = (path: string): boolean => own !== undefined && idsOf(path).includes(own) && idsOf(path).every((id) => ours.has(id));
  // The way to a thing, and what others' pages have behind it.
  const root = about.map(({ path }) => path.split('?')[0] ?? '').find((path) => path.replace(/\/$/, '').endsWith(`/${own}`));
  if (root !== undefined)
    for (const ending of known.endings) {
      const path = `${root.replace(/\/$/, '')}${ending}`;
      if (fresh.has(path) || asked.size >= mostPages * 2) continue;
      fresh.add(path);
      if (!isSafe(path)) continue;
      asked.add(path);
      const page = await openPage(sender, session, path);
      if (page?.text.includes(canary)) about.push({ ...page, path });
    }
  const forms = [...marked, ...about].flatMap(({ path, forms: all }) => all.map((form): Place => ({ page: path, form })));
  for (const link of fresh) {
    if (!isOurs(link) || !(isAdding(link) || (isSafe(link) && !about.some(({ path }) => path === link)))) continue;
    const page = await openPage(sender, session, link, isAdding(link));
    for (const form of page?.forms ?? []) if (isOurs(form.action)) forms.push({ page: link, form });
  }
  for (const { path, links } of [...marked, ...about]) for (const link of [path, ...links]) known.links.add(link);
  const stems = new Set(about.map(({ path }) => stemOf(path)));
  const isItsOwn = (path: string): boolean =>
    sure !== undefined && isOurs(path) && (stems.has(stemOf(path)) || (root !== undefined && path.startsWith(root)));
  const removals: Removal[] = [
    ...[...fresh].filter((link) => mayRemove(link) && isItsOwn(link)).map((link) => ({ link })),
    ...forms.filter(({ form }) => removes(form) && isItsOwn(form.action)),
  ];
  return {
    ids: own === undefined ? [...above] : [...new Set([...above, own])],
    shown: [...new Set([...about, ...marked].map(({ path }) => path))],
    edits: once(forms.filter(({ form }) => isEditOf(form, canary))),
    makers: once(forms.filter(({ form }) => isMaker(form) && isOurs(form.action))),
    removals,
    acts: [...fresh].filter((link) => isItsOwn(link) && !mayRemove(link) && !isAdding(link) && onlyChanges(templateOf(link).template)),
  };
}

/** A page without the links that are others each time: what carries a token does something (seen on a running app: `/task/7/assign-to-me/98ba…`). */
async function steady(sender: Sender, session: Person['session'], page: Page): Promise<Page> {
  const again = await openPage(sender, session, page.path);
  return again ? { ...page, links: page.links.filter((link) => again.links.includes(link)) } : page;
}

/** Links of a page whose text holds the mark. */
function named({ text, path }: Page, canary: string): string[] {
  return [...text.matchAll(/<a\b[^>]*\bhref\s*=\s*["']([^"']*)["'][^>]*>([\s\S]*?)<\/a\s*>/gi)].flatMap(([, href = '', inside = '']) => {
    const url = inside.includes(canary) ? URL.parse(href.replaceAll('&amp;', '&'), new URL(path, 'http://app.invalid').href) : undefined;
    return url ? [`${url.pathname}${url.search}`] : [];
  });
}

/** In how many fields of what is shown the mark is: a page about a thing shows more of it than a list. */
const marksOn = ({ text }: Page, canary: string): number => new Set(text.match(new RegExp(`${canary}[-\\w]*`, 'g'))).size;

/** Rails and Laravel send a form for it, with the method in a field. */
const removes = ({ method, action, fields }: Place['form']): boolean =>
  method === 'POST' && (isRemoving(action) || fields.some(({ name, value }) => name === '_method' && /^delete$/i.test(value)));

const once = (places: readonly Place[]): Place[] => [
  ...new Map(places.map((one) => [`${one.form.action} ${one.form.fields.map(({ name }) => name).join()}`, one])).values(),
];
