import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/**
 * Ways in which the small app differs from what one expects; each misled a tester or hid a flaw on an app that runs somewhere (access.md, section 3.1).
 * Those that begin with `leak-` are flaws, the others are right.
 */
export type Quirk =
  | 'put-acts-on-caller'
  | 'delete-does-nothing'
  | 'denies-by-redirect'
  | 'denies-by-400'
  | 'denies-by-500'
  | 'denies-by-empty-200'
  | 'created-without-body'
  | 'same-for-everybody'
  | 'slows-down-after-writes'
  | 'slow-writes'
  | 'slows-down-writes-of-others'
  | 'takes-no-notes'
  | 'links-are-signed'
  | 'seen-is-noted'
  | 'slugs'
  | 'limits'
  | 'limits-for-an-hour'
  | 'refuses-sign-in-by-200'
  | 'listed-to-all'
  | 'leaks-once'
  | 'sends'
  | 'resets'
  | 'reset-shuts-out'
  | 'refuses-reset'
  | 'reset-tells'
  | 'leak-send'
  | 'leak-read'
  | 'leak-read-in-redirect'
  | 'leak-read-to-visitors'
  | 'leak-write-behind-404'
  | 'leak-delete'
  | 'leak-theft';

interface User {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  motto: string;
}

interface Note {
  readonly id: string;
  owner: string;
  title: string;
  text: string;
  state?: 'sent' | 'new' | 'seen';
}

export interface SmallApp {
  readonly origin: string;
  /** `GET /reset` and the like: how often something that destroys was asked for. */
  destroyed(): number;
  /** How often `POST /notes/{id}/send` was asked for. */
  sendings(): number;
  /** Notes that are there now. */
  notes(): number;
  stop(): Promise<void>;
}

const schema = (names: readonly string[]) => ({
  content: {
    'application/json': {
      schema: { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) },
    },
  },
});

const description = {
  openapi: '3.1.0',
  paths: {
    '/register': { post: { requestBody: schema(['email', 'password']) } },
    '/login': { post: { requestBody: schema(['email', 'password']) } },
    '/me': { get: {} },
    '/balance': { get: {} },
    '/reset': { get: {} },
    '/notes': { get: {}, post: { requestBody: schema(['title', 'text']) } },
    '/notes/{id}': { get: {}, put: { requestBody: schema(['title', 'text']) }, delete: {} },
  },
};

/** An app with notes that belong to whoever wrote them, on a port of its own. */
export async function startSmallApp(quirks: readonly Quirk[] = []): Promise<SmallApp> {
  const has = (quirk: Quirk): boolean => quirks.includes(quirk);
  const users: User[] = [];
  const tokens = new Map<string, User>();
  const notes = new Map<string, Note>();
  const told = has('sends') ? { ...description, paths: { ...description.paths, '/notes/{id}/send': { post: {} } } } : description;
  let destroyed = 0;
  let sendings = 0;
  let slow = 0;
  let asked = 0;
  let shutOut = false;
  let leaked = false;

  const server = createServer((request, response) => {
    void answer(request, response);
  });

  /** Seconds to wait, where it was asked too much. */
  function tooMuchOf(nth: number): string | undefined {
    if (has('limits') && nth % 9 === 0) return '0';
    return has('limits-for-an-hour') && notes.size >= 2 ? '3600' : undefined;
  }

  const newId = (title = ''): string => (has('slugs') ? title.replaceAll(' ', '-') : randomUUID());

  const askToSignIn = (send: (status: number, value?: unknown) => void, deny: () => void): void =>
    has('slugs') ? deny() : send(401, { error: 'sign in' });

  function reset(send: (status: number, value?: unknown) => void): void {
    destroyed += 1;
    if (has('resets')) {
      users.length = 0;
      tokens.clear();
    }
    shutOut = has('reset-shuts-out');
    if (has('refuses-reset')) return send(403, { error: 'staff only' });
    if (has('reset-tells')) return send(200, { user: 'admin', password: 'Fresh-4711-pass' });
    return send(200, {});
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const body = await bodyOf(request);
    const user = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    const send = (status: number, value?: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(value === undefined ? '' : JSON.stringify(value));
    };
    const deny = (): void => {
      if (has('slugs')) return send(302, { to: `/login?back=${url}` }, { location: `/login?back=${url}` });
      if (has('denies-by-redirect')) return send(302, undefined, { location: '/login' });
      if (has('denies-by-400')) return send(400, { error: 'bad request' });
      if (has('denies-by-500')) return send(500, { error: 'no such row' });
      if (has('denies-by-empty-200')) return send(200, {});
      return send(404, { error: 'not found' });
    };
    const tooMuch = tooMuchOf((asked += 1));
    if (tooMuch !== undefined) return send(429, { error: 'not so fast' }, { 'retry-after': tooMuch });
    if (url === '/openapi.json') return send(200, told);
    if (url === '/reset') return reset(send);
    const entered = method === 'POST' ? enter(url, body) : undefined;
    if (entered) return send(...entered);
    const id = /^\/notes\/([^/?]+)$/.exec(url)?.[1];
    if (slow > 0 && id !== undefined && method === 'GET') {
      slow -= 1;
      return send(429, { error: 'not so fast' });
    }
    slow = has('slows-down-after-writes') && id !== undefined && (method === 'PUT' || method === 'DELETE') ? 2 : 0;
    const note = id === undefined ? undefined : notes.get(id);
    const toSend = notes.get(/^\/notes\/([^/?]+)\/send$/.exec(url)?.[1] ?? '');
    if (toSend && method === 'POST') return sendNote(toSend, user) ? send(204) : deny();
    if (!user) {
      if (method === 'GET' && note && has('leak-read-to-visitors')) return send(200, note);
      return askToSignIn(send, deny);
    }
    const own = ownPage(url, user);
    if (own) return send(200, own);
    if (url === '/notes' && method === 'GET')
      return send(
        200,
        [...notes.values()].filter(({ owner }) => has('listed-to-all') || owner === user.id),
      );
    if (url === '/notes' && method === 'POST') {
      if (has('slow-writes')) await setTimeout(40);
      return send(...addNote(user, body));
    }
    if (!note) return id !== undefined && has('same-for-everybody') ? send(200, { kind: 'note', rights: 'all reserved' }) : send(404, {});
    return aboutNote(method, note, user, body, send, deny);
  }

  function addNote(user: User, { title = '', text = '' }: Readonly<Record<string, string>>): [number, unknown?] {
    if (has('takes-no-notes')) return [403, { error: 'not on this plan' }];
    const made: Note = { id: newId(title), owner: user.id, title, text, ...(has('seen-is-noted') && { state: 'new' }) };
    notes.set(made.id, made);
    return has('created-without-body') ? [204] : [201, made];
  }

  function enter(url: string, body: Readonly<Record<string, string>>): [number, unknown] | undefined {
    if (url === '/register') {
      users.push({ id: randomUUID(), email: body['email'] ?? '', password: body['password'] ?? '', motto: '' });
      return [201, {}];
    }
    if (url !== '/login') return undefined;
    if (shutOut) return [429, { error: 'too many tries' }];
    const found = users.find(({ email, password }) => email === body['email'] && password === body['password']);
    if (!found) return [has('refuses-sign-in-by-200') ? 200 : 401, { error: 'wrong' }];
    const token = randomUUID();
    tokens.set(token, found);
    return [200, { access_token: token }];
  }

  function ownPage(url: string, user: User): object | undefined {
    if (url === '/me') return { id: user.id, email: user.email, motto: user.motto };
    return url === '/balance' ? { balance: '0.00', currency: 'EUR' } : undefined;
  }

  function sendNote(note: Note, user: User | undefined): boolean {
    sendings += 1;
    const may = has('leak-send') || note.owner === user?.id;
    if (may) note.state = 'sent';
    return may;
  }

  function aboutNote(
    method: string,
    note: Note,
    user: User,
    body: Readonly<Record<string, string>>,
    send: (status: number, value?: unknown, headers?: Record<string, string>) => void,
    deny: () => void,
  ): void {
    const own = note.owner === user.id;
    if (!own && method !== 'GET' && has('slows-down-writes-of-others')) return send(429, { error: 'not so fast' });
    if (method === 'GET') {
      if (own || has('leak-read') || has('listed-to-all')) {
        send(200, has('links-are-signed') ? { ...note, file: `/files/a?signature=${letters(20)}` } : note);
        if (note.state === 'new') note.state = 'seen';
        return;
      }
      if (has('leaks-once') && !leaked) {
        leaked = true;
        return send(200, note);
      }
      if (has('leak-read-in-redirect')) return send(302, note, { location: '/login' });
      return has('same-for-everybody') ? send(200, { kind: 'note', rights: 'all reserved' }) : deny();
    }
    if (method === 'PUT') {
      if (own) {
        Object.assign(note, { title: body['title'], text: body['text'] });
        return send(200, note);
      }
      if (has('leak-write-behind-404')) Object.assign(note, { title: body['title'], text: body['text'] });
      if (has('leak-theft')) note.owner = user.id;
      if (has('put-acts-on-caller')) {
        user.motto = body['title'] ?? '';
        return send(204);
      }
      return deny();
    }
    if (method === 'DELETE') {
      if (own || has('leak-delete')) {
        notes.delete(note.id);
        return send(204);
      }
      return has('delete-does-nothing') ? send(200, { ok: true }) : deny();
    }
    return send(405, {});
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    destroyed: () => destroyed,
    sendings: () => sendings,
    notes: () => notes.size,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const letters = (length: number): string =>
  Array.from({ length }, () => String.fromCharCode(103 + Math.floor(Math.random() * 20))).join('');

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text || '{}') as Record<string, string>;
  } catch {
    return {};
  }
}
