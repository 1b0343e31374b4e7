import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GivenPerson } from '../../../core/target.ts';

/** Flaws of the small app of pages; without them it is right. Each leaves out the question whose thing it is, in one place. */
export type PagesFlaw =
  | 'shows'
  | 'edits'
  | 'deletes-by-link'
  | 'closes-by-link'
  | 'adds-below'
  | 'hidden-id'
  | 'deletes-by-form'
  | 'profile'
  | 'staff-page'
  | 'staff-form'
  | 'staff-at-sign-up';

/**
 * Things that are right and have misled testers: edits that change the caller's own, and an empty form for any id. The staff's page says nothing to others;
 * with `refuses-by-403` it refuses them.
 */
export type PagesTrap =
  | 'edits-the-callers'
  | 'empty-form-for-any-id'
  | 'says-done-and-does-nothing'
  | 'refuses-by-403'
  /** Who owns what somebody else was refused to change has to sign in again. */
  | 'signs-its-owner-out'
  /** Who owns what somebody else was refused to close is answered 503 from then on. */
  | 'busy-for-its-owner'
  /** What is typed on the staff's page is kept for nobody. */
  | 'staff-form-does-nothing'
  /** The staff's page is busy whenever others ask for it. */
  | 'staff-page-is-busy'
  /** Whoever asks for the staff's page and is none of them has to sign in again. */
  | 'staff-page-signs-out'
  /** Tells people on their profile what others wanted to call them. */
  | 'tells-of-attempts'
  /** Shows a profile to somebody else once, as a page that was kept for a moment. */
  | 'shows-a-profile-once';

interface User {
  readonly id: number;
  readonly login: string;
  readonly email: string;
  readonly password: string;
  name: string;
  since: string;
  readonly isStaff: boolean;
}

interface Thing {
  readonly id: number;
  readonly owner: User;
  title: string;
  isClosed: boolean;
}

export const pagesPeople: readonly GivenPerson[] = ['ann', 'bob', 'root'].map((name) => ({
  name,
  tenant: name,
  email: `${name}@example.com`,
  username: name,
  password: `Lab-${name}-1`,
  ...(name === 'root' && { administrator: true }),
}));

export interface PagesApp {
  readonly origin: string;
  /** Things that are there now. */
  things(): number;
  /** What was there before anybody came, as it is now. */
  before(): string;
  stop(): Promise<void>;
}

const field = (name: string, value = '', type = 'text'): string => `<input type="${type}" name="${name}" value="${value}">`;

/** An app of projects with tasks, of a board that is one for all, and of a page for the staff; every form carries a token. */
export async function startPagesApp(quirks: readonly (PagesFlaw | PagesTrap)[] = []): Promise<PagesApp> {
  const has = (quirk: PagesFlaw | PagesTrap): boolean => quirks.includes(quirk);
  const users: User[] = pagesPeople.map(({ email, username = '', password = '' }, nth) => ({
    id: nth + 1,
    login: username,
    email,
    password,
    name: `The one and only ${username}`,
    since: '2020-01-01',
    isStaff: username === 'root',
  }));
  const sessions = new Map<string, { user?: User | undefined; readonly token: string }>();
  const projects = new Map<number, Thing>();
  const tasks = new Map<number, Thing & { readonly project: number }>();
  const notes = new Map<number, Thing>();
  const busy = new Set<User>();
  const attempts = new Map<User, string>();
  let last = 100;
  const [ann] = users;
  if (ann) projects.set(7, { id: 7, owner: ann, title: 'It was there before', isClosed: false });
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const sent = new URLSearchParams(await textOf(request));
    const known = /sid=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
    const sid = known !== undefined && sessions.has(known) ? known : randomUUID();
    const session = sessions.get(sid) ?? { token: randomUUID() };
    sessions.set(sid, session);
    response.setHeader('set-cookie', `sid=${sid}; Path=/`);
    const me = session.user;
    if (me && busy.has(me)) return void response.writeHead(503).end('busy');
    const page = (body: string): unknown =>
      response.setHeader('content-type', 'text/html').end(`<!doctype html><html><body>${menu(me)}${body}</body></html>`);
    const go = (to: string): unknown => response.writeHead(302, { location: to }).end();
    const form = (action: string, fields: string): string =>
      `<form method="post" action="${action}">${field('csrf_token', session.token, 'hidden')}${fields}<button>Save</button></form>`;
    if (method === 'POST' && sent.get('csrf_token') !== session.token) return void response.writeHead(403).end('no token');
    if (url === '/login' || url === '/register') {
      if (method === 'GET')
        return void page(
          form(url, (url === '/login' ? '' : field('email') + field('name')) + field('username') + field('password', '', 'password')),
        );
      if (url === '/register')
        users.push({
          id: users.length + 1,
          login: sent.get('username') ?? '',
          email: sent.get('email') ?? '',
          password: sent.get('password') ?? '',
          name: sent.get('name') ?? '',
          since: '',
          isStaff: has('staff-at-sign-up') && sent.has('is_staff'),
        });
      session.user = users.find(({ login, password }) => login === sent.get('username') && password === sent.get('password'));
      return void (session.user ? go('/projects') : page('refused'));
    }
    const [, list = '', id, part] = url.split('/');
    if (list === 'board') return void onBoard(id, part);
    if (!me && !has('shows') && !has('edits') && !has('deletes-by-link')) return void go('/login');
    if (list === 'projects') return void onProjects(Number(id), part, id === 'new');
    if (list === 'tasks') return void onTasks(id, Number(part ?? id));
    if (list === 'profile') return void onProfile(Number(id));
    if (list === 'staff' && me) return void onStaff();
    return void go(me ? '/projects' : '/login');

    /** What comes over the owner of something that somebody else wanted to change. */
    function upset(owner: User, deed: string | undefined): void {
      if (deed === 'edit' && method === 'POST' && has('signs-its-owner-out'))
        for (const [key, { user }] of sessions) if (user === owner) sessions.delete(key);
      if (deed === 'toggle' && has('busy-for-its-owner')) busy.add(owner);
    }

    function onList(): unknown {
      if (method === 'POST' && me) projects.set((last += 1), { id: last, owner: me, title: sent.get('title') ?? '', isClosed: false });
      if (method === 'POST') return go('/projects');
      const own = [...projects.values()].filter(({ owner }) => owner === me);
      return page(`<a href="/projects/new">New</a>${own.map((one) => `<a href="/projects/${one.id}">${one.title}</a>`).join('')}`);
    }

    function onProjects(nr: number, deed: string | undefined, isNew: boolean): unknown {
      if (isNew) return page(form('/projects', field('title')));
      if (url === '/projects') return onList();
      const found = projects.get(nr);
      if (found && found.owner !== me) upset(found.owner, deed);
      const may = (flaw: PagesFlaw): boolean => found !== undefined && (found.owner === me || has(flaw));
      const one =
        has('edits-the-callers') && deed === 'edit' ? ([...projects.values()].findLast(({ owner }) => owner === me) ?? found) : found;
      if (deed === 'edit' && one && (may('edits') || one !== found || (has('says-done-and-does-nothing') && method === 'POST'))) {
        if (method === 'POST' && (may('edits') || one !== found)) one.title = sent.get('title') ?? '';
        return method === 'POST' ? go(`/projects/${nr}`) : page(form(url, field('title', one.title)));
      }
      if (deed === 'edit' && has('empty-form-for-any-id')) return page(form(url, field('title')));
      if (found && deed === undefined && may('shows'))
        return page(
          `<h1>${found.title}</h1>${found.isClosed ? 'Closed' : 'Open'}<a href="/projects/${nr}/edit">Edit</a><a href="/projects/${nr}/delete">Delete</a><a href="/projects/${nr}/toggle">Close</a><a href="/tasks/new/${nr}">Add</a>
           <ul>${[...tasks.values()].map((task) => (task.project === nr ? `<li><a href="/tasks/${task.id}">${task.title}</a> <a href="/tasks/delete/${task.id}">x</a>` : '')).join('')}</ul>${form(`/projects/${nr}/tasks`, field('title'))}`,
        );
      if (found && deed === 'delete' && may('deletes-by-link')) projects.delete(nr);
      if (found && deed === 'toggle' && may('closes-by-link')) found.isClosed = !found.isClosed;
      if (found && me && deed === 'tasks' && may('adds-below'))
        tasks.set((last += 1), { id: last, owner: found.owner, project: nr, title: sent.get('title') ?? '', isClosed: false });
      return go(deed === 'tasks' || deed === 'toggle' ? `/projects/${nr}` : '/projects');
    }

    function onTasks(deed: string | undefined, nr: number): unknown {
      const one = tasks.get(deed === 'update' ? Number(sent.get('task_id')) : nr);
      const may = (flaw?: PagesFlaw): boolean =>
        one !== undefined && projects.has(one.project) && (one.owner === me || (flaw !== undefined && has(flaw)));
      if (one && deed === 'update' && may('hidden-id')) one.title = sent.get('title') ?? '';
      if (one && deed === 'delete' && may('deletes-by-form')) {
        if (method === 'GET') return page(form(url, 'Sure?'));
        tasks.delete(nr);
        return go('/projects');
      }
      if (one && may() && deed !== 'update')
        return page(form('/tasks/update', field('task_id', String(nr), 'hidden') + field('title', one.title)));
      return go('/projects');
    }

    function onProfile(nr: number): unknown {
      const other = users.find((user) => user.id === nr && user !== me);
      if (other && method === 'POST') attempts.set(other, sent.get('name') ?? '');
      if (other && method === 'GET' && me && has('shows-a-profile-once') && attempts.delete(other))
        return page(form(`/profile/${nr}`, field('name', other.name) + field('email', other.email)));
      const one = Number.isNaN(nr) || (nr !== me?.id && !has('profile')) ? me : users.find((user) => user.id === nr);
      if (one && method === 'POST') one.name = sent.get('name') ?? '';
      const told = one && has('tells-of-attempts') ? (attempts.get(one) ?? '') : '';
      return page(one ? `${told}${form(`/profile/${one.id}`, field('name', one.name) + field('email', one.email))}` : '');
    }

    function onStaff(): unknown {
      const isStaff = me?.isStaff === true;
      if (!isStaff && has('staff-page-is-busy') && method === 'GET') return response.writeHead(503).end('busy');
      if (!isStaff && has('staff-page-signs-out')) sessions.delete(sid);
      if (method === 'POST') {
        const one = users.find((user) => user.id === Number(sent.get('user_id')));
        if (one && (isStaff || has('staff-form')) && !has('staff-form-does-nothing')) one.since = sent.get('since') ?? '';
        return go('/staff');
      }
      if (!isStaff && has('refuses-by-403')) return response.writeHead(403).end('refused');
      if (!isStaff && !has('staff-page')) return page('Nothing for you');
      const rows = users.map(
        ({ id: nr, name, since }) =>
          `<tr><td>${name}<td>Paid leave of ${nr * 3} days<td>${form('/staff', field('user_id', String(nr), 'hidden') + field('since', since, 'date'))}`,
      );
      return page(`<h1>Leave of everybody</h1><table>${rows.join('')}</table>`);
    }

    function onBoard(nr: string | undefined, deed: string | undefined): unknown {
      if (!me) return go('/login');
      const one = notes.get(Number(nr));
      if (method === 'POST' && one) one.title = sent.get('text') ?? '';
      else if (method === 'POST') notes.set((last += 1), { id: last, owner: me, title: sent.get('text') ?? '', isClosed: false });
      if (deed === 'delete') notes.delete(Number(nr));
      if (method === 'POST' || deed === 'delete') return go('/board');
      if (one) return page(form(`/board/${nr}`, field('text', one.title)));
      const all = [...notes.values()].map(
        ({ id: key, title }) => `<a href="/board/${key}">${title}</a><a href="/board/${key}/delete">x</a>`,
      );
      return page(`${all.join('')}${form('/board', field('text'))}`);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    things: () => projects.size + [...tasks.values()].filter(({ project }) => projects.has(project)).length + notes.size,
    before: () =>
      `${projects.get(7)?.title} ${projects.get(7)?.isClosed} ${users
        .slice(0, 3)
        .map(({ name, since }) => `${name} ${since}`)
        .join()}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const menu = (me: User | undefined): string =>
  me
    ? `<a href="/projects">Projects</a><a href="/board">Board</a><a href="/profile">${me.login}</a>${me.login === 'root' ? '<a href="/staff">Staff</a>' : ''}`
    : '<a href="/login">Log in</a><a href="/register">Join</a>';

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
