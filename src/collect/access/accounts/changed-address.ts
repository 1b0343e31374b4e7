import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { listen, type Mailbox } from '../mail/mailbox.ts';
import type { Account, AccountWithPassword } from '../people/account.ts';
import { ask } from '../people/ask.ts';
import { doorName, isPlain } from '../people/doors.ts';
import { enterBy } from '../people/enter.ts';
import { isHis, type SignedIn } from '../people/sign-in.ts';
import { accountLeft, signUp } from '../people/sign-up.ts';
import { trialPassword } from '../people/trial-password.ts';
import { doubting } from '../wire/hearing.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { addressChanges } from './address-changes.ts';
import { type AccountGround, broken, enterWith, holds, nextKey, none, unclear, unknown } from './ground.ts';
import { type Mailed, patienceAfter } from './reset.ts';
import { passwordSetter } from './set-password.ts';

const about = { question: 'changed-address', flow: 'password reset' } as const;

const noWay = 'no way to change an address was found';

/**
 * Whether a reset link that was mailed to an old address works after the address was changed (OWASP Forgot Password Cheat Sheet): whoever has the old
 * mailbox, which may be why it was changed, takes the account. Only with somebody whom we sign up for it. `mailed`: how reset mails are asked for here;
 * absent: none of them set a password. `someone`: who is asked whether an address can be changed at all, where nobody can be signed up.
 */
export async function tryChangedAddress(
  ground: AccountGround & { readonly mailbox: Mailbox },
  mailed: Mailed | undefined,
  someone: Pick<SignedIn, 'session' | 'seen'> & { readonly account: Account },
): Promise<AccountTrial> {
  const { sender, mailbox, journal, left, operations } = ground;
  const way = mailed && (await signUp(ground));
  const password = way?.account.password;
  if (!way || password === undefined || !isPlain(way.door)) {
    if ((await addressChanges(ground, someone, someone.account)).length === 0) return none(about.question, about.flow, noWay);
    return mailed
      ? unknown(about, 'nobody could be signed up whose address could be changed', [], 'Let us sign somebody up, by a form or by the API.')
      : unknown(about, 'no password could be set by mail, so a mail to an old address says nothing');
  }
  const account: AccountWithPassword = { ...way.account, password };
  left.push(accountLeft(account.email, ground.doors));
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
  if (how === undefined) return none(about.question, about.flow, noWay);
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

/** What was sent to change an address, and whether the app took it. */
interface Changing {
  readonly told: string;
  readonly taken: boolean;
}

/** Changes his address signed in; `undefined` where nothing takes one. */
async function changeAddress(
  ground: AccountGround,
  way: Pick<SignedIn, 'session' | 'seen'>,
  account: AccountWithPassword,
  to: string,
): Promise<Changing | undefined> {
  const { sender, journal } = ground;
  let refused: Changing | undefined;
  for (const { name, method, path, bodyFor } of await addressChanges(ground, way, account)) {
    journal.about({ who: account.email, method, path });
    const answer = await sender.send({ method, path, body: bodyFor(to) }, way.session);
    const told = `${name} → ${answer.ok ? answer.value.status : answer.fault.message}`;
    if (answer.ok && answer.value.status < 400) return { told, taken: true };
    // What is only described, and not there, takes none.
    if (!answer.ok || ![404, 405].includes(answer.value.status)) refused ??= { told, taken: false };
  }
  return refused;
}
