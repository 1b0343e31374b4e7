import type { Result } from '../../../core/evidence.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import { type Account, asEntry } from './account.ts';
import type { PlainDoor } from './doors.ts';
import { fillings } from './fill.ts';

/** Asks for a mail; gives the last answer, whatever it says. `headers` go with what is posted, as a client that lies would send them. */
export async function ask(
  sender: Sender,
  door: PlainDoor,
  account: Pick<Account, 'email' | 'username' | 'made'>,
  session: Session,
  headers: Readonly<Record<string, string>> = {},
): Promise<Result<Answer> | undefined> {
  const { email, username } = account;
  let last: Result<Answer> | undefined;
  for (const { path, body } of await fillings(sender, door, { email, ...(username !== undefined && { username }) }, session)) {
    last = await sender.send({ method: 'POST', path, body, headers, ...asEntry(account) }, session);
    // One that is told to wait asks no more; one that is not understood is asked in another way.
    if (!last.ok || last.value.status < 400 || last.value.status === 429) break;
  }
  return last;
}
