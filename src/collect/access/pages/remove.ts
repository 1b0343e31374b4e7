import type { Form } from '../surface/crawl.ts';
import type { Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import { isHis } from '../people/sign-in.ts';
import type { Made } from '../objects/create.ts';
import { holdsCanary } from '../objects/values.ts';
import type { Person } from '../people/person.ts';
import { bodyOf, idsOf, isRemoving, lookAt, openPage, ownTokens, type Page } from './page.ts';
import type { Place, Removal } from './thing.ts';

/** The form by which a page asks whether something is really to be removed. Opening the page may remove it already: only for what we made. */
export async function asksFirst(sender: Sender, session: Session, link: string): Promise<Place | undefined> {
  const page = await openPage(sender, session, link, true);
  const form = page && formOn(page, link);
  return form && { page: link, form };
}

const formOn = ({ forms }: Page, link: string): Form | undefined =>
  forms.find(({ method, action }) => method === 'POST' && (action === link || isRemoving(action)));

/** Removes something we made as somebody, by the link or the form that its owner has for it; gives the status of the answer. */
export async function removeBy(
  sender: Sender,
  session: Session,
  removal: Removal,
  tokensAt: readonly string[] = [],
): Promise<number | 'no token'> {
  if ('link' in removal) {
    const answer = await sender.send({ method: 'GET', path: removal.link, deliberate: true }, session);
    return answer.ok ? answer.value.status : 0;
  }
  const { page, form } = removal;
  const tokens = await ownTokens(sender, session, form, [page, ...tokensAt]);
  if (!tokens) return 'no token';
  const answer = await sender.send({ method: 'POST', path: form.action, body: bodyOf(form, tokens) }, session);
  return answer.ok ? answer.value.status : 0;
}

/** Whether something is on pages that somebody is shown: it is; he looked, and it is not; or he could not look. */
export type Presence = 'there' | 'gone' | 'unknown';

/** Whether its owner still finds a mark on pages of his. Unknown where the app does not know him any more: it may show him its sign-in page. */
export async function isThere(
  sender: Sender,
  { session, witness }: Pick<Person, 'session' | 'witness'>,
  pages: readonly string[],
  mark: string,
): Promise<Presence> {
  let presence: Presence = pages.length === 0 ? 'unknown' : 'gone';
  for (const path of pages) {
    const page = await lookAt(sender, session, path);
    if (page === 'unknown') presence = page;
    else if (page !== 'none' && page.text.includes(mark)) return 'there';
  }
  return presence === 'gone' && !(await isHis(sender, session, witness)) ? 'unknown' : presence;
}

/** Whether something we made is there: with its mark, or with another of ours, where an edit went to it that was meant for another thing. */
export async function isStillThere(sender: Sender, { owner, canary, id, onPages }: Made): Promise<Presence> {
  const shown = onPages?.shown ?? [];
  const there = await isThere(sender, owner, shown, canary);
  const own = id === undefined ? undefined : shown.find((path) => idsOf(path).at(-1) === id);
  if (there !== 'gone' || own === undefined) return there;
  const page = await openPage(sender, owner.session, own);
  return page?.path === own && holdsCanary(page.text) ? 'there' : 'gone';
}

/** Removes something of its owner's, also where a page asks first. */
export async function removeOnPages(sender: Sender, session: Session, removal: Removal): Promise<void> {
  if ('form' in removal) return void (await removeBy(sender, session, removal));
  const page = await openPage(sender, session, removal.link, true);
  const form = page && formOn(page, removal.link);
  if (form) return void (await removeBy(sender, session, { page: removal.link, form }));
  // It asks by a link, which is about the same thing.
  const ids = idsOf(removal.link).toSorted().join();
  const link = page && [...page.links, ...inScripts(page)].find((one) => isRemoving(one) && idsOf(one).toSorted().join() === ids);
  if (link !== undefined) await sender.send({ method: 'GET', path: link, deliberate: true }, session);
}

/** Addresses that a page gives to its scripts, in attributes of JSON. */
const inScripts = ({ text }: Page): string[] =>
  [
    ...text
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&')
      .replaceAll('\\/', '/')
      .matchAll(/"(\/[^"\s<>]*)"/g),
  ].map(([, path = '']) => path);
