import type { GivenAppMail, GivenPerson } from '../../../core/target.ts';
import type { Journal } from '../../access/journal/journal.ts';
import { listen, type Mail, type Mailbox } from '../../access/mail/mailbox.ts';
import type { Account } from '../../access/people/account.ts';
import { ask } from '../../access/people/ask.ts';
import { findAskDoors } from '../../access/people/ask-doors.ts';
import { findDoors, type PlainDoor } from '../../access/people/doors.ts';
import { signUp } from '../../access/people/sign-up.ts';
import type { Sender } from '../../access/wire/sender.ts';
import { emptySession } from '../../access/wire/session.ts';

/** A mail that the app was made to send, and what came. */
export interface AppMail {
  readonly name: string;
  readonly bulk?: boolean;
  readonly mail?: Mail;
  /** Seconds until it was there. */
  readonly seconds?: number;
  /** The app said no: what it said. */
  readonly refused?: string;
}

export interface AppMails {
  readonly mails: readonly AppMail[];
  readonly notes: readonly string[];
  readonly leftovers: readonly string[];
}

interface Asking {
  readonly sender: Sender;
  readonly mailbox: Mailbox;
  /** Told of each request that makes something before it is sent. */
  readonly journal: Journal;
  readonly people: readonly GivenPerson[];
  readonly given: readonly GivenAppMail[];
  readonly waitMs: number;
}

/** Makes the app send its mails: signs somebody up, asks for a new password and a sign-in link in his name, and sends what the config names. */
export async function askForMails({ sender, mailbox, journal, people, given, waitMs }: Asking): Promise<AppMails> {
  const mails: AppMail[] = [];
  const notes: string[] = [];
  const leftovers: string[] = [];
  const seen: { readonly mail: Mail; readonly at: number }[] = [];
  // Signing up reads its mail itself: what it saw is looked at afterwards.
  const watching: Mailbox = {
    ...mailbox,
    async mails(to) {
      const found = await mailbox.mails(to);
      for (const mail of found) if (!seen.some((one) => one.mail.id === mail.id)) seen.push({ mail, at: Date.now() });
      return found;
    },
  };
  const doors = await findDoors(sender, [], [], true, journal);
  const began = Date.now();
  const accounts: string[] = [];
  const joined = await signUp({ sender, doors, operations: [], mailbox: watching, journal, accounts });
  leftovers.push(...accounts.map((email) => `the account ${email}, which was signed up`));
  const insider = joined && joined.door.kind !== 'mail' ? { ...joined, door: joined.door, name: joined.account.email } : undefined;
  if (insider) journal.person(insider);
  if (accounts.length > 0) await arrivals(watching, accounts);
  const first = seen[0];
  if (first) mails.push({ name: 'sign-up', mail: first.mail, seconds: (first.at - began) / 1000 });
  else notes.push(accounts.length > 0 ? 'Signing up sends no mail.' : 'Nobody could be signed up, so no mail of a sign-up was seen.');

  const someone: Account | undefined = joined?.account ?? people.find(({ expendable }) => expendable === true);
  const asking = await findAskDoors(sender, [], true, journal);
  const ways: readonly (readonly [string, readonly PlainDoor[]])[] = [
    ['password reset', asking.reset],
    ['sign-in link', asking.magic],
  ];
  for (const [name, found] of ways) {
    if (found.length === 0) continue;
    if (someone) mails.push(await firstOf(name, found.slice(0, 2), someone));
    else
      notes.push(`Nobody could be signed up and nobody is marked expendable under access.people, so no mail for a ${name} was asked for.`);
  }
  for (const one of given) mails.push(await sentBy(one, joined));
  return { mails, notes, leftovers };

  async function firstOf(name: string, found: readonly PlainDoor[], account: Account): Promise<AppMail> {
    let refused: string | undefined;
    for (const door of found) {
      const listening = await listen(mailbox, account.email);
      const at = Date.now();
      const answer = await ask(sender, door, account, emptySession());
      if (!answer?.ok || answer.value.status >= 400) {
        refused = answer?.ok ? `it answered ${answer.value.status}` : (answer?.fault.message ?? 'nothing could be sent');
        continue;
      }
      const mail = await listening.next(waitMs);
      return mail ? { name, mail, seconds: (Date.now() - at) / 1000 } : { name };
    }
    return { name, refused: refused ?? 'nothing could be sent' };
  }

  async function sentBy({ name, request, body, bulk }: GivenAppMail, by: typeof joined): Promise<AppMail> {
    const to = mailbox.newAddress();
    const about = { name, ...(bulk && { bulk }) };
    const [method = '', path = ''] = request.split(' ', 2);
    const listening = await listen(mailbox, to);
    const at = Date.now();
    let value: unknown;
    try {
      value = body === undefined ? undefined : JSON.parse(body.replaceAll('{address}', to));
    } catch {
      return { ...about, refused: 'its body under email.mails is no JSON' };
    }
    // What it makes is found again by the address: by whom it was made, if by anybody.
    const isChange = method !== 'GET' && method !== 'HEAD';
    if (isChange) journal.about({ who: by?.account.email ?? 'visitor', method, path, ...(insider && { mark: to }) });
    const answer = await sender.send(
      {
        method,
        path: path.replaceAll('{address}', encodeURIComponent(to)),
        deliberate: true,
        ...(value !== undefined && { body: { type: 'json', value } }),
      },
      by?.session ?? emptySession(),
    );
    if (isChange && (!answer.ok || answer.value.status < 400)) leftovers.push(`what ${method} ${path} made for ${to}`);
    if (!answer.ok || answer.value.status >= 400)
      return { ...about, refused: answer.ok ? `it answered ${answer.value.status}` : answer.fault.message };
    const mail = await listening.next(waitMs);
    return mail ? { ...about, mail, seconds: (Date.now() - at) / 1000 } : about;
  }

  /** Waits a little for a mail to whoever was signed up: many apps confirm nothing. */
  async function arrivals(box: Mailbox, to: readonly string[]): Promise<void> {
    const until = Date.now() + Math.min(waitMs, 4_000);
    while (seen.length === 0 && Date.now() < until) {
      for (const one of to) await box.mails(one).catch(() => []);
      await new Promise((resolve) => setTimeout(resolve, box.pollMs));
    }
  }
}
