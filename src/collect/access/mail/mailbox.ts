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

/** Where mails to our people and to new addresses can be read. */
export interface Mailbox extends LinkSeconds {
  /** What came for an address, the oldest first. */
  mails(to: string): Promise<readonly Mail[]>;
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
  /** The next mail, each once; `undefined` when none comes in time. A mailbox that cannot be read is one to which nothing comes. */
  next(timeoutMs: number): Promise<Mail | undefined>;
}

/**
 * Listens for mails from now on. What is there already is left out by what it is, not by its time: the clocks of a mail server and ours differ.
 * `isMeant`: which of those that come are meant; all where absent. `signal` ends every wait.
 */
export async function listen(
  mailbox: Mailbox,
  to: string,
  {
    isMeant = () => true,
    signal,
  }: { readonly isMeant?: ((mail: Mail) => boolean) | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<Listening> {
  const known = new Set((await look(mailbox, to)).map(({ id }) => id));
  return {
    async next(timeoutMs) {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const mail = (await look(mailbox, to)).find((one) => !known.has(one.id) && isMeant(one));
        if (mail) {
          known.add(mail.id);
          return mail;
        }
        if (Date.now() >= until || signal?.aborted) return undefined;
        await wait(Math.min(mailbox.pollMs, Math.max(1, until - Date.now())), undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

const look = (mailbox: Mailbox, to: string): Promise<readonly Mail[]> => mailbox.mails(to).catch(() => []);

/** A new address by a pattern, `{id}` being what makes it new. */
export const addressBy = (pattern: string): string => pattern.replace('{id}', randomBytes(5).toString('hex'));
