import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Agent } from 'undici';
import type { AddressRules } from '../http/address.ts';
import type { Limits } from '../http/transport.ts';

/** A request as it is about to leave this machine. */
export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Absent: it has none. */
  readonly body?: Buffer;
}

export interface ProxyRules {
  /** Hosts that requests may name at all. */
  readonly reaches: (hostname: string) => boolean;
  /** Whether a request may be sent. Asked of every one, also of those that redirects lead to, and of what beacons and workers send. */
  readonly permits: (request: Outgoing) => boolean;
  /** Where connections go; absent: as DNS says. */
  readonly placeOf?: AddressRules['placeOf'] | undefined;
  /** Certificates of further authorities to trust, PEM. */
  readonly authorities?: readonly string[];
  /** Hears of a request that got no answer, and of the error of Node or undici. */
  readonly failed?: (error: unknown, url: URL) => void;
}

export interface Proxy {
  /** `http://127.0.0.1:PORT`. */
  readonly server: string;
  stop(): Promise<void>;
}

/** Header of an answer that comes from the proxy in place of the host: `refused` or `failed`. */
export const proxyAnswer = 'launch-ready-proxy';

const limits: Limits = { connectMs: 8_000, headersMs: 30_000, idleMs: 60_000, totalMs: 120_000, bodyBytes: 0 };
/** Of what a page sends: more is not sent, as nobody could judge it. */
const mostSent = 8 * 2 ** 20;

/** About one connection, and not about what is sent (RFC 9110, section 7.6.1). */
const hopByHop =
  /^(?:connection|proxy-connection|keep-alive|transfer-encoding|te|trailer|upgrade|proxy-authenticate|proxy-authorization)$/i;

/**
 * A proxy that sees each request of a browser, and sends what is permitted. TLS ends here and begins anew: the certificate of the host is held against its
 * name and the authorities on the very connection that the request is sent on, as the rest of the run does it. So the browser may take any certificate: the
 * only one that it is ever shown is ours, on this machine. Chromium could not do the same: `--ignore-certificate-errors-spki-list` is content with a listed key
 * anywhere in what a server shows, and certificates of authorities are public; to look first and then to tunnel leaves time to step in between.
 */
export async function startProxy({ reaches, permits, placeOf, authorities = [], failed }: ProxyRules): Promise<Proxy> {
  const sockets = new Set<Socket>();
  /** Connections that said which host they are for. */
  const origins = new WeakMap<object, string>();
  let opening: Promise<Agent> | undefined;
  // Loaded with the first request: undici takes a while.
  const agent = (): Promise<Agent> =>
    (opening ??= import('../http/agent.ts').then(({ openAgent }) =>
      openAgent({ pins: {}, named: reaches, ...(placeOf && { placeOf }) }, limits, { connections: 16, authorities }),
    ));

  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? '', origins.get(request.socket));
    const body = await bodyOf(request);
    const { method = 'GET', headers } = request;
    if (!url || !/^https?:$/.test(url.protocol) || !reaches(url.hostname) || body === 'too much') return say(request, response, 'refused');
    if (!permits({ method, url, headers, ...(body && { body }) })) return say(request, response, 'refused');
    const called = new AbortController();
    response.on('close', () => called.abort());
    try {
      const answer = await (
        await agent()
      ).request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: method as 'GET',
        headers: onward(request.rawHeaders, /^(?:host|content-length|expect)$/i),
        body: body ?? null,
        responseHeaders: 'raw',
        signal: called.signal,
        // Else undici asks for the certificate of whatever the address of the connection is.
        ...(url.protocol === 'https:' && isIP(bare(url.hostname)) === 0 && { servername: url.hostname }),
      } as Parameters<Agent['request']>[0]);
      response.writeHead(answer.statusCode, onward(answer.headers as unknown as string[], proxyHeader));
      answer.body.on('error', () => response.destroy()).pipe(response);
    } catch (error) {
      if (called.signal.aborted) return;
      failed?.(error, url);
      if (response.headersSent) response.destroy();
      else say(request, response, 'failed');
    }
  }

  const watch = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  server.on('connection', watch);
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const url = URL.parse(`https://${request.url ?? ''}`);
    if (!url || !reaches(url.hostname)) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const own = import('./certificate.ts').then(({ ownCertificate }) => ownCertificate());
    own.then(
      (secureContext) => {
        if (socket.destroyed) return;
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        if (head.length > 0) socket.unshift(head);
        const inside = new TLSSocket(socket, { isServer: true, secureContext });
        origins.set(inside, url.origin);
        // It is one more connection of the same server, with the requests readable.
        server.emit('connection', inside);
      },
      () => socket.destroy(),
    );
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await (await opening?.catch(() => undefined))?.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** In place of the host. A browser that is told 204 stays at the page that it is at. */
function say({ headers }: IncomingMessage, response: ServerResponse, what: 'refused' | 'failed'): void {
  const status = headers['sec-fetch-mode'] === 'navigate' ? 204 : what === 'refused' ? 403 : 502;
  response.writeHead(status, { [proxyAnswer]: what }).end();
}

const proxyHeader = new RegExp(`^${proxyAnswer}$`, 'i');

/** Names and values in turn, without what belongs to the one connection. */
function onward(raw: readonly string[], without: RegExp): string[] {
  const kept: string[] = [];
  for (let nth = 0; nth + 1 < raw.length; nth += 2) {
    const name = raw[nth] ?? '';
    if (!hopByHop.test(name) && !without.test(name)) kept.push(name, raw[nth + 1] ?? '');
  }
  return kept;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | 'too much' | undefined> {
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > mostSent) return 'too much';
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** `[::1]` → `::1`. */
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');
