import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Account } from '../people/account.ts';
import { signIn } from '../people/sign-in.ts';
import type { Operation } from '../surface/operation.ts';
import { openSender } from '../wire/sender.ts';
import type { Ground } from './trial.ts';

/** How the small app signs people in. What is left out is done right. */
export interface Habits {
  /** Tokens instead of cookies: how it looks at them, and with which secret it signs. */
  readonly token?: {
    readonly verifies: 'always' | 'never' | 'unless-alg-none' | 'while-signed';
    readonly secret?: string;
    readonly seconds?: number;
  };
  readonly keepsPlantedId?: boolean;
  readonly survivesLogout?: boolean;
  readonly readable?: boolean;
  /** What the session cookie is called, else `sid`; one named `__Host-` or `__Secure-` is sent with `Secure`. */
  readonly cookieName?: string;
  /** Path of the session cookie, else `/`. */
  readonly cookiePath?: string;
  readonly maxAge?: number;
  /** Each answer puts the end of the session off: on the server as well, or only in the cookie that it sets; else there is none there. */
  readonly renews?: 'ends' | 'never ends';
  /** Signing in again brings the session that is there. */
  readonly oneForAll?: true;
  /** Answers with this status instead, e.g. 429; `count`: of sign-ins, signings out, and reads of the account since. */
  readonly instead?: (request: string, count: { readonly ins: number; readonly outs: number }, cookie: string) => number | undefined;
  /** Sessions end when they say so. */
  readonly ends?: boolean;
  /** Beside the token, one that brings new ones: `kept` after signing out as well. */
  readonly refresh?: 'ended' | 'kept';
  /** The refresh token is a cookie of its own, which signing out takes out of the browser. */
  readonly refreshCookie?: true;
  /** Signing out is a link to a page, whose button does it; `only`: the page has none that we would know. */
  readonly asksFirst?: 'button' | 'only';
  readonly tellsAccounts?: boolean;
}

const account: Account = { email: 'anna@acme.example', password: 'right-password-1' };
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const door: Operation = {
  id: 'POST /login',
  method: 'POST',
  path: '/login',
  parameters: [],
  body: { type: 'json', schema: { type: 'object', properties: { email: { type: 'string' }, password: { type: 'string' } } } },
  sources: ['openapi'],
};
const operationsOf = ({ asksFirst }: Habits): readonly Operation[] => [
  door,
  { id: 'GET /me', method: 'GET', path: '/me', parameters: [], sources: ['openapi'] },
  ...(asksFirst ? [] : [{ id: 'POST /logout', method: 'POST', path: '/logout', parameters: [], sources: ['openapi'] } as const]),
];

/** Asks one question of an app with these habits, signed in as its only account. */
export async function asked<T>(habits: Habits, question: (ground: Ground) => Promise<T>, signal?: AbortSignal): Promise<T> {
  const { secret = randomUUID(), verifies = 'always', seconds } = habits.token ?? {};
  const sessions = new Map<string, number>();
  const refreshTokens = new Set<string>();
  const operations = operationsOf(habits);
  const { ends = true, cookieName = 'sid', cookiePath = '/' } = habits;
  const sid = new RegExp(`(?:^|; )${cookieName}=([^;]+)`);
  const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');

  const isAnna = (cookie: string, bearer: string): boolean => {
    if (!habits.token) {
      const until = sessions.get(sid.exec(cookie)?.[1] ?? '');
      return until !== undefined && (!ends || Date.now() < until);
    }
    const [header = '', claims = '', signature = ''] = bearer.split('.');
    if (claims === '') return false;
    const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString() || '{}') as { alg?: string };
    const { email, exp = Infinity } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as { email?: string; exp?: number };
    if (ends && exp < Date.now() / 1000) return false;
    const signed = sign(`${header}.${claims}`) === signature;
    const waved =
      verifies === 'never' || (verifies === 'unless-alg-none' && alg === 'none') || (verifies === 'while-signed' && signature === '');
    return email === account.email && (signed || waved);
  };

  const enter = (response: ServerResponse, cookie: string): void => {
    if (habits.token) {
      const claims = { email: account.email, iat: 1, ...(seconds !== undefined && { exp: Math.floor(Date.now() / 1000) + seconds }) };
      const text = `${part({ alg: 'HS256' })}.${part(claims)}`;
      const refresh = randomUUID();
      if (habits.refresh) refreshTokens.add(refresh);
      const inBody = habits.refresh && !habits.refreshCookie && { refresh_token: refresh };
      if (habits.refreshCookie) response.setHeader('set-cookie', `refresh=${refresh}; Path=/; HttpOnly`);
      response.end(JSON.stringify({ access_token: `${text}.${sign(text)}`, ...inBody }));
      return;
    }
    const planted = sid.exec(cookie)?.[1];
    const there = habits.oneForAll && [...sessions.keys()][0];
    const id = there || (habits.keepsPlantedId && planted !== undefined ? planted : randomUUID());
    sessions.set(id, habits.maxAge === undefined ? Infinity : Date.now() + habits.maxAge * 1_000);
    setCookie(response, id);
    response.end('{}');
  };
  const setCookie = (response: ServerResponse, id: string): void => {
    const age = habits.maxAge === undefined ? '' : `; Max-Age=${habits.maxAge}`;
    response.setHeader(
      'set-cookie',
      `${cookieName}=${id}; Path=${cookiePath}; SameSite=Lax${cookieName.startsWith('__') ? '; Secure' : ''}${habits.readable ? '' : '; HttpOnly'}${age}`,
    );
  };
  const count = { ins: 0, outs: 0 };
  /** Puts the end of a session off, where the app does. */
  const renew = (response: ServerResponse, cookie: string): void => {
    const id = sid.exec(cookie)?.[1] ?? '';
    if (!habits.renews || !sessions.has(id)) return;
    sessions.set(id, habits.renews === 'ends' ? Date.now() + (habits.maxAge ?? 0) * 1_000 : Infinity);
    setCookie(response, id);
  };

  const server = createServer((request, response) => {
    const cookie = request.headers.cookie ?? '';
    const signedIn = isAnna(cookie, (request.headers.authorization ?? '').replace('Bearer ', ''));
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      const status = habits.instead?.(`${request.method} ${request.url}`, count, `${cookie} ${request.headers.authorization ?? ''}`);
      if (status !== undefined) return response.writeHead(status).end('{}');
      if (request.url === '/login' && request.method === 'POST') {
        const { email, password } = JSON.parse(text || '{}') as { email?: string; password?: string };
        if (email === account.email && password === account.password) {
          count.ins += 1;
          return enter(response, cookie);
        }
        response.statusCode = 401;
        return response.end(JSON.stringify({ error: habits.tellsAccounts && email !== account.email ? 'no such account' : 'wrong' }));
      }
      const page = (body: string): void => void response.setHeader('content-type', 'text/html').end(`<!doctype html>${body}`);
      const brought = /(?:^|; )refresh=([^;]+)/.exec(cookie)?.[1] ?? (JSON.parse(text || '{}') as { refresh_token?: string }).refresh_token;
      if (request.url === '/auth/refresh' && refreshTokens.has(brought ?? '')) return enter(response, cookie);
      if (request.url === '/' && habits.asksFirst) return page('<a href="/logout">Sign out</a>');
      if (request.url === '/logout' && request.method === 'GET' && habits.asksFirst)
        return page(
          habits.asksFirst === 'only' ? '<button onclick="leave()">Sign out</button>' : '<form method="post" action="/logout"></form>',
        );
      if (request.url === '/logout' && request.method === 'POST' && signedIn) {
        count.outs += 1;
        if (!habits.survivesLogout) sessions.clear();
        if (habits.refresh === 'ended') refreshTokens.clear();
        response.setHeader('set-cookie', ['sid=; Max-Age=0; Path=/', 'refresh=; Max-Age=0; Path=/']);
        return response.end('{}');
      }
      if (signedIn) renew(response, cookie);
      if (request.url === '/me' && signedIn) return response.end(JSON.stringify({ email: account.email }));
      response.statusCode = 401;
      return response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sender = openSender({
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: 200,
    userAgent: 'test',
    ...(signal && { signal }),
  });
  try {
    const doors = [{ kind: 'api' as const, operation: door }];
    const way = await signIn(sender, doors, account, operations);
    if (!way) throw new Error('the small app did not let its account in');
    return await question({ sender, account, doors, operations, way, writes: true });
  } finally {
    await sender.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
