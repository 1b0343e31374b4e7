import type { Person } from '../people/person.ts';
import { dangerOf } from '../surface/safety.ts';
import { templateOf } from '../surface/template.ts';
import { contentOf } from '../wire/content.ts';
import { doubting } from '../wire/hearing.ts';
import { nobodyLike, type Session } from '../wire/session.ts';
import type { AccountGround } from './ground.ts';

/** Texts that somebody is shown, by address. */
export type Shown = ReadonlyMap<string, ReadonlySet<string>>;

/** What somebody was shown before something was taken from him, and his sessions. */
export interface Taken {
  readonly saw: Shown;
  /** What whoever invited him is shown: the rest is bound to a session, or is his own, as a token in a page is, or his name. */
  readonly leaders: Shown;
  /** From before. */
  readonly old: Session;
  /** From afterwards; `undefined` where he is not let in any more. */
  readonly again: Session | undefined;
}

/** Addresses: what a new sign-in lacks, and where the old session still opens it; and what came to nothing, which tells neither. */
export interface Outlived {
  readonly lost?: string;
  readonly still?: string;
  readonly doubts: readonly string[];
}

/** Compares an old session with a new sign-in. A page that was not answered is none that is lost, and none that is shut. */
export async function outlived(ground: AccountGround, inviter: Person, { saw, leaders, old, again }: Taken): Promise<Outlived> {
  const { sender, doubts } = doubting(ground.sender);
  const shown = (session: Session): Promise<Shown> => shownTo({ ...ground, sender }, inviter, session);
  const has: Shown = again ? await shown(again) : new Map<string, ReadonlySet<string>>();
  const lost = [...saw].flatMap(([path, values]) => {
    const gone = [...values].filter((value) => leaders.get(path)?.has(value) === true && has.get(path)?.has(value) !== true);
    return telling(gone) ? [{ path, gone }] : [];
  });
  const [first] = lost;
  if (!first) return { doubts };
  const opens = await shown(old);
  const still = lost.find(({ path, gone }) => telling(gone.filter((value) => opens.get(path)?.has(value) === true)));
  return { lost: first.path, ...(still && { still: still.path }), doubts };
}

/** Two texts, or one that is too long to be the same by chance. */
const telling = (values: readonly string[]): boolean => values.length > 1 || values.some((value) => value.length >= 20);

/** Pages, at most, that are compared. */
const mostPages = 12;

/** What somebody is shown where the inviter was shown something, and visitors are not. */
export async function shownTo({ sender }: AccountGround, inviter: Person, session: Session): Promise<Shown> {
  const shown = new Map<string, ReadonlySet<string>>();
  const visitor = nobodyLike(session);
  const paths = [inviter.witness.path, ...inviter.seen.sights.keys()].filter(
    (path) => !/[#?{]/.test(path) && templateOf(path).ids.length === 0 && dangerOf({ method: 'GET', path }) === undefined,
  );
  for (const path of [...new Set(paths)].slice(0, mostPages)) {
    const answers = await Promise.all([session, visitor].map((one) => sender.send({ method: 'GET', path }, one)));
    const [his = new Set<string>(), nobodys = new Set<string>()] = answers.map(
      (answer) =>
        new Set(answer.ok && answer.value.status < 300 ? contentOf(answer.value.text).values.filter((value) => value.length >= 4) : []),
    );
    const own = new Set([...his].filter((value) => !nobodys.has(value)));
    if (own.size > 0) shown.set(path, own);
  }
  return shown;
}
