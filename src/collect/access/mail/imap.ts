import { addressBy, type Mail, type Mailbox } from './mailbox.ts';
import { parseMail } from './parse.ts';

export interface ImapSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls: boolean;
  readonly address: string;
}

/** Reads mails from the inbox of a mail server (RFC 9051); nothing is marked or deleted there. Rejects where it does not let us in. */
export async function imapMailbox({ host, port, user, password, tls, address }: ImapSettings): Promise<Mailbox> {
  const { ImapFlow } = await import('imapflow');
  const client = new ImapFlow({ host, port, secure: tls, auth: { user, pass: password }, logger: false });
  // A connection that breaks later is a mailbox to which nothing comes.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    const refused = error instanceof Error && 'authenticationFailed' in error && error.authenticationFailed === true;
    throw refused ? new Error(`${host} refuses this user and password`) : error;
  });
  await client.mailboxOpen('INBOX', { readOnly: true });
  const read = new Map<number, Mail>();
  return {
    pollMs: 1000,
    patienceMs: 45_000,
    async mails(to) {
      await client.noop();
      const found = await client.search({ to }, { uid: true });
      const mails: Mail[] = [];
      for (const uid of found || []) {
        const known = read.get(uid) ?? (await fetchOne(uid));
        if (!known) continue;
        read.set(uid, known);
        mails.push(known);
      }
      return mails;
    },
    newAddress: () => addressBy(address),
    close: () => client.logout().catch(() => client.close()),
  };

  async function fetchOne(uid: number): Promise<Mail | undefined> {
    const message = await client.fetchOne(String(uid), { source: true }, { uid: true });
    return message && message.source ? parseMail(String(uid), message.source) : undefined;
  }
}
