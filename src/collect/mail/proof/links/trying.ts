import type { LinkPurpose, TriedLink } from '../../../../evidence/mail-link.ts';
import type { Subject } from '../../../access/accounts/ground.ts';
import type { Mail } from '../../../access/mail/mailbox.ts';
import { keyOf, pagesOf, tokensIn } from '../../../access/mail/read.ts';
import { pathOf } from '../../../access/people/enter.ts';
import { emptySession } from '../../../access/wire/session.ts';
import { whyHeldBack } from './acts.ts';
import type { Again, Came, LinkGround } from './ground.ts';
import { type LinkHosts, type Unopened, whyNotOpened } from './host.ts';
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
  /** It goes to many: what it leads to is there for all of them. */
  readonly bulk?: boolean;
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
export async function tryLink(ground: LinkGround, hosts: LinkHosts, arrived: Arrived, ours: Ours): Promise<TriedLink | undefined> {
  const { mail, purpose, again } = arrived;
  const key = keyOf(mail);
  const page = purpose === 'page' || !key ? pageOf(mail, ground.sender.origin, hosts) : undefined;
  const link = page?.url ?? (purpose === 'page' ? undefined : key?.link);
  if (!link && (purpose === 'page' || key?.code === undefined)) return undefined;
  const what = link ? 'link' : 'code';
  const untried = (text: string, toKnow: string): TriedLink => ({ purpose, what, works: { outcome: 'unknown', text, toKnow }, steps: [] });
  const why = page ? page.why : link && whyNotOpened(link, ground.sender.origin, hosts);
  if (why) return untried(why.text, why.toKnow);
  if (page) return openPage(ground.sender, page.url, ours.reader, arrived.bulk);
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

/**
 * The ordinary link of a mail that says most: one to the app that shows one thing, else some page of it, as a logo often leads to the site. Where the mail has one that may do something,
 * that its start page opens tells nothing.
 */
function pageOf(mail: Mail, origin: string, hosts: LinkHosts): { readonly url: URL; readonly why?: Unopened } | undefined {
  const pages = pagesOf(mail).map((one) => ({ url: one.url, why: whyNotOpened(one.url, origin, hosts), held: whyHeldBack(one) }));
  const there = pages.filter(({ why }) => !why);
  const open = there.filter(({ held }) => held === undefined);
  const deep = open.filter(({ url }) => url.pathname !== '/');
  const held = there.find((one) => one.held !== undefined);
  const best = deep.find(({ url }) => tokensIn(url).length > 0) ?? deep[0] ?? (held ? undefined : open[0]);
  if (best) return { url: best.url };
  if (held)
    return { url: held.url, why: { text: `it was not opened: ${held.held}`, toKnow: 'Use it yourself, as whoever gets the mail.' } };
  return pages[0] && { url: pages[0].url, why: pages[0].why! };
}
