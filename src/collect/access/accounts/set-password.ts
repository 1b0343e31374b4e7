import type { Key } from '../mail/read.ts';
import { tokensIn } from '../mail/read.ts';
import type { Account } from '../people/account.ts';
import { formFor, type Page, pathOf, renewed, visit } from '../people/enter.ts';
import { filled } from '../people/fill.ts';
import { type Form, readPage } from '../surface/crawl.ts';
import type { Operation } from '../surface/operation.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import { isPage } from '../wire/content.ts';

/** Sends a new password with the key of a mail; gives how, for people, `undefined` where nothing takes one. What it did, signing in tells. */
export type SetPassword = (session: Session, password: string, by?: Partial<ByMail>) => Promise<string | undefined>;

/** A mail, and who sends what it brought. */
type ByMail = Pick<Resetting, 'key' | 'asked' | 'sender'>;

export interface Resetting {
  readonly sender: Sender;
  readonly operations: readonly Operation[];
  readonly account: Account;
  readonly key: Key;
  /** The page that came when the mail was asked for: some apps take the code there. */
  readonly asked?: Answer;
}

/**
 * Sets passwords by one mail. The page is opened anew each time; where it no longer shows its form, what it had the first time is sent: a link is used
 * up by what the server does, not by what the page says. `by`: sends that, and brings the key of another mail.
 */
export function passwordSetter(resetting: Resetting): SetPassword {
  const { account } = resetting;
  let known: { readonly form: Form; readonly link?: URL } | undefined;
  return async (session, password, by = {}) => {
    const mine = { ...resetting, ...by };
    const { sender, key, asked } = mine;
    const page = key.link ? await visit(sender, pathOf(key.link), session) : asked && (await pageAfter(sender, asked, session));
    const form =
      (page && passwordForm(page, sender.origin)) ?? (known && renewed(formFor(known.form, known.link, key.link), page, sender.origin));
    if (!form) return byApi(mine, session, password);
    known = { form, ...(key.link && { link: key.link }) };
    const fields = filled(form, { ...account, password }).map(([name, value]): readonly [string, string] => {
      const typed = form.fields.some((field) => field.name === name && field.type !== 'hidden');
      return [name, key.code !== undefined && typed && /code|otp|pin\b|token/i.test(name) ? key.code : value];
    });
    const answer = await sender.send({ method: 'POST', path: form.action, body: { type: 'form', fields } }, session);
    return `the form of its page → ${answer.ok ? answer.value.status : answer.fault.message}`;
  };
}

async function pageAfter(sender: Sender, asked: Answer, session: Session): Promise<Page | undefined> {
  return asked.location?.startsWith('/') ? visit(sender, asked.location, session) : { path: '/', answer: asked };
}

/** The form that takes a new password and no old one. */
function passwordForm({ answer, path }: Page, origin: string): Form | undefined {
  if (!isPage(answer.text)) return undefined;
  return readPage(answer.text, path, origin).forms.find(
    ({ method, action, fields }) =>
      method === 'POST' &&
      !/log-?_?in\b|sign-?_?in\b|sign-?_?up\b|register/i.test(action) &&
      fields.some(({ type, name }) => type === 'password' && !/current|old/i.test(name)) &&
      !fields.some(({ name }) => /current_?-?pass|old_?-?pass/i.test(name)),
  );
}

const usualPaths = [
  '/api/auth/reset-password',
  '/api/reset-password',
  '/auth/reset-password',
  '/api/password/reset',
  '/api/auth/password/reset',
  '/auth/password/reset',
];

/** What the scripts of a page would send. */
async function byApi({ sender, operations, account, key }: Resetting, session: Session, password: string): Promise<string | undefined> {
  const token = key.link ? tokensIn(key.link)[0] : key.code;
  if (token === undefined) return undefined;
  const described = operations.filter(
    ({ method, path, body }) =>
      /^(?:POST|PUT|PATCH)$/.test(method) &&
      /reset|recover|password/i.test(path) &&
      (body === undefined ? /reset|recover/i.test(path) : Object.keys(body.schema.properties ?? {}).some((name) => /pass/i.test(name))),
  );
  const tries = [
    ...described.map(({ method, path }) => ({
      method,
      path: path.replace(/\{[^}]+\}/g, encodeURIComponent(token)),
      name: `${method} ${path}`,
    })),
    ...usualPaths.map((path) => ({ method: 'POST', path, name: `POST ${path}` })),
  ];
  const value = {
    email: account.email,
    token,
    code: token,
    otp: token,
    password,
    newPassword: password,
    new_password: password,
    passwordConfirmation: password,
    password_confirmation: password,
    confirmPassword: password,
  };
  for (const { method, path, name } of tries) {
    const answer = await sender.send({ method, path, body: { type: 'json', value } }, session);
    // Where nothing of the kind is, nothing was asked.
    if (answer.ok && ![404, 405].includes(answer.value.status)) return `${name} → ${answer.value.status}`;
  }
  return undefined;
}
