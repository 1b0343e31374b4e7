import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GivenPerson } from '../../../core/target.ts';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import { proveLive } from '../prove.ts';
import type { LiveInput } from '../steps/run.ts';
import { openSender } from '../wire/sender.ts';

/** Somebody whom the small app knows. */
export interface Member {
  readonly email: string;
  readonly password: string;
  readonly tenant: string;
  readonly key: string;
}

/** One of each of two customers. */
export const anna: Member = { email: 'anna@acme.example', password: 'right-password-1', tenant: 'acme', key: 'key-of-anna-1f7c2e9d' };
export const bert: Member = { email: 'bert@globex.example', password: 'right-password-2', tenant: 'globex', key: 'key-of-bert-83b1a6c4' };

/** What an answer is made of. */
export type Answering = (status: number, value?: unknown, headers?: Readonly<Record<string, string>>) => void;

/** A request as a way in sees it; `body` holds the fields of a form or of JSON. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly cookies: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>>;
}

/** How the small app lets people in. */
export interface WayIn {
  /** Who it is; `undefined` for a visitor. */
  who(asked: Asked): Member | undefined;
  /** Answers its own addresses (sign-in forms); false where it is none of them. */
  answer?(asked: Asked, send: Answering): boolean | Promise<boolean>;
  /** Operations that the app describes beside its notes, e.g. `{ '/login': { post: … } }`. */
  readonly described?: Readonly<Record<string, unknown>>;
}

export interface Habits {
  /** Header that says in which tenant somebody works; `believed`: nobody looks whether it is his. */
  readonly tenantHeader?: { readonly name: string; readonly is: 'checked' | 'believed' };
  /** Notes are read by their id alone. */
  readonly leaks?: boolean;
}

/** A small app whose customers keep notes, on loopback. */
export async function startNotes(way: WayIn, { tenantHeader, leaks = false }: Habits = {}) {
  const notes = new Map<string, { readonly id: string; readonly tenant: string; title: string }>();
  const title = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] };
  const body = { content: { 'application/json': { schema: title } } };
  const description = {
    openapi: '3.0.0',
    paths: {
      '/me': { get: {} },
      '/notes': { get: {}, post: { requestBody: body } },
      '/notes/{id}': { get: {}, put: { requestBody: body }, delete: {} },
      ...way.described,
    },
  };

  function serve({ method, path, body: sent, headers }: Asked, who: Member | undefined, send: Answering): void {
    if (path === '/openapi.json') return send(200, description);
    if (path === '/') return send(200, '<!doctype html><title>Notes</title><a href="/login">Sign in</a>');
    if (!path.startsWith('/me') && !path.startsWith('/notes')) return send(404, {});
    const told = tenantHeader && String(headers[tenantHeader.name] ?? '');
    if (told === '') return send(400, { error: `${tenantHeader?.name} is missing` });
    if (!who) return send(401, {});
    if (tenantHeader?.is === 'checked' && told !== who.tenant) return send(403, {});
    const tenant = told ?? who.tenant;
    if (path === '/me') return send(200, { email: who.email });
    const id = path.split('/')[2];
    if (id === undefined) {
      if (method !== 'POST')
        return send(
          200,
          [...notes.values()].filter((note) => note.tenant === tenant),
        );
      const note = { id: randomUUID(), tenant, title: sent['title'] ?? '' };
      notes.set(note.id, note);
      return send(201, note);
    }
    const note = notes.get(id);
    if (!note || (note.tenant !== tenant && !(leaks && method === 'GET'))) return send(404, {});
    if (method === 'DELETE') notes.delete(id);
    if (method === 'PUT') note.title = sent['title'] ?? '';
    return send(200, note);
  }

  const server = createServer((request, response) => {
    void asked(request).then(async (one) => {
      const send = sending(response);
      if (!(await way.answer?.(one, send))) serve(one, way.who(one), send);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    notes: () => notes.size,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What comes of a run on the small app as these people; and how many notes it holds afterwards. */
export async function triedAs(
  people: readonly GivenPerson[],
  way: WayIn,
  habits: Habits = {},
  input: Partial<LiveInput> = {},
): Promise<LiveAccess & { readonly notes: number }> {
  const app = await startNotes(way, habits);
  const sender = openSender({ origin: app.origin, requests: 3_000, userAgent: 'test' });
  try {
    const live = await proveLive({ sender, routes: [], people, writes: true, parts: ['routes', 'sessions'], ...input });
    return { ...live, notes: app.notes() };
  } finally {
    await sender.close();
    await app.stop();
  }
}

/** What outsiders got: `read GET /notes/{id} with x-tenant: acme`. */
export const got = ({ cells }: LiveAccess): string[] => [
  ...new Set(
    cells.flatMap(({ outcome, relation, verb, route, sending: sent }) =>
      outcome === 'got' && (relation === 'stranger' || relation === 'visitor')
        ? [`${relation} ${verb} ${route}${sent === undefined ? '' : ` with ${sent}`}`]
        : [],
    ),
  ),
];

/** What sends one answer: text as a page, all else as JSON. */
export const sending =
  (response: ServerResponse): Answering =>
  (status, value = '', headers = {}) => {
    const isPage = typeof value === 'string';
    response.writeHead(status, { 'content-type': isPage ? 'text/html' : 'application/json', ...headers });
    response.end(isPage ? value : JSON.stringify(value));
  };

/** A request, read whole. */
export async function asked(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://app');
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const json = request.headers['content-type']?.includes('json') === true;
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    cookies: Object.fromEntries((request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=') as [string, string])),
    body: json ? (JSON.parse(text || '{}') as Record<string, string>) : Object.fromEntries(new URLSearchParams(text)),
  };
}
