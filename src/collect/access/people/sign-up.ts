import type { Journal } from '../journal/journal.ts';
import { listen, type Listening, type Mailbox } from '../mail/mailbox.ts';
import { type Key, keyOf } from '../mail/read.ts';
import type { Operation } from '../surface/operation.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { type Begun, emptySession } from '../wire/session.ts';
import { type Account, newAccount } from './account.ts';
import { enteringOperations } from './by-mail.ts';
import { addressOfDoor, type Door, doorName, type Doors, isPlain } from './doors.ts';
import { enterBy } from './enter.ts';
import { pass } from './pass.ts';
import { signIn, type SignedIn } from './sign-in.ts';

/** What new people are signed up by. */
export interface SigningUp {
  readonly sender: Sender;
  readonly doors: Doors;
  readonly operations: readonly Operation[];
  /** Where the mail that confirms the address is read. */
  readonly mailbox?: Mailbox;
  readonly journal: Journal;
  /** Gets the address of each account that the app took. */
  readonly accounts?: string[];
}

/** An account that stays, for people: `the account a@example.com, which was signed up by POST /register`. */
export const accountLeft = (email: string, { signUp: doors }: Pick<Doors, 'signUp'>): string =>
  `the account ${email}, which was signed up${doors.length > 0 ? ` by ${doors.map(doorName).join(' or ')}` : ''}`;

/** Somebody who was signed up and is in. */
export interface SignedUp extends SignedIn {
  readonly account: Account;
  /** How he was signed up, where that alone let him in. */
  readonly joined?: Begun;
  /** The mail was needed for it: its link or code is used. */
  readonly byMail?: true;
}

/** Signs up somebody new and signs him in; where the app wants the address confirmed first, by the mail it sends. */
export async function signUp(signing: SigningUp): Promise<SignedUp | undefined> {
  const { sender, doors, operations, mailbox, journal, accounts = [] } = signing;
  for (const door of doors.signUp) {
    const account: Account = { ...newAccount(mailbox?.newAddress()), ...(door.kind === 'elsewhere' && { made: 'elsewhere' }) };
    const listening = mailbox && (await listen(mailbox, account.email));
    journal.account(account.email);
    if (isPlain(door)) journal.about({ who: account.email, method: 'POST', path: addressOfDoor(door) });
    const session = emptySession();
    const answer = door.kind === 'elsewhere' ? undefined : await pass(sender, door, account, session);
    if (!answer && !(door.kind === 'elsewhere' && (await door.join?.(account)))) continue;
    accounts.push(account.email);
    const known = byKind(doors.signIn, door);
    const atOnce = await signIn(sender, known, account, operations);
    if (atOnce) return { account, ...atOnce, ...(session.begun && { joined: session.begun }) };
    const way = await confirmed(signing, account, { door, answer, listening }, known);
    if (way) return { account, ...way, ...(door.kind !== 'elsewhere' && { byMail: true }) };
  }
  // Where a mail is all that is needed, asking for one with a new address signs it up.
  if (!mailbox || !doors.signIn.some(({ kind }) => kind === 'mail')) return undefined;
  const account: Account = { email: mailbox.newAddress(), made: true };
  journal.account(account.email);
  const way = await signIn(sender, doors.signIn, account, operations);
  if (!way) return undefined;
  accounts.push(account.email);
  return { account, ...way, byMail: true };
}

async function confirmed(
  { sender, operations, mailbox }: SigningUp,
  account: Account,
  { door, answer, listening }: { readonly door: Door; readonly answer: Answer | undefined; readonly listening: Listening | undefined },
  doors: readonly Door[],
): Promise<SignedIn | undefined> {
  let key: Key | undefined;
  const mailed = async (): Promise<Key | undefined> => {
    const mail = mailbox && (await listening?.next(mailbox.patienceMs));
    return (key = mail && keyOf(mail));
  };
  const there = door.kind === 'elsewhere' && (await door.confirm?.(account, mailed));
  if (!there) {
    if (door.kind !== 'elsewhere') await mailed();
    if (!key) return undefined;
    await enterBy(sender, { key, account, ...(answer && { asked: answer }), enter: enteringOperations(operations) }, emptySession());
  }
  return signIn(sender, doors, account, operations);
}

/** The sign-in of the same make first. */
const byKind = (doors: readonly Door[], { kind }: Door): Door[] =>
  doors.toSorted((a, b) => Number(b.kind === kind) - Number(a.kind === kind));
