import { plural } from '../../../core/wording.ts';
import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { listen } from '../mail/mailbox.ts';
import { type Key, secondsOf } from '../mail/read.ts';
import { ask } from '../people/ask.ts';
import type { Standing } from '../people/sign-in.ts';
import { pause } from '../wire/pause.ts';
import { emptySession } from '../wire/session.ts';
import { broken, holds, nextKey, unclear, unknown } from './ground.ts';
import type { HostTrial } from './host.ts';
import type { Mailed } from './reset.ts';

/** What ends within so many seconds is waited for. */
const patience = 30;

/** A way in by mail that was seen to work, and how to use what it mails. */
export interface ExpiryTrial extends Pick<HostTrial, 'sender' | 'mailbox' | 'door' | 'account' | 'patience'> {
  /** The first mail, whose link or code let its owner in. */
  readonly key: Key;
  /** Uses what a mail brought, in a browser of its own; whether that signed in. */
  readonly enter: (mailed: Pick<Mailed, 'key' | 'asked'>) => Promise<Standing>;
}

const about = { question: 'magic-expiry', flow: 'sign-in by mail' } as const;

/**
 * Whether a mailed link or code still signs in after the time that it is said to be good for (OWASP ASVS 6.5.5): one that nobody used lies in a mailbox
 * for years. The newest of all is left to lie, for a newer one may end it before its time; one of just now proves that it was the time.
 */
export async function tryExpiry(trial: ExpiryTrial): Promise<AccountTrial> {
  const { mailbox, key } = trial;
  const what = key.link ? 'link' : 'code';
  const seconds = mailbox.linkSeconds ?? secondsOf(key);
  const toKnow = `Start the app so that its sign-in links end within ${patience} seconds; where the mail does not say so, name their seconds under access.mail.linkSeconds.`;
  if (seconds === undefined) return unknown(about, `the mail does not say how long its ${what} is good for`, [], toKnow);
  const lasting = plural(seconds, 'second');
  if (seconds > patience)
    return unknown(about, `the ${what} is said to be good ${key.lifetime ?? `for ${lasting}`}, and that is not waited for`, [], toKnow);
  const old = await mailedAgain(trial);
  if (!old) return unknown(about, `no mail with another ${what} came`);
  const steps = [`asked for another ${what}, which is said to be good for ${lasting}, and did not use it`];
  await pause(trial.sender, (seconds + 1) * 1_000);
  steps.push(`used it after ${plural(seconds + 1, 'second')}`);
  const late = await trial.enter(old);
  if (late.is === 'unclear') return unclear(about, late.answered, steps);
  if (late.is === 'his') return broken(about, `a mailed sign-in ${what} still signs in after the ${lasting} that it is good for`, steps);
  const fresh = await mailedAgain(trial);
  steps.push(`asked for one more, and used it at once`);
  return fresh && (await trial.enter(fresh)).is === 'his'
    ? holds(about, `a mailed sign-in ${what} signs in nobody after the ${lasting} that it is good for`, steps)
    : unknown(about, `one of just now did not sign in either, so it may not have been the time`, steps);
}

async function mailedAgain({
  sender,
  mailbox,
  door,
  account,
  patience: ms,
}: ExpiryTrial): Promise<Pick<Mailed, 'key' | 'asked'> | undefined> {
  const listening = await listen(mailbox, account.email);
  const asked = await ask(sender, door, account, emptySession());
  if (!asked?.ok || asked.value.status >= 400) return undefined;
  const key = await nextKey(listening, ms);
  return key && { key, asked: asked.value };
}
