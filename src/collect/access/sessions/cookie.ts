import { Cookie } from 'tough-cookie';
import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { type SignedIn, type Standing, standingOf } from '../people/sign-in.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession, nobodyLike, type Session } from '../wire/session.ts';
import { freshSession, type Ground, unclear, unknown } from './trial.ts';

/** Whether scripts in the page can read the cookie that signs people in (ASVS 3.3). Each cookie is tried alone: only one that opens the account counts. */
export async function cookieFlags(ground: Ground): Promise<SessionTrial> {
  const { opening, doubt } = await openingCookies(ground.sender, ground.way);
  const open = opening.filter(({ httpOnly }) => !httpOnly);
  const steps = opening.map(
    ({ key, httpOnly, sameSite }) => `${key}: HttpOnly ${httpOnly ? 'yes' : 'no'}, SameSite ${sameSite ?? 'not set'}`,
  );
  if (open.length > 0)
    return {
      question: 'cookie',
      outcome: 'broken',
      text: `scripts in the page can read ${open.map(({ key }) => key).join(' and ')}, which alone opens the account`,
      steps,
    };
  if (doubt) return unclear('cookie', doubt, steps);
  return opening.length === 0
    ? { question: 'cookie', outcome: 'none', text: 'no cookie signs people in', steps: [] }
    : { question: 'cookie', outcome: 'holds', text: `scripts cannot read ${opening.map(({ key }) => key).join(' and ')}`, steps };
}

/** The cookies of a session that open the account by themselves. `doubt`: of one that is not among them it could not be told. */
export async function openingCookies(
  sender: Sender,
  { session, witness }: Pick<SignedIn, 'session' | 'witness'>,
): Promise<{ readonly opening: readonly Cookie[]; readonly doubt?: Standing }> {
  const opening: Cookie[] = [];
  let doubt: Standing | undefined;
  for (const cookie of await cookiesOf(session, sender.origin)) {
    const alone: Session = nobodyLike(session);
    await alone.cookies.setCookie(cookie, sender.origin, { ignoreError: true });
    const standing = await standingOf(sender, alone, witness);
    if (standing.is === 'his') opening.push(cookie);
    else if (standing.is === 'unclear') doubt = standing;
  }
  return { opening, ...(doubt && { doubt }) };
}

/** Every cookie of a session at this origin, for whatever path. */
export const cookiesOf = (session: Session, origin: string): Promise<Cookie[]> => session.cookies.getCookies(origin, { allPaths: true });

/**
 * A cookie as somebody has it who copied it and heeds no end. All else is kept: without `Secure` and its path, one named `__Host-` or `__Secure-` is none
 * (RFC 6265bis, section 4.1.3), and would be left out without a word.
 */
export const heedless = (cookie: Cookie, value = cookie.value): Cookie =>
  new Cookie({ ...cookie, value, maxAge: null, expires: 'Infinity' });

/** Whether signing in keeps a session id that the browser brought along: whoever planted it is signed in too (ASVS 7.2.4). */
export async function fixation(ground: Ground): Promise<SessionTrial> {
  const { sender, way } = ground;
  const { opening, doubt } = await openingCookies(sender, way);
  const [cookie] = opening;
  if (!cookie && doubt) return unclear('fixation', doubt);
  if (!cookie) return { question: 'fixation', outcome: 'none', text: 'no cookie signs people in', steps: [] };
  const planted = `planted${cookie.value.slice(7).replace(/[a-z]/g, 'x').replace(/\d/g, '7')}`;
  const victim = emptySession();
  await victim.cookies.setCookie(heedless(cookie, planted), sender.origin, { ignoreError: true });
  const signed = await freshSession({ ...ground, sender: startingWith(sender, victim) });
  const attacker = nobodyLike(way.session);
  await attacker.cookies.setCookie(heedless(cookie, planted), sender.origin, { ignoreError: true });
  const steps = [`put a value of ours into ${cookie.key}`, 'signed in with it'];
  if (!signed) return unknown('fixation', 'signing in did not work with a cookie from before', steps);
  const standing = await standingOf(sender, attacker, way.witness);
  steps.push(`GET ${way.witness.path} with nothing but that value → ${standing.answered}`);
  if (standing.is === 'unclear') return unclear('fixation', standing, steps);
  return standing.is === 'his'
    ? { question: 'fixation', outcome: 'broken', text: `signing in keeps the value of ${cookie.key} that was there before`, steps }
    : { question: 'fixation', outcome: 'holds', text: `signing in gives ${cookie.key} a new value`, steps };
}

/** The first session somebody signs in with is this one. */
function startingWith(sender: Sender, start: Session): Sender {
  let used: Session | undefined;
  return {
    ...sender,
    async send(message, session) {
      if (session && used === undefined) {
        used = session;
        for (const cookie of await start.cookies.getCookies(sender.origin))
          await session.cookies.setCookie(cookie, sender.origin, { ignoreError: true });
      }
      return sender.send(message, session);
    },
  };
}
