import { listen, type Mailbox } from '../mail/mailbox.ts';
import { keyOf } from '../mail/read.ts';
import type { Operation } from '../surface/operation.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import type { Account } from './account.ts';
import type { AskDoors } from './ask-doors.ts';
import { ask } from './ask.ts';
import type { MailDoor } from './doors.ts';
import { enterBy } from './enter.ts';

const entersWith = /verify|confirm|callback|magic|otp|code|token|session/i;

/** Operations that may take the code or the token of a mail. */
export const enteringOperations = (operations: readonly Operation[]): Operation[] =>
  operations.filter(
    ({ method, path, body }) =>
      method === 'POST' &&
      !path.includes('{') &&
      entersWith.test(path) &&
      Object.keys(body?.schema.properties ?? { code: {} }).some((name) => /code|otp|token/i.test(name)) &&
      !Object.keys(body?.schema.properties ?? {}).some((name) => /pass/i.test(name)),
  );

/** Sign-ins for which a link or a code is mailed, where mails can be read. */
export const mailDoors = ({ magic }: AskDoors, operations: readonly Operation[], mailbox: Mailbox | undefined): MailDoor[] =>
  mailbox ? magic.map((door) => ({ kind: 'mail', ask: door, enter: enteringOperations(operations), mailbox })) : [];

/** Asks for a mail and signs in with what it brings; gives the answer to the asking, `undefined` where no mail with a key in it came. */
export async function passByMail(
  sender: Sender,
  { ask: door, enter, mailbox }: MailDoor,
  account: Account,
  session: Session,
): Promise<Answer | undefined> {
  const listening = await listen(mailbox, account.email);
  const asked = await ask(sender, door, account, session);
  if (!asked?.ok || asked.value.status >= 400) return undefined;
  const mail = await listening.next(mailbox.patienceMs);
  const key = mail && keyOf(mail);
  if (!key) return undefined;
  await enterBy(sender, { key, account, asked: asked.value, enter }, session);
  return asked.value;
}
