import { randomBytes } from 'node:crypto';
import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import type { SingleSignOn } from '../people/sso.ts';
import { isHis } from '../people/sign-in.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { type Ground, unknown } from './trial.ts';

/** How the app takes part in the authorization code flow (RFC 9700); nothing where nobody signs in at a provider. */
export async function singleSignOn(ground: Ground): Promise<SessionTrial[]> {
  const { door } = ground.way;
  const sso = door.kind === 'elsewhere' ? door.sso : undefined;
  return sso ? [await stateUnchecked(ground, sso), await codeTwice(ground, sso), await unbound(ground, sso)] : [];
}

/** A sign-in up to where it comes back to the app: the request to the provider, and the path of the app with the code. */
async function flow({ sender, account }: Ground, sso: SingleSignOn, session: Session) {
  const authorize = await sso.begin(sender, session);
  const callback = authorize && (await sso.atProvider(sender, authorize, account));
  return authorize && callback !== undefined ? { authorize, callback } : undefined;
}

const open = ({ sender }: Ground, path: string, session: Session) => sender.send({ method: 'GET', path, deliberate: true }, session);

/** Whether the app ends a sign-in that this browser did not begin (RFC 9700, section 4.7): somebody is signed in to the account of who sends the link. */
async function stateUnchecked(ground: Ground, sso: SingleSignOn): Promise<SessionTrial> {
  const { sender, way } = ground;
  const steps: string[] = [];
  const elsewhere = await flow(ground, sso, emptySession());
  if (!elsewhere) return unknown('sso-state', 'the provider did not lead back to the app a second time');
  const other = emptySession();
  await open(ground, elsewhere.callback, other);
  steps.push('signed in at the provider in one browser, and opened where it leads back in another one');
  if (await isHis(sender, other, way.witness))
    return { question: 'sso-state', outcome: 'broken', text: 'a sign-in that one browser began signs in another one', steps };
  const own = emptySession();
  const altered = await flow(ground, sso, own);
  const url = altered && new URL(altered.callback, sender.origin);
  if (url?.searchParams.has('state')) {
    url.searchParams.set('state', randomBytes(24).toString('base64url'));
    await open(ground, `${url.pathname}${url.search}`, own);
    steps.push('signed in at the provider, and came back with another state');
    if (await isHis(sender, own, way.witness))
      return {
        question: 'sso-state',
        outcome: 'broken',
        text: 'whoever comes back from the provider with another state is signed in',
        steps,
      };
  }
  return { question: 'sso-state', outcome: 'holds', text: 'a sign-in at the provider ends only in the browser that began it', steps };
}

/** Whether the address that the provider returns to signs in twice (RFC 6749, section 4.1.2): the address stands in logs and in the history of the browser. */
async function codeTwice(ground: Ground, sso: SingleSignOn): Promise<SessionTrial> {
  const { sender, way } = ground;
  const session = emptySession();
  const done = await flow(ground, sso, session);
  if (!done) return unknown('sso-code', 'the provider did not lead back to the app a second time');
  const copy: Session = { ...emptySession(), cookies: await session.cookies.clone() };
  await open(ground, done.callback, session);
  const steps = ['signed in at the provider and came back', 'came back with the same code once more, in a copy of the browser from before'];
  if (!(await isHis(sender, session, way.witness))) return unknown('sso-code', 'coming back did not sign in', steps.slice(0, 1));
  if (await isHis(sender, copy, way.witness))
    return unknown('sso-code', 'the session from before the sign-in is signed in by it, so a second time says nothing', steps);
  await open(ground, done.callback, copy);
  return (await isHis(sender, copy, way.witness))
    ? { question: 'sso-code', outcome: 'broken', text: 'the address that the provider returns to signs in twice', steps }
    : { question: 'sso-code', outcome: 'holds', text: 'the address that the provider returns to signs in once', steps };
}

/** Whether a stolen code can be put into somebody else's sign-in (RFC 9700, section 2.1.1): PKCE or a nonce ties it to the request. */
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
  return (implicit ? nonce : nonce || challenge)
    ? {
        question: 'sso-bound',
        outcome: 'holds',
        text: `what comes back from the provider is tied to the request, by ${[challenge ? 'PKCE' : '', nonce ? 'a nonce' : ''].filter((one) => one !== '').join(' and ')}`,
        steps,
      }
    : {
        question: 'sso-bound',
        outcome: 'broken',
        text: 'the request to the provider has neither PKCE (S256) nor a nonce, so a stolen code can be put into another sign-in',
        steps,
      };
}
