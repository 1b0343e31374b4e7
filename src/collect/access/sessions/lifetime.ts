import { setTimeout as wait } from 'node:timers/promises';
import { plural } from '../../../core/wording.ts';
import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { isHis } from '../people/sign-in.ts';
import { claimsOf } from '../wire/claims.ts';
import { nobodyLike, type Session } from '../wire/session.ts';
import { openingCookies } from './cookie.ts';
import { freshSession, type Ground, unknown } from './trial.ts';

/** How long a session lasts at most, in seconds, before it is told. */
const longest = 90 * 86_400;
/** What ends within so many seconds is waited for. */
const patience = 20;

/** What a session says of its end: `seconds` from now, 0: with the browser. */
interface Stated {
  readonly seconds: number;
  /** What says so, e.g. `the cookie sid`. */
  readonly what: string;
  /** The same session as somebody has it who copied it and heeds no end. */
  readonly copy: Session;
}

/**
 * How long the app says that a session lasts: a token without an end, or a cookie of months (ASVS 7.3.2). What ends soon enough is waited for, and then
 * tried: the end stands in what the browser keeps, and only the server can hold to it.
 */
export async function lifetime(ground: Ground): Promise<SessionTrial> {
  const { sender, way } = ground;
  const { token } = way.session;
  if (token !== undefined && !claimsOf(token)) return unknown('lifetime', 'the token says nothing of how long it lasts');
  const stated = await statedBy(ground, way.session);
  if (!stated) return unknown('lifetime', 'nothing in the session says how long it lasts');
  const { what } = stated;
  const text = `${what} ${lasting(stated.seconds)}`;
  const steps = [`signed in and read how long the session is said to last: ${text}`];
  if (stated.seconds === 0 || stated.seconds > patience)
    return {
      question: 'lifetime',
      outcome: stated.seconds > longest ? 'broken' : 'holds',
      text: stated.seconds > longest ? text : `${text}; more than ${longest / 86_400} days would be told`,
      steps,
    };
  // One that is asked for nothing until then: each request may make it last longer.
  const fresh = await freshSession(ground);
  const short = fresh && (await statedBy(ground, fresh.session));
  if (!fresh || !short) return unknown('lifetime', 'no new session could be started', steps);
  const begins = await isHis(sender, short.copy, way.witness);
  await wait((Math.max(0, short.seconds) + 1) * 1_000);
  const waited = [...steps, `signed in anew, waited until it had ended, and asked GET ${way.witness.path} with it`];
  if (!begins) return unknown('lifetime', 'it did not open the account by itself before it ended either', waited);
  if (!(await isHis(sender, short.copy, way.witness)))
    return { question: 'lifetime', outcome: 'holds', text: `${text}, and opens nothing afterwards`, steps: waited };
  const outlives = `${what} still opens the account a second after it has ended`;
  // Clocks differ: RFC 7519, section 4.1.4, allows servers a few minutes, and some libraries take five of their own.
  if (short.copy.token !== undefined)
    return unknown('lifetime', `${outlives}, which a leeway for clocks of a few minutes may explain`, waited);
  return { question: 'lifetime', outcome: 'broken', text: outlives, steps: waited };
}

async function statedBy({ sender, way }: Ground, session: Session): Promise<Stated | undefined> {
  const { token } = session;
  if (token !== undefined) {
    const exp = claimsOf(token)?.['exp'];
    const seconds = typeof exp === 'number' ? exp - Date.now() / 1000 : Infinity;
    return { seconds, what: 'the token', copy: { ...nobodyLike(session), token } };
  }
  const cookies = await openingCookies(sender, { ...way, session });
  const ends = cookies.map(({ key, value, expires, maxAge }) => ({
    key,
    value,
    seconds: typeof maxAge === 'number' ? maxAge : expires instanceof Date ? (expires.getTime() - Date.now()) / 1000 : 0,
  }));
  const last = ends.toSorted((a, b) => b.seconds - a.seconds)[0];
  if (!last) return undefined;
  const copy = nobodyLike(session);
  await copy.cookies.setCookie(`${last.key}=${last.value}; Path=/`, sender.origin, { ignoreError: true });
  return { seconds: last.seconds, what: `the cookie ${last.key}`, copy };
}

function lasting(seconds: number): string {
  if (seconds === 0) return 'ends with the browser';
  if (seconds === Infinity) return 'has no end';
  if (seconds < 120) return `lasts ${plural(Math.max(1, Math.round(seconds)), 'second')}`;
  const days = seconds / 86_400;
  return `lasts ${days < 2 ? plural(Math.max(1, Math.round(days * 24)), 'hour') : plural(Math.round(days), 'day')}`;
}
