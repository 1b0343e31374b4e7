import type { ImapFlow } from 'imapflow';
import type { GivenImap } from '../../../core/target.ts';
import { brokenOff, refusedBy, silent } from './fault.ts';

/** A connection to a mail server (RFC 9051), for one piece of work after the other. */
export interface ImapLine {
  /**
   * Does a piece of work once all that was asked for before is done, since a connection has one folder open at a time. A connection that broke is opened once more. Rejects where the
   * work takes longer than `ms`: its connection is given up then, so that nothing of it goes on beside the next.
   */
  run<T>(work: (client: ImapFlow) => Promise<T>, ms?: number): Promise<T>;
  close(): Promise<void>;
}

/** Milliseconds for a connection, for the first word of the server, for all until it lets us in, and for an answer later. */
export const patience = { connect: 10_000, greeting: 8_000, open: 25_000, answer: 30_000 };
/** How often a connection that broke is opened again in a run, and milliseconds between two tries: servers lock out those who come too often. */
const again = { most: 12, pauseMs: 10_000 };

/** `mostBytes`: of one answer; whoever sends more is not listened to any longer. Nothing is connected until there is work. */
export async function imapLine(settings: Omit<GivenImap, 'kind'>, mostBytes: number): Promise<ImapLine> {
  const { host, port, user, password, tls, byToken } = settings;
  const { ImapFlow: Client } = await import('imapflow');
  let current: ImapFlow | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let tries = 0;
  let notBefore = 0;
  let fault: unknown;
  return {
    run(work, ms = patience.answer) {
      const mine = turn.then(() => done(work, ms));
      turn = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      tries = again.most + 1;
      fault = brokenOff(new Error('the mailbox was closed'));
      const client = current;
      if (client?.usable) await within(patience.greeting, client.logout()).catch(() => client.close());
      else client?.close();
    },
  };

  async function done<T>(work: (client: ImapFlow) => Promise<T>, ms: number): Promise<T> {
    const before = current;
    const client = await connected();
    try {
      return await doneWith(client, work, ms);
    } catch (error) {
      const isSilent = codeOf(error) === silent;
      // It may have been broken for long, which shows with the first word only.
      if (client !== before || client.usable || isSilent) throw isSilent && before ? brokenOff(error) : error;
    }
    return doneWith(await connected(), work, ms);
  }

  async function doneWith<T>(client: ImapFlow, work: (client: ImapFlow) => Promise<T>, ms: number): Promise<T> {
    try {
      return await within(ms, work(client));
    } catch (error) {
      if (codeOf(error) === silent) client.close();
      else if (!client.usable) throw brokenOff(error);
      throw error;
    }
  }

  async function connected(): Promise<ImapFlow> {
    if (current?.usable) return current;
    if (tries > 0 && (tries > again.most || Date.now() < notBefore)) throw fault ?? brokenOff(new Error('it was closed'));
    if (tries > 0) notBefore = Date.now() + again.pauseMs;
    tries += 1;
    const client = new Client({
      host,
      port,
      secure: tls,
      auth: byToken ? { user, accessToken: password } : { user, pass: password },
      logger: false,
      connectionTimeout: patience.connect,
      greetingTimeout: patience.greeting,
      maxLiteralSize: mostBytes,
      maxResponseSize: mostBytes + 2 ** 20,
      maxLineLength: 4 * 2 ** 20,
    });
    // A connection that breaks later is told of by the work that fails with it.
    client.on('error', () => undefined);
    try {
      await within(patience.open, client.connect());
    } catch (error) {
      client.close();
      const { authenticationFailed, responseText, response } = error as Readonly<Record<string, unknown>>;
      const said = typeof responseText === 'string' ? responseText : typeof response === 'string' ? response : '';
      // Whoever is refused and comes again is locked out.
      if (authenticationFailed === true) tries = again.most + 1;
      fault = authenticationFailed === true ? refusedBy({ ...settings, kind: 'imap' }, said) : error;
      throw fault;
    }
    fault = undefined;
    current = client;
    return client;
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined);

/** Rejects where it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('the server went silent'), { code: silent })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
