import type { Account } from './account.ts';
import type { SignedIn } from './sign-in.ts';
import { signUp, type SigningUp } from './sign-up.ts';

/** What somebody is signed up with. */
export interface Joining extends SigningUp {
  /** Gets the accounts that are signed up: most apps have no way to remove them. */
  readonly accounts: string[];
}

/** Somebody who was signed up for one trial, and may be locked out, renamed or promoted. */
export interface Newcomer extends SignedIn {
  readonly account: Account;
}

/** Signs up somebody and signs him in; `undefined` where the app is not open to everybody. */
export const newcomer = (joining: Joining): Promise<Newcomer | undefined> => signUp(joining);
