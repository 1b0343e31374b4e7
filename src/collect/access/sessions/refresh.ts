import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { isHis } from '../people/sign-in.ts';
import { tokenIn } from '../people/token.ts';
import type { Operation } from '../surface/operation.ts';
import { contentOf } from '../wire/content.ts';
import type { Answer, Message, Sender } from '../wire/sender.ts';
import { nobodyLike, type Session } from '../wire/session.ts';
import { logoutOf } from './logout.ts';
import { freshSession, type Ground, unknown } from './trial.ts';

const refreshName = /refresh/i;

/** What brings a new access token: out of the answer to a sign-in, or a cookie of its own. */
interface Refreshing {
  readonly session: Session;
  /** Absent: it is a cookie. */
  readonly token?: string;
}

/**
 * Whether a refresh token brings new access tokens after signing out (ASVS 7.4.1, RFC 7009): an access token ends by itself in minutes, a refresh token
 * lasts for weeks. The same is done without signing out first, so that it is known to work.
 */
export async function refreshAfterLogout(ground: Ground): Promise<SessionTrial> {
  const { sender, operations } = ground;
  const control = await refreshingOf(ground);
  if (!control) return { question: 'refresh', outcome: 'none', text: 'signing in gives no refresh token', steps: [] };
  const way = await workingWay(ground, control, operations);
  if (!way) return unknown('refresh', 'no address was found that takes the refresh token');
  const steps = [`signed in, POST ${way} with the refresh token → a new access token`];
  const leaving = await refreshingOf(ground);
  const message = leaving && (await logoutOf(ground, leaving.session));
  if (!leaving || !message) return unknown('refresh', leaving ? 'no way to sign out was found' : 'no new session could be started', steps);
  const answer = await sender.send(signingOut(message, leaving), leaving.session);
  steps.push(
    `signed in anew, ${message.method} ${message.path} → ${answer.ok ? answer.value.status : answer.fault.message}`,
    `POST ${way} with the refresh token of that session`,
  );
  if (!answer.ok || answer.value.status >= 400) return unknown('refresh', 'signing out was not taken, so nobody was signed out', steps);
  return (await refreshes(ground, leaving, way))
    ? { question: 'refresh', outcome: 'broken', text: 'after signing out, the refresh token still brings new access tokens', steps }
    : { question: 'refresh', outcome: 'holds', text: 'after signing out, the refresh token no longer works', steps };
}

/** A new session whose sign-in gave a refresh token. */
async function refreshingOf(ground: Ground): Promise<Refreshing | undefined> {
  let token: string | undefined;
  const listening: Sender = {
    ...ground.sender,
    async send(message, session) {
      const answer = await ground.sender.send(message, session);
      if (message.method === 'POST' && answer.ok && answer.value.status < 300) token = refreshTokenIn(answer.value) ?? token;
      return answer;
    },
  };
  const way = await freshSession({ ...ground, sender: listening });
  if (!way) return undefined;
  if (token !== undefined) return { session: way.session, token };
  const cookies = await way.session.cookies.getCookies(ground.sender.origin, { allPaths: true });
  return cookies.some(({ key }) => refreshName.test(key)) ? { session: way.session } : undefined;
}

function refreshTokenIn({ text }: Answer): string | undefined {
  const walk = (value: unknown, depth: number): string | undefined => {
    if (value === null || typeof value !== 'object' || depth > 4) return undefined;
    for (const [name, one] of Object.entries(value)) {
      if (typeof one === 'string' && refreshName.test(name) && one.length >= 16) return one;
      const below = walk(one, depth + 1);
      if (below !== undefined) return below;
    }
    return undefined;
  };
  return walk(contentOf(text).json, 0);
}

const usualPaths = [
  '/api/auth/refresh',
  '/auth/refresh',
  '/api/refresh',
  '/refresh',
  '/api/auth/refresh-token',
  '/auth/token/refresh',
  '/api/token/refresh',
];

/** The first address at which the refresh token brings a session that is his. */
async function workingWay(ground: Ground, refreshing: Refreshing, operations: readonly Operation[]): Promise<string | undefined> {
  const described = operations.filter(({ method, path }) => method === 'POST' && refreshName.test(path) && !path.includes('{'));
  for (const path of new Set([...described.map((one) => one.path), ...usualPaths]))
    if (await refreshes(ground, refreshing, path)) return path;
  return undefined;
}

/** Whether the refresh token, and nothing else of the session, brings one that is his. */
async function refreshes({ sender, way }: Ground, { session, token }: Refreshing, path: string): Promise<boolean> {
  const bare = nobodyLike(session);
  if (token === undefined)
    for (const cookie of await session.cookies.getCookies(sender.origin, { allPaths: true }))
      if (refreshName.test(cookie.key))
        await bare.cookies.setCookie(cookie, new URL(cookie.path ?? '/', sender.origin).href, { ignoreError: true });
  const answer = await sender.send({ method: 'POST', path, body: { type: 'json', value: bodyWith(token) }, harmless: true }, bare);
  if (!answer.ok || answer.value.status >= 300) return false;
  const access = tokenIn(answer.value)?.value;
  if (access !== undefined) bare.token = access;
  return isHis(sender, bare, way.witness);
}

const bodyWith = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { refresh_token: token, refreshToken: token, refresh: token, grant_type: 'refresh_token' };

/** Many apps end a refresh token only where it is handed in. */
const signingOut = (message: Message, { token }: Refreshing): Message =>
  message.body?.type === 'json' && token !== undefined ? { ...message, body: { type: 'json', value: bodyWith(token) } } : message;
