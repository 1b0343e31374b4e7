import type { Person } from '../people/person.ts';
import { type Form, formsOf, readPage } from '../surface/crawl.ts';
import { dangerOf, deedIn } from '../surface/safety.ts';
import { isId, templateOf } from '../surface/template.ts';
import type { Body } from '../wire/body.ts';
import { isPage, saysNothing } from '../wire/content.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';

/** A page as somebody is shown it. */
export interface Page {
  /** Where it was asked for. */
  readonly asked: string;
  /** Where that led to. */
  readonly path: string;
  readonly text: string;
  /** Addresses of the app that it links to, each once. */
  readonly links: readonly string[];
  /** Its forms, those included that are only a button. */
  readonly forms: readonly Form[];
}

/** Redirects that are followed within the app. */
const mostRedirects = 3;

/** Opens a page as somebody, and where it leads on to; `undefined` where he is shown none. `deliberate`: see `Message`. */
export async function openPage(sender: Sender, session: Session, path: string, deliberate = false): Promise<Page | undefined> {
  const page = await lookAt(sender, session, path, deliberate);
  return typeof page === 'string' ? undefined : page;
}

/** What somebody is shown at an address: a page; `none` for him there; `unknown` where no answer came, or one that says nothing of it. */
export async function lookAt(sender: Sender, session: Session, path: string, deliberate = false): Promise<Page | 'none' | 'unknown'> {
  const answer = await sender.send({ method: 'GET', path, ...(deliberate && { deliberate }) }, session);
  return answer.ok ? ledTo(sender, session, path, answer.value) : 'unknown';
}

/** The page that an answer is or leads to. */
export async function arrived(sender: Sender, session: Session, path: string, answer: Answer): Promise<Page | undefined> {
  const page = await ledTo(sender, session, path, answer);
  return typeof page === 'string' ? undefined : page;
}

async function ledTo(sender: Sender, session: Session, path: string, answer: Answer): Promise<Page | 'none' | 'unknown'> {
  let at = path;
  let now = answer;
  for (let nth = 0; nth < mostRedirects && now.status >= 300 && now.status < 400; nth += 1) {
    if (!now.location?.startsWith('/')) return 'none';
    at = now.location;
    const next = await sender.send({ method: 'GET', path: at }, session);
    if (!next.ok) return 'unknown';
    now = next.value;
  }
  if (now.status >= 300) return saysNothing(now.status) ? 'unknown' : 'none';
  const { text } = now;
  return { ...pageFrom(at, text, sender.origin), asked: path };
}

/** What stands at an address, read as a page. */
export function pageFrom(path: string, text: string, origin: string): Page {
  const isHtml = isPage(text);
  const { links } = isHtml ? readPage(text, path, origin) : { links: [] };
  return { asked: path, path, text, links, forms: isHtml ? formsOf(text, path, origin) : [] };
}

/** The pages somebody was shown so far, opened again. */
async function pagesOf(sender: Sender, { session, seen }: Person): Promise<Page[]> {
  const pages: Page[] = [];
  for (const { path, status, content } of seen.sights.values()) {
    if (status >= 300 || content.json !== undefined || path.includes('#')) continue;
    const page = await openPage(sender, session, path);
    if (page && isPage(page.text)) pages.push(page);
  }
  return pages;
}

/** The pages of everybody, by name. */
export async function walkAgain(sender: Sender, people: readonly Person[]): Promise<ReadonlyMap<string, readonly Page[]>> {
  return new Map(await Promise.all(people.map(async (person) => [person.name, await pagesOf(sender, person)] as const)));
}

/** What in an address names things: parts of its path, then values of its query. */
export const idsOf = (path: string): string[] => [
  ...templateOf(path).ids,
  ...[...new URLSearchParams(path.split('?')[1] ?? '')].flatMap(([name, value]) => (isId(value) && !tokenName.test(name) ? [value] : [])),
];

/** `GET /projects/{id}/edit`. */
export const routeOf = (method: string, path: string): string => `${method} ${templateOf(path).template.split('?')[0]}`;

const deeds = /^(?:delete|remove|destroy|trash|edit|update|modify|change|show|view|details?|new|add|create|complete|toggle)$/i;

/** What an address is about, without its ids and what is done there: `/shop/7/item_edit/9` and `/shop/7/item_delete/9` are about the same. */
export const stemOf = (path: string): string =>
  (templateOf(path).template.split('?')[0] ?? '')
    .split('/')
    .filter((part) => part !== '' && !part.startsWith('{'))
    .map((part) =>
      part
        .split(/[-_.]/)
        .filter((word) => !deeds.test(word))
        .join('-')
        .replace(/s$/, ''),
    )
    .filter((part) => part !== '')
    .join('/');

/** The page of a form to add something: what else would it be asked for. */
const adding = /(?:^|[/_.-])(?:new|create|add)\/?$/i;
/** Removes something for good. */
const removing = /(?:^|[/_.=-])(?:delete|remove|destroy|trash)(?:[/_.?&-]|$)/i;
/** Asks first. */
const asking = /(?:^|[/_.=-])confirm(?:[/_.?&-]|$)/i;

export const isAdding = (path: string): boolean => adding.test(path.split('?')[0] ?? '') && !path.includes('?');
export const isRemoving = (path: string): boolean => removing.test(path);
export const mayRemove = (path: string): boolean => removing.test(path) || asking.test(path);

/** Whether a page may be asked for because another links to it. */
export const isSafe = (path: string): boolean =>
  dangerOf({ method: 'GET', path: templateOf(path).template.split('?')[0] ?? path }) === undefined && deedIn(path) === undefined;

/** Why nothing is known of a form that somebody could not send as the app wants it. */
export const noToken = 'he has no token against forged requests to send along';
/** Why nothing is known of what could not be shown again. */
export const onlyOnce = 'it came once, and not again with a new session';

const tokenName = /csrf|xsrf|authenticity_?token|verificationtoken|^_?token$|nonce/i;

/** Whether a field holds the token of a session against forged requests. */
export const isToken = ({ name, type }: Form['fields'][number]): boolean => type === 'hidden' && tokenName.test(name);

/** What a form is sent with, `values` instead of what it was served with. */
export function bodyOf({ multipart, fields }: Form, values: ReadonlyMap<string, string>, files?: string): Body {
  const texts = fields
    .filter(({ type }) => type !== 'file')
    .map(({ name, value }): readonly [string, string] => [name, values.get(name) ?? value]);
  if (!multipart) return { type: 'form', fields: texts };
  const named = files === undefined ? [] : fields.filter(({ type }) => type === 'file');
  return {
    type: 'multipart',
    fields: texts,
    files: named.map(({ name }) => ({ field: name, name: `${files}.txt`, contentType: 'text/plain', text: `Launch Ready ${files}\n` })),
  };
}

/**
 * The tokens of somebody's own session for a form: from the same page as he is shown it, else from any page of his with a field of that name. `undefined`
 * where the form wants one and he has none.
 */
export async function ownTokens(
  sender: Sender,
  session: Session,
  form: Form,
  pages: readonly string[],
): Promise<ReadonlyMap<string, string> | undefined> {
  const tokens = new Map<string, string>();
  for (const { name } of form.fields.filter(isToken)) {
    for (const path of pages) {
      // A page that asks whether something is really to be removed is known by then to remove nothing itself.
      const page = await openPage(sender, session, path, isAdding(path) || path === form.action);
      const value = page?.forms.flatMap(({ fields }) => fields).find((field) => field.name === name && isToken(field))?.value;
      if (value) {
        tokens.set(name, value);
        break;
      }
    }
    if (!tokens.has(name)) return undefined;
  }
  return tokens;
}
