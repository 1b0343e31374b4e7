import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { listen, type Mailbox } from '../mail/mailbox.ts';
import { ask } from '../people/ask.ts';
import type { Person } from '../people/person.ts';
import { standingOf } from '../people/sign-in.ts';
import { passwordLeft } from '../people/trial-password.ts';
import { livesShortly } from '../sessions/logout.ts';
import { type Field, type Form, readPage } from '../surface/crawl.ts';
import type { Session } from '../wire/session.ts';
import { emptySession } from '../wire/session.ts';
import { type AccountGround, broken, enterWith, holds, nextKey, none, type Subject, unclear, unknown } from './ground.ts';
import { type Mailed, outliving, patienceAfter } from './reset.ts';
import { passwordSetter } from './set-password.ts';
import { isPage } from '../wire/content.ts';

const about = { question: 'old-session', flow: 'password change' } as const;
const oldName = /current|old|existing|present/i;

/**
 * Changes the password back to what it was, signed in, and looks whether another session outlives that (ASVS 7.4.3). `sessions`: the one that changes
 * it, and the other.
 */
export async function tryChange(
  ground: AccountGround,
  subject: Subject,
  person: Person | undefined,
  [session, other]: readonly [Session, Session],
): Promise<AccountTrial> {
  const { sender } = ground;
  const { account, witness } = subject;
  for (const one of [other, session]) {
    const { is, answered } = await standingOf(sender, one, witness);
    if (is === 'unclear') return unclear(about, answered);
    if (is === 'not his') return unknown(about, 'the app lets nobody have two sessions at a time, so it could not be tried');
  }
  const steps = ['signed in twice'];
  const how = await changed(ground, subject, person, session);
  if (how === undefined) return none('old-session', about.flow, 'no way to change a password was found');
  const back = await enterWith(sender, subject, account.password);
  steps.push(`changed the password in one of them, ${how}`);
  if (!back) return unknown(about, 'the new password does not sign in, so it was not changed', steps);
  subject.password = account.password;
  const standing = await standingOf(sender, other, witness);
  steps.push(`GET ${witness.path} with the other one → ${standing.answered}`);
  if (standing.is === 'unclear') return unclear(about, standing.answered, steps);
  if (standing.is === 'not his') return holds(about, 'changing the password ends the other sessions', steps);
  return {
    ...broken(about, `${outliving(other)} from before the password was changed still opens the account`, steps),
    ...(livesShortly(other.token) && { mild: true as const }),
  };
}

type Changing = Pick<AccountGround, 'sender' | 'journal' | 'operations'>;

/** Sends the password that the account had at first, signed in; gives how, `undefined` where nothing takes it. */
async function changed(ground: Changing, subject: Subject, person: Person | undefined, session: Session): Promise<string | undefined> {
  const form = await changeForm(ground, session, person);
  ground.journal.about({ who: subject.name, method: 'POST', path: form?.action ?? 'the password' });
  return form ? byForm(ground, form, subject, session) : byApi(ground, subject, session);
}

/** Gives the account its own password back signed in, where it has another: mails may be limited by now. `person`: whose pages were seen, if anybody's were. */
export async function changeBack(ground: Changing, subject: Subject, person: Person | undefined): Promise<void> {
  const { account, password } = subject;
  if (account.made || password === account.password) return;
  const session = await enterWith(ground.sender, subject, password);
  if (!session || (await changed(ground, subject, person, session)) === undefined) return;
  if (await enterWith(ground.sender, subject, account.password)) subject.password = account.password;
}

/** Pages looked at for the form, at most. */
const mostPages = 16;

/** The form with an old and a new password, among the pages that he was shown and those that they name. */
async function changeForm({ sender }: Pick<Changing, 'sender'>, session: Session, person: Person | undefined): Promise<Form | undefined> {
  const likely = /setting|account|profile|security|password|preferences/i;
  const seen = [...(person?.seen.sights.values() ?? [])].flatMap(({ path, status }) =>
    status < 300 && likely.test(path) && !path.startsWith('/api/') ? [path] : [],
  );
  const open = [...new Set([...seen.slice(0, 8), '/settings', '/account', '/profile', '/settings/password', '/change-password'])];
  for (let nth = 0; nth < open.length && nth < mostPages; nth += 1) {
    const path = open[nth]!;
    // Shown before, or named so that nobody can take it for a deed.
    const page = await sender.send({ method: 'GET', path, deliberate: true }, session);
    if (!page.ok || page.value.status >= 300 || !isPage(page.value.text)) continue;
    const { forms, links } = readPage(page.value.text, path, sender.origin);
    const form = forms.find((one) => one.method === 'POST' && one.fields.some((field) => isOld(field, one)));
    if (form) return form;
    for (const link of links)
      if (/\/(?:change[-_]|edit[-_])?password(?:\/(?:edit|change))?$/i.test(link) && !open.includes(link)) open.push(link);
  }
  return undefined;
}

/** The field for the password that holds now: by its name, or because the others say that they are for the new one. */
function isOld({ name, type }: Field, { fields }: Form): boolean {
  const passwords = fields.filter((field) => field.type === 'password');
  if (type !== 'password' || passwords.length < 2) return false;
  return oldName.test(name) || (!/new|confirm|repeat|again/i.test(name) && passwords.some((field) => /new/i.test(field.name)));
}

async function byForm({ sender }: Pick<Changing, 'sender'>, form: Form, { account, password }: Subject, session: Session): Promise<string> {
  const fields = form.fields.map((field): readonly [string, string] => [
    field.name,
    field.type === 'password' ? (isOld(field, form) ? password : account.password) : field.value,
  ]);
  const answer = await sender.send({ method: 'POST', path: form.action, body: { type: 'form', fields } }, session);
  return `POST ${form.action} → ${answer.ok ? answer.value.status : answer.fault.message}`;
}

async function byApi({ sender, operations }: Changing, { account, password }: Subject, session: Session): Promise<string | undefined> {
  const operation = operations.find(
    ({ method, path, body }) =>
      /^(?:POST|PUT|PATCH)$/.test(method) &&
      /password/i.test(path) &&
      !/reset|forgot|recover/i.test(path) &&
      !path.includes('{') &&
      Object.keys(body?.schema.properties ?? {}).some((name) => oldName.test(name)),
  );
  if (!operation) return undefined;
  const properties = Object.keys(operation.body?.schema.properties ?? {}).filter((name) => /pass|pwd/i.test(name) || oldName.test(name));
  const value = Object.fromEntries(properties.map((name) => [name, oldName.test(name) ? password : account.password]));
  const answer = await sender.send({ method: operation.method, path: operation.path, body: { type: 'json', value } }, session);
  return `${operation.id} → ${answer.ok ? answer.value.status : answer.fault.message}`;
}

/** Gives the account its own password back where it has another, by one more mail; what cannot be is told as left behind. */
export async function setBack(
  ground: Pick<AccountGround, 'sender' | 'journal' | 'left' | 'operations'> & { readonly mailbox: Mailbox },
  subject: Subject,
  mailed: Pick<Mailed, 'door' | 'took'> | undefined,
): Promise<void> {
  const { sender, mailbox, journal, left, operations } = ground;
  const { account, name } = subject;
  if (account.made) return;
  if (subject.password !== account.password && mailed) {
    const listening = await listen(mailbox, account.email);
    const asked = await ask(sender, mailed.door, account, emptySession());
    const key = asked?.ok && asked.value.status < 400 ? await nextKey(listening, patienceAfter(mailed.took, mailbox)) : undefined;
    if (key && asked?.ok) {
      await passwordSetter({ sender, operations, account, key, asked: asked.value })(emptySession(), account.password);
      if (await enterWith(sender, subject, account.password)) subject.password = account.password;
    }
  }
  if (subject.password === account.password) journal.password(name)();
  else left.push(`the password of ${name}, which ${passwordLeft}`);
}
