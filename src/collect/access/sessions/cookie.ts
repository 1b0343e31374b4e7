import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { isHis, type SignedIn } from '../people/sign-in.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession, nobodyLike, type Session } from '../wire/session.ts';
import { freshSession, type Ground, unknown } from './trial.ts';

/** Whether scripts in the page can read the cookie that signs people in (ASVS 3.3). Each cookie is tried alone: only one that opens the account counts. */
export async function cookieFlags(ground: Ground): Promise<SessionTrial> {
  const opening = await openingCookies(ground.sender, ground.way);
  if (opening.length === 0) return { question: 'cookie', outcome: 'none', text: 'no cookie signs people in', steps: [] };
  const open = opening.filter(({ httpOnly }) => !httpOnly);
  const steps = opening.map(
    ({ key, httpOnly, sameSite }) => `${key}: HttpOnly ${httpOnly ? 'yes' : 'no'}, SameSite ${sameSite ?? 'not set'}`,
  );
  return open.length === 0
    ? { question: 'cookie', outcome: 'holds', text: `scripts cannot read ${opening.map(({ key }) => key).join(' and ')}`, steps }
    : {
        question: 'cookie',
        outcome: 'broken',
        text: `scripts in the page can read ${open.map(({ key }) => key).join(' and ')}, which alone opens the account`,
        steps,
      };
}

/** The cookies of a session that open the account by themselves. */
export async function openingCookies(sender: Sender, { session, witness }: SignedIn) {
  const all = await session.cookies.getCookies(sender.origin);
  const opening = [];
  for (const cookie of all) {
    const alone: Session = nobodyLike(session);
    await alone.cookies.setCookie(cookie, sender.origin, { ignoreError: true });
    if (await isHis(sender, alone, witness)) opening.push(cookie);
  }
  return opening;
}

/** Whether signing in keeps a session id that the browser brought along: whoever planted it is signed in too (ASVS 7.2.4). */
export async function fixation(ground: Ground): Promise<SessionTrial> {
  const { sender, way } = ground;
  const [cookie] = await openingCookies(sender, way);
  if (!cookie) return { question: 'fixation', outcome: 'none', text: 'no cookie signs people in', steps: [] };
  const planted = `planted${cookie.value.slice(7).replace(/[a-z]/g, 'x').replace(/\d/g, '7')}`;
  const victim = emptySession();
  await victim.cookies.setCookie(`${cookie.key}=${planted}; Path=/`, sender.origin, { ignoreError: true });
  const signed = await freshSession({ ...ground, sender: startingWith(sender, victim) });
  const attacker = nobodyLike(way.session);
  await attacker.cookies.setCookie(`${cookie.key}=${planted}; Path=/`, sender.origin, { ignoreError: true });
  const steps = [`put a value of ours into ${cookie.key}`, 'signed in with it', `GET ${way.witness.path} with nothing but that value`];
  if (!signed) return unknown('fixation', 'signing in did not work with a cookie from before', steps);
  return (await isHis(sender, attacker, way.witness))
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
