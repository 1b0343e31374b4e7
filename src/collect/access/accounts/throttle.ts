import { randomBytes } from 'node:crypto';
import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { listen, type Mailbox } from '../mail/mailbox.ts';
import { type Account, newAccount, withoutCode } from '../people/account.ts';
import { ask } from '../people/ask.ts';
import { doorName, isPlain, type PlainDoor } from '../people/doors.ts';
import { pass } from '../people/pass.ts';
import { hearing } from '../wire/hearing.ts';
import { pause } from '../wire/pause.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { type AccountGround, broken, entering, holds, nextKey, none, type Subject, unclear, unknown } from './ground.ts';
import { type Mailed, patienceAfter } from './reset.ts';

const login = { question: 'login-throttle', flow: 'sign-in' } as const;
const reset = { question: 'reset-throttle', flow: 'password reset' } as const;

/** Wrong passwords, at most; OWASP's cheat sheet has apps stop long before, ASVS 6.3.1 asks that they do. */
const mostGuesses = 25;
/** Mails in all, at most. */
const mostMails = 12;

/**
 * Guesses the password of an account made for testing, a bounded number of times. Only where the right one still signs in at once is nothing stopped.
 * An account that was there before is spared where guessing for an address that nobody has is stopped already.
 */
export async function throttleLogin({ sender, left }: AccountGround, subject: Subject): Promise<AccountTrial> {
  const { account, door } = subject;
  if (!isPlain(door)) return none('login-throttle', login.flow, 'nobody signs in with a password');
  const nobody = newAccount();
  const spared = account.made ? undefined : await guess(sender, door, nobody, 'an address that nobody has');
  if (spared?.stopped !== undefined) return holds(login, spared.stopped, spared.steps);
  const { stopped, steps, tries } = await guess(sender, door, account, 'one account');
  if (stopped !== undefined) return holds(login, stopped, steps);
  if (tries === 0) return unknown(login, 'a wrong password could not be sent');
  const right = await entering(sender, subject, subject.password);
  if (right.is === 'his') {
    const text = `${tries} wrong passwords in a row stop nobody: the right one signs in right after them`;
    return broken(login, text, [...steps, 'the right one → signed in']);
  }
  // Whoever is told to wait at the sign-in is stopped; an app that breaks stops nobody.
  if (right.is === 'unclear' && !/POST \S+ → 429/.test(right.answered))
    return unclear(login, right.answered, [...steps, 'the right one → no answer']);
  if (!account.made) left.push(`${subject.name} may be locked out for a while, by the wrong passwords that were tried`);
  return holds(login, 'after many wrong passwords not even the right one signs in', [...steps, 'the right one → refused']);
}

interface Guessed {
  readonly tries: number;
  /** What stopped it, for people. */
  readonly stopped?: string;
  readonly steps: readonly string[];
}

async function guess(sender: Sender, door: PlainDoor, account: Account, whose: string): Promise<Guessed> {
  const answers: { readonly answer: Answer; readonly ms: number }[] = [];
  const heard = hearing(sender, ({ method }, answer, ms) => {
    if (method === 'POST' && answer.ok) answers.push({ answer: answer.value, ms });
  });
  const listening: Sender = {
    ...heard,
    // One pass may try several forms of a body.
    send: (message, session) =>
      message.method === 'POST' && answers.length >= mostGuesses
        ? Promise.resolve({ ok: false, fault: { kind: 'blocked', message: 'enough was guessed', remedy: 'Nothing: it was not sent.' } })
        : heard.send(message, session),
  };
  const told = (): string[] => [
    `${answers.length} wrong passwords for ${whose} by ${doorName(door)}, one after the other; the last one → ${answers.at(-1)?.answer.status ?? 'no answer'}`,
  ];
  while (answers.length < mostGuesses) {
    const before = answers.length;
    await pass(listening, door, { ...withoutCode(account), password: `Wrong1!${randomBytes(6).toString('hex')}` }, emptySession());
    const first = answers[0]?.answer;
    if (answers.length === before || !first) return { tries: 0, steps: [] };
    const refused = answers.slice(before).some(({ answer }) => isThrottled(answer, first));
    if (refused) return { tries: answers.length, stopped: `guessing passwords is stopped after ${answers.length} tries`, steps: told() };
    if (slowedDown(answers.map(({ ms }) => ms)))
      return { tries: answers.length, stopped: 'each wrong password makes the next try slower', steps: told() };
  }
  return { tries: answers.length, steps: told() };
}

const waitWords = /too many|rate.?limit|locked|captcha|try again (?:later|in)|temporarily|blocked|slow down|attempts/i;

/** Refused for the number of tries, not for the password: by its status, or in words that the first refusal did not have. */
const isThrottled = ({ status, text, headers }: Answer, first: Answer): boolean =>
  status === 429 || status === 423 || headers['retry-after'] !== undefined || (waitWords.test(text) && !waitWords.test(first.text));

/** Milliseconds of each try: the last ones take a second and more, and many times what the first ones took. */
function slowedDown(times: readonly number[]): boolean {
  if (times.length < 6) return false;
  const mean = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0) / some.length;
  const last = mean(times.slice(-3));
  return last > 1000 && last > 4 * mean(times.slice(0, 3));
}

/** Asks for reset mails to an address of ours, a bounded number of times (OWASP Forgot Password Cheat Sheet). What counts is how many arrive. */
export async function throttleReset(
  { sender, mailbox }: AccountGround & { readonly mailbox: Mailbox },
  { account }: Subject,
  { door, took }: Mailed,
  asked: number,
): Promise<AccountTrial> {
  const listening = await listen(mailbox, account.email);
  let sent = 0;
  while (asked + sent < mostMails) {
    const answer = await ask(sender, door, account, emptySession());
    sent += 1;
    if (!answer?.ok) return unknown(reset, 'the app stopped to answer');
    const steps = [`${asked + sent} reset mails for one address by ${doorName(door)}; the last one → ${answer.value.status}`];
    if (answer.value.status >= 400) return holds(reset, `reset mails are refused after ${asked + sent - 1}`, steps);
  }
  // All had the time that the first one took, and more.
  await pause(sender, patienceAfter(took, mailbox));
  let came = 0;
  while (await nextKey(listening, 0)) came += 1;
  const steps = [`${asked + sent} reset mails asked for one address by ${doorName(door)}`, `of the last ${sent}, ${came} came`];
  if (came >= sent - 1) return broken(reset, `${asked + sent} reset mails in a row to one address are sent without a limit`, steps);
  return came <= sent / 2
    ? holds(reset, 'the app stops sending reset mails to one address', steps)
    : unknown(reset, 'some of the mails did not come in time, so it is not clear whether there is a limit', steps);
}
