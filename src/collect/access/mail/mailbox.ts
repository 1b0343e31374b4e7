import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { MailProvider } from '../../../core/mail-providers.ts';
import type { LinkSeconds } from '../../../core/link-seconds.ts';

/** A mail that came. */
export interface Mail {
  /** Unique within the mailbox. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  /** Empty where the mail has no such part. */
  readonly html: string;
  /** The mail as it came. */
  readonly raw: Uint8Array;
  /** Where the mailbox put it; absent where it has no folders. */
  readonly folder?: 'inbox' | 'spam';
  /** What the server that handed it in said of itself; absent where only the mail tells. */
  readonly envelope?: Envelope;
  /** The box that it was read in, at a server that took it from outside; absent for what was taken on this machine. */
  readonly box?: MailBox;
  /** A catcher on the way took it, whose mails go nowhere: nothing can be told of who handed it in. */
  readonly caught?: true;
  /** It is too large to be read to its end. */
  readonly cut?: true;
}

/** Where a box is. */
export interface MailBox {
  /** Name of its server for IMAP. */
  readonly host: string;
  readonly provider?: MailProvider['id'];
}

/** How a mail was handed in (RFC 5321). */
export interface Envelope {
  /** MAIL FROM; empty for bounces. */
  readonly from: string;
  readonly ip: string;
  readonly helo: string;
}

/** Which of the mails to an address are read. */
export interface Wanted {
  /** Ids of those that are not wanted again. */
  readonly known?: ReadonlySet<string>;
  /** Told of From and Subject (`raw` holds no more): whether it may be one that is wanted. Mailboxes that hold only what we had sent need not ask. */
  readonly mayBe?: (head: Mail) => boolean;
}

/** Where mails to our people and to new addresses can be read. */
export interface Mailbox extends LinkSeconds {
  /** What came for an address, the oldest first. Rejects where the mailbox cannot be read, with a `MailboxFault` where it was opened by `openMailbox`. */
  mails(to: string, wanted?: Wanted): Promise<readonly Mail[]>;
  /** Ids of the same, where they can be told without reading the mails. */
  ids?(to: string): Promise<readonly string[]>;
  /** An address that nobody has yet, and whose mails come here. */
  newAddress(): string;
  /** Between two looks, in milliseconds. */
  readonly pollMs: number;
  /** How long a mail may take, in milliseconds: apps send in the background, and mail servers hold mails back for a while. */
  readonly patienceMs: number;
  close(): Promise<void>;
}

/** Mails to one address from a moment on. */
export interface Listening {
  /** The next mail, each once; `undefined` when none comes in time, or the mailbox cannot be read, which `fault` tells. */
  next(timeoutMs: number): Promise<Mail | undefined>;
  /** Why nobody can tell whether a mail came in the time that was waited: the mailbox could not be read at its end. `undefined`: it could. */
  fault(): unknown;
  /** Between which two looks the last mail came; milliseconds as `Date.now()`. */
  between(): readonly [from: number, to: number];
}

/**
 * Listens for mails from now on. What is there already is left out by what it is, not by its time: the clocks of a mail server and ours differ.
 * `isMeant`: which of those that come are meant; all where absent. `mayBe`: the same by From and Subject alone, before more of it is read; as `isMeant` where absent.
 * `signal` ends every wait.
 */
export async function listen(
  mailbox: Mailbox,
  to: string,
  {
    isMeant = () => true,
    mayBe,
    signal,
  }: {
    readonly isMeant?: ((mail: Mail) => boolean) | undefined;
    readonly mayBe?: ((head: Mail) => boolean) | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<Listening> {
  const there = async (): Promise<readonly string[]> => mailbox.ids?.(to) ?? mailbox.mails(to).then(idsOf);
  let fault: unknown;
  const ids = await there()
    .catch(() => wait(mailbox.pollMs).then(there))
    .catch((error: unknown) => void (fault = error));
  const known = new Set(ids);
  // What came later cannot be told from what was there.
  const isDeaf = ids === undefined;
  const wanted: Wanted = { known, ...(mayBe && { mayBe }) };
  let looked = Date.now();
  let between: readonly [number, number] = [looked, looked];
  /** `isWatch`: mails were waited for until now, so that none came where it finds none. */
  const look = async (isWatch: boolean): Promise<Mail | undefined> => {
    const at = Date.now();
    try {
      const mail = (await mailbox.mails(to, wanted)).find((one) => !known.has(one.id) && isMeant(one));
      if (mail) {
        known.add(mail.id);
        between = [looked, Date.now()];
      } else looked = at;
      if (mail || isWatch) fault = undefined;
      return mail;
    } catch (error) {
      fault = error;
      return undefined;
    }
  };
  return {
    async next(timeoutMs) {
      if (isDeaf) return undefined;
      const until = Date.now() + timeoutMs;
      for (;;) {
        const isLast = Date.now() >= until || signal?.aborted === true;
        const mail = await look(timeoutMs > 0);
        if (mail) return mail;
        if (isLast) break;
        await wait(Math.min(mailbox.pollMs, Math.max(1, until - Date.now())), undefined, { signal }).catch(() => undefined);
      }
      if (fault === undefined) return undefined;
      // What came while nobody could look may be there now; one that is not there may be held back by the same outage.
      if (signal?.aborted) return undefined;
      await wait(mailbox.pollMs);
      return look(false);
    },
    fault: () => fault,
    between: () => between,
  };
}

const idsOf = (mails: readonly Mail[]): string[] => mails.map(({ id }) => id);

/** A new address by a pattern, `{id}` being what makes it new. */
export const addressBy = (pattern: string): string => pattern.replace('{id}', randomBytes(5).toString('hex'));
