import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import type { Account } from '../people/account.ts';
import type { Door } from '../people/doors.ts';
import { signIn, type SignedIn, type Standing } from '../people/sign-in.ts';
import type { Operation } from '../surface/operation.ts';
import type { Sender } from '../wire/sender.ts';

/** What the questions about sessions are asked with: an account, the ways in, and a session of their own, which the last of them ends. */
export interface Ground {
  readonly sender: Sender;
  readonly account: Account;
  readonly doors: readonly Door[];
  readonly operations: readonly Operation[];
  readonly way: SignedIn;
  /** Whether things may be made and changed. */
  readonly writes: boolean;
  /** After how many seconds without use a session ends, where the config says so. */
  readonly idleSeconds?: number;
}

/** A new session of the account. Asked for rarely: apps let somebody sign in ten times a quarter of an hour, or fewer. */
export const freshSession = ({ sender, account, doors, operations }: Omit<Ground, 'way'>): Promise<SignedIn | undefined> =>
  signIn(sender, doors, account, operations);

export const unknown = (question: SessionTrial['question'], text: string, steps: readonly string[] = []): SessionTrial => ({
  question,
  outcome: 'unknown',
  text,
  steps,
});

/** What cannot be told because an answer says nothing of whose the session is. */
export const unclear = (question: SessionTrial['question'], { answered }: Standing, steps: readonly string[] = []): SessionTrial =>
  unknown(question, `the app did not say whose session it was: ${answered}`, steps);
