import { createServer, request, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** What stands in front of a portal that is online: it ends https and passes every request on. On a free port of 127.0.0.1. */
export interface Front {
  readonly port: number;
  /** Where requests go from now on. */
  lead(to: string): void;
  stop(): Promise<void>;
}

/** Without a certificate the front speaks plain http, as a server does that nobody gave one. */
export async function startFront(certificate?: { readonly key: string; readonly cert: string }): Promise<Front> {
  let target = '';
  const pass: RequestListener = (asked, answer) => {
    // Everything as it was asked, the Host header too: an app must see under which name it is visited.
    const onward = request(new URL(asked.url ?? '/', target), { method: asked.method, headers: asked.headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      reply.pipe(answer);
    });
    onward.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    asked.pipe(onward);
  };
  const server = certificate ? createSecureServer({ ...certificate }, pass) : createServer(pass);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    lead: (to) => void (target = to),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
