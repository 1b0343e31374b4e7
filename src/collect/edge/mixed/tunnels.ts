import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { AddressRules } from '../../http/address.ts';

export interface Tunnels {
  /** `http://127.0.0.1:PORT`. */
  readonly server: string;
  stop(): Promise<void>;
}

/**
 * A proxy that leads visitors to the hosts of the domain map, where they are pinned to, by TLS and to nobody else. Nobody looks at what is sent: it is for
 * windows without a session. Those of people have a proxy of their own, see `openVisit`.
 */
export async function startTunnels(knows: (hostname: string) => boolean, placeOf: NonNullable<AddressRules['placeOf']>): Promise<Tunnels> {
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(403).end());
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  });
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const [, hostname = '', port = ''] = /^(.+):(\d+)$/.exec(request.url ?? '') ?? [];
    const refuse = (): void => void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    if (!knows(hostname) || port !== '443') return refuse();
    placeOf('https:', hostname).then((place) => {
      const onward = connect(place?.port ?? 443, place?.address ?? hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    }, refuse);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
