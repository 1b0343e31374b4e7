import type { Key } from '../mail/read.ts';
import { tokensIn } from '../mail/read.ts';
import { type Form, formsOf, readPage } from '../surface/crawl.ts';
import type { Operation } from '../surface/operation.ts';
import type { Body } from '../wire/body.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import { type Account, asEntry } from './account.ts';
import { filled } from './fill.ts';
import { tokenIn } from './token.ts';
import { isPage } from '../wire/content.ts';

/** What a mail says, for whom, and where a code of it may be typed in. */
export interface Entering {
  readonly key: Key;
  readonly account: Account;
  /** The page that came when the mail was asked for. */
  readonly asked?: Answer;
  readonly enter: readonly Operation[];
}

/** A page, and where it stands. */
export interface Page {
  readonly path: string;
  readonly answer: Answer;
}

const mostRedirects = 6;

/** Opens an address of the app as a browser does, redirects and all; `undefined` where nothing comes back. `known`: what it does is known, and meant. */
export async function visit(sender: Sender, path: string, session: Session, known = true): Promise<Page | undefined> {
  let at = path;
  for (let hops = 0; hops < mostRedirects; hops += 1) {
    const answer = await sender.send({ method: 'GET', path: at, ...(known && { deliberate: true }) }, session);
    if (!answer.ok) return undefined;
    keepToken(answer.value, session);
    const { location, status } = answer.value;
    if (status < 300 || status >= 400 || !location?.startsWith('/')) return { path: at, answer: answer.value };
    at = location;
  }
  return undefined;
}

/** The path of a mailed link in the app that is tried: mails name the app by its public address, which may be another one. */
export const pathOf = (link: URL): string => `${link.pathname}${link.search}`;

/**
 * Follows the link of a mail, and presses the button of the page it opens; or types the code. Cookies and tokens go into the session. Whether that
 * let anybody in, the caller finds out: an answer of 200 says nothing.
 */
export async function enterBy(sender: Sender, entering: Entering, session: Session): Promise<void> {
  const { link, code } = entering.key;
  if (link) await enterByLink(sender, link, entering, session);
  else if (code !== undefined) await enterByCode(sender, code, entering, session);
}

async function enterByLink(sender: Sender, link: URL, { account, enter }: Entering, session: Session): Promise<void> {
  const page = await visit(sender, pathOf(link), session);
  const [token] = tokensIn(link);
  if (!page || token === undefined) return;
  const form = formWith(page, token, sender.origin);
  if (form) return post(sender, account, form.action, { type: 'form', fields: filled(form, account) }, session);
  // A page that scripts draw sends the token to the API by itself.
  for (const { path } of enter.slice(0, 3))
    await post(sender, account, path, { type: 'json', value: { token, code: token, email: account.email } }, session);
}

/** The form of a page that hands on what the link brought: in its address, or in a hidden field. Others (sign out, newsletter) do not. */
function formWith({ answer, path }: Page, token: string, origin: string): Form | undefined {
  if (!isPage(answer.text)) return undefined;
  const encoded = encodeURIComponent(token);
  return formsOf(answer.text, path, origin).find(
    ({ action, method, fields }) =>
      method === 'POST' && (action.includes(token) || action.includes(encoded) || fields.some(({ value }) => value.includes(token))),
  );
}

const codeName = /code|otp|pin\b|token|passcode/i;

async function enterByCode(sender: Sender, code: string, { account, asked, enter }: Entering, session: Session): Promise<void> {
  const next = asked?.location?.startsWith('/') ? await visit(sender, asked.location, session) : asked && { path: '/', answer: asked };
  const form =
    next && isPage(next.answer.text)
      ? readPage(next.answer.text, next.path, sender.origin).forms.find(({ fields }) =>
          fields.some(({ name, type }) => type !== 'hidden' && codeName.test(name)),
        )
      : undefined;
  if (form) {
    const fields = filled(form, account).map(([name, value]): readonly [string, string] => [
      name,
      codeName.test(name) && !/csrf/i.test(name) ? code : value,
    ]);
    return post(sender, account, form.action, { type: 'form', fields }, session);
  }
  for (const { path } of enter.slice(0, 3))
    await post(sender, account, path, { type: 'json', value: { email: account.email, code, otp: code, token: code } }, session);
}

async function post(sender: Sender, account: Account, path: string, body: Body, session: Session): Promise<void> {
  const answer = await sender.send({ method: 'POST', path, body, ...asEntry(account) }, session);
  if (!answer.ok) return;
  keepToken(answer.value, session);
  if (answer.value.status >= 300 && answer.value.status < 400 && answer.value.location?.startsWith('/'))
    await visit(sender, answer.value.location, session);
}

const againstForgery = /csrf|xsrf|authenticity|_token$/i;

/** The form of one mailed link as that of another one, whose page may no longer show it: its secret parts are those of the other. */
export function formFor(form: Form, of: URL | undefined, link: URL | undefined): Form {
  const mine = link ? tokensIn(link) : [];
  const pairs = (of ? tokensIn(of) : []).flatMap((token, nth) => (mine[nth] === undefined ? [] : [[token, mine[nth]] as const]));
  const turned = (text: string): string =>
    pairs.reduce((whole, [from, to]) => whole.replaceAll(from, to).replaceAll(encodeURIComponent(from), encodeURIComponent(to)), text);
  return { ...form, action: turned(form.action), fields: form.fields.map((field) => ({ ...field, value: turned(field.value) })) };
}

/** A form from an earlier visit as it may be sent now: its hidden tokens against forged requests are those of this page, where it has some. */
export function renewed(form: Form, page: Page | undefined, origin: string): Form {
  const fresh = new Map(
    page && isPage(page.answer.text)
      ? formsOf(page.answer.text, page.path, origin).flatMap(({ fields }) => fields.map(({ name, value }) => [name, value]))
      : [],
  );
  const value = (field: Form['fields'][number]): string =>
    field.type === 'hidden' && againstForgery.test(field.name) ? (fresh.get(field.name) ?? field.value) : field.value;
  return { ...form, fields: form.fields.map((field) => ({ ...field, value: value(field) })) };
}

/** A token that an answer hands out is the session's from now on. */
export function keepToken(answer: Answer, session: Session): void {
  const token = answer.status < 300 ? tokenIn(answer)?.value : undefined;
  if (token !== undefined) session.token = token;
}
