import { type IncomingMessage, request, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createNet, type Server, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { type Leaf, makeAuthority, makeLeaf } from '../../src/collect/tls/fixture.ts';

/** What a visitor asks for. */
export interface Visit {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly path: string;
  /** Path and query. */
  readonly url: string;
  readonly method: string;
  readonly origin: string | undefined;
  /** The host whose server was asked, whatever name it was asked for. */
  readonly server: string;
}

export interface Shown {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers a visit, or leaves it to the next one. */
export type Page = (visit: Visit) => Shown | undefined;

/** The web side of a domain before it is started. */
export interface Web {
  /** The first that answers counts; what none answers is the app's. */
  readonly pages: Page[];
  /** Strict-Transport-Security by host. */
  readonly hsts: Record<string, string>;
  /** Further headers of everything that comes by https, by host. */
  readonly guards: Record<string, Record<string, string>>;
  /** The cookie that a login page begins a session with, by host. */
  readonly sessions: Record<string, string>;
  /** Certificates by host; `self`: signed by itself. */
  readonly leaves: Record<string, Omit<Leaf, 'names'> & { readonly names?: readonly string[]; readonly self?: true }>;
  readonly tls: Record<string, TlsOptions>;
}

export const to = (status: number, location: string): Shown => ({ status, headers: { location } });
export const html = (title: string, body = '', status = 200): Shown => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`,
});

const usualGuards = {
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'content-security-policy': "default-src 'self'; object-src 'none'; base-uri 'self'",
};

/** Addresses of the app that people write with a slash at the end. One rule for all paths would lead from `//evil.example/` to `//evil.example`. */
const slashed = new Set(['/login/', '/auth/callback/']);

/** The usual pages: one host for the site, one for the app, one for the API, and all of it by https. */
export function cleanWeb(apex: string): Web {
  const hosts = [apex, `www.${apex}`, `app.${apex}`, `api.${apex}`];
  const origin = `https://app.${apex}`;
  return {
    pages: [
      ({ host }) => (hosts.includes(host) ? undefined : { status: 421, body: 'Misdirected Request' }),
      ({ scheme, host, url }) => (scheme === 'http' ? to(308, `https://${host}${url}`) : undefined),
      ({ host, url }) => (host === apex ? to(308, `https://www.${apex}${url}`) : undefined),
      ({ host, path }) =>
        host !== `www.${apex}`
          ? undefined
          : path === '/'
            ? html('Harbourline', `<p>Berths, booked.</p><a href="${origin}/login">Sign in</a>`)
            : html('Not found', '', 404),
      ({ host, path, method, origin: from }) => {
        if (host !== `api.${apex}`) return undefined;
        const headers = {
          vary: 'Origin',
          'content-type': 'application/json',
          ...(from === origin && { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }),
        };
        if (method === 'OPTIONS') return { status: 204, headers };
        const isThere = path === '/' || path === '/api';
        return {
          status: isThere ? 200 : 404,
          headers,
          body: JSON.stringify(isThere ? { name: 'Harbourline API' } : { error: 'not found' }),
        };
      },
      ({ host, path, url }) => (host === `app.${apex}` && slashed.has(path) ? to(308, url.replace(path, path.slice(0, -1))) : undefined),
      // Whoever comes back from a sign-in without having begun one has to begin.
      ({ path }) => (path === '/auth/callback' || path === '/auth/confirm' ? to(303, '/login') : undefined),
    ],
    hsts: Object.fromEntries(hosts.map((host) => [host, 'max-age=31536000'])),
    guards: Object.fromEntries(hosts.map((host) => [host, { ...usualGuards }])),
    sessions: { [`app.${apex}`]: '__Host-session=none-yet; Path=/; Secure; HttpOnly; SameSite=Lax' },
    leaves: Object.fromEntries(hosts.map((host) => [host, {}])),
    tls: {},
  };
}

/** The hosts while they run. */
export interface RunningWeb {
  /** As `GivenDomains.connect` has it. */
  readonly connect: Readonly<Record<string, string>>;
  /** Certificate of the authority that signed those of the hosts, PEM. */
  readonly authority: string;
  /** How often somebody connected by TLS, and sent a request. */
  counts(): { readonly connections: number; readonly requests: number };
  stop(): Promise<void>;
}

/** A part of the app that answers by itself; false: this is not for it. */
export type Part = (visit: Visit, asked: IncomingMessage, response: ServerResponse) => boolean;

/** Starts a server for the http of each host and one for its https. `app`: where the app, or what stands in front of it, is reached; `part` is asked before. */
export async function startWeb(
  { pages, hsts, guards, sessions, leaves, tls }: Web,
  app: string,
  part: Part,
  delayMs: number,
): Promise<RunningWeb> {
  const authority = await makeAuthority('Harbourline Example Root');
  const stops: (() => Promise<void>)[] = [];
  let [connections, requests] = [0, 0];
  const answerOf =
    (server: string): RequestListener =>
    (asked, response) => {
      const visit = visitOf(asked, server);
      const strict = visit.scheme === 'https' ? hsts[visit.host] : undefined;
      if (strict !== undefined) response.setHeader('strict-transport-security', strict);
      if (visit.scheme === 'https') for (const [name, value] of Object.entries(guards[visit.host] ?? {})) response.setHeader(name, value);
      const session = visit.scheme === 'https' && visit.path === '/login' && visit.method === 'GET' ? sessions[visit.host] : undefined;
      if (session !== undefined) response.setHeader('set-cookie', session);
      const shown = first(pages, visit);
      if (!shown) return part(visit, asked, response) ? undefined : onward(app, asked, response);
      asked.resume();
      response.writeHead(shown.status, shown.headers).end(visit.method === 'HEAD' ? undefined : shown.body);
    };
  const connect: Record<string, string> = {};
  for (const [host, { names = [host], self, ...leaf }] of Object.entries(leaves)) {
    const answer = answerOf(host);
    const late: RequestListener = (asked, response) => {
      requests += 1;
      setTimeout(() => answer(asked, response), delayMs);
    };
    const certificate = await makeLeaf({ ...leaf, names }, self ? undefined : authority);
    const secure = createHttps({ ...certificate, ...tls[host] }, late);
    secure.on('tlsClientError', () => undefined);
    // Each connection waits before it begins, as over a long line.
    const front = createNet({ pauseOnConnect: true }, (socket) => {
      connections += 1;
      setTimeout(() => secure.emit('connection', socket), delayMs);
    });
    connect[host] = await listening(front, stops);
    connect[`http://${host}`] = await listening(createHttp(late), stops);
  }
  return {
    connect,
    authority: authority.certificate.toString('pem'),
    counts: () => ({ connections, requests }),
    stop: async () => void (await Promise.all(stops.map((stop) => stop()))),
  };
}

function first(pages: readonly Page[], visit: Visit): Shown | undefined {
  for (const page of pages) {
    const shown = page(visit);
    if (shown) return shown;
  }
  return undefined;
}

function visitOf({ headers, url = '/', method = 'GET', socket }: IncomingMessage, server: string): Visit {
  return {
    scheme: 'encrypted' in socket ? 'https' : 'http',
    host: (headers.host ?? '').replace(/:\d+$/, ''),
    path: url.split('?')[0] ?? '/',
    url,
    method,
    origin: headers.origin,
    server,
  };
}

function onward(app: string, asked: IncomingMessage, response: ServerResponse): void {
  const { host: _, ...headers } = asked.headers;
  const sent = request(`${app}${asked.url}`, { method: asked.method ?? 'GET', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  sent.on('error', () => response.destroy());
  asked.pipe(sent);
}

/** Listens on a free port of this machine; gives its place. */
async function listening(server: Server, stops: (() => Promise<void>)[]): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stops.push(
    () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  );
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
