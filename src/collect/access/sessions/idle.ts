import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { standingOf } from '../people/sign-in.ts';
import { pause } from '../wire/pause.ts';
import type { Sender } from '../wire/sender.ts';
import { nobodyLike, type Session } from '../wire/session.ts';
import { cookiesOf, heedless, openingCookies } from './cookie.ts';
import { durationText, renewedFor, statedBy } from './stated.ts';
import { freshSession, type Ground, unclear, unknown } from './trial.ts';

/** A session that ends within so many seconds without use is waited for. */
const patience = 120;

interface Limit {
  /** Without use. */
  readonly seconds: number;
  /** What says so, for people. */
  readonly told: string;
}

/**
 * Whether a session that nobody uses ends when it is said to (ASVS 7.3.1): what says so is a cookie that each answer sets anew, or the config. Of two
 * sessions one is used all the time, and the other left alone: the first must still work, so that it is not their age, and the second must not.
 */
export async function idle(ground: Ground): Promise<SessionTrial> {
  const { sender, way } = ground;
  const limit = await limitOf(ground);
  if ('outcome' in limit) return limit;
  const steps = [limit.told, 'signed in anew, so that there are two sessions'];
  const fresh = await freshSession(ground);
  if (!fresh) return unknown('idle', 'no new session could be started', steps);
  const copy = await copyOf(sender, fresh.session);
  if (await isTheSame(ground, copy))
    return unknown('idle', 'signing in again brings the same session, so that none can be left alone while another is used', steps);
  for (const session of [way.session, copy]) {
    const begins = await standingOf(sender, session, way.witness);
    if (begins.is !== 'his')
      return unknown('idle', `two sessions at a time could not be had: GET ${way.witness.path} → ${begins.answered}`, steps);
  }
  // The answer may have given it an end again.
  const left = await copyOf(sender, copy);
  const until = performance.now() + (limit.seconds * 1.1 + 1) * 1_000;
  for (let rest = until - performance.now(); rest > 0; rest = until - performance.now()) {
    await pause(sender, Math.min(rest, limit.seconds * 500));
    const used = await standingOf(sender, way.session, way.witness);
    if (used.is === 'unclear') return unclear('idle', used, steps);
    if (used.is === 'not his')
      return unknown('idle', `a session that was used all the time ended as well: GET ${way.witness.path} → ${used.answered}`, steps);
  }
  const after = await standingOf(sender, left, way.witness);
  const span = durationText(limit.seconds);
  steps.push(
    `used one of them all the time, and left the other alone for more than ${span}: the first still opens the account`,
    `GET ${way.witness.path} with the other → ${after.answered}`,
  );
  if (after.is === 'unclear') return unclear('idle', after, steps);
  return after.is === 'his'
    ? { question: 'idle', outcome: 'broken', text: `a session that nobody used for more than ${span} still opens the account`, steps }
    : { question: 'idle', outcome: 'holds', text: `a session that nobody uses for ${span} ends, and one that is used does not`, steps };
}

/** When a session ends that nobody uses; else what there is to tell of it. */
async function limitOf({ sender, way, idleSeconds }: Ground): Promise<Limit | SessionTrial> {
  const none = (text: string): SessionTrial => ({ question: 'idle', outcome: 'none', text, steps: [] });
  if (idleSeconds !== undefined) {
    const told = `the config says that a session ends after ${durationText(idleSeconds)} without use`;
    return idleSeconds > patience ? unknown('idle', `${told}, which is longer than we wait`) : { seconds: idleSeconds, told };
  }
  const stated = await statedBy(sender, way);
  if (stated && 'is' in stated) return unclear('idle', stated);
  const seconds = stated?.cookie === undefined ? undefined : await renewedFor(sender, way, stated.cookie);
  if (!stated || seconds === undefined) return none('nothing in the session says that it ends when nobody uses it');
  const told = `${stated.what} is set anew by each answer, for ${durationText(seconds)}`;
  return seconds > patience ? none(`${told}, which is longer than we wait`) : { seconds, told };
}

/** Whether what opens the account is the same in another session: a token, or a cookie. */
async function isTheSame({ sender, way }: Ground, other: Session): Promise<boolean> {
  const { token } = way.session;
  if (token !== undefined) return other.token === token;
  const others = await cookiesOf(other, sender.origin);
  const { opening } = await openingCookies(sender, way);
  return opening.some(({ key, value }) => others.some((one) => one.key === key && one.value === value));
}

/** The same session as somebody has it who copied it and heeds no end. */
async function copyOf({ origin }: Sender, session: Session): Promise<Session> {
  const copy: Session = { ...session, cookies: nobodyLike(session).cookies };
  for (const cookie of await cookiesOf(session, origin)) await copy.cookies.setCookie(heedless(cookie), origin, { ignoreError: true });
  return copy;
}
