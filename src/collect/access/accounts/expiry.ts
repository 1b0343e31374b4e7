import type { LinkSeconds } from '../../../core/link-seconds.ts';
import { plural } from '../../../core/wording.ts';
import type { AccountFlow, AccountTrial } from '../../../evidence/live-accounts.ts';
import { listen } from '../mail/mailbox.ts';
import { type Key, secondsOf } from '../mail/read.ts';
import { ask } from '../people/ask.ts';
import type { Standing } from '../people/sign-in.ts';
import { pause } from '../wire/pause.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { broken, holds, nextKey, unclear, unknown } from './ground.ts';
import type { HostTrial } from './host.ts';

/** What ends within so many seconds is waited for. */
const patience = 30;

interface Words {
  /** What its links are called. */
  readonly kind: string;
  readonly works: string;
  readonly fails: string;
  /** Where the config says how long they are good for. */
  readonly setting: keyof LinkSeconds;
}

const words = {
  'sign-in by mail': { kind: 'sign-in', works: 'signs in', fails: 'signs in nobody', setting: 'linkSeconds' },
  'password reset': { kind: 'reset', works: 'sets a password', fails: 'sets no password', setting: 'resetSeconds' },
  invitation: { kind: 'invitation', works: 'lets somebody in', fails: 'lets nobody in', setting: 'inviteSeconds' },
} as const satisfies Partial<Record<AccountFlow, Words>>;

/** What a mailed link or code was seen to do, how another one is mailed, and how it is used. */
export interface ExpiryTrial<M> {
  readonly sender: Pick<Sender, 'signal'>;
  readonly mailbox: LinkSeconds;
  readonly flow: keyof typeof words;
  /** Of the first mail, which worked at once. */
  readonly key: Key;
  /** One more mail; `undefined` where none comes. */
  readonly again: () => Promise<M | undefined>;
  /** Uses what it brought, in a browser of its own. `his`: it worked. */
  readonly enter: (mailed: M) => Promise<Standing>;
}

/** What comes last, as it may take half a minute. */
export type Expiry = () => Promise<AccountTrial>;

/**
 * Whether a mailed link or code still works after the time that it is said to be good for (OWASP ASVS 6.5.5): one that nobody used lies in a mailbox
 * for years. The newest of all is left to lie, for a newer one may end it before its time; one of just now proves that it was the time.
 */
export async function tryExpiry<M>({ sender, mailbox, flow, key, again, enter }: ExpiryTrial<M>): Promise<AccountTrial> {
  const about = { question: 'link-expiry', flow } as const;
  const { kind, works, fails, setting } = words[flow];
  const what = key.link ? 'link' : 'code';
  const seconds = mailbox[setting] ?? secondsOf(key);
  const toKnow = `Start the app so that its ${kind} links end within ${patience} seconds; where the mail does not say so, name their seconds under access.mail.${setting}.`;
  if (seconds === undefined) return unknown(about, `the mail does not say how long its ${what} is good for`, [], toKnow);
  const lasting = plural(seconds, 'second');
  if (seconds > patience) {
    const said = mailbox[setting] === undefined ? (key.lifetime ?? `for ${lasting}`) : `for ${lasting}`;
    return unknown(about, `the ${what} is said to be good ${said}, and that is not waited for`, [], toKnow);
  }
  const old = await again();
  if (old === undefined) return unknown(about, `no mail with another ${what} came`);
  const steps = [`asked for another ${kind} ${what}, which is said to be good for ${lasting}, and did not use it`];
  await pause(sender, (seconds + 1) * 1_000);
  steps.push(`used it after ${plural(seconds + 1, 'second')}`);
  const late = await enter(old);
  if (late.is === 'unclear') return unclear(about, late.answered, steps);
  if (late.is === 'his') return broken(about, `a mailed ${kind} ${what} still ${works} after the ${lasting} that it is good for`, steps);
  const fresh = await again();
  if (fresh === undefined) return unknown(about, `it did not work, and no mail with one of just now came to compare`, steps);
  steps.push(`asked for one more, and used it at once`);
  return (await enter(fresh)).is === 'his'
    ? holds(about, `a mailed ${kind} ${what} ${fails} after the ${lasting} that it is good for`, steps)
    : unknown(about, `one of just now did not work either, so it may not have been the time`, steps);
}

/** Asks for one more mail at the same door; what it brought, the answer to the asking, and the browser it was asked for in. */
export async function askAgain({
  sender,
  mailbox,
  door,
  account,
  patience: ms,
}: Omit<HostTrial, 'flow'>): Promise<{ readonly key: Key; readonly asked: Answer; readonly session: Session } | undefined> {
  const listening = await listen(mailbox, account.email);
  const session = emptySession();
  const asked = await ask(sender, door, account, session);
  if (!asked?.ok || asked.value.status >= 400) return undefined;
  const key = await nextKey(listening, ms);
  return key && { key, asked: asked.value, session };
}
