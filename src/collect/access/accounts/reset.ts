import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { listen, type Mailbox } from '../mail/mailbox.ts';
import { type Key, tokensIn } from '../mail/read.ts';
import type { Account } from '../people/account.ts';
import { ask } from '../people/ask.ts';
import { doorName, type PlainDoor } from '../people/doors.ts';
import { pathOf, visit } from '../people/enter.ts';
import { isHis, type Standing, standingOf } from '../people/sign-in.ts';
import { trialPassword } from '../people/trial-password.ts';
import { livesShortly } from '../sessions/logout.ts';
import { doubting } from '../wire/hearing.ts';
import type { Answer } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { askAgain, type Expiry, tryExpiry } from './expiry.ts';
import { type AccountGround, broken, entering, enterWith, holds, nextKey, shown, type Subject, unclear, unknown } from './ground.ts';
import { tryHosts } from './host.ts';
import { judgePage } from './page.ts';
import { passwordSetter, type SetPassword } from './set-password.ts';
import { type Issued, judgeTokens } from './tokens.ts';

const flow = 'password reset';
const twice = { question: 'reset-twice', flow } as const;
const oldSession = { question: 'old-session', flow } as const;
const expiring = { question: 'link-expiry', flow } as const;

/** A mail that was asked for and came. */
export interface Mailed {
  readonly door: PlainDoor;
  readonly key: Key;
  readonly asked: Answer;
  /** When it was asked for, and how long it took, in milliseconds. */
  readonly at: number;
  readonly took: number;
}

/** Asks by one door after the other until a mail with a link or a code comes. */
export async function firstMail(
  { sender }: Pick<AccountGround, 'sender'>,
  mailbox: Mailbox,
  doors: readonly PlainDoor[],
  account: Account,
): Promise<Mailed | undefined> {
  for (const door of doors.slice(0, 3)) {
    const listening = await listen(mailbox, account.email);
    const at = Date.now();
    const asked = await ask(sender, door, account, emptySession());
    if (!asked?.ok || asked.value.status >= 400) continue;
    const key = await nextKey(listening, mailbox.patienceMs);
    if (key) return { door, key, asked: asked.value, at, took: Date.now() - at };
  }
  return undefined;
}

/** Whether the answer to the asking holds what was mailed: whoever names the address has it, and needs no mailbox. */
export const handsOut = ({ key, asked }: Mailed): boolean =>
  [...(key.link ? tokensIn(key.link).slice(0, 1) : []), ...(key.code === undefined ? [] : [key.code])].some((secret) =>
    asked.text.includes(secret),
  );

/** How long to wait for a further mail where one took `took` milliseconds: a server that is slow once is slow again. */
export const patienceAfter = (took: number, { patienceMs }: Mailbox): number => Math.min(patienceMs, 1500 + 4 * took);

/** What came of the trials of resetting, and by which door. */
export interface ResetTried {
  readonly trials: readonly AccountTrial[];
  /** Trials that are judged when all mails had time to come. */
  finish(): Promise<readonly AccountTrial[]>;
  readonly mailed?: Mailed;
  /** The mail set a password, and that signs in. */
  readonly works?: true;
  /** Whether another one sets one too late. It may leave the account with another password. */
  readonly expiry?: Expiry;
  /** A session with the password that holds now, and another one that was there before it is changed again. */
  readonly sessions?: readonly [Session, Session];
}

/**
 * Resets the password of an account made for testing, by the mail it is sent; then the same with the link once more (OWASP ASVS 6.4.2, WSTG-ATHN-09).
 * Only signing in with the password of the second time proves that it worked.
 */
export async function tryReset(ground: AccountGround & { readonly mailbox: Mailbox }, subject: Subject): Promise<ResetTried> {
  const { sender, mailbox, journal, asking } = ground;
  const { account, name } = subject;
  const nothing = (text: string, steps: readonly string[] = []): ResetTried => ({
    trials: [
      twice,
      oldSession,
      { question: 'link-host', flow } as const,
      expiring,
      { question: 'token', flow } as const,
      { question: 'reset-page', flow } as const,
    ].map((about) =>
      unknown(
        about,
        text,
        steps,
        'See that the app sends its mails to the mailbox under access.mail, and that the account marked expendable gets them.',
      ),
    ),
    finish: () => Promise.resolve([]),
  });
  const mailed = await firstMail(ground, mailbox, asking.reset, account);
  if (!mailed)
    return nothing(
      'no mail with a link or a code came',
      asking.reset.slice(0, 3).map((door) => `${doorName(door)} for ${account.email}: no mail`),
    );
  const { door, key, asked, at, took } = mailed;
  const steps = [
    `${doorName(door)} for ${account.email} → a mail with ${key.link ? `a link, ${shown(key.link)}` : 'a code'}`,
    ...(key.lifetime === undefined ? [] : [`the mail says: ${key.lifetime}`]),
  ];
  const page = key.link ? judgePage(await visit(sender, pathOf(key.link), emptySession()), sender.origin) : undefined;
  const trials: AccountTrial[] = page ? [page] : [];
  if (handsOut(mailed))
    trials.push(
      broken(
        { question: 'password-unproven', flow },
        `${doorName(door)} answers with the token that it mails, so naming an address is enough to set a password`,
        steps,
      ),
    );
  const before = (await isHis(sender, subject.session, subject.witness))
    ? subject.session
    : await enterWith(sender, subject, subject.password);
  const set = passwordSetter({ sender, operations: ground.operations, account, key, asked });
  if (!account.made) journal.password(name);
  journal.about({ who: name, method: 'POST', path: key.link ? shown(key.link) : doorName(door) });
  const first = trialPassword(account.password, 1);
  const how = await set(emptySession(), first);
  const session = how === undefined ? undefined : await enterWith(sender, subject, first);
  steps.push(`set a new password by ${how ?? 'nothing: no form and no route was found for it'}`);
  let sessions: ResetTried['sessions'];
  if (!session) {
    const text = 'the link could not be used: signing in with the new password did not work afterwards';
    trials.push(unknown(twice, text, steps), unknown(oldSession, text, steps), unknown(expiring, text, steps));
  } else {
    subject.password = first;
    steps.push('signed in with it');
    trials.push(before ? await outlived(ground, subject, before, steps) : unknown(oldSession, 'there was no session from before', steps));
    const again = await usedAgain(ground, subject, set, steps);
    trials.push(again.trial);
    // Where the second time counted too, it may have ended the session of the first.
    const one = (await isHis(sender, session, subject.witness)) ? session : await enterWith(sender, subject, subject.password);
    if (again.session && one) sessions = [one, again.session];
  }
  const mailing = { sender, mailbox, door, account, patience: patienceAfter(took, mailbox) };
  const hosts = await tryHosts({ ...mailing, flow });
  const issued: Issued[] = [{ key, at }, ...hosts.issued];
  trials.push(judgeTokens(flow, issued, account.email));
  const expiry: Expiry = () =>
    tryExpiry({ sender, mailbox, flow, key, again: () => askAgain(mailing), enter: (late) => setsPassword(ground, subject, set, late) });
  return {
    trials,
    finish: async () => [await hosts.finish()],
    mailed,
    ...(session && { works: true, expiry }),
    ...(sessions && { sessions }),
  };
}

/** Whether a mail sets a password: that the account has another one afterwards is the proof. */
async function setsPassword(
  { sender, journal }: AccountGround,
  subject: Subject,
  set: SetPassword,
  mailed: Pick<Mailed, 'key' | 'asked'>,
): Promise<Standing> {
  const { account, name } = subject;
  if (!account.made) journal.password(name);
  const own = subject.password === account.password;
  const wanted = own ? trialPassword(account.password, 4) : account.password;
  const { sender: heard, doubts } = doubting(sender);
  await set(emptySession(), wanted, { ...mailed, sender: heard });
  const { is, answered } = await entering(sender, subject, wanted);
  if (is === 'his') subject.password = wanted;
  return is === 'not his' && doubts.length > 0 ? { is: 'unclear', answered: doubts.join('; ') } : { is, answered };
}

/** A token works until it ends, unless the app asks each time. */
export const outliving = ({ token }: Session): string => (token === undefined ? 'a session' : 'an access token');

/** Whether a session from before is still his (ASVS 7.4.3). */
async function outlived({ sender }: AccountGround, { witness }: Subject, before: Session, steps: readonly string[]): Promise<AccountTrial> {
  const standing = await standingOf(sender, before, witness);
  const told = [...steps, `GET ${witness.path} with a session from before → ${standing.answered}`];
  if (standing.is === 'unclear') return unclear(oldSession, standing.answered, told);
  if (standing.is === 'not his') return holds(oldSession, 'a password reset ends the sessions from before', told);
  return {
    ...broken(oldSession, `${outliving(before)} from before the password was reset still opens the account`, told),
    ...(livesShortly(before.token) && { mild: true as const }),
  };
}

/** The link once more, from another browser; gives a session with whichever password holds now. */
export async function usedAgain(
  { sender }: Pick<AccountGround, 'sender'>,
  subject: Subject,
  set: ReturnType<typeof passwordSetter>,
  before: readonly string[],
): Promise<{ readonly trial: AccountTrial; readonly session?: Session }> {
  const second = trialPassword(subject.account.password, 2);
  const how = await set(emptySession(), second);
  const steps = [...before, `set another one with the same link, by ${how ?? 'nothing: its form is gone'}`];
  const taken = await enterWith(sender, subject, second);
  if (taken) {
    subject.password = second;
    const text = 'a reset link works again after it was used: the second password signs in';
    return { trial: broken(twice, text, [...steps, 'signed in with that one']), session: taken };
  }
  const still = await enterWith(sender, subject, subject.password);
  return still
    ? {
        trial: holds(twice, 'a reset link works once: the first password still holds', [...steps, 'signing in with that one is refused']),
        session: still,
      }
    : { trial: unknown(twice, 'neither of the two passwords signs in any more', steps) };
}
