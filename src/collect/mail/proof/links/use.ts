import type { LinkPurpose, LinkTrial, TriedLink } from '../../../../evidence/mail-link.ts';
import { pathOf } from '../../../access/people/enter.ts';
import { emptySession } from '../../../access/wire/session.ts';
import type { Again, Came, LinkGround, Used } from './ground.ts';
import { openAddress, type Opened } from './open.ts';

/** How a kind of mail is used. */
export interface Way {
  readonly purpose: Exclude<LinkPurpose, 'page'>;
  /** Uses it as whom it was sent to. `again`: and then once more, as somebody else. */
  use(came: Came, again: boolean): Promise<Used>;
  /** Where opening the link can be all that is needed: whether this browser got what it is for. */
  readonly byLooking?: (opened: Opened) => Promise<boolean>;
  /** False where it is enough that the link opens, whoever opens it: it has done what it is for. */
  readonly spent?: false;
}

const opens: LinkTrial = { outcome: 'holds', text: 'opens' };
const lookedAt = 'opened the link as a program does that looks through mails';
const unusable = 'Use it yourself: ask for the mail, and follow it in another browser.';

/**
 * Uses a mailed link or code, and then again as somebody else. First it is only opened, as scanners of mail do: where it does not work after that, one more mail that nobody
 * looked at shows whether it works at all, and a third one that it was the look. No more mails than that are asked for.
 */
export async function useMail({ sender }: Pick<LinkGround, 'sender'>, came: Came, way: Way, again: Again): Promise<TriedLink> {
  const { link } = came.key;
  const steps: string[] = [];
  const about = { purpose: way.purpose, what: link ? ('link' as const) : ('code' as const) };
  const told = (works: LinkTrial, rest: Partial<Pick<TriedLink, 'once' | 'looked'>> = {}): TriedLink => ({
    ...about,
    works,
    ...rest,
    steps,
  });
  const opened = await look(came);
  if (opened && (await way.byLooking?.(opened))) return told(opens, await byLooking());
  // Some links open only in the browser in which they were asked for, as those who want them have it.
  const dead = opened?.is === 'dead' ? await openOwn(came) : undefined;
  const first: Used = dead?.is === 'dead' ? { is: 'not', answered: `it ${dead.text}`, steps: [] } : await used(came, true);
  if (first.is === 'works')
    return told(opens, {
      ...(first.once && { once: first.once }),
      ...(link && way.spent !== false && { looked: { outcome: 'holds', text: 'works after somebody else has opened it' } }),
    });
  if (first.is === 'unclear') return told(notKnown(first));
  if (way.spent === false && (opened?.is === 'open' || opened?.is === 'closed')) return told(opens);
  const fresh = await again();
  if (!fresh) return told(dead?.is === 'dead' ? { outcome: 'broken', text: dead.text } : notKnown(first));
  steps.push('asked for one more mail, and opened its link nowhere before');
  const still = dead?.is === 'dead' ? await openOwn(fresh) : undefined;
  if (still?.is === 'dead') return told({ outcome: 'broken', text: still.text });
  const second = await used(fresh, true);
  if (second.is !== 'works') return told(notKnown(second));
  const looked = link && way.spent !== false ? await whetherLooked() : undefined;
  return told(opens, { ...(second.once && { once: second.once }), ...(looked && { looked }) });

  async function look({ key }: Came): Promise<Opened | undefined> {
    if (!key.link) return undefined;
    const opened = await openAddress(sender, pathOf(key.link), emptySession(), true);
    steps.push(`${lookedAt}: it ${opened.text}`);
    return opened;
  }

  async function openOwn({ key, session = emptySession() }: Came): Promise<Opened | undefined> {
    const own = key.link && (await openAddress(sender, pathOf(key.link), session, true));
    if (own) steps.push(`opened it in the browser that asked for it: it ${own.text}`);
    return own;
  }

  async function used(one: Came, twice: boolean): Promise<Used> {
    const result = await way.use(one, twice);
    steps.push(...result.steps);
    return result;
  }

  /** The link did all by being opened: whoever opens it next shows whether it still does. */
  async function byLooking(): Promise<Pick<TriedLink, 'once' | 'looked'>> {
    steps.push('that alone was enough: nobody had to press anything');
    const next = await used(came, false);
    if (next.is === 'unclear') return { once: notKnown(next) };
    if (next.is === 'works') return { once: { outcome: 'broken', text: brokenText[way.purpose] } };
    return {
      once: { outcome: 'holds', text: 'works once' },
      ...(way.spent !== false && { looked: { outcome: 'broken', text: usedUp } }),
    };
  }

  async function whetherLooked(): Promise<LinkTrial | undefined> {
    const third = await again();
    if (!third) return undefined;
    await look(third);
    const late = await used(third, false);
    if (late.is === 'unclear') return undefined;
    return late.is === 'works'
      ? { outcome: 'holds', text: 'works after somebody else has opened it' }
      : { outcome: 'broken', text: usedUp };
  }
}

const usedUp = 'is used up by whoever opens it first, and be it a program that looks through mails';

/** What is told of a link that works again. */
export const brokenText: Readonly<Record<Way['purpose'], string>> = {
  'password reset': 'sets a password again after it was used',
  'sign-in by mail': 'signs in again after it was used',
  invitation: 'lets in whoever else has it after it was accepted',
  confirmation: 'signs in whoever has it, again and again',
};

const notKnown = ({ answered }: Used): LinkTrial => ({
  outcome: 'unknown',
  text: `it could not be used by us: ${answered}`,
  toKnow: unusable,
});
