import type { GivenAppMail, GivenPerson } from '../../../core/target.ts';
import type { Journal } from '../../access/journal/journal.ts';
import type { LinkPurpose, TriedLink } from '../../../evidence/mail-link.ts';
import { listen, type Listening, type Mail, type Mailbox } from '../../access/mail/mailbox.ts';
import { askAgain } from '../../access/accounts/expiry.ts';
import { nextKey } from '../../access/accounts/ground.ts';
import { patienceAfter } from '../../access/accounts/reset.ts';
import { type Account, newAccount } from '../../access/people/account.ts';
import { ask } from '../../access/people/ask.ts';
import { findAskDoors } from '../../access/people/ask-doors.ts';
import { findDoors, type PlainDoor } from '../../access/people/doors.ts';
import { signUp } from '../../access/people/sign-up.ts';
import { readPage } from '../../access/surface/crawl.ts';
import { isPage } from '../../access/wire/content.ts';
import type { Answer, Sender } from '../../access/wire/sender.ts';
import { emptySession, type Session } from '../../access/wire/session.ts';
import type { Again, LinkGround } from './links/ground.ts';
import { ourPeople } from './links/ours.ts';
import { type Arrived, tryLink } from './links/trying.ts';
import { hadItsTime, isOver, type Patience, timeFor, timeIsUp } from './patience.ts';

/** A mail that the app was made to send, and what came. */
export interface AppMail {
  readonly name: string;
  readonly bulk?: boolean;
  readonly mail?: Mail;
  /** Seconds until it was there, or until it was no longer waited for. */
  readonly seconds?: number;
  /** The app said no: what it said. */
  readonly refused?: string;
  /** It was not asked for, or not waited for long enough: why. */
  readonly unseen?: string;
  /** What came of using its link or code; absent where it has none. */
  readonly link?: TriedLink;
}

export interface AppMails {
  readonly mails: readonly AppMail[];
  readonly notes: readonly string[];
  readonly leftovers: readonly string[];
  /** Has a mail of the config sent to another box, in the name of the same people. In words why nothing is on its way. What it leaves is added to `leftovers`. */
  readonly sendTo: (one: GivenAppMail, box: Mailbox, isMeant?: (mail: Mail) => boolean) => Promise<Asked | string>;
}

/** What was asked for, and where it is listened for. */
export type Asked = Pick<Awaited, 'listening' | 'at' | 'to'>;

interface Asking {
  readonly sender: Sender;
  readonly mailbox: Mailbox;
  /** Told of each request that makes something before it is sent. */
  readonly journal: Journal;
  readonly people: readonly GivenPerson[];
  readonly given: readonly GivenAppMail[];
  /** Whether mails to an address come to the mailbox for sure. */
  readonly reaches: (address: string) => boolean;
  /** Whether links may lead to a host. */
  readonly isOurs: (host: string) => boolean;
  readonly patience: Patience;
}

/** What was asked for, and where its mail is still listened for. */
interface Awaited extends Omit<Arrived, 'mail' | 'again'> {
  readonly about: Pick<AppMail, 'name' | 'bulk'>;
  readonly listening: Listening;
  readonly at: number;
  readonly to: string;
  /** One more, where one takes so many milliseconds. */
  readonly again: (patience: number) => ReturnType<Again>;
  /** Called once its link was tried. `took`: milliseconds that the mail did. */
  readonly after?: (took: number) => Promise<void>;
}

/** Mails that may be missing one after the other before no more are asked for. */
const mostMissed = 3;

/**
 * Makes the app send its mails: signs somebody up, asks for a new password and a sign-in link in his name, and sends what the config names. What comes is used for what it is for, in the
 * name of accounts that are ours.
 */
export async function askForMails({ sender, mailbox, journal, people, given, reaches, isOurs, patience }: Asking): Promise<AppMails> {
  const mails: AppMail[] = [];
  const notes: string[] = [];
  const leftovers: string[] = [];
  const missing: Awaited[] = [];
  let missedInRow = 0;
  const seen: { readonly mail: Mail; readonly to: string; readonly at: number }[] = [];
  // Signing up reads its mail itself: what it saw is looked at afterwards.
  const watching: Mailbox = {
    ...mailbox,
    async mails(to) {
      const found = await mailbox.mails(to);
      for (const mail of found) if (!seen.some((one) => one.mail.id === mail.id)) seen.push({ mail, to, at: Date.now() });
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
  const ground: LinkGround = { sender, mailbox, journal, doors, operations: [], left: leftovers };
  const ours = ourPeople(ground, joined, people);
  const first = seen[0];
  const never = (): Promise<undefined> => Promise.resolve(undefined);
  if (first) {
    const { mail, to, at } = first;
    const account = joined?.account.email === to ? joined.account : { email: to };
    const used = account === joined?.account && joined.byMail;
    const link = await linkOf({ mail, purpose: 'confirmation', account, again: never, ...(used && { used }) });
    mails.push({ name: 'sign-up', mail, seconds: (at - began) / 1000, ...link });
  } else notes.push(accounts.length > 0 ? 'Signing up sends no mail.' : 'Nobody could be signed up, so no mail of a sign-up was seen.');

  const someone: Account | undefined = joined?.account ?? people.find(({ expendable }) => expendable === true);
  const asking = await findAskDoors(sender, [], true, journal);
  const ways = [
    ['password reset', asking.reset, 'password reset'],
    ['sign-in link', asking.magic, 'sign-in by mail'],
  ] as const;
  for (const [name, found, purpose] of ways) {
    if (found.length === 0) continue;
    if (someone) await firstOf(name, found.slice(0, 2), someone, purpose);
    else
      notes.push(`Nobody could be signed up and nobody is marked expendable under access.people, so no mail for a ${name} was asked for.`);
  }
  for (const one of given) {
    const { name, bulk } = one;
    const unseen =
      missedInRow >= mostMissed
        ? `it was not asked for, since ${mostMissed} mails in a row did not come`
        : isOver(patience)
          ? timeIsUp
          : undefined;
    if (unseen === undefined) await sentBy(one);
    else mails.push({ name, ...(bulk && { bulk }), unseen });
  }
  await lateOnes();
  return { mails, notes, leftovers, sendTo: sendOne };

  /** Asks by the first of these doors that mails something. */
  async function firstOf(name: string, found: readonly PlainDoor[], account: Account, purpose: LinkPurpose): Promise<void> {
    let refused: string | undefined;
    for (const door of found) {
      const session = emptySession();
      const listening = await listen(mailbox, account.email, { signal: patience.signal });
      const at = Date.now();
      const answer = await ask(sender, door, account, session);
      if (!answer?.ok || answer.value.status >= 400) {
        refused = answer?.ok ? `it answered ${answer.value.status}` : (answer?.fault.message ?? 'nothing could be sent');
        continue;
      }
      // The first half of a sign-in by password looks the same from outside.
      if (await asksForPassword(answer.value, session)) continue;
      return arrived({
        about: { name },
        listening,
        at,
        to: account.email,
        purpose,
        account,
        asked: answer.value,
        session,
        async again(ms) {
          const came = await askAgain({ sender, mailbox, door, account, patience: ms });
          return came && { account, ...came };
        },
        ...(purpose === 'password reset' && { after: (took) => ours.ownPassword(door, took) }),
      });
    }
    if (refused === undefined) notes.push(`What looked like a way to a ${name} asks for a password next, and mails nothing.`);
    else mails.push({ name, refused });
  }

  async function asksForPassword({ status, location, text }: Answer, session: Session): Promise<boolean> {
    let page = text;
    if (status >= 300 && location !== undefined) {
      const next = await sender.send({ method: 'GET', path: location }, session);
      page = next.ok ? next.value.text : '';
    }
    return isPage(page) && readPage(page, '/', sender.origin).forms.some(({ fields }) => fields.some(({ type }) => type === 'password'));
  }

  /** Waits for a mail that was asked for. */
  async function arrived(awaited: Awaited): Promise<void> {
    const mail = await awaited.listening.next(timeFor(patience));
    missedInRow = mail ? 0 : missedInRow + 1;
    if (mail) await came(mail, awaited);
    else missing.push(awaited);
  }

  /** A mail is used as soon as it is there: what is asked for later may end it. */
  async function came(mail: Mail, { about, at, again, after, ...rest }: Awaited): Promise<void> {
    const took = Date.now() - at;
    const link = await linkOf({ ...rest, mail, again: () => more(took, again) });
    await after?.(took);
    mails.push({ ...about, mail, seconds: took / 1000, ...link });
  }

  /** One more mail, as long as there is time for it. */
  async function more(took: number, again: Awaited['again']): ReturnType<Again> {
    const left = Math.min(patienceAfter(took, mailbox), patience.until - Date.now());
    return left > 0 && !isOver(patience) ? again(left) : undefined;
  }

  async function linkOf(mail: Arrived): Promise<Pick<AppMail, 'link'>> {
    const link = await tryLink(ground, isOurs, mail, await ours.who(mail));
    return link ? { link } : {};
  }

  /** Where others came, a mail that did not may only be held back for a while, as some servers do with whom they do not know: all of them get the same time once more. */
  async function lateOnes(): Promise<void> {
    const until = Date.now() + (mails.some(({ mail }) => mail) ? timeFor(patience) : 0);
    for (const awaited of missing) {
      const { about, listening, at, to } = awaited;
      const mail = await listening.next(Math.max(0, until - Date.now()));
      if (mail) await came(mail, awaited);
      else if (!hadItsTime(patience, at)) mails.push({ ...about, unseen: timeIsUp });
      else if (reaches(to)) mails.push({ ...about, seconds: (Date.now() - at) / 1000 });
      else
        notes.push(
          `A ${about.name} was asked for ${to}, and none came: nobody can tell whether mails to that address come to this mailbox.`,
        );
    }
  }

  async function sentBy(one: GivenAppMail): Promise<void> {
    const { name, request, bulk } = one;
    const about = { name, ...(bulk && { bulk }) };
    const sent = await sendOne(one);
    if (typeof sent === 'string') return void mails.push({ ...about, refused: sent });
    return arrived({
      about,
      ...sent,
      purpose: /invit/i.test(`${name} ${request}`) ? 'invitation' : 'page',
      account: newAccount(sent.to),
      async again(ms) {
        const next = await sendOne(one);
        const key = typeof next === 'string' ? undefined : await nextKey(next.listening, ms);
        return typeof next === 'string' || !key ? undefined : { account: newAccount(next.to), key };
      },
    });
  }

  /** Sends a request of the config to a new address; in words why nothing is on its way. */
  async function sendOne({ request, body }: GivenAppMail, box = mailbox, isMeant?: (mail: Mail) => boolean): Promise<Asked | string> {
    const to = box.newAddress();
    const [method = '', path = ''] = request.split(' ', 2);
    const listening = await listen(box, to, { isMeant, signal: patience.signal });
    const session = (await ours.session()) ?? emptySession();
    const at = Date.now();
    let value: unknown;
    try {
      value = body === undefined ? undefined : JSON.parse(body.replaceAll('{address}', to));
    } catch {
      return 'its body under email.mails is no JSON';
    }
    // What it makes is found again by the address: by whom it was made, if by anybody.
    const isChange = method !== 'GET' && method !== 'HEAD';
    if (isChange) journal.about({ who: joined?.account.email ?? 'visitor', method, path, ...(insider && { mark: to }) });
    const answer = await sender.send(
      {
        method,
        path: path.replaceAll('{address}', encodeURIComponent(to)),
        deliberate: true,
        ...(value !== undefined && { body: { type: 'json', value } }),
      },
      session,
    );
    if (isChange && (!answer.ok || answer.value.status < 400)) leftovers.push(`what ${method} ${path} made for ${to}`);
    if (!answer.ok || answer.value.status >= 400) return answer.ok ? `it answered ${answer.value.status}` : answer.fault.message;
    return { listening, at, to };
  }

  /** Waits a little for a mail to whoever was signed up: many apps confirm nothing. */
  async function arrivals(box: Mailbox, to: readonly string[]): Promise<void> {
    const until = Date.now() + Math.min(timeFor(patience), 4_000);
    while (seen.length === 0 && Date.now() < until) {
      for (const one of to) await box.mails(one).catch(() => []);
      await new Promise((resolve) => setTimeout(resolve, box.pollMs));
    }
  }
}
