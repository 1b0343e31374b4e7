import type { AccountFlow, AccountQuestion, AccountTrial } from '../../../evidence/live-accounts.ts';
import type { Journal } from '../journal/journal.ts';
import type { Listening, Mailbox } from '../mail/mailbox.ts';
import { type Key, keyOf, tokensIn } from '../mail/read.ts';
import type { AccountWithPassword } from '../people/account.ts';
import type { AskDoors } from '../people/ask-doors.ts';
import type { Door, Doors } from '../people/doors.ts';
import { pass } from '../people/pass.ts';
import type { Person } from '../people/person.ts';
import { type Standing, standingOf, type Witness } from '../people/sign-in.ts';
import type { Operation } from '../surface/operation.ts';
import { saysNothing } from '../wire/content.ts';
import { doubting } from '../wire/hearing.ts';
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

type Entering = Pick<Subject, 'account' | 'door' | 'witness'>;

/** Signs in with this password: whose the session is then. `unclear` as well where the sign-in itself was answered by nothing that tells. */
export async function entering(
  sender: Sender,
  { account, door, witness }: Entering,
  password: string,
): Promise<Standing & { readonly session: Session }> {
  const session = emptySession();
  const { sender: heard, doubts } = doubting(sender);
  const answer = await pass(heard, door, { ...account, password }, session);
  if (answer && answer.status < 500 && !saysNothing(answer.status)) return { ...(await standingOf(sender, session, witness)), session };
  if (doubts.length > 0) return { is: 'unclear', answered: doubts.join('; '), session };
  return answer && answer.status >= 500
    ? { is: 'unclear', answered: String(answer.status), session }
    : { is: 'not his', answered: 'refused', session };
}

/** A fresh session of the account with this password; `undefined` where it does not let him in for sure. */
export async function enterWith(sender: Sender, subject: Entering, password: string): Promise<Session | undefined> {
  const { is, session } = await entering(sender, subject, password);
  return is === 'his' ? session : undefined;
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

type Told = Pick<AccountTrial, 'question' | 'flow'>;
const told =
  (outcome: AccountTrial['outcome']) =>
  ({ question, flow }: Told, text: string, steps: readonly string[] = []): AccountTrial => ({ question, flow, outcome, text, steps });

export const holds = told('holds');
export const broken = told('broken');
export const none = (question: AccountQuestion, flow: AccountFlow, text: string): AccountTrial => told('none')({ question, flow }, text);
/** What cannot be told because what was answered says nothing. */
export const unclear = (about: Told, answered: string, steps: readonly string[] = []): AccountTrial =>
  unknown(
    about,
    `the app did not say whose session it was: ${answered}`,
    steps,
    'Run it again once the app answers, and let it take more requests.',
  );
export const unknown = (about: Told, text: string, steps: readonly string[] = [], toKnow?: string): AccountTrial => ({
  ...told('unknown')(about, text, steps),
  ...(toKnow !== undefined && { toKnow }),
});
