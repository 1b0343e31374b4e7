import type { Journal } from '../journal/journal.ts';
import type { Operation } from '../surface/operation.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { type Account, newAccount } from './account.ts';
import type { Doors } from './doors.ts';
import { pass } from './pass.ts';
import { type SignedIn, signIn } from './sign-in.ts';

/** What somebody is signed up with. */
export interface Joining {
  readonly sender: Sender;
  readonly doors: Doors;
  readonly operations: readonly Operation[];
  readonly journal: Journal;
  /** Gets the accounts that are signed up: most apps have no way to remove them. */
  readonly accounts: string[];
}

/** Somebody who was signed up for one trial, and may be locked out, renamed or promoted. */
export interface Newcomer extends SignedIn {
  readonly account: Account;
}

/** Signs up somebody and signs him in; `undefined` where the app is not open to everybody. */
export async function newcomer({ sender, doors, operations, journal, accounts }: Joining): Promise<Newcomer | undefined> {
  for (const door of doors.signUp) {
    const account = newAccount();
    journal.account(account.email);
    if (!(await pass(sender, door, account, emptySession()))) continue;
    accounts.push(account.email);
    const way = await signIn(sender, doors.signIn, account, operations);
    if (way) return { account, ...way };
  }
  return undefined;
}
