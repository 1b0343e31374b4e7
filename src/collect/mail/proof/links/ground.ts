import type { LinkTrial } from '../../../../evidence/mail-link.ts';
import type { AccountTrial } from '../../../../evidence/live-accounts.ts';
import type { AccountGround } from '../../../access/accounts/ground.ts';
import type { Mailbox } from '../../../access/mail/mailbox.ts';
import type { Key } from '../../../access/mail/read.ts';
import type { Account } from '../../../access/people/account.ts';
import type { Answer } from '../../../access/wire/sender.ts';
import type { Session } from '../../../access/wire/session.ts';

/** What links of mails are tried with. */
export interface LinkGround extends Pick<AccountGround, 'sender' | 'doors' | 'operations' | 'journal' | 'left'> {
  readonly mailbox: Mailbox;
}

/** A mail that came, for whom, and the browser in which it was asked for: some links work in that one alone. */
export interface Came {
  readonly account: Account;
  readonly key: Key;
  readonly asked?: Answer;
  readonly session?: Session;
}

/** One more mail of the same kind; `undefined` where none comes. */
export type Again = () => Promise<Came | undefined>;

/** What came of using a mail for what it is for. */
export interface Used {
  readonly is: 'works' | 'not' | 'unclear';
  /** What the app said, for people. */
  readonly answered: string;
  readonly steps: readonly string[];
  /** Whether it works again; absent where that was not tried. */
  readonly once?: LinkTrial;
}

/** A trial of how people get into their accounts, as it is told of a link. */
export const asLinkTrial = ({ outcome, text, toKnow }: AccountTrial, broken: string): LinkTrial =>
  outcome === 'broken'
    ? { outcome, text: broken }
    : outcome === 'holds'
      ? { outcome, text: 'works once' }
      : { outcome: 'unknown', text, ...(toKnow !== undefined && { toKnow }) };
