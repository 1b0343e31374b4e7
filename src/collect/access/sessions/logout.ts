import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { standingOf } from '../people/sign-in.ts';
import { formsOf, readPage } from '../surface/crawl.ts';
import { isGuess } from '../surface/operation.ts';
import { isPage } from '../wire/content.ts';
import type { Message, Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { claimsOf } from '../wire/claims.ts';
import { type Ground, unclear, unknown } from './trial.ts';

/** `/auth/logout`, `/userSignOut`, `/trpc/auth.logOut`; neither `/catalog-output` nor `/logout-all`, which may be more than his own session. */
const logoutPath = /(?:^|[/_.-]|[a-z](?=[LS]))(?:[Ll]og|[Ss]ign)[-_]?[Oo]ut(?![a-z])(?![-_/.]?(?:[Aa]ll|[Ee]very|[Oo]ther|[Uu]ser))/;

/** What came of signing out. */
export interface SignedOut {
  /** The session as it was before, in a second browser. */
  readonly copy: Session;
  /** What was sent, and what came back, for people. */
  readonly steps: readonly string[];
  /** Why nobody was signed out, as far as can be told; absent where somebody was. */
  readonly why?: string;
}

/**
 * Signs a session out, and keeps a copy of it from before: what the app takes out of the browser is not ended by that. `handingIn`: changes the request
 * by which that is done.
 */
export async function signOut(
  ground: Ground,
  session: Session,
  handingIn: (message: Message) => Message = (message) => message,
): Promise<SignedOut> {
  const { sender } = ground;
  const { witness } = ground.way;
  const copy = await copyOf(session);
  const found = await logoutOf(ground, session);
  if (!found) return { copy, steps: [], why: 'no way to sign out was found' };
  const { guessed } = found;
  const message = handingIn(found.message);
  const named = `${message.method} ${message.path}`;
  let answer = await sender.send(message, session);
  // Some ask first: a page with the button that does it.
  const asked =
    message.method === 'GET' && answer.ok && answer.value.status < 300
      ? logoutForm(answer.value.text, message.path, sender.origin)
      : undefined;
  if (asked) answer = await sender.send(handingIn(asked), session);
  const steps = [`${named} → ${answer.ok ? answer.value.status : answer.fault.message}`];
  // A page that answers 4xx to the request did not sign anybody out.
  if (!answer.ok || answer.value.status >= 400) return { copy, steps, why: `${named} was not taken, so nobody was signed out` };
  // A page that was only shown signs nobody out.
  const shows = message.method === 'GET' || (guessed && isPage(answer.value.text));
  if (shows && !asked && answer.value.status < 300 && (await standingOf(sender, session, witness)).is !== 'not his')
    return { copy, steps, why: `${named} showed a page, and the app still knew the session` };
  return { copy, steps };
}

/** Whether a copy of the session works after its owner has signed out (ASVS 7.4.1). */
export async function afterLogout(ground: Ground): Promise<SessionTrial> {
  const { session, witness } = ground.way;
  const before = await standingOf(ground.sender, session, witness);
  if (before.is !== 'his')
    return unknown('logout', `the session was not known any more before signing out: GET ${witness.path} → ${before.answered}`);
  const out = await signOut(ground, session);
  const steps = ['signed in, kept a copy of the session', ...out.steps];
  if (out.why !== undefined) return unknown('logout', out.why, steps);
  const standing = await standingOf(ground.sender, out.copy, witness);
  steps.push(`GET ${witness.path} with the copy → ${standing.answered}`);
  if (standing.is === 'unclear') return unclear('logout', standing, steps);
  if (standing.is === 'not his')
    return { question: 'logout', outcome: 'holds', text: 'after signing out, a copy of the session is worth nothing', steps };
  const token = session.token !== undefined;
  return {
    question: 'logout',
    outcome: 'broken',
    text: token
      ? 'after signing out, the access token still works until it expires'
      : 'after signing out, a copy of the session cookie still opens the account',
    steps,
    // A token of a few minutes is meant to live on; a cookie is not.
    ...(token && livesShortly(session.token) && { mild: true as const }),
  };
}

/** The same session in a second browser. */
const copyOf = async (session: Session): Promise<Session> => ({
  ...session,
  cookies: await session.cookies.clone(),
  headers: new Map(session.headers),
});

/** A way to sign out; `guessed`: nothing but its name says that it is one. */
interface Way {
  readonly message: Message;
  readonly guessed?: true;
}

/** How to sign out: what the pages offer, else what the API has. */
async function logoutOf({ sender, operations }: Ground, session: Session): Promise<Way | undefined> {
  for (const path of ['/', '/dashboard', '/account', '/settings']) {
    const page = await sender.send({ method: 'GET', path }, session);
    if (!page.ok || page.value.status >= 300) continue;
    const form = logoutForm(page.value.text, path, sender.origin);
    if (form) return { message: form };
    const link = readPage(page.value.text, path, sender.origin).links.find((one) => logoutPath.test(one));
    if (link !== undefined) return { message: { method: 'GET', path: link, deliberate: true } };
  }
  const operation = operations.find(({ path, method }) => logoutPath.test(path) && !path.includes('{') && method !== 'GET');
  if (operation)
    return {
      message: {
        method: operation.method,
        path: operation.path,
        harmless: true,
        ...(operation.method !== 'DELETE' && { body: { type: 'json', value: {} } }),
      },
      ...(isGuess(operation) && { guessed: true }),
    };
  const message = await usual(sender, session);
  return message && { message, guessed: true };
}

/** The form of a page that signs out. */
function logoutForm(page: string, path: string, origin: string): Message | undefined {
  const form = formsOf(page, path, origin).find(({ action, method }) => method === 'POST' && logoutPath.test(action));
  return (
    form && {
      method: 'POST',
      path: form.action,
      harmless: true,
      body: { type: 'form', fields: form.fields.map(({ name, value }) => [name, value]) },
    }
  );
}

/** Addresses that nothing names, but many apps have: taken where they are there at all, which the answer to a visitor tells. */
async function usual(sender: Sender, session: Session): Promise<Message | undefined> {
  const there = (status: number): boolean => status !== 404 && status !== 405;
  for (const path of ['/logout', '/api/logout', '/auth/logout', '/api/auth/logout', '/signout', '/rest/user/logout']) {
    const post: Message = { method: 'POST', path, body: { type: 'json', value: {} }, harmless: true };
    const posted = await sender.send(post, emptySession());
    if (posted.ok && there(posted.value.status)) return { ...post, headers: Object.fromEntries(session.headers) };
    const got = await sender.send({ method: 'GET', path, deliberate: true }, emptySession());
    // A page for whatever address comes is no sign-out; a redirect is.
    if (got.ok && got.value.status >= 300 && there(got.value.status)) return { method: 'GET', path, deliberate: true };
  }
  return undefined;
}

/** Fifteen minutes, what the OAuth guides call short. */
const short = 15 * 60;

/** Whether a token ends within minutes, as access tokens are meant to. */
export function livesShortly(token = ''): boolean {
  const claims = claimsOf(token);
  return typeof claims?.['exp'] === 'number' && claims['exp'] - Date.now() / 1000 <= short;
}
