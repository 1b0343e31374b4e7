import type { Door } from '../../../access/people/doors.ts';
import { acceptTwice } from '../../../access/accounts/accept-twice.ts';
import { entering, type Subject } from '../../../access/accounts/ground.ts';
import { enteredBy } from '../../../access/accounts/magic.ts';
import { usedAgain } from '../../../access/accounts/reset.ts';
import { passwordSetter } from '../../../access/accounts/set-password.ts';
import { tokensIn } from '../../../access/mail/read.ts';
import { type Account, newAccount } from '../../../access/people/account.ts';
import { isHis, type Witness } from '../../../access/people/sign-in.ts';
import { trialPassword } from '../../../access/people/trial-password.ts';
import { emptySession } from '../../../access/wire/session.ts';
import { type Again, asLinkTrial, type LinkGround, type Used } from './ground.ts';
import { brokenText, type Way } from './use.ts';

/** Somebody of ours who is in, and how that is seen. */
export interface Insider {
  readonly account: Account;
  readonly witness: Witness;
  readonly door: Door;
}

/** A sign-in by a mailed link or code, or one that confirms an address and may sign in. */
export const signingIn = (ground: LinkGround, { account, witness }: Insider, purpose: 'sign-in by mail' | 'confirmation'): Way => ({
  purpose,
  ...(purpose === 'confirmation' && { spent: false as const }),
  byLooking: ({ session }) => isHis(ground.sender, session, witness),
  async use(came, again): Promise<Used> {
    const { is, answered } = await enteredBy(ground, { account, witness }, came, came.session);
    const steps = [is === 'his' ? 'used it, and was signed in' : `used it, and was not signed in: ${answered}`];
    if (is !== 'his') return { is: is === 'unclear' ? 'unclear' : 'not', answered: `nobody was signed in by it (${answered})`, steps };
    if (!again) return { is: 'works', answered, steps };
    const next = await enteredBy(ground, { account, witness }, came);
    steps.push(
      `used it again in another browser: ${next.is === 'his' ? 'was signed in' : next.is === 'unclear' ? next.answered : 'was not signed in'}`,
    );
    if (next.is === 'unclear')
      return {
        is: 'works',
        answered,
        steps,
        once: {
          outcome: 'unknown',
          text: `the app did not say whose session it was (${next.answered})`,
          toKnow: 'Run it again once the app answers.',
        },
      };
    return {
      is: 'works',
      answered,
      steps,
      once: next.is === 'his' ? { outcome: 'broken', text: brokenText[purpose] } : { outcome: 'holds', text: 'works once' },
    };
  },
});

/** A new password by mail. The subject has the password that holds at last. */
export function resetting(ground: LinkGround, subject: Subject): Way {
  const { sender, operations, journal } = ground;
  const { account, name } = subject;
  // Digits that the trials of `access` have no use for.
  const digits = [5, 6, 7];
  return {
    purpose: 'password reset',
    async use({ key, asked, session = emptySession() }, again): Promise<Used> {
      const set = passwordSetter({ sender, operations, account, key, ...(asked && { asked }) });
      if (!account.made) journal.password(name);
      journal.about({ who: name, method: 'POST', path: 'the link of a mail for a new password' });
      const wanted = trialPassword(account.password, digits.shift() ?? 8);
      const how = await set(session, wanted);
      const steps = [`set a new password by ${how ?? 'nothing: no form and no route was found for it'}`];
      if (how === undefined) return { is: 'not', answered: 'no form and no route for a new password was found', steps };
      const { is, answered } = await entering(sender, subject, wanted);
      if (is !== 'his')
        return {
          is: is === 'unclear' ? 'unclear' : 'not',
          answered: `the new password does not sign in (${how})`,
          steps: [...steps, `signing in with it: ${answered}`],
        };
      subject.password = wanted;
      steps.push('signed in with it');
      if (!again) return { is: 'works', answered, steps };
      const { trial } = await usedAgain(ground, subject, set, steps);
      return { is: 'works', answered, steps: trial.steps, once: asLinkTrial(trial, brokenText['password reset']) };
    },
  };
}

/** An invitation of somebody new; `person`: somebody who is in. `another`: one more, of somebody else. */
export const accepting = (ground: LinkGround, person: Insider | undefined, another: Again): Way => ({
  purpose: 'invitation',
  async use({ account, key: { link } }, again): Promise<Used> {
    if (!link) return { is: 'not', answered: 'there is no link in it', steps: [] };
    const invited = { ...newAccount(account.email), ...account, password: account.password ?? newAccount().password };
    const { trial, way } = await acceptTwice(ground, {
      account: invited,
      link,
      person: person ?? {},
      newAddress: () => ground.mailbox.newAddress(),
      steps: [],
    });
    const { steps } = trial;
    if (!way) return { is: 'not', answered: 'nobody was let in by it', steps };
    if (!again) return { is: 'works', answered: 'let in', steps };
    const team = trial.outcome === 'broken' && (await isForAll(link));
    return {
      is: 'works',
      answered: 'let in',
      steps,
      once: team
        ? {
            outcome: 'unknown',
            text: 'it is the same in all invitations',
            toKnow: 'Say whether it is meant for a whole team: then anybody to whom it is passed on gets in.',
          }
        : asLinkTrial(trial, brokenText.invitation),
    };
    /** A link for a whole team stands in every invitation. */
    async function isForAll(one: URL): Promise<boolean> {
      const next = (await another())?.key.link;
      return next !== undefined && tokensIn(next)[0] === tokensIn(one)[0];
    }
  },
});
