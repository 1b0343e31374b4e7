import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { withoutCode } from '../people/account.ts';
import { isPlain } from '../people/doors.ts';
import { passOnce } from '../people/pass.ts';
import { isHis, type Witness } from '../people/sign-in.ts';
import { asksForCode } from '../people/second-step.ts';
import { tokenIn } from '../people/token.ts';
import { nextCode, wasSent } from '../people/totp.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession, nobodyLike, type Session } from '../wire/session.ts';
import { type Ground, unknown } from './trial.ts';

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
  const listening: Sender = {
    ...sender,
    async send(message, session) {
      const answer = await sender.send(message, session);
      if (message.method === 'POST' && answer.ok) answers.push(answer.value);
      return answer;
    },
  };
  const session = emptySession();
  await passOnce(listening, door, withoutCode(account), session);
  const steps = ['sent the right password and no code', `GET ${witness.path} with the session that this gave`];
  if (answers.length === 0) return unknown('second-step', 'the password could not be sent by itself', steps);
  const carriers = answers.flatMap((answer): Session[] => {
    const token = tokenIn(answer)?.value;
    return token === undefined ? [] : [{ ...nobodyLike(session), token }];
  });
  for (const one of [session, ...carriers])
    if (await opens(sender, one, witness))
      return {
        question: 'second-step',
        outcome: 'broken',
        text: 'the password alone opens the account: what comes of it is let in before the code was asked for',
        steps,
      };
  return { question: 'second-step', outcome: 'holds', text: 'without the code the password opens nothing', steps };
}

/** A page that asks for the code may name the account: it opens nothing. */
async function opens(sender: Sender, session: Session, witness: Witness): Promise<boolean> {
  if (!(await isHis(sender, session, witness))) return false;
  const answer = await sender.send({ method: 'GET', path: witness.path }, session);
  return answer.ok && !asksForCode(answer.value.text);
}

/** Whether a code of an authenticator app works a second time while it holds (ASVS 6.5.1): whoever looks over a shoulder needs no more. */
export async function codeTwice({ sender, account, way }: Ground): Promise<SessionTrial> {
  const { door, witness } = way;
  const { totp } = account;
  if (totp === undefined || !isPlain(door)) return none('code-twice');
  const signIn = async (): Promise<boolean> => {
    const session = emptySession();
    const answer = await passOnce(sender, door, account, session);
    return answer !== undefined && answer !== 'refused' && isHis(sender, session, witness);
  };
  // One that nobody has sent, and half a minute for two sign-ins.
  await nextCode(totp);
  const steps = ['signed in with a new code of the authenticator app', 'signed in with the same code from another browser'];
  if (!(await signIn()) || !wasSent(totp)) return unknown('code-twice', 'signing in with a new code did not work', steps.slice(0, 1));
  const again = await signIn();
  if (!wasSent(totp)) return unknown('code-twice', 'the sign-ins took so long that the code was another one', steps);
  return again
    ? {
        question: 'code-twice',
        outcome: 'broken',
        text: 'a code of the authenticator app signs in twice',
        steps: [...steps, 'it was let in'],
      }
    : { question: 'code-twice', outcome: 'holds', text: 'a code of the authenticator app works once', steps: [...steps, 'it was refused'] };
}
