import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GivenPerson } from '../../../core/target.ts';

/** Ways in which the team differs from what one expects. `any-member` is a flaw, the others are right. */
export type TeamQuirk =
  | 'any-member'
  /** The form does nothing, whoever sends it. */
  | 'roles-are-fixed'
  /** A role can be given, and not be taken away again. */
  | 'roles-only-rise'
  /** What somebody sees of himself cannot be looked up once a colleague was refused. */
  | 'busy-once-refused';

/** One who leads the team, one who is in it, and one whose account was made for testing. */
export const team: readonly GivenPerson[] = ['lena', 'mark', 'toni'].map((name) => ({
  name,
  tenant: 'acme',
  email: `${name}@team.example`,
  password: `Lab-${name}-4711`,
  ...(name === 'toni' && { expendable: true }),
}));

export interface TeamApp {
  readonly origin: string;
  /** What Toni may do. */
  role(): string;
  stop(): Promise<void>;
}

/** A team whose page of members, with a form for the role of each, is shown to who leads it; every form carries a token. */
export async function startTeam(quirks: readonly TeamQuirk[] = []): Promise<TeamApp> {
  const has = (quirk: TeamQuirk): boolean => quirks.includes(quirk);
  const members = team.map(({ name, email, password }, nth) => ({
    id: nth + 11,
    email,
    password,
    role: name === 'lena' ? 'lead' : 'member',
  }));
  const sessions = new Map<string, { readonly token: string; member?: (typeof members)[number] | undefined }>();
  let isBusy = false;
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const sent = new URLSearchParams(await textOf(request));
    const known = /sid=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const sid = sessions.has(known) ? known : randomUUID();
    const session = sessions.get(sid) ?? { token: randomUUID() };
    sessions.set(sid, session);
    response.setHeader('set-cookie', `sid=${sid}; Path=/`);
    const page = (body: string): unknown => response.setHeader('content-type', 'text/html').end(`<!doctype html><body>${body}`);
    const go = (to: string): unknown => response.writeHead(302, { location: to }).end();
    const form = (action: string, fields: string): string =>
      `<form method="post" action="${action}"><input type="hidden" name="csrf_token" value="${session.token}">${fields}<button>Save</button></form>`;
    if (method === 'POST' && sent.get('csrf_token') !== session.token) return void response.writeHead(403).end('no token');
    if (url === '/login' && method === 'POST') {
      session.member = members.find(({ email, password }) => email === sent.get('email') && password === sent.get('password'));
      return void go(session.member ? '/home' : '/login');
    }
    if (url === '/login') return void page(form(url, '<input name="email"><input type="password" name="password">'));
    const json = (value: unknown): unknown => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (url === '/openapi.json') return void json({ openapi: '3.1.0', paths: { '/me': { get: {} } } });
    const { member: me } = session;
    if (!me) return void go('/login');
    if (url === '/home') return void page(`${me.email}${form('/note', '')}${me.role === 'lead' ? '<a href="/members">Members</a>' : ''}`);
    if (url === '/me') {
      if (isBusy) return void response.writeHead(503).end();
      const { id, email, role } = me;
      return void json({ id, email, role });
    }
    const one = members.find(({ id }) => url === `/members/${id}`);
    const isLead = me.role === 'lead';
    if (one && method === 'POST' && !isLead && !has('any-member')) isBusy = has('busy-once-refused');
    else if (one && method === 'POST' && !has('roles-are-fixed') && !(has('roles-only-rise') && sent.get('role') === 'member'))
      one.role = sent.get('role') ?? one.role;
    if (!isLead || method === 'POST' || url !== '/members') return void go('/home');
    const choice = '<select name="role"><option>member</option><option>editor</option></select>';
    page(members.map(({ id, email }) => `${email}${form(`/members/${id}`, choice)}`).join(''));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    role: () => members.at(-1)?.role ?? '',
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
