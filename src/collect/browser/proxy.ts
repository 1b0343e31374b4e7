import { Agent, createServer, type IncomingMessage, request as ask, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy that lets a browser reach one app and nothing else: redirects, beacons and workers come this way too. */
export interface OneAppProxy {
  /** `http://127.0.0.1:PORT`. */
  readonly server: string;
  stop(): Promise<void>;
}

/** Whether a request may be sent; for apps behind TLS only their address is known here. */
export type Permits = (method: string, path: string) => boolean;

/** Starts the proxy on a port of its own. What goes elsewhere, or is not permitted, is answered 403 and not sent. */
export async function startOneAppProxy(origin: string, permits: Permits): Promise<OneAppProxy> {
  const app = new URL(origin);
  const port = Number(app.port) || (app.protocol === 'https:' ? 443 : 80);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const sockets = new Set<Socket>();

  const server = createServer((request, response) => pass(request, response));
  function pass(request: IncomingMessage, response: ServerResponse): void {
    const url = URL.parse(request.url ?? '');
    const method = request.method ?? 'GET';
    if (!url || url.origin !== app.origin || !permits(method, `${url.pathname}${url.search}`)) {
      response.writeHead(403).end();
      return;
    }
    const { 'proxy-connection': _, ...headers } = request.headers;
    const forwarded = ask({ host: bare(app.hostname), port, method, path: `${url.pathname}${url.search}`, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    forwarded.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  }

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  });
  // Behind TLS, a tunnel to the app alone.
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (app.protocol !== 'https:' || request.url !== `${app.hostname}:${port}`) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const onward = connect(port, bare(app.hostname), () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** `[::1]` → `::1`. */
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');
