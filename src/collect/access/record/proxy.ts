import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline, Transform, type TransformCallback } from 'node:stream';
import { createProxyServer } from 'httpxy';
import { addresses, cookieHere } from './addresses.ts';
import { keptBytes, type Seen } from './entry.ts';

/** A server of this machine that stands for one app, and tells what passes. */
export interface RecordingProxy {
  /** Where the browser opens the app: `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Ends it; what is under way is broken off and told first. */
  stop(): Promise<void>;
}

export interface RecordingOptions {
  /** Nothing else is asked. */
  readonly target: URL;
  /** 0: any that is free. */
  readonly port: number;
  /** Hears every exchange once it is over, or was broken off. */
  exchanged(seen: Seen): void;
  /** Hears that a socket was opened, which is passed on and not recorded. */
  socket(): void;
  /** Hears why the app could not be asked. */
  failed(why: string): void;
}

/** Texts in which an app names its own address. */
const namesAddresses = /^(?:text\/|application\/(?:[\w.+-]*json|javascript|xhtml\+xml|manifest))/i;

/**
 * Stands in front of the app on this machine only. Whatever is asked goes to the app and nowhere else; a request for any other host is refused, so that no
 * page can reach it by a name of its own (DNS rebinding). Answers pass as they come, compressed and endless ones too; only the app's own address in them
 * is replaced. Throws what the system says where the port is taken.
 */
export async function startRecordingProxy({ target, port, exchanged, socket: opened, failed }: RecordingOptions): Promise<RecordingProxy> {
  const isTls = target.protocol === 'https:';
  const agent = isTls ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  // `[::1]` is no name that a connection could be opened to.
  const hostname = target.hostname.replace(/^\[|\]$/g, '');
  const app = { protocol: target.protocol, hostname, host: hostname, port: target.port || (isTls ? 443 : 80) };
  const proxy = createProxyServer({ target: app, agent, selfHandleResponse: true, proxyTimeout: 0 });
  const sockets = new Set<Socket>();
  const under = new Map<IncomingMessage, Passing>();
  const server = createServer();
  // A visit may wait as long as the app does.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  // Cookies know no ports: under the app's own name the session of another window would come along.
  const origin = `http://${target.hostname === '127.0.0.1' ? 'localhost' : '127.0.0.1'}:${own}`;
  const here = addresses(target.origin, origin);
  const there = addresses(origin, target.origin);

  const isForUs = ({ headers, url = '' }: IncomingMessage): boolean => headers.host === new URL(origin).host && url.startsWith('/');

  /** As the app's own pages would ask. What another site sends keeps its origin, or the app could not tell that it is forged. */
  function turn(request: IncomingMessage): URL {
    const { headers } = request;
    request.url = there.text(request.url ?? '/').replaceAll(encodeURIComponent(origin), encodeURIComponent(target.origin));
    headers.host = target.host;
    for (const name of ['origin', 'referer'] as const) {
      const value = headers[name];
      if (value !== undefined) headers[name] = there.text(value);
    }
    return new URL(`${target.origin}${request.url}`);
  }

  server.on('request', (request, response) => {
    if (!isForUs(request)) {
      refuse(response, 421, `This stands for ${target.origin} alone. Open it at ${origin}.`);
      return;
    }
    const url = turn(request);
    // Each part of the pipeline listens for its end.
    response.setMaxListeners(30);
    // Texts have to be readable to have addresses in them replaced, and nothing is gained by packing what stays on this machine.
    delete request.headers['accept-encoding'];
    // What the browser remembers is shown, and would not be in the recording.
    for (const name of ['if-none-match', 'if-modified-since'] as const) delete request.headers[name];
    const sent = keep();
    const passing: Passing = { url, begun: new Date(), request, sent, body: keep() };
    under.set(request, passing);
    response.on('close', () => over(request));
    request.on('error', () => undefined);
    void proxy.web(request, response, { buffer: request.pipe(sent.stream) }).catch(() => undefined);
  });

  proxy.on('proxyRes', (answer, request, response) => {
    const passing = under.get(request);
    if (passing) passing.response = answer;
    const hasText =
      request.method !== 'HEAD' && namesAddresses.test(answer.headers['content-type'] ?? '') && !answer.headers['content-encoding'];
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headersHere(answer, here.text, hasText));
    response.flushHeaders();
    const body = passing?.body ?? keep();
    const done = (): void => undefined;
    if (hasText) pipeline(answer, body.stream, here.stream(), response, done);
    else pipeline(answer, body.stream, response, done);
  });

  proxy.on('error', (error, _request, response) => {
    const why = (error as NodeJS.ErrnoException).code ?? error.message;
    failed(why);
    if (!response) return;
    if (!('writeHead' in response) || response.headersSent) response.destroy();
    else refuse(response, 502, `The app at ${target.origin} did not answer (${why}). Start it and load the page again.`);
  });

  function over(request: IncomingMessage): void {
    const passing = under.get(request);
    if (!under.delete(request) || !passing) return;
    const { url, begun, sent, response, body } = passing;
    exchanged({
      url,
      begun,
      ended: new Date(),
      request,
      sent: sent.bytes(),
      ...(response && { response }),
      body: body.bytes(),
      size: body.size(),
    });
  }

  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!isForUs(request)) {
      socket.end('HTTP/1.1 421 Misdirected Request\r\nconnection: close\r\n\r\n');
      return;
    }
    turn(request);
    opened();
    void proxy.ws(request, socket, { agent: false as never }, head).catch(() => socket.destroy());
  });
  server.on('connect', (_request, socket: Socket) => socket.end('HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\n\r\n'));
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  });
  return {
    origin,
    async stop() {
      for (const request of under.keys()) over(request);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await closed;
    },
  };
}

interface Passing {
  readonly url: URL;
  readonly begun: Date;
  readonly request: IncomingMessage;
  readonly sent: Kept;
  readonly body: Kept;
  response?: IncomingMessage;
}

/** Lets a body pass and keeps the beginning of it. */
interface Kept {
  readonly stream: Transform;
  bytes(): Buffer;
  size(): number;
}

function keep(): Kept {
  const chunks: Buffer[] = [];
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding: string, done: TransformCallback) {
      if (size < keptBytes) chunks.push(chunk.subarray(0, keptBytes - size));
      size += chunk.length;
      done(null, chunk);
    },
  });
  stream.on('error', () => undefined);
  return { stream, bytes: () => Buffer.concat(chunks), size: () => size };
}

/** Headers of an answer as the browser takes them from us. */
function headersHere(answer: IncomingMessage, here: (text: string) => string, hasText: boolean): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value === undefined || hopByHop.test(name) || (hasText && name === 'content-length')) continue;
    if (name === 'set-cookie') headers[name] = [value].flat().map(cookieHere);
    else headers[name] = typeof value === 'string' ? here(value) : value.map(here);
  }
  const policy = headers['content-security-policy'];
  // It would ask for TLS, which only the app itself has.
  if (typeof policy === 'string') headers['content-security-policy'] = policy.replace(/upgrade-insecure-requests\s*;?/gi, '');
  return headers;
}

/** Of one connection (RFC 9110, section 7.6.1), and what would pin this address to TLS. */
const hopByHop = /^(?:connection|keep-alive|transfer-encoding|proxy-\w+|trailer|upgrade|strict-transport-security|alt-svc)$/;

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`launch-ready record: ${text}\n`);
}
