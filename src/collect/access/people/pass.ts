import type { Answer, Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import type { Account } from './account.ts';
import { passByMail } from './by-mail.ts';
import type { Door } from './doors.ts';
import { fillings } from './fill.ts';
import { sessionKey } from './key.ts';
import { tokenIn } from './token.ts';

/** Sends an account through a door; gives the last answer, whatever it says. Cookies and a token in the answer go into the session. */
export async function pass(sender: Sender, door: Door, account: Account, session: Session): Promise<Answer | undefined> {
  for (const [name, value] of account.headers ?? []) session.bound.set(name, value);
  const key = sessionKey(account);
  if (door.kind === 'key') {
    if (key) session.key = key;
    const start = await sender.send({ method: 'GET', path: '/' }, session);
    return start.ok ? start.value : undefined;
  }
  if (door.kind === 'mail') return passByMail(sender, door, account, session);
  for (const filling of await fillings(sender, door, account, session)) {
    const { path, body } = filling;
    const answer = await sender.send({ method: 'POST', path, body }, session);
    if (!answer.ok) return undefined;
    const { value } = answer;
    if (value.status >= 400) continue;
    const token = tokenIn(value);
    if (token) session.token = token.value;
    session.begun = { ...filling, ...(token && { token: token.keys }) };
    return value;
  }
  return undefined;
}
