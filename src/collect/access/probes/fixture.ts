import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Flaws of the small app; without them it is right. */
export type MembersFlaw =
  | 'password-of-others'
  | 'email-of-others'
  | 'deletes-others'
  | 'profile-by-name'
  | 'role-by-profile'
  | 'role-for-anybody'
  | 'role-at-sign-up'
  | 'hashes-to-all'
  | 'tickets-for-others'
  | 'unnamed-delete'
  | 'team-of-others'
  | 'team-open-to-visitors'
  | 'team-removed-by-others'
  | 'notices-removed-by-anybody'
  | 'notices-changed-by-visitors';

/** Things that are right and have misled testers. */
export type MembersTrap =
  | 'one-team-for-all'
  /** Whoever signs up is put into one of three teams that were there before, and is told of his membership with it; all in it may change it. */
  | 'team-by-region'
  | 'answers-204-and-changes-the-caller'
  | 'echoes-the-role'
  | 'says-what-is-missing';

interface Member {
  readonly id: number;
  readonly username: string;
  email: string;
  password: string;
  role: string;
  motto: string;
  readonly team: string;
}

const hashed = (password: string): string => createHash('sha256').update(password).digest('hex');
const body = (...names: string[]) => ({
  content: {
    'application/json': {
      schema: { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) },
    },
  },
});
const operations = {
  '/register': { post: { requestBody: body('username', 'email', 'password') } },
  '/login': { post: { requestBody: body('username', 'password') } },
  '/me': { get: {}, put: { requestBody: body('username', 'motto') } },
  '/users': { get: {} },
  '/users/role': { put: { requestBody: body('username', 'role') } },
  '/users/{username}': { delete: {} },
  '/users/{username}/password': { put: { requestBody: body('password') } },
  '/users/{username}/email': { put: { requestBody: body('email') } },
  '/tickets': { get: {}, post: { requestBody: body('subject') } },
  '/teams/{id}': { get: {}, patch: { requestBody: body('name') }, delete: {} },
  '/notices': { get: {}, post: { requestBody: body('text') } },
  '/notices/{id}': { put: { requestBody: body('text') }, delete: {} },
};

const regions = ['north', 'south', 'east'].map((region) => `team-${region}`);

export interface MembersApp {
  readonly origin: string;
  /** The names of the teams that were there before anybody signed up. */
  oldTeams(): string[];
  stop(): Promise<void>;
}

/** Who runs the app. */
export const boss = { name: 'boss', administrator: true, email: 'boss@example.com', username: 'boss', password: 'boss-4711' } as const;

/** An app of members who write tickets; whoever signs up is one. Notices are written by who runs it. */
export async function startMembersApp(quirks: readonly (MembersFlaw | MembersTrap)[] = []): Promise<MembersApp> {
  const has = (quirk: MembersFlaw | MembersTrap): boolean => quirks.includes(quirk);
  const members: Member[] = [{ ...boss, id: 0, role: 'admin', motto: '', team: 'house' }];
  const notices = new Map<string, { readonly id: string; text: string }>();
  /** Each account comes with a team. */
  const teams = new Map(['house', ...regions].map((id) => [id, { name: id, created_at: '2026-01-05T08:00:00Z' }]));
  const tokens = new Map<string, Member>();
  const tickets = new Map<string, { readonly id: string; readonly user_id: number; readonly subject: string }>();
  const named = (name = ''): Member | undefined => members.find(({ username }) => username === decodeURIComponent(name));
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const sent = await bodyOf(request);
    const send = (status: number, value: unknown = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? '' : JSON.stringify(value));
    };
    if (url === '/openapi.json') return send(200, { openapi: '3.1.0', paths: operations });
    if (url === '/register') {
      const { username = '', email = '', password = '', role = 'member' } = sent;
      const region = has('team-by-region') ? regions[members.length % regions.length] : undefined;
      const team = has('one-team-for-all') ? 'house' : (region ?? randomUUID());
      if (!teams.has(team)) teams.set(team, { name: 'New team', created_at: new Date().toISOString() });
      const member = { id: members.length + 1, username, email, password, role: has('role-at-sign-up') ? role : 'member', motto: '', team };
      members.push(member);
      return send(201, { username, role: has('echoes-the-role') ? role : member.role });
    }
    if (url === '/login') {
      const member = members.find(({ username, password }) => username === sent['username'] && password === sent['password']);
      if (!member) return send(401);
      const token = randomUUID();
      tokens.set(token, member);
      return send(200, { access_token: token });
    }
    const me = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (url.startsWith('/notices/') && method === 'PUT' && has('notices-changed-by-visitors')) return send(...onNotices('PUT', url, sent));
    if (url.startsWith('/teams/') && method === 'PATCH' && has('team-open-to-visitors')) return send(...onTeams(me, method, url, sent));
    if (!me || !members.includes(me)) return send(401);
    if (url.startsWith('/teams/')) return send(...onTeams(me, method, url, sent));
    if (url === '/me') return send(200, method === 'PUT' ? changeProfile(me, sent) : shown(me));
    if (url === '/users')
      return send(
        200,
        members.map((one) => ({ id: one.id, username: one.username, ...(has('hashes-to-all') && { password: hashed(one.password) }) })),
      );
    if (url === '/users/role') {
      const one = named(sent['username']);
      if (!one || !has('role-for-anybody')) return send(403);
      one.role = sent['role'] ?? one.role;
      return send(200);
    }
    const [, list, name, part] = url.split('/');
    const isStaff = me.role === 'admin' || method === 'GET' || (method === 'DELETE' && has('notices-removed-by-anybody'));
    if (list === 'notices') return isStaff ? send(...onNotices(method, url, sent)) : send(403);
    if (list === 'users') return send(...onAccount(me, method, named(name), part, sent));
    return send(...onTickets(me, method, name, sent));
  }

  const shown = ({ id, username, email, role, motto, team }: Member) => ({ id, username, email, role, motto, team: { id: team } });

  function changeProfile(me: Member, sent: Sent): object {
    const one = has('profile-by-name') ? (named(sent['username']) ?? me) : me;
    one.motto = sent['motto'] ?? one.motto;
    if (has('role-by-profile')) one.role = sent['role'] ?? one.role;
    return shown(one);
  }

  function onAccount(me: Member, method: string, victim: Member | undefined, part: string | undefined, sent: Sent): [number, object?] {
    if (!victim) return [404];
    const on = has('answers-204-and-changes-the-caller') ? me : victim;
    if (part === 'password' && (on === me || has('password-of-others'))) on.password = sent['password'] ?? on.password;
    else if (part === 'email' && (on === me || has('email-of-others'))) on.email = sent['email'] ?? on.email;
    else if (part === undefined && method === 'DELETE' && (victim === me || has('deletes-others')))
      members.splice(members.indexOf(victim), 1);
    else return [403];
    return [204];
  }

  function onTeams(me: Member | undefined, method: string, url: string, sent: Sent): [number, unknown?] {
    const id = url.split('/')[2] ?? '';
    const team = teams.get(id);
    const may =
      me?.team === id ||
      (method === 'PATCH' && (has('team-of-others') || has('team-open-to-visitors'))) ||
      (method === 'DELETE' && has('team-removed-by-others'));
    if (!team || !may) return [404];
    if (method === 'DELETE') teams.delete(id);
    else team.name = sent['name'] ?? team.name;
    if (!has('team-by-region') || !me) return [200, { id, ...team }];
    const membership = { user_id: me.id, email: me.email, role: 'member', created_at: new Date().toISOString() };
    const inIt = members.filter((one) => one.team === id).map(({ email }) => ({ email }));
    return [200, { id, ...team, ...(members.indexOf(me) % 2 === 0 ? membership : { membership }), members: inIt }];
  }

  function onNotices(method: string, url: string, sent: Sent): [number, unknown?] {
    const id = url.split('/')[2] ?? randomUUID();
    const there = notices.get(id);
    if (url === '/notices' && method === 'GET') return [200, [...notices.values()]];
    if (method === 'DELETE') return notices.delete(id) ? [204] : [404];
    if (method === 'GET' || (method === 'PUT' && !there)) return there ? [200, there] : [404];
    const notice = { id, text: sent['text'] ?? '' };
    notices.set(id, notice);
    return [method === 'POST' ? 201 : 200, notice];
  }

  function onTickets(me: Member, method: string, id: string | undefined, sent: Sent): [number, unknown?] {
    if (id === undefined && method === 'GET') return [200, [...tickets.values()].filter(({ user_id }) => user_id === me.id)];
    if (id === undefined && method === 'POST') {
      if (has('says-what-is-missing') && sent['category'] === undefined)
        return [422, { errors: [{ path: ['category'], message: 'Required' }] }];
      const user_id = has('tickets-for-others') && sent['user_id'] !== undefined ? Number(sent['user_id']) : me.id;
      const ticket = { id: randomUUID(), user_id, subject: sent['subject'] ?? '' };
      tickets.set(ticket.id, ticket);
      return [201, ticket];
    }
    const ticket = tickets.get(id ?? '');
    const own = ticket?.user_id === me.id;
    if (!ticket || (!own && !(method === 'DELETE' && has('unnamed-delete')))) return [404];
    if (method === 'DELETE') tickets.delete(ticket.id);
    return [200, ticket];
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    oldTeams: () => ['house', ...regions].map((id) => teams.get(id)?.name ?? 'removed'),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Sent = Readonly<Record<string, string | undefined>>;

async function bodyOf(request: IncomingMessage): Promise<Sent> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text || '{}') as Sent;
}
