import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { standingOf } from '../people/sign-in.ts';
import { claimsOf } from '../wire/claims.ts';
import { pause } from '../wire/pause.ts';
import { durationText, renewedFor, statedBy } from './stated.ts';
import { freshSession, type Ground, unclear, unknown } from './trial.ts';

/** How long a session lasts at most, in seconds, before it is told. */
const longest = 90 * 86_400;
/** What ends within so many seconds is waited for. */
const patience = 20;

/**
 * How long the app says that a session lasts: a token without an end, or a cookie of months (ASVS 7.3.2). What ends soon enough is waited for, and then
 * tried: the end stands in what the browser keeps, and only the server can hold to it. One that each use puts off is a question of its own (`idle`).
 */
export async function lifetime(ground: Ground): Promise<SessionTrial> {
  const { sender, way } = ground;
  const { token } = way.session;
  if (token !== undefined && !claimsOf(token)) return unknown('lifetime', 'the token says nothing of how long it lasts');
  const stated = await statedBy(sender, way);
  if (!stated) return unknown('lifetime', 'nothing in the session says how long it lasts');
  if ('is' in stated) return unclear('lifetime', stated);
  const { what, seconds } = stated;
  const renewed = stated.cookie === undefined ? undefined : await renewedFor(sender, way, stated.cookie);
  const text = `${what} ${lasting(renewed ?? seconds)}${renewed === undefined ? '' : ' from each use'}`;
  const steps = [`signed in and read how long the session is said to last: ${text}`];
  if (renewed !== undefined || seconds === 0 || seconds > patience)
    return {
      question: 'lifetime',
      outcome: seconds > longest ? 'broken' : 'holds',
      text: seconds > longest ? text : `${text}; more than ${longest / 86_400} days would be told`,
      steps,
    };
  // One that is asked for nothing until then: each request may make it last longer.
  const fresh = await freshSession(ground);
  const short = fresh && (await statedBy(sender, fresh));
  if (!short) return unknown('lifetime', 'no new session could be had', steps);
  if ('is' in short) return unclear('lifetime', short, steps);
  if (short.seconds > patience)
    return unknown('lifetime', `the next session said something else: ${what} ${lasting(short.seconds)}`, steps);
  const begins = await standingOf(sender, short.copy, way.witness);
  await pause(sender, (Math.max(0, short.seconds) + 1) * 1_000);
  const after = await standingOf(sender, short.copy, way.witness);
  const waited = [...steps, `signed in anew, waited until it had ended, and asked GET ${way.witness.path} with it → ${after.answered}`];
  if (begins.is !== 'his') return unknown('lifetime', 'it did not open the account by itself before it ended either', waited);
  if (after.is === 'unclear') return unclear('lifetime', after, waited);
  if (after.is === 'not his')
    return { question: 'lifetime', outcome: 'holds', text: `${text}, and opens nothing afterwards`, steps: waited };
  const outlives = `${what} still opens the account a second after it has ended`;
  // Clocks differ: RFC 7519, section 4.1.4, allows servers a few minutes, and some libraries take five of their own.
  if (short.copy.token !== undefined)
    return unknown('lifetime', `${outlives}, which a leeway for clocks of a few minutes may explain`, waited);
  return { question: 'lifetime', outcome: 'broken', text: outlives, steps: waited };
}

function lasting(seconds: number): string {
  if (seconds === 0) return 'ends with the browser';
  return seconds === Infinity ? 'has no end' : `lasts ${durationText(seconds)}`;
}
