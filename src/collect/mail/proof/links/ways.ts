import type { LinkTrial } from '../../../../evidence/mail-link.ts';
import type { Door } from '../../../access/people/doors.ts';
import { acceptTwice } from '../../../access/accounts/accept-twice.ts';
import { entering, type Subject } from '../../../access/accounts/ground.ts';
import { enteredBy } from '../../../access/accounts/magic.ts';
import { usedAgain } from '../../../access/accounts/reset.ts';
import { passwordSetter } from '../../../access/accounts/set-password.ts';
import { tokensIn } from '../../../access/mail/read.ts';
import { type Account, newAccount } from '../../../access/people/account.ts';
import { isHis, type Standing, standingOf, type Witness } from '../../../access/people/sign-in.ts';
import { trialPassword } from '../../../access/people/trial-password.ts';
import { emptySession, type Session } from '../../../access/wire/session.ts';
import { type Again, asLinkTrial, type LinkGround, type Used } from './ground.ts';
import { brokenText, type Way } from './use.ts';

/** Somebody of ours who is in, and how that is seen. */
export interface Insider {
  readonly account: Account;
  readonly witness: Witness;
  readonly door: Door;
}

/** What nobody can tell from then on: where visitors are shown what somebody who is signed in is shown, a session proves nothing. */
const shownToAll = 'visitors are shown pages of somebody who is signed in (a cache?)';

/** Whether somebody is in, and a visitor at the same moment is not: a page that a cache keeps says the same to both. */
async function whoseIs({ sender }: LinkGround, { is, answered }: Standing, witness: Witness): Promise<Standing> {
  const all = is === 'his' && (await isHis(sender, emptySession(), witness));
  return all ? { is: 'unclear', answered: shownToAll } : { is, answered };
}

/** A sign-in by a mailed link or code, or one that confirms an address and may sign in. */
export const signingIn = (ground: LinkGround, insider: Insider, purpose: 'sign-in by mail' | 'confirmation'): Way => ({
  purpose,
  ...(purpose === 'confirmation' && { spent: false as const }),
  async byLooking({ session }) {
    const { witness } = insider;
    return (await whoseIs(ground, await standingOf(ground.sender, session, witness), witness)).is === 'his';
  },
  async use(came, again): Promise<Used> {
    const entered = async (session?: Session): Promise<Standing> =>
      whoseIs(ground, await enteredBy(ground, insider, came, session), insider.witness);
    const { is, answered } = await entered(came.session);
    const steps = [is === 'his' ? 'used it, and was signed in' : `used it, and was not seen to be signed in: ${answered}`];
    if (is === 'unclear') return { is, answered, steps };
    if (is === 'not his') return { is: 'not', answered: `nobody was signed in by it (${answered})`, steps };
    if (!again) return { is: 'works', answered, steps };
    const next = await entered();
    const seen = { his: 'was signed in', 'not his': 'was not signed in', unclear: next.answered }[next.is];
    steps.push(`used it again in another browser: ${seen}`);
    return { is: 'works', answered, steps, once: onceBy(next, purpose) };
  },
});

function onceBy({ is, answered }: Standing, purpose: 'sign-in by mail' | 'confirmation'): LinkTrial {
  if (is === 'his') return { outcome: 'broken', text: brokenText[purpose] };
  if (is === 'not his') return { outcome: 'holds', text: 'works once' };
  const toKnow = 'Run it again once the app answers.';
  return { outcome: 'unknown', text: `the app did not say whose session it was (${answered})`, toKnow };
}

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
      const entered = await entering(sender, subject, wanted);
      // That another password is refused tells more than what a visitor is shown.
      const { is, answered } = again ? entered : await whoseIs(ground, entered, subject.witness);
      // Which one he has now nobody knows: his own is given back as if it were the new one.
      if (is === 'unclear' && !account.made) subject.password = wanted;
      if (is !== 'his')
        return {
          is: is === 'unclear' ? 'unclear' : 'not',
          answered: is === 'unclear' ? answered : `the new password does not sign in (${how})`,
          steps: [...steps, `signing in with it: ${answered}`],
        };
      subject.password = wanted;
      steps.push('signed in with it');
      if (!again) return { is: 'works', answered, steps };
      const { trial } = await usedAgain(ground, subject, set, steps);
      if (trial.outcome === 'broken' && (await isHis(sender, emptySession(), subject.witness)))
        return { is: 'unclear', answered: shownToAll, steps: trial.steps };
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
    if (way && (await isHis(ground.sender, emptySession(), way.witness))) return { is: 'unclear', answered: shownToAll, steps };
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
