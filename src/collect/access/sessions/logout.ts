import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { isHis } from '../people/sign-in.ts';
import { readPage } from '../surface/crawl.ts';
import type { Message, Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { claimsOf } from '../wire/claims.ts';
import { type Ground, unknown } from './trial.ts';

const logoutPath = /log-?_?out|sign-?_?out/i;

/** Whether a copy of the session works after its owner has signed out (ASVS 7.4.1). */
export async function afterLogout(ground: Ground): Promise<SessionTrial> {
  const { sender } = ground;
  const { session, witness } = ground.way;
  const copy = await copyOf(session);
  const message = await logoutOf(ground, session);
  if (!message) return unknown('logout', 'no way to sign out was found');
  const named = `${message.method} ${message.path}`;
  let answer = await sender.send(message, session);
  // Some ask first: a page with the button that does it.
  const asked =
    message.method === 'GET' && answer.ok && answer.value.status < 300
      ? logoutForm(answer.value.text, message.path, sender.origin)
      : undefined;
  if (asked) answer = await sender.send(asked, session);
  const steps = [
    `signed in, kept a copy of the session`,
    `${named} → ${answer.ok ? answer.value.status : answer.fault.message}`,
    `GET ${witness.path} with the copy`,
  ];
  // A page that answers 4xx to the request did not sign anybody out.
  if (!answer.ok || answer.value.status >= 400) return unknown('logout', `${named} was not taken, so nobody was signed out`, steps);
  // A page that was only shown signs nobody out.
  if (message.method === 'GET' && !asked && answer.value.status < 300 && (await isHis(sender, session, witness)))
    return unknown('logout', `${named} showed a page, and the app still knew the session`, steps);
  const survives = await isHis(sender, copy, witness);
  const token = session.token !== undefined;
  if (!survives) return { question: 'logout', outcome: 'holds', text: 'after signing out, a copy of the session no longer works', steps };
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
async function copyOf(session: Session): Promise<Session> {
  const copy = { ...session, cookies: await session.cookies.clone(), headers: new Map(session.headers) };
  return copy;
}

/** How to sign out: what the pages offer, else what the API has. */
export async function logoutOf({ sender, operations }: Ground, session: Session): Promise<Message | undefined> {
  for (const path of ['/', '/dashboard', '/account', '/settings']) {
    const page = await sender.send({ method: 'GET', path }, session);
    if (!page.ok || page.value.status >= 300) continue;
    const form = logoutForm(page.value.text, path, sender.origin);
    if (form) return form;
    const link = readPage(page.value.text, path, sender.origin).links.find((one) => logoutPath.test(one));
    if (link !== undefined) return { method: 'GET', path: link, deliberate: true };
  }
  const operation = operations.find(({ path, method }) => logoutPath.test(path) && !path.includes('{') && method !== 'GET');
  if (operation)
    return {
      method: operation.method,
      path: operation.path,
      harmless: true,
      ...(operation.method !== 'DELETE' && { body: { type: 'json', value: {} } }),
    };
  return (await usual(sender, session)) ?? undefined;
}

/** The form of a page that signs out. */
function logoutForm(page: string, path: string, origin: string): Message | undefined {
  const form = readPage(page, path, origin).forms.find(({ action, method }) => method === 'POST' && logoutPath.test(action));
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
