import { Cookie } from 'tough-cookie';
import { plural } from '../../../core/wording.ts';
import type { SignedIn, Standing } from '../people/sign-in.ts';
import { claimsOf } from '../wire/claims.ts';
import type { Sender } from '../wire/sender.ts';
import { nobodyLike, type Session } from '../wire/session.ts';
import { heedless, openingCookies } from './cookie.ts';

/** What a session says of its end. */
export interface Stated {
  /** From now; 0: with the browser, Infinity: never. */
  readonly seconds: number;
  /** What says so, e.g. `the cookie sid`. */
  readonly what: string;
  /** The same session as somebody has it who copied it and heeds no end. */
  readonly copy: Session;
  /** The cookie that says so; absent: a token does. */
  readonly cookie?: string;
}

/** What a session says of its end; `undefined` where it says nothing. A standing: it could not be told which of its cookies signs in. */
export async function statedBy(
  sender: Sender,
  { session, witness }: Pick<SignedIn, 'session' | 'witness'>,
): Promise<Stated | Standing | undefined> {
  const { token } = session;
  if (token !== undefined) {
    const exp = claimsOf(token)?.['exp'];
    const seconds = typeof exp === 'number' ? exp - Date.now() / 1000 : Infinity;
    return { seconds, what: 'the token', copy: { ...nobodyLike(session), token } };
  }
  const { opening, doubt } = await openingCookies(sender, { session, witness });
  const ends = opening.map((cookie) => ({ cookie, seconds: secondsOf(cookie) }));
  const last = ends.toSorted((a, b) => b.seconds - a.seconds)[0];
  if (!last) return doubt;
  const copy = nobodyLike(session);
  const { key } = last.cookie;
  await copy.cookies.setCookie(heedless(last.cookie), sender.origin, { ignoreError: true });
  return { seconds: last.seconds, what: `the cookie ${key}`, copy, cookie: key };
}

/** How long a cookie lasts that was just set; 0: with the browser. */
const secondsOf = ({ maxAge, expires }: Cookie): number =>
  typeof maxAge === 'number' ? maxAge : expires instanceof Date ? (expires.getTime() - Date.now()) / 1000 : 0;

/** How long a cookie lasts from each use of the session, in seconds; `undefined` where an answer does not set it anew, or it ends with the browser. */
export async function renewedFor(
  sender: Sender,
  { session, witness }: Pick<SignedIn, 'session' | 'witness'>,
  name: string,
): Promise<number | undefined> {
  const answer = await sender.send({ method: 'GET', path: witness.path }, session);
  const set = answer.ok ? answer.value.setCookies.map((line) => Cookie.parse(line)).find((one) => one?.key === name) : undefined;
  const seconds = set && set.value !== '' ? secondsOf(set) : 0;
  return seconds > 0 ? seconds : undefined;
}

/** `20 seconds`, `3 minutes`, `12 hours`, `30 days`. */
export function durationText(seconds: number): string {
  if (seconds < 120) return plural(Math.max(1, Math.round(seconds)), 'second');
  if (seconds < 3_570) return plural(Math.round(seconds / 60), 'minute');
  const days = seconds / 86_400;
  return days < 2 ? plural(Math.max(1, Math.round(days * 24)), 'hour') : plural(Math.round(days), 'day');
}
