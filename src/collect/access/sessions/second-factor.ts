import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { type Account, withoutCode } from '../people/account.ts';
import { isPlain, type PlainDoor } from '../people/doors.ts';
import { visit } from '../people/enter.ts';
import { passOnce } from '../people/pass.ts';
import { type Standing, standingOf, type Witness } from '../people/sign-in.ts';
import { asksForCode, doorTakesCode } from '../people/second-step.ts';
import { tokenIn } from '../people/token.ts';
import { lastSent, nextCode, wasSent } from '../people/totp.ts';
import { doubting, hearing } from '../wire/hearing.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession, nobodyLike, type Session } from '../wire/session.ts';
import { type Ground, unclear, unknown } from './trial.ts';

const none = (question: SessionTrial['question']): SessionTrial => ({
  question,
  outcome: 'none',
  text: 'the account has no authenticator app',
  steps: [],
});

/** Whether the password alone opens the account of somebody who has an authenticator app (ASVS 6.3.3): the second step is drawn, and not asked for. */
export async function secondStepSkipped({ sender, account, way }: Ground): Promise<SessionTrial> {
  const { door, witness } = way;
  if (account.totp === undefined || !isPlain(door)) return none('second-step');
  const answers: Answer[] = [];
  const { sender: heard, doubts } = doubting(sender);
  const listening = hearing(heard, ({ method }, answer) => {
    if (method === 'POST' && answer.ok) answers.push(answer.value);
  });
  const session = emptySession();
  await passOnce(listening, door, withoutCode(account), session);
  const steps = [`sent the right password and no code → ${answers.map(({ status }) => status).join(', ') || doubts.join('; ')}`];
  if (answers.length === 0) return unknown('second-step', 'the password could not be sent by itself', steps);
  const carriers = answers.flatMap((answer): Session[] => {
    const token = tokenIn(answer)?.value;
    return token === undefined ? [] : [{ ...nobodyLike(session), token }];
  });
  let doubt: Standing | undefined;
  for (const one of [session, ...carriers]) {
    const standing = await opened(sender, one, witness);
    steps.push(`GET ${witness.path} with what came of it → ${standing.answered}`);
    if (standing.is === 'his')
      return {
        question: 'second-step',
        outcome: 'broken',
        text: 'the password alone opens the account: what comes of it is let in before the code was asked for',
        steps,
      };
    if (standing.is === 'unclear') doubt = standing;
  }
  if (doubt) return unclear('second-step', doubt, steps);
  if (doubts.length > 0)
    return unknown('second-step', `the password by itself was not answered as others are: ${doubts.join('; ')}`, steps);
  // What is refused for another reason says nothing of the code.
  if (!(await isCodeAsked(sender, door, answers, session)))
    return unknown('second-step', 'the password by itself was refused, and nothing showed that a code is asked for', steps);
  return { question: 'second-step', outcome: 'holds', text: 'without the code the password opens nothing', steps };
}

/** A page that asks for the code may name the account: it opens nothing. */
async function opened(sender: Sender, session: Session, witness: Witness): Promise<Standing> {
  const standing = await standingOf(sender, session, witness);
  if (standing.is !== 'his') return standing;
  const answer = await sender.send({ method: 'GET', path: witness.path }, session);
  if (!answer.ok) return { is: 'unclear', answered: answer.fault.message };
  return asksForCode(answer.value.text) ? { ...standing, is: 'not his' } : standing;
}

/** Whether a code is asked for after the password, or together with it. */
async function isCodeAsked(sender: Sender, door: PlainDoor, answers: readonly Answer[], session: Session): Promise<boolean> {
  if (doorTakesCode(door) || answers.some(({ text }) => asksForCode(text))) return true;
  for (const { status, location } of answers)
    if (status >= 300 && status < 400 && location?.startsWith('/')) {
      const page = await visit(sender, location, session);
      if (page && asksForCode(page.answer.text)) return true;
    }
  return false;
}

/** Codes that are tried before the clock is given up with. */
const mostTries = 3;

/** Whether a code of an authenticator app works a second time while it holds (ASVS 6.5.1): whoever looks over a shoulder needs no more. */
export async function codeTwice({ sender, account, way }: Ground): Promise<SessionTrial> {
  const { door } = way;
  const { totp } = account;
  if (totp === undefined || !isPlain(door)) return none('code-twice');
  const steps = ['signed in with a new code of the authenticator app', 'signed in with the same code from another browser'];
  for (let nth = 0; nth < mostTries; nth += 1) {
    // One that nobody has sent, and half a minute for two sign-ins.
    if (!(await nextCode(sender, totp))) return unknown('code-twice', 'a code holds for longer than we wait');
    const first = await entered(sender, door, account, way.witness);
    if (first.is !== 'his') return unknown('code-twice', `signing in with a new code did not work: ${first.answered}`, steps.slice(0, 1));
    const code = lastSent(totp);
    const again = await entered(sender, door, account, way.witness);
    // Where the clock went on in between, it was another code, or one that no longer holds.
    if (lastSent(totp) !== code || !wasSent(totp)) continue;
    if (again.is === 'unclear') return unclear('code-twice', again, steps);
    if (again.is === 'his')
      return {
        question: 'code-twice',
        outcome: 'broken',
        text: 'a code of the authenticator app signs in twice',
        steps: [...steps, 'it was let in'],
      };
    // Whoever signs in often is refused for that: a new code must still work.
    await nextCode(sender, totp);
    const control = await entered(sender, door, account, way.witness);
    return control.is === 'his'
      ? {
          question: 'code-twice',
          outcome: 'holds',
          text: 'a code of the authenticator app works once',
          steps: [...steps, 'it was refused', 'signed in with the next code'],
        }
      : unknown('code-twice', `the next code was refused as well, so it is not the code: ${control.answered}`, [
          ...steps,
          'it was refused',
        ]);
  }
  return unknown('code-twice', 'the sign-ins took so long that the code was another one', steps);
}

/** Signs in with the code that holds now, and once. */
async function entered(sender: Sender, door: PlainDoor, account: Account, witness: Witness): Promise<Standing> {
  const { sender: heard, doubts } = doubting(sender);
  const session = emptySession();
  const answer = await passOnce(heard, door, account, session);
  if (answer !== undefined && answer !== 'refused') return standingOf(sender, session, witness);
  return doubts.length > 0 ? { is: 'unclear', answered: doubts.join('; ') } : { is: 'not his', answered: 'refused' };
}
