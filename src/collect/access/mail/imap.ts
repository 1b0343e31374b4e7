import { addressBy, type Mail, type Mailbox } from './mailbox.ts';
import { parseMail } from './parse.ts';

export interface ImapSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls: boolean;
  readonly address: string;
  /** Look into the folder for spam as well. */
  readonly spam?: boolean;
}

/** Reads mails from the inbox of a mail server (RFC 9051); nothing is marked or deleted there. Rejects where it does not let us in. */
export async function imapMailbox({ host, port, user, password, tls, address, spam = false }: ImapSettings): Promise<Mailbox> {
  const { ImapFlow } = await import('imapflow');
  const client = new ImapFlow({ host, port, secure: tls, auth: { user, pass: password }, logger: false });
  // A connection that breaks later is a mailbox to which nothing comes.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    const refused = error instanceof Error && 'authenticationFailed' in error && error.authenticationFailed === true;
    throw refused ? new Error(`${host} refuses this user and password`) : error;
  });
  const folders: { readonly path: string; readonly folder: 'inbox' | 'spam' }[] = [{ path: 'INBOX', folder: 'inbox' }];
  const junk = spam ? (await client.list()).find(isJunk)?.path : undefined;
  if (junk !== undefined) folders.push({ path: junk, folder: 'spam' });
  let open = '';
  const enter = async (path: string): Promise<void> => {
    if (open === path) await client.noop();
    else await client.mailboxOpen(path, { readOnly: true });
    open = path;
  };
  await enter('INBOX');
  const read = new Map<string, Mail>();
  return {
    pollMs: 1000,
    patienceMs: 45_000,
    async mails(to) {
      const mails: Mail[] = [];
      for (const { path, folder } of folders) {
        await enter(path);
        for (const uid of (await client.search({ to }, { uid: true })) || []) {
          const id = folder === 'inbox' ? String(uid) : `${folder}-${uid}`;
          const known = read.get(id) ?? (await fetchOne(id, uid, folder));
          if (!known) continue;
          read.set(id, known);
          mails.push(known);
        }
      }
      return mails;
    },
    newAddress: () => addressBy(address),
    close: () => client.logout().catch(() => client.close()),
  };

  async function fetchOne(id: string, uid: number, folder: 'inbox' | 'spam'): Promise<Mail | undefined> {
    const message = await client.fetchOne(String(uid), { source: true }, { uid: true });
    return message && message.source ? parseMail(id, message.source, { folder }) : undefined;
  }
}

/** The folder for spam: by its mark (RFC 6154), else by the names that servers give it. */
const isJunk = ({ specialUse, name }: { readonly specialUse?: string | undefined; readonly name: string }): boolean =>
  specialUse === '\\Junk' || /^(?:junk|spam|junk e?-?mail|bulk(?: mail)?)$/i.test(name);
