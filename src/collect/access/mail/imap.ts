import type { ImapFlow } from 'imapflow';
import type { GivenImap } from '../../../core/target.ts';
import { providerOf } from '../../../core/mail-providers.ts';
import { MailboxFault } from './fault.ts';
import { imapLine, patience } from './imap-line.ts';
import { addressBy, type Mail, type MailBox, type Mailbox, type Wanted } from './mailbox.ts';
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

/** Bytes of a mail, and of all that are read in a run; mails of one look. More of them are made to keep somebody busy. */
const usual = { bytes: 10 * 2 ** 20, total: 64 * 2 ** 20, mails: 200 };
/** What tells whether a mail is meant: mails of others that come to the same address are not read. */
const telling = ['from', 'subject', 'x-launch-ready'];

interface Folder {
  readonly path: string;
  readonly folder: 'inbox' | 'spam';
  /** Number (UID) of the first mail that is looked at. */
  readonly from: number;
  /** UIDVALIDITY: with another one all numbers are others. */
  readonly validity: bigint | undefined;
}

/**
 * Reads mails from the inbox of a mail server (RFC 9051); nothing is marked or deleted there. Looks that are asked for at once are done one after the other. Rejects where it does not
 * let us in.
 */
export async function imapMailbox(settings: ImapSettings, limits = usual): Promise<Mailbox> {
  const { host, address, name, spam = false, fresh = false } = settings;
  const provider = providerOf(host, name)?.id;
  const box: MailBox = { host, ...(provider && { provider }) };
  const line = await imapLine(settings, limits.bytes + 2 ** 16);
  let open: { readonly client: ImapFlow; readonly path: string } | undefined;
  const folders = await line.run(opened, patience.open).catch(async (error: unknown) => {
    await line.close();
    throw error;
  });
  const heads = new Map<string, Mail>();
  const read = new Map<string, Mail>();
  let spent = 0;
  return {
    pollMs: 1000,
    patienceMs: 45_000,
    ids: (to) => line.run(async (client) => (await found(client, to)).map(({ id }) => id)),
    mails: (to, wanted) => line.run((client) => mailsTo(client, to, wanted)),
    newAddress: () => addressBy(address),
    close: () => line.close(),
  };

  async function mailsTo(client: ImapFlow, to: string, { known, mayBe }: Wanted = {}): Promise<readonly Mail[]> {
    const mails: Mail[] = [];
    for (const one of await found(client, to)) {
      if (known?.has(one.id)) continue;
      if (mayBe && !read.has(one.id)) {
        const head = heads.get(one.id) ?? (await parsed(client, one, 'head'));
        if (!head) continue;
        heads.set(one.id, head);
        if (!mayBe(head)) continue;
      }
      const mail = read.get(one.id) ?? (await parsed(client, one, 'whole'));
      if (!mail) continue;
      read.set(one.id, mail);
      mails.push(mail);
    }
    return mails;
  }

  /** The mails to an address, the oldest first in each folder. */
  async function found(client: ImapFlow, to: string): Promise<(Folder & { readonly id: string; readonly uid: number })[]> {
    const all: (Folder & { readonly id: string; readonly uid: number })[] = [];
    for (const one of folders) {
      const { path, folder, from } = one;
      await enter(client, path, one.validity);
      // `n:*` always gives the last mail, even one below n (RFC 9051 §9).
      const uids = await client.search({ to, ...(from > 0 && { uid: `${from}:*` }) }, { uid: true });
      if (!Array.isArray(uids)) throw new Error(`it does not search the folder ${path}`);
      const here = uids.filter((uid) => uid >= from).slice(-limits.mails);
      all.push(...here.map((uid) => ({ ...one, uid, id: folder === 'inbox' ? String(uid) : `${folder}-${uid}` })));
    }
    return all;
  }

  async function opened(client: ImapFlow): Promise<Folder[]> {
    const all = spam ? await client.list() : [];
    const junk = (all.find(({ specialUse }) => specialUse === '\\Junk') ?? all.find(({ name }) => junkNames.test(name)))?.path;
    const paths = [['INBOX', 'inbox'] as const, ...(junk === undefined ? [] : [[junk, 'spam'] as const])];
    const there: Folder[] = [];
    for (const [path, folder] of paths) {
      if (fresh || folder === 'inbox') await enter(client, path);
      const { uidNext, uidValidity } = (open?.path === path && client.mailbox) || {};
      there.push({ path, folder, validity: uidValidity, from: fresh ? (uidNext ?? (await nextBySearch(client))) : 0 });
    }
    return there;
  }

  /** Servers may leave out UIDNEXT; numbers only grow. */
  async function nextBySearch(client: ImapFlow): Promise<number> {
    const uids = await client.search({ all: true }, { uid: true });
    if (!Array.isArray(uids)) throw new Error('it does not tell which mails it has');
    return uids.reduce((most, uid) => Math.max(most, uid), 0) + 1;
  }

  async function enter(client: ImapFlow, path: string, validity?: bigint): Promise<void> {
    if (open?.client === client && open.path === path) {
      await client.noop();
      return;
    }
    open = undefined;
    const { uidValidity } = await client.mailboxOpen(path, { readOnly: true });
    if (validity !== undefined && uidValidity !== undefined && uidValidity !== validity)
      throw new MailboxFault(`${host} gave all mails of its folder ${path} new numbers while it was read`, 'Run it again.');
    open = { client, path };
  }

  async function parsed(
    client: ImapFlow,
    { id, uid, path, folder, validity }: Folder & { readonly id: string; readonly uid: number },
    what: 'head' | 'whole',
  ): Promise<Mail | undefined> {
    if (spent >= limits.total)
      throw new MailboxFault(
        `more mail came than is read in a run (${Math.ceil(limits.total / 2 ** 20)} MB)`,
        'Use a mailbox to which little else comes, and run it again.',
      );
    await enter(client, path, validity);
    const query = what === 'head' ? { headers: telling } : { source: { maxLength: limits.bytes } };
    const message = await client.fetchOne(String(uid), query, { uid: true });
    const raw = message && (what === 'head' ? message.headers : message.source);
    if (!raw) return undefined;
    spent += raw.length;
    return parseMail(id, raw, { folder, box, ...(raw.length >= limits.bytes && { cut: true as const }) });
  }
}

/** What servers call the folder for spam where they do not mark it (RFC 6154). */
const junkNames = /^(?:junk|spam|junk e?-?mail|bulk(?: mail)?)$/i;
