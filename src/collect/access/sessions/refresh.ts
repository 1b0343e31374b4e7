import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { type Standing, standingOf } from '../people/sign-in.ts';
import { tokenIn } from '../people/token.ts';
import { isGuess, type Operation } from '../surface/operation.ts';
import { contentOf, saysNothing } from '../wire/content.ts';
import { hearing } from '../wire/hearing.ts';
import type { Answer, Message } from '../wire/sender.ts';
import { nobodyLike, type Session } from '../wire/session.ts';
import { signOut } from './logout.ts';
import { freshSession, type Ground, unclear, unknown } from './trial.ts';

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
  const control = await refreshingOf(ground);
  if (control === 'no session') return unknown('refresh', 'the account could not be signed in once more');
  if (control === 'no refresh token') return { question: 'refresh', outcome: 'none', text: 'signing in gives no refresh token', steps: [] };
  const way = await workingWay(ground, control);
  if (way === undefined) return unknown('refresh', 'no address was found that takes the refresh token');
  const steps = [`signed in, POST ${way} with the refresh token → a new access token`];
  const leaving = await refreshingOf(ground);
  if (typeof leaving === 'string') return unknown('refresh', 'no new session with a refresh token could be had', steps);
  const out = await signOut(ground, leaving.session, (message) => signingOut(message, leaving));
  steps.push('signed in anew, and kept a copy of the session', ...out.steps);
  if (out.why !== undefined) return unknown('refresh', out.why, steps);
  const standing = await refreshes(ground, { ...leaving, session: out.copy }, way);
  steps.push(`POST ${way} with the refresh token of that session → ${standing.answered}`);
  if (standing.is === 'unclear') return unclear('refresh', standing, steps);
  return standing.is === 'his'
    ? { question: 'refresh', outcome: 'broken', text: 'after signing out, the refresh token still brings new access tokens', steps }
    : { question: 'refresh', outcome: 'holds', text: 'after signing out, the refresh token is worth nothing', steps };
}

/** A new session whose sign-in gave a refresh token; else what was missing. */
async function refreshingOf(ground: Ground): Promise<Refreshing | 'no session' | 'no refresh token'> {
  let token: string | undefined;
  const listening = hearing(ground.sender, ({ method }, answer) => {
    if (method === 'POST' && answer.ok && answer.value.status < 300) token = refreshTokenIn(answer.value) ?? token;
  });
  const way = await freshSession({ ...ground, sender: listening });
  if (!way) return 'no session';
  if (token !== undefined) return { session: way.session, token };
  const cookies = await way.session.cookies.getCookies(ground.sender.origin, { allPaths: true });
  return cookies.some(({ key }) => refreshName.test(key)) ? { session: way.session } : 'no refresh token';
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

/** What stands around the word in an address that brings tokens; another word is what else is refreshed there: a report, a feed, a cache. */
const aroundRefresh =
  /^(?:api|rest|v\d+|o?auth2?|identity|accounts?|users?|me|trpc|sessions?|log-?in|jwt|security|public|tokens?|access-?tokens?)$/i;
const refreshStep =
  /^(?:[\w-]+\.)?(?:re-?fresh|(?:re-?fresh|renew)[-_]?(?:access[-_]?)?(?:tokens?|sessions?|jwt|auth)|(?:tokens?|sessions?|jwt|auth)[-_]?re-?fresh)$/i;
const ofSessions = /auth|token|session|jwt|log-?in|identity/i;

/**
 * Whether sending a refresh token to an address can do nothing but bring a session: so it is sent where nothing may be changed. `/reports/refresh` may
 * count everything anew, and so may `/refresh` by itself; what is known to take a refresh token does not.
 */
export function bringsSession({ path, body }: Pick<Operation, 'path' | 'body'>): boolean {
  const parts = path.split('/').filter((part) => part !== '');
  const last = parts.pop() ?? '';
  if (!refreshStep.test(last) || !parts.every((part) => aroundRefresh.test(part))) return false;
  return ofSessions.test(path) || Object.keys(body?.schema.properties ?? {}).some((name) => /re-?_?fresh_?-?token|^refresh$/i.test(name));
}

/** Addresses that may take a refresh token: of those that the app names, the ones that are about sessions. */
const waysOf = (operations: readonly Operation[]): Pick<Operation, 'path' | 'body'>[] => {
  const described = operations.filter(
    (one) => one.method === 'POST' && !one.path.includes('{') && !isGuess(one) && refreshName.test(one.path) && isOfSessions(one),
  );
  const known = new Set(described.map(({ path }) => path));
  return [...described, ...usualPaths.filter((path) => !known.has(path)).map((path) => ({ path }))];
};

const isOfSessions = (one: Operation): boolean => bringsSession(one) || /^(?:\/api)?\/refresh$/i.test(one.path);

/** The first address at which the refresh token brings a session that is his. */
async function workingWay(ground: Ground, refreshing: Refreshing): Promise<string | undefined> {
  for (const one of waysOf(ground.operations)) {
    if (!ground.writes && !bringsSession(one)) continue;
    if ((await refreshes(ground, refreshing, one.path)).is === 'his') return one.path;
  }
  return undefined;
}

/** Whether the refresh token, and nothing else of the session, brings one that is his. */
async function refreshes({ sender, way }: Ground, { session, token }: Refreshing, path: string): Promise<Standing> {
  const bare = nobodyLike(session);
  if (token === undefined)
    for (const cookie of await session.cookies.getCookies(sender.origin, { allPaths: true }))
      if (refreshName.test(cookie.key))
        await bare.cookies.setCookie(cookie, new URL(cookie.path ?? '/', sender.origin).href, { ignoreError: true });
  // Asked for only where it can do nothing else, or where things may be changed.
  const answer = await sender.send({ method: 'POST', path, body: { type: 'json', value: bodyWith(token) }, harmless: true }, bare);
  if (!answer.ok) return { is: 'unclear', answered: answer.fault.message };
  const { status } = answer.value;
  if (saysNothing(status) || status >= 500) return { is: 'unclear', answered: String(status) };
  if (status >= 300) return { is: 'not his', answered: String(status) };
  const access = tokenIn(answer.value)?.value;
  if (access !== undefined) bare.token = access;
  return standingOf(sender, bare, way.witness);
}

const bodyWith = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { refresh_token: token, refreshToken: token, refresh: token, grant_type: 'refresh_token' };

/** Many apps end a refresh token only where it is handed in. */
const signingOut = (message: Message, { token }: Refreshing): Message =>
  message.body?.type === 'json' && token !== undefined ? { ...message, body: { type: 'json', value: bodyWith(token) } } : message;
