import { setTimeout as wait } from 'node:timers/promises';
import type { AccountFlow, AccountQuestion, AccountTrial } from '../../../evidence/live-accounts.ts';
import type { Journal } from '../journal/journal.ts';
import type { Listening, Mailbox } from '../mail/mailbox.ts';
import { type Key, keyOf, tokensIn } from '../mail/read.ts';
import type { AccountWithPassword } from '../people/account.ts';
import type { AskDoors } from '../people/ask-doors.ts';
import type { Door, Doors } from '../people/doors.ts';
import { pass } from '../people/pass.ts';
import type { Person } from '../people/person.ts';
import { isHis, type Witness } from '../people/sign-in.ts';
import type { Operation } from '../surface/operation.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';

/** What accounts are tried with. */
export interface AccountGround {
  readonly sender: Sender;
  readonly doors: Doors;
  readonly asking: AskDoors;
  readonly operations: readonly Operation[];
  readonly people: readonly Person[];
  readonly mailbox?: Mailbox;
  readonly journal: Journal;
  /** Whether mails may be asked for, and accounts of ours be changed. */
  readonly writes: boolean;
  /** What stays behind, in words. */
  readonly left: string[];
}

/** An account made for testing, by whose password things are tried. */
export interface Subject {
  readonly name: string;
  readonly account: AccountWithPassword;
  readonly door: Door;
  readonly witness: Witness;
  /** From before anything was tried. */
  readonly session: Session;
  /** What it has now; another than `account.password` for a while. */
  password: string;
}

/** A fresh session of the account with this password; `undefined` where it does not let him in. */
export async function enterWith(
  sender: Sender,
  { account, door, witness }: Pick<Subject, 'account' | 'door' | 'witness'>,
  password: string,
): Promise<Session | undefined> {
  const session = emptySession();
  const answer = await pass(sender, door, { ...account, password }, session);
  return answer && (await isHis(sender, session, witness)) ? session : undefined;
}

/** The next mail that holds a link or a code; those that only tell something are passed over. */
export async function nextKey(listening: Listening, timeoutMs: number): Promise<Key | undefined> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const mail = await listening.next(Math.max(0, until - Date.now()));
    if (!mail) return undefined;
    const key = keyOf(mail);
    if (key) return key;
  }
}

/** A mailed link as it may be shown: what makes it secret is left out. */
export function shown(link: URL): string {
  const path = tokensIn(link).reduce((whole, token) => whole.replaceAll(token, '{token}'), decodedPath(link));
  const names = [...link.searchParams.keys()];
  return `${path}${names.length > 0 ? `?${names.join('&')}` : ''}`;
}

function decodedPath({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

/** Mails of the app that may still be on their way, `ms` milliseconds at most. */
export const settle = (ms: number): Promise<void> => wait(ms);

type Told = Pick<AccountTrial, 'question' | 'flow'>;
const told =
  (outcome: AccountTrial['outcome']) =>
  ({ question, flow }: Told, text: string, steps: readonly string[] = []): AccountTrial => ({ question, flow, outcome, text, steps });

export const holds = told('holds');
export const broken = told('broken');
export const none = (question: AccountQuestion, flow: AccountFlow, text: string): AccountTrial => told('none')({ question, flow }, text);
export const unknown = (about: Told, text: string, steps: readonly string[] = [], toKnow?: string): AccountTrial => ({
  ...told('unknown')(about, text, steps),
  ...(toKnow !== undefined && { toKnow }),
});
