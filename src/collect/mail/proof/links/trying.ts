import type { LinkPurpose, TriedLink } from '../../../../evidence/mail-link.ts';
import type { Subject } from '../../../access/accounts/ground.ts';
import type { Mail } from '../../../access/mail/mailbox.ts';
import { keyOf, pagesOf } from '../../../access/mail/read.ts';
import { pathOf } from '../../../access/people/enter.ts';
import { emptySession } from '../../../access/wire/session.ts';
import { isLocal } from '../../../http/client.ts';
import type { Again, Came, LinkGround } from './ground.ts';
import { openAddress } from './open.ts';
import { openPage, type Reader } from './page.ts';
import { useMail } from './use.ts';
import { accepting, type Insider, resetting, signingIn } from './ways.ts';

/** A mail of the app that came, and what is known of it. */
export interface Arrived extends Omit<Came, 'key'> {
  readonly mail: Mail;
  readonly purpose: LinkPurpose;
  /** Its link or code let somebody in when he was signed up. */
  readonly used?: true;
  readonly again: Again;
}

/** Who of ours mails are tried with, as far as somebody is. */
export interface Ours {
  readonly insider?: Insider;
  /** Where he signs in with a password. */
  readonly subject?: Subject;
  readonly reader?: Reader;
}

/** Uses the link or the code of a mail for what it is for; `undefined` where it has none. Only the app is asked: links to other hosts are opened by nobody. Never throws for what the app does. */
export async function tryLink(
  ground: LinkGround,
  isOurs: (host: string) => boolean,
  arrived: Arrived,
  ours: Ours,
): Promise<TriedLink | undefined> {
  const { mail, purpose, again } = arrived;
  const key = keyOf(mail);
  const reason = (one: URL) => whyNotOpened(one, ground.sender.origin, isOurs);
  // Of ordinary links one that leads to the app says most: a logo often leads to the site.
  const pages = key && purpose !== 'page' ? [] : [...(key?.link ? [key.link] : []), ...pagesOf(mail)];
  const link = pages.find((one) => !reason(one)) ?? pages[0] ?? key?.link;
  if (!link && key?.code === undefined) return undefined;
  const why = link && reason(link);
  const what = link ? 'link' : 'code';
  const untried = (text: string, toKnow: string): TriedLink => ({ purpose, what, works: { outcome: 'unknown', text, toKnow }, steps: [] });
  if (why) return untried(why.text, why.toKnow);
  if (link && (!key || purpose === 'page')) return openPage(ground.sender, link, ours.reader);
  if (!key || purpose === 'page') return undefined;
  const { account, asked, session } = arrived;
  const came: Came = { account, key, ...(asked && { asked }), ...(session && { session }) };
  const { insider, subject } = ours;
  if (purpose === 'invitation') return useMail(ground, came, accepting(ground, insider, again), again);
  if (purpose === 'password reset') {
    if (subject) return useMail(ground, came, resetting(ground, subject), again);
    return opened('it could not be used by us: nobody of ours signs in with a password');
  }
  if (!insider)
    return opened('it could not be used by us: nobody of ours is signed in otherwise, so nobody can tell whose session it gives');
  const way = signingIn(ground, insider, purpose);
  if (purpose === 'sign-in by mail') return useMail(ground, came, way, again);
  return confirming();

  /** Where nobody can use it, that it leads nowhere shows all the same. */
  async function opened(why: string): Promise<TriedLink> {
    const found = key?.link && (await openAddress(ground.sender, pathOf(key.link), emptySession(), true));
    return found?.is === 'dead' ? { purpose, what, works: { outcome: 'broken', text: found.text }, steps: [] } : untried(why, mark);
  }

  /** An address that is confirmed stays so. The link must not be a key to the account on top of that. */
  async function confirming(): Promise<TriedLink> {
    if (arrived.used) {
      const { is, steps } = await way.use(came, false);
      const works = { outcome: 'holds', text: 'confirms the address' } as const;
      const first = 'used it when signing up: signing in worked after that';
      const once =
        is === 'unclear'
          ? undefined
          : is === 'works'
            ? ({ outcome: 'broken', text: 'signs in whoever has it, again and again' } as const)
            : ({ outcome: 'holds', text: 'works once' } as const);
      return { purpose, what, works, ...(once && { once }), steps: [first, ...steps] };
    }
    return useMail(ground, came, way, () => Promise.resolve(undefined));
  }
}

const mark = 'Mark an account made for testing as expendable under access.people in launch-ready.yaml, with its password.';

/** Why a link is not opened; `undefined` where it leads to the app. An app of this machine names itself in mails by the address that it will have. */
function whyNotOpened(
  link: URL,
  origin: string,
  isOurs: (host: string) => boolean,
): { readonly text: string; readonly toKnow: string } | undefined {
  const app = new URL(origin);
  if (isLocal(app) ? isOurs(link.hostname) : link.hostname === app.hostname && (link.port === app.port || link.port === ''))
    return undefined;
  return isOurs(link.hostname)
    ? {
        text: `it leads to ${link.hostname}, and only ${app.hostname} is asked`,
        toKnow: `Run it with https://${link.hostname} as the address of the app.`,
      }
    : {
        text: `it leads to ${link.hostname}, which is no host of yours and is not opened`,
        toKnow: 'Have the link lead to the app itself: switch click tracking off for this mail, and set the address of the app.',
      };
}
