import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Mail, Mailbox } from '../mail/mailbox.ts';
import { type Answering, anna, bert, triedAs, type WayIn } from '../people/fixture.ts';

/** What the small app of teams does wrong. */
interface Flaws {
  /** Who is in a team is looked up when somebody signs in, and never again. */
  readonly remembersTeam?: boolean;
  /** Removing a member does nothing. */
  readonly keepsMembers?: boolean;
  /** The role of somebody is looked up when he signs in, and never again. */
  readonly remembersRole?: boolean;
  /** Roles are shown, and open the same. */
  readonly vainRoles?: boolean;
  readonly linksOutliveAddress?: boolean;
  /** Mails set no password. */
  readonly deadLinks?: boolean;
  /** Nobody signs up: who is in a team was invited. */
  readonly closed?: boolean;
  /** Nobody may have another address. */
  readonly keepsAddresses?: boolean;
  /** No flaw: a page tells each session its own token and name. */
  readonly tellsSession?: boolean;
  /** No flaw: rows tell the number of the membership and that of the user, and the one of a member may be the other of another. */
  readonly numbers?: boolean;
  /** No flaw: who is in it is shown to those who lead it, so that all a member is shown of his team is its name. */
  readonly tellsName?: boolean;
  /** No flaw: once somebody was to be removed, new sessions are told to wait. */
  readonly busyAfterRemoval?: boolean;
}

interface User {
  readonly id: string;
  email: string;
  password: string;
  team: string | undefined;
  role: string;
}

interface Link {
  readonly kind: string;
  /** The user, or the address that is invited and the team. */
  readonly about: string;
}

/** A small app of teams whose pages are forms and whose members are seen to by an API, and its mailbox. */
function teams({
  remembersTeam = false,
  keepsMembers = false,
  remembersRole = false,
  vainRoles = false,
  linksOutliveAddress = false,
  deadLinks = false,
  closed = false,
  keepsAddresses = false,
  tellsSession = false,
  numbers = false,
  tellsName = false,
  busyAfterRemoval = false,
}: Flaws): {
  readonly way: WayIn;
  readonly mailbox: Mailbox;
  /** Addresses of those who are in a team. */
  members(): string[];
  /** Addresses of those who lead one. */
  admins(): string[];
} {
  const users: User[] = [anna, bert].map(({ email, password, tenant }) => ({
    id: randomUUID(),
    email,
    password,
    team: tenant,
    role: 'admin',
  }));
  const sessions = new Map<string, { readonly user: User; readonly team: string | undefined; readonly role: string }>();
  /** Sessions from before somebody was to be removed. */
  let early: ReadonlySet<string> | undefined;
  const links = new Map<string, Link>();
  const mails: { readonly to: string; readonly mail: Mail }[] = [];
  const mail = (to: string, kind: string, about: string): void => {
    const token = randomUUID().replaceAll('-', '');
    links.set(token, { kind, about });
    mails.push({
      to,
      mail: { id: token, subject: 'Hello', text: `Go on: http://app.example/${kind}/${token}`, html: '', raw: new Uint8Array() },
    });
  };
  const form = (action: string, ...fields: string[]): string =>
    `<form method="post" action="${action}">${fields.map((name) => `<input name="${name}" type="${name === 'password' ? name : 'text'}">`).join('')}</form>`;
  const json = (...names: string[]) => ({
    requestBody: {
      content: {
        'application/json': { schema: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) } },
      },
    },
  });
  const roleBody = {
    requestBody: {
      content: { 'application/json': { schema: { type: 'object', properties: { role: { type: 'string', enum: ['admin', 'member'] } } } } },
    },
  };
  const follow = ({ kind, about }: Link, token: string, password: string, enter: (user: User) => void, send: Answering): void => {
    links.delete(token);
    if (kind === 'reset') {
      const one = users.find(({ id }) => id === about);
      if (one && !deadLinks) one.password = password;
      return send(one ? 200 : 400, 'ok');
    }
    const [email = '', team] = about.split(' ');
    const one = { id: randomUUID(), email, password, team, role: 'member' };
    users.push(one);
    enter(one);
  };
  /** What a session is told first, whatever else is there. */
  const first = (path: string, sid: string, email: string, team: string | undefined, leads: boolean): [number, object] | undefined => {
    if (path === '/members' && early && !early.has(sid)) return [429, {}];
    if (path === '/members' && tellsName && !leads) return [403, {}];
    if (path === '/team' && tellsName) return [200, { name: `Team ${team}` }];
    return path === '/session' && tellsSession ? [200, { token: `of-${sid}`, name: `Signed in as ${email}` }] : undefined;
  };
  /** What somebody is answered who is signed in. */
  const inside = (
    user: User,
    team: string | undefined,
    { method, path, body, cookies }: Parameters<NonNullable<WayIn['answer']>>[0],
    send: Answering,
  ): boolean => {
    const [, kind = '', token = ''] = path.split('/');
    const leads = vainRoles || (remembersRole ? sessions.get(cookies['sid'] ?? '')?.role : user.role) === 'admin';
    const told = first(path, cookies['sid'] ?? '', user.email, team, leads);
    if (told) send(...told);
    else if (path === '/members' && method === 'GET')
      send(
        200,
        users.flatMap(({ id, email, role, team: of }, nth) =>
          of === team && of !== undefined ? [numbers ? { id: users.length - nth, user_id: nth, email } : { id, email, role }] : [],
        ),
      );
    else if (path === '/reports')
      send(leads ? 200 : 403, leads ? [{ title: `Margins of ${team} by quarter`, total: 'four thousand' }] : {});
    else if (kind === 'members' && method === 'PATCH') {
      const one = users.find(({ id, team: of }) => id === token && of === team);
      if (one && leads) one.role = body['role'] ?? one.role;
      send(one && leads ? 200 : 403, {});
    } else if (kind === 'members' && method === 'DELETE') {
      if (busyAfterRemoval) early = new Set(sessions.keys());
      const one = users.find(({ id, team: of }, nth) => (numbers ? String(nth) : id) === token && of === team);
      if (one && !keepsMembers) one.team = undefined;
      send(one ? 200 : 404, {});
    } else if (path === '/invitations') {
      mail(body['email'] ?? '', 'invite', `${body['email']} ${team}`);
      send(201, {});
    } else if (path === '/account' && method === 'PATCH' && keepsAddresses) send(403, {});
    else if (path === '/account' && method === 'PATCH') {
      if (!linksOutliveAddress) for (const [key, one] of links) if (one.about === user.id) links.delete(key);
      user.email = body['email'] ?? user.email;
      send(200, {});
    } else return false;
    return true;
  };
  const way: WayIn = {
    described: {
      '/members': { get: {} },
      ...(tellsSession && { '/session': { get: {} } }),
      ...(tellsName && { '/team': { get: {} } }),
      '/members/{id}': { delete: {}, patch: roleBody },
      '/reports': { get: {} },
      '/invitations': { post: json('email') },
      '/account': { patch: json('email', 'password') },
    },
    who({ cookies }) {
      const session = sessions.get(cookies['sid'] ?? '');
      const team = remembersTeam ? session?.team : session?.user.team;
      return session && { email: session.user.email, password: '', key: '', tenant: team ?? session.user.id };
    },
    answer(asked, send) {
      const { method, path, body, cookies } = asked;
      const [, , token = ''] = path.split('/');
      const user = sessions.get(cookies['sid'] ?? '')?.user;
      const team = way.who(asked)?.tenant;
      const find = (email: string | undefined): User | undefined => users.find((one) => one.email === email);
      const enter = (one: User): void => {
        const id = randomUUID();
        sessions.set(id, { user: one, team: one.team, role: one.role });
        send(303, '', { location: '/me', 'set-cookie': `sid=${id}; Path=/; HttpOnly; SameSite=Lax` });
      };
      const link = links.get(token);
      if (method === 'GET' && /^\/(?:login|register)$/.test(path)) send(200, form(path, 'email', 'password'));
      else if (method === 'GET' && path === '/forgot-password') send(200, form(path, 'email'));
      else if (method === 'GET' && link) send(200, form(path, 'password'));
      else if (path === '/login') {
        const one = find(body['email']);
        if (one && one.password === body['password']) enter(one);
        else send(401, 'wrong');
      } else if (path === '/register' && !closed && !find(body['email'])) {
        const one = { id: randomUUID(), email: body['email'] ?? '', password: body['password'] ?? '', team: undefined, role: 'member' };
        users.push(one);
        enter(one);
      } else if (path === '/forgot-password') {
        const one = find(body['email']);
        if (one) mail(one.email, 'reset', one.id);
        send(200, 'A mail is on its way.');
      } else if (method === 'POST' && link) follow(link, token, body['password'] ?? '', enter, send);
      else return user !== undefined && inside(user, team, asked, send);
      return true;
    },
  };
  const mailbox: Mailbox = {
    pollMs: 2,
    patienceMs: 1_000,
    mails: (to) => Promise.resolve(mails.flatMap((one) => (one.to === to ? [one.mail] : []))),
    newAddress: () => `lr-${randomUUID()}@example.com`,
    close: () => Promise.resolve(),
  };
  const members = (): string[] => users.flatMap(({ email, team }) => (team === undefined ? [] : [email]));
  const admins = (): string[] => users.flatMap(({ email, role }) => (role === 'admin' ? [email] : []));
  return { way, mailbox, members, admins };
}

const people = [anna, bert].map(({ email, password, tenant }) => ({ name: tenant, tenant, email, password }));

describe('an app of teams', () => {
  it.each<[string, Flaws, string, string]>([
    ['is not accused where it is as it should be', {}, 'holds', 'holds'],
    ['loses nobody where it is not clear which number is whose', { numbers: true }, 'none', 'holds'],
    ['remembers of which team somebody was', { remembersTeam: true }, 'broken', 'holds'],
    ['is not accused where nobody is removed at all', { keepsMembers: true }, 'unknown', 'holds'],
    ['is not accused where a new sign-in is told to wait', { keepsMembers: true, busyAfterRemoval: true }, 'unknown', 'holds'],
    ['is not praised where all that is lost is one short text', { remembersTeam: true, tellsName: true }, 'unknown', 'holds'],
    ['is not accused of what is bound to a session', { tellsSession: true }, 'holds', 'holds'],
    ['is not praised where mails set no password', { deadLinks: true }, 'holds', 'unknown'],
    ['is not praised where nobody can be signed up', { closed: true }, 'holds', 'unknown'],
    ['is not praised where it lets nobody change his address', { keepsAddresses: true }, 'holds', 'unknown'],
    ['takes links from before the address was changed', { linksOutliveAddress: true }, 'holds', 'broken'],
  ])(
    '%s',
    async (_, flaws, removed, changed) => {
      const { way, mailbox, members } = teams(flaws);
      const { accounts, people: signedIn } = await triedAs(people, way, {}, { mailbox, parts: ['accounts'] });
      expect(signedIn).toHaveLength(2);
      const outcome = (question: string): string => accounts.flatMap((one) => (one.question === question ? [one.outcome] : [])).join();
      expect([outcome('removed-session'), outcome('changed-address')]).toEqual([removed, changed]);
      expect(members()).toEqual(expect.arrayContaining([anna.email, bert.email]));
    },
    60_000,
  );

  it.each<[string, Flaws, string]>([
    ['lowers a role at once', {}, 'holds'],
    ['remembers which role somebody had', { remembersRole: true }, 'broken'],
    ['has roles that open the same', { vainRoles: true }, 'unknown'],
    ['changes nobody whose number is not clear', { numbers: true }, 'none'],
  ])(
    '%s',
    async (_, flaws, lowered) => {
      const { way, mailbox, admins } = teams(flaws);
      const { accounts } = await triedAs(people, way, {}, { mailbox, parts: ['accounts'] });
      expect(accounts.flatMap(({ question, outcome }) => (question === 'lowered-session' ? [outcome] : []))).toEqual([lowered]);
      // Whoever was there has the role that he had, and nobody else has a higher one.
      expect(admins()).toEqual([anna.email, bert.email]);
    },
    60_000,
  );
});
