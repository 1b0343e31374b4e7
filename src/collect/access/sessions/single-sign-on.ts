import { randomBytes } from 'node:crypto';
import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import type { SingleSignOn } from '../people/sso.ts';
import { type Standing, standingOf } from '../people/sign-in.ts';
import { doubting } from '../wire/hearing.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { type Ground, unclear, unknown } from './trial.ts';

/** How the app takes part in the authorization code flow (RFC 9700); nothing where nobody signs in at a provider. */
export async function singleSignOn(ground: Ground): Promise<SessionTrial[]> {
  const { door } = ground.way;
  const sso = door.kind === 'elsewhere' ? door.sso : undefined;
  return sso ? [await stateUnchecked(ground, sso), await codeTwice(ground, sso), await unbound(ground, sso)] : [];
}

/** A sign-in up to where it comes back to the app: the path of the app with the code. */
async function flow({ sender, account }: Ground, sso: SingleSignOn, session: Session): Promise<string | undefined> {
  const authorize = await sso.begin(sender, session);
  return authorize && sso.atProvider(sender, authorize, account);
}

/** Comes back to the app with what the provider gave; whose the session is then. */
async function comeBack({ sender, way }: Ground, path: string, session: Session): Promise<Standing> {
  const { sender: heard, doubts } = doubting(sender);
  await heard.send({ method: 'GET', path, deliberate: true }, session);
  const standing = await standingOf(sender, session, way.witness);
  return standing.is === 'not his' && doubts.length > 0 ? { is: 'unclear', answered: doubts.join('; ') } : standing;
}

/** Whether somebody who does all as it is meant is still signed in: else a refusal says nothing. */
async function rightWay(ground: Ground, sso: SingleSignOn): Promise<Standing> {
  const session = emptySession();
  const callback = await flow(ground, sso, session);
  return callback === undefined
    ? { is: 'unclear', answered: 'the provider did not lead back to the app once more' }
    : comeBack(ground, callback, session);
}

/** `holds` where the right way still signs in, `unknown` else. */
async function withControl(ground: Ground, sso: SingleSignOn, trial: SessionTrial): Promise<SessionTrial> {
  const { is, answered } = await rightWay(ground, sso);
  return is === 'his'
    ? { ...trial, steps: [...trial.steps, 'it was refused', 'signed in at the provider as it is meant, and was let in'] }
    : unknown(trial.question, `signing in as it is meant was refused as well afterwards: ${answered}`, trial.steps);
}

/** Whether the app ends a sign-in that this browser did not begin (RFC 9700, section 4.7): somebody is signed in to the account of who sends the link. */
async function stateUnchecked(ground: Ground, sso: SingleSignOn): Promise<SessionTrial> {
  const { sender } = ground;
  const elsewhere = await flow(ground, sso, emptySession());
  if (elsewhere === undefined) return unknown('sso-state', 'the provider did not lead back to the app a second time');
  const steps = ['signed in at the provider in one browser, and opened where it leads back in another one'];
  const other = await comeBack(ground, elsewhere, emptySession());
  if (other.is === 'unclear') return unclear('sso-state', other, steps);
  if (other.is === 'his')
    return { question: 'sso-state', outcome: 'broken', text: 'a sign-in that one browser began signs in another one', steps };
  const own = emptySession();
  const callback = await flow(ground, sso, own);
  if (callback === undefined) return unknown('sso-state', 'the provider did not lead back to the app a third time', steps);
  const url = new URL(callback, sender.origin);
  // Without a state, only what the browser holds can tie it: another one was refused above.
  if (url.searchParams.has('state')) {
    url.searchParams.set('state', randomBytes(24).toString('base64url'));
    steps.push('signed in at the provider, and came back with another state');
    const altered = await comeBack(ground, `${url.pathname}${url.search}`, own);
    if (altered.is === 'unclear') return unclear('sso-state', altered, steps);
    if (altered.is === 'his')
      return {
        question: 'sso-state',
        outcome: 'broken',
        text: 'whoever comes back from the provider with another state is signed in',
        steps,
      };
  }
  const text = 'a sign-in at the provider ends only in the browser that began it';
  return withControl(ground, sso, { question: 'sso-state', outcome: 'holds', text, steps });
}

/** Whether where the provider leads back to signs in twice (RFC 6749, section 4.1.2): the address stands in logs and in the history of the browser. */
async function codeTwice(ground: Ground, sso: SingleSignOn): Promise<SessionTrial> {
  const { sender, way } = ground;
  const session = emptySession();
  const callback = await flow(ground, sso, session);
  if (callback === undefined) return unknown('sso-code', 'the provider did not lead back to the app a second time');
  const copy: Session = { ...emptySession(), cookies: await session.cookies.clone() };
  const first = await comeBack(ground, callback, session);
  const steps = ['signed in at the provider and came back', 'came back with the same code once more, in a copy of the browser from before'];
  if (first.is !== 'his') return unknown('sso-code', `coming back did not sign in: ${first.answered}`, steps.slice(0, 1));
  if ((await standingOf(sender, copy, way.witness)).is !== 'not his')
    return unknown('sso-code', 'the session from before the sign-in is signed in by it, so a second time says nothing', steps);
  const again = await comeBack(ground, callback, copy);
  if (again.is === 'unclear') return unclear('sso-code', again, steps);
  if (again.is === 'his')
    return { question: 'sso-code', outcome: 'broken', text: 'where the provider leads back to signs in twice', steps };
  return withControl(ground, sso, {
    question: 'sso-code',
    outcome: 'holds',
    text: 'where the provider leads back to signs in once',
    steps,
  });
}

/**
 * Whether a stolen code can be put into somebody else's sign-in (RFC 9700, section 2.1.1): PKCE or a nonce ties it to the request. PKCE is looked at by
 * the provider; a nonce only by the app, which may ask for one and never look: so a code of another browser is tried.
 */
async function unbound(ground: Ground, sso: SingleSignOn): Promise<SessionTrial> {
  const authorize = await sso.begin(ground.sender, emptySession());
  if (!authorize) return unknown('sso-bound', 'the app did not lead to the provider a second time');
  const asked = (name: string): string => authorize.searchParams.get(name) ?? '';
  const challenge = asked('code_challenge') !== '' && asked('code_challenge_method') === 'S256';
  const nonce = asked('nonce') !== '' && /\bopenid\b/.test(asked('scope'));
  // A token in the answer itself is tied to the request by nothing but the nonce.
  const implicit = /token/.test(asked('response_type'));
  const steps = [
    `the request to the provider: response_type ${asked('response_type')}, PKCE ${challenge ? 'S256' : 'no'}, nonce ${nonce ? 'yes' : 'no'}`,
  ];
  if (implicit ? !nonce : !nonce && !challenge)
    return {
      question: 'sso-bound',
      outcome: 'broken',
      text: 'the request to the provider has neither PKCE (S256) nor a nonce, so a stolen code can be put into another sign-in',
      steps,
    };
  const by = [challenge ? 'PKCE' : '', nonce ? 'a nonce' : ''].filter((one) => one !== '').join(' and ');
  const swapped = await withCodeOfAnother(ground, sso);
  if (swapped === undefined)
    return challenge && !implicit
      ? { question: 'sso-bound', outcome: 'holds', text: `what comes back from the provider is tied to the request, by ${by}`, steps }
      : unknown('sso-bound', 'the request has a nonce, and whether the app looks at it could not be tried', steps);
  steps.push('signed in at the provider in two browsers, and came back in one with the code of the other');
  if (swapped.is === 'unclear') return unclear('sso-bound', swapped, steps);
  return swapped.is === 'his'
    ? {
        question: 'sso-bound',
        outcome: 'broken',
        text: `the request to the provider has ${by}, and a code of another sign-in is taken all the same`,
        steps,
      }
    : withControl(ground, sso, {
        question: 'sso-bound',
        outcome: 'holds',
        text: `what comes back from the provider is tied to the request, by ${by}: a code of another sign-in is refused`,
        steps,
      });
}

/** Comes back with the code that another browser was given; `undefined` where there is no code in what comes back. */
async function withCodeOfAnother(ground: Ground, sso: SingleSignOn): Promise<Standing | undefined> {
  const [stolen, own] = [emptySession(), emptySession()];
  const theirs = await flow(ground, sso, stolen);
  const mine = await flow(ground, sso, own);
  const code = theirs === undefined ? null : new URL(theirs, ground.sender.origin).searchParams.get('code');
  const url = mine === undefined ? undefined : new URL(mine, ground.sender.origin);
  if (code === null || !url?.searchParams.has('code')) return undefined;
  url.searchParams.set('code', code);
  return comeBack(ground, `${url.pathname}${url.search}`, own);
}
