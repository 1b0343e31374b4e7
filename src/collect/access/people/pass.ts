import type { Answer, Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import { type Account, asEntry } from './account.ts';
import { passByMail } from './by-mail.ts';
import type { Door, PlainDoor } from './doors.ts';
import { fillings } from './fill.ts';
import { sessionKey } from './key.ts';
import { secondStep } from './second-step.ts';
import { tokenIn } from './token.ts';
import { nextCode, wasSent } from './totp.ts';

/**
 * Sends an account through a door, with a code of its authenticator app where one is asked for; gives the last answer, whatever it says. Cookies and a
 * token in the answer go into the session.
 */
export async function pass(sender: Sender, door: Door, account: Account, session: Session): Promise<Answer | undefined> {
  for (const [name, value] of account.headers ?? []) session.bound.set(name, value);
  if (door.kind === 'mail') return passByMail(sender, door, account, session);
  if (door.kind === 'elsewhere') return door.enter(sender, account, session);
  if (door.kind === 'key') {
    const key = sessionKey(account);
    if (key) session.key = key;
    const start = await sender.send({ method: 'GET', path: '/' }, session);
    return start.ok ? start.value : undefined;
  }
  const { totp } = account;
  const repeats = totp !== undefined && wasSent(totp);
  const answer = await passOnce(sender, door, account, session);
  if (answer !== 'refused') return answer;
  if (!repeats) return undefined;
  // Most apps take each code once.
  if (!(await nextCode(sender, totp))) return undefined;
  const again = await passOnce(sender, door, account, session);
  return again === 'refused' ? undefined : again;
}

/** The same without a second try with another code. `refused`: a code was sent, and nothing came of it. */
export async function passOnce(
  sender: Sender,
  door: PlainDoor,
  account: Account,
  session: Session,
): Promise<Answer | 'refused' | undefined> {
  for (const filling of await fillings(sender, door, account, session)) {
    const { path, body } = filling;
    const answer = await sender.send({ method: 'POST', path, body, ...asEntry(account) }, session);
    if (!answer.ok) return undefined;
    const { value } = answer;
    const second = await secondStep({ sender, account, path, body, answer: value, code: door.code ?? [] }, session);
    if (second) return second;
    if (value.status >= 400) continue;
    const token = tokenIn(value);
    if (token) session.token = token.value;
    // A code of an authenticator app in it would be an old one.
    if (account.totp === undefined) session.begun = { ...filling, ...(token && { token: token.keys }) };
    return value;
  }
  return account.totp !== undefined && wasSent(account.totp) ? 'refused' : undefined;
}
