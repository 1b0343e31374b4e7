import type { Result } from '../../../core/evidence.ts';
import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { listen, type Mailbox } from '../mail/mailbox.ts';
import type { AccountWithPassword } from '../people/account.ts';
import { ask } from '../people/ask.ts';
import { doorName, isPlain } from '../people/doors.ts';
import { enterBy } from '../people/enter.ts';
import { filled } from '../people/fill.ts';
import { isHis, type SignedIn } from '../people/sign-in.ts';
import { signUp } from '../people/sign-up.ts';
import { trialPassword } from '../people/trial-password.ts';
import { type Form, readPage } from '../surface/crawl.ts';
import { doubting } from '../wire/hearing.ts';
import type { Answer } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { type AccountGround, broken, enterWith, holds, nextKey, none, unclear, unknown } from './ground.ts';
import { type Mailed, patienceAfter } from './reset.ts';
import { passwordSetter } from './set-password.ts';
import { isPage } from '../wire/content.ts';

const about = { question: 'changed-address', flow: 'password reset' } as const;

/**
 * Whether a reset link that was mailed to an old address works after the address was changed (OWASP Forgot Password Cheat Sheet): whoever has the old
 * mailbox, which may be why it was changed, takes the account. Only with somebody whom we sign up for it. `mailed`: how reset mails are asked for here.
 */
export async function tryChangedAddress(ground: AccountGround & { readonly mailbox: Mailbox }, mailed: Mailed): Promise<AccountTrial> {
  const { sender, mailbox, journal, left, operations } = ground;
  const way = await signUp(ground);
  const password = way?.account.password;
  if (!way || password === undefined || !isPlain(way.door))
    return unknown(
      about,
      'nobody could be signed up whose address could be changed',
      [],
      'Let us sign somebody up, by a form or by the API.',
    );
  const account: AccountWithPassword = { ...way.account, password };
  left.push(`the account ${account.email}, which was signed up`);
  const patience = patienceAfter(mailed.took, mailbox);
  const listening = await listen(mailbox, account.email);
  const asked = await ask(sender, mailed.door, account, emptySession());
  const key = await nextKey(listening, patience);
  const steps = [`signed up, ${doorName(mailed.door)} → ${key ? 'a mail with a link or a code' : 'no mail'}`];
  if (!key || !asked?.ok) return unknown(about, 'no mail with a link or a code came for a new account', steps);
  const to = mailbox.newAddress();
  const arriving = await listen(mailbox, to);
  journal.account(to);
  const how = await changeAddress(ground, way, account, to);
  if (how === undefined) return none(about.question, about.flow, 'no way to change an address was found');
  steps.push(`changed the address, by ${how.told}`);
  if (!how.taken) return unknown(about, `the address could not be changed by us: ${how.told}`, steps);
  const his = { path: way.witness.path, names: [to.toLowerCase()] };
  const isChanged = (session: Session): Promise<boolean> => isHis(sender, session, his);
  if (!(await isChanged(way.session))) {
    const confirming = await nextKey(arriving, patience);
    if (confirming) {
      await enterBy(sender, { key: confirming, account: { ...account, email: to }, enter: [] }, way.session);
      steps.push('opened the link that was mailed to the new one');
    }
  }
  const moved = { account: { ...account, email: to }, door: way.door, witness: his };
  if (!(await enterWith(sender, moved, password))) return unknown(about, 'the address could not be changed by us', steps);
  const second = trialPassword(password, 3);
  const { sender: heard, doubts } = doubting(sender);
  const set = await passwordSetter({ sender: heard, operations, account, key, asked: asked.value })(emptySession(), second);
  steps.push(`used the link that was mailed to the old address, by ${set ?? 'nothing: its form is gone'}`);
  if (await enterWith(sender, moved, second)) {
    const text = 'a reset link that was mailed to the old address works after the address was changed: the password it sets signs in';
    return broken(about, text, [...steps, 'signed in with the new address and that password']);
  }
  if (doubts.length > 0) return unclear(about, doubts.join('; '), steps);
  return (await enterWith(sender, moved, password))
    ? holds(about, 'a reset link that was mailed to the old address is dead once the address is changed', [
        ...steps,
        'the password is what it was',
      ])
    : unknown(about, 'neither of the two passwords signs in any more', steps);
}

const selfPath = /\/(?:me|self|profile|account|user|settings|current-?user)$/i;
const mailName = /e-?_?mail/i;

/** What was sent to change an address, and whether the app took it. */
interface Changing {
  readonly told: string;
  readonly taken: boolean;
}

/** Changes his address signed in, by a form of his settings or by the API; `undefined` where nothing takes one. */
async function changeAddress(
  { sender, operations, journal }: AccountGround,
  { session, seen }: SignedIn,
  account: AccountWithPassword,
  to: string,
): Promise<Changing | undefined> {
  const likely = [...seen.sights.keys()].filter((path) => /setting|account|profile/i.test(path) && !/[#?{]|^\/api\//.test(path));
  for (const path of new Set([...likely, '/settings', '/account', '/profile', '/settings/email', '/account/email', '/settings/account'])) {
    const page = await sender.send({ method: 'GET', path, deliberate: true }, session);
    if (!page.ok || page.value.status >= 300 || !isPage(page.value.text)) continue;
    const form = readPage(page.value.text, path, sender.origin).forms.find((one) => changes(one, account.email));
    if (!form) continue;
    // What is filled in already stays, but for the address itself.
    const shown = form.fields.filter(({ type }) => type !== 'hidden').map(({ name }) => name);
    const fields = filled(form, account).map(([name, value]) => [name, mailName.test(name) && shown.includes(name) ? to : value] as const);
    journal.about({ who: account.email, method: 'POST', path: form.action });
    const answer = await sender.send({ method: 'POST', path: form.action, body: { type: 'form', fields } }, session);
    return { told: `POST ${form.action} → ${answer.ok ? answer.value.status : answer.fault.message}`, taken: isTaken(answer) };
  }
  let refused: Changing | undefined;
  for (const { id, method, path, body } of operations) {
    const fields = Object.keys(body?.schema.properties ?? {});
    const fits =
      /^(?:PUT|PATCH|POST)$/.test(method) &&
      !path.includes('{') &&
      fields.some((name) => mailName.test(name)) &&
      (method === 'POST' ? /change-?e?mail|e?mail\/?(?:change)?$/i : selfOrMail).test(path);
    if (!fits || /invit|verify|reset|forgot|magic|login|sign/i.test(path)) continue;
    const value = Object.fromEntries(
      fields.flatMap((name): [string, string][] =>
        mailName.test(name) ? [[name, to]] : /pass|pwd/i.test(name) ? [[name, account.password]] : [],
      ),
    );
    journal.about({ who: account.email, method, path });
    const answer = await sender.send({ method, path, body: { type: 'json', value } }, session);
    const told = `${id} → ${answer.ok ? answer.value.status : answer.fault.message}`;
    if (isTaken(answer)) return { told, taken: true };
    // What is only described, and not there, takes none.
    if (!answer.ok || ![404, 405].includes(answer.value.status)) refused ??= { told, taken: false };
  }
  return refused;
}

const isTaken = (answer: Result<Answer>): boolean => answer.ok && answer.value.status < 400;

const selfOrMail = new RegExp(`${selfPath.source}|e?mail$`, 'i');

/** A form in which his own address stands, or that asks for a new one. */
const changes = ({ method, action, fields }: Form, email: string): boolean =>
  method === 'POST' &&
  !/invit|member|team/i.test(action) &&
  fields.some(
    ({ name, type, value }) => type !== 'hidden' && mailName.test(name) && (value === email || /new/i.test(name) || mailName.test(action)),
  );
