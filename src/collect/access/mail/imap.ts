import type { GivenImap } from '../../../core/target.ts';
import { providerOf } from '../../../core/mail-providers.ts';
import { refusedBy, silent } from './fault.ts';
import { addressBy, type Mail, type MailBox, type Mailbox } from './mailbox.ts';
import { parseMail } from './parse.ts';

export interface ImapSettings extends Omit<GivenImap, 'kind'> {
  readonly address: string;
  /** What the config calls the box. */
  readonly name?: string | undefined;
  /** Look into the folder for spam as well. */
  readonly spam?: boolean;
  /** Leave out what is there when it is opened: an address that is in use may have any number of mails. */
  readonly fresh?: boolean;
}

/** Milliseconds for a connection, for the first word of the server, for all until it lets us in, and for an answer later. */
const patience = { connect: 10_000, greeting: 8_000, open: 25_000, answer: 30_000 };
/** Larger mails, and more of them for one address, are made to keep somebody busy. */
const limits = { bytes: 10 * 2 ** 20, mails: 200 };

/** Reads mails from the inbox of a mail server (RFC 9051); nothing is marked or deleted there. Rejects where it does not let us in. */
export async function imapMailbox(settings: ImapSettings): Promise<Mailbox> {
  const { host, port, user, password, tls, byToken, address, name, spam = false, fresh = false } = settings;
  const { ImapFlow } = await import('imapflow');
  const client = new ImapFlow({
    host,
    port,
    secure: tls,
    auth: byToken ? { user, accessToken: password } : { user, pass: password },
    logger: false,
    connectionTimeout: patience.connect,
    greetingTimeout: patience.greeting,
  });
  // A connection that breaks later is a mailbox to which nothing comes.
  client.on('error', () => undefined);
  const folders: { readonly path: string; readonly folder: 'inbox' | 'spam'; readonly from: number }[] = [];
  let open = '';
  await within(patience.open, opened()).catch((error: unknown) => {
    client.close();
    const { authenticationFailed, responseText, response } = error as Readonly<Record<string, unknown>>;
    const said = typeof responseText === 'string' ? responseText : typeof response === 'string' ? response : '';
    throw authenticationFailed === true ? refusedBy({ ...settings, kind: 'imap' }, said) : error;
  });
  const provider = providerOf(host, name)?.id;
  const box: MailBox = { host, ...(provider && { provider }) };
  const read = new Map<string, Mail>();
  return {
    pollMs: 1000,
    patienceMs: 45_000,
    mails: (to) => within(patience.answer, mailsTo(to)),
    newAddress: () => addressBy(address),
    close: () => within(patience.greeting, client.logout()).catch(() => client.close()),
  };

  async function mailsTo(to: string): Promise<readonly Mail[]> {
    const mails: Mail[] = [];
    for (const { path, folder, from } of folders) {
      await enter(path);
      // `n:*` always gives the last mail, even one below n (RFC 9051 §9).
      const found = (await client.search({ to, ...(from > 0 && { uid: `${from}:*` }) }, { uid: true })) || [];
      for (const uid of found.filter((one) => one >= from).slice(-limits.mails)) {
        const id = folder === 'inbox' ? String(uid) : `${folder}-${uid}`;
        const known = read.get(id) ?? (await fetchOne(id, uid, folder));
        if (!known) continue;
        read.set(id, known);
        mails.push(known);
      }
    }
    return mails;
  }

  async function opened(): Promise<void> {
    await client.connect();
    const all = spam ? await client.list() : [];
    const junk = (all.find(({ specialUse }) => specialUse === '\\Junk') ?? all.find(({ name }) => junkNames.test(name)))?.path;
    const paths = [['INBOX', 'inbox'] as const, ...(junk === undefined ? [] : [[junk, 'spam'] as const])];
    for (const [path, folder] of paths) {
      if (fresh || folder === 'inbox') await enter(path);
      folders.push({ path, folder, from: fresh && client.mailbox ? client.mailbox.uidNext : 0 });
    }
  }

  async function enter(path: string): Promise<void> {
    if (open === path) await client.noop();
    else await client.mailboxOpen(path, { readOnly: true });
    open = path;
  }

  async function fetchOne(id: string, uid: number, folder: 'inbox' | 'spam'): Promise<Mail | undefined> {
    const message = await client.fetchOne(String(uid), { source: { maxLength: limits.bytes } }, { uid: true });
    return message && message.source ? parseMail(id, message.source, { folder, box }) : undefined;
  }
}

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

/** What servers call the folder for spam where they do not mark it (RFC 6154). */
const junkNames = /^(?:junk|spam|junk e?-?mail|bulk(?: mail)?)$/i;
