import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { request as ask } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { makeCertificate } from '../../http/fixtures/certificate.ts';
import type { SmallApp } from '../fixture.ts';
import type { Outside } from './outside.ts';

/** What a name server says; changed while it runs. */
export interface Zone {
  /** Answered in turn, the last for ever. */
  readonly addresses: string[];
  readonly texts: string[];
}

/** A host elsewhere, as far as the outside tells: it lies on this machine, and its name server too. */
export interface Elsewhere {
  readonly url: URL;
  readonly outside: Outside;
  readonly zone: Zone;
  /** What it answers before the app is asked: `[status, headers, body]` by path. */
  readonly answers: Map<string, readonly [number, Record<string, string>, string]>;
  /** Requests for the app by method and path, with the time each came. */
  readonly asked: { readonly method: string; readonly path: string; readonly at: number }[];
  /** Times that the name was looked up. */
  lookups(): number;
  stop(): Promise<void>;
}

/** Puts an app behind TLS and a name: `https://app.launch-ready.test:PORT`. */
export async function startElsewhere(app: Pick<SmallApp, 'origin'>, hostname = 'app.launch-ready.test'): Promise<Elsewhere> {
  const zone: Zone = { addresses: ['127.0.0.1'], texts: [] };
  const names = await startNameServer(hostname, zone);
  const certificate = makeCertificate(hostname);
  const answers: Elsewhere['answers'] = new Map();
  const asked: { method: string; path: string; at: number }[] = [];
  const server = createServer({ ...certificate }, (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const answer = answers.get(url);
    if (answer) {
      response.writeHead(answer[0], answer[1]).end(answer[2]);
      return;
    }
    asked.push({ method, path: url, at: Date.now() });
    const { hostname: host, port } = new URL(app.origin);
    request.pipe(
      ask({ host, port, method, path: url, headers: request.headers }, (got) => {
        response.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(response);
      }),
    );
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`https://${hostname}:${(server.address() as AddressInfo).port}/`),
    zone,
    answers,
    asked,
    lookups: names.lookups,
    outside: {
      addresses: (name) => names.resolver.resolve4(name),
      texts: async (name) => {
        try {
          return (await names.resolver.resolveTxt(name)).map((parts) => parts.join(''));
        } catch {
          return [];
        }
      },
      isPublic: (address) => address.startsWith('127.0.0.'),
      authorities: [certificate.cert],
      pace: { concurrency: 2, delayMs: 5 },
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await names.stop();
    },
  };
}

/** A name server for one host, on this machine (RFC 1035): A records for its name, TXT records for `_launch-ready` below it. */
async function startNameServer(hostname: string, zone: Zone) {
  const socket = createSocket('udp4');
  let lookups = 0;
  socket.on('message', (query, { port, address }) => {
    let at = 12;
    const labels: string[] = [];
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += length + 1;
    }
    const question = query.subarray(12, at + 5);
    const type = query.readUInt16BE(at + 1);
    const name = labels.join('.').toLowerCase();
    const records: Buffer[] = [];
    if (type === 1 && name === hostname) {
      const answer = zone.addresses[Math.min(lookups, zone.addresses.length - 1)];
      lookups += 1;
      if (answer !== undefined) records.push(Buffer.from(answer.split('.').map(Number)));
    }
    if (type === 16 && name === `_launch-ready.${hostname}`)
      records.push(...zone.texts.map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])));
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    for (const [offset, count] of [
      [4, 1],
      [6, records.length],
      [8, 0],
      [10, 0],
    ] as const)
      head.writeUInt16BE(count, offset);
    const answers = records.map((data) => {
      const fixed = Buffer.alloc(12);
      fixed.writeUInt16BE(0xc00c, 0);
      fixed.writeUInt16BE(type, 2);
      fixed.writeUInt16BE(1, 4);
      fixed.writeUInt32BE(0, 6);
      fixed.writeUInt16BE(data.length, 10);
      return Buffer.concat([fixed, data]);
    });
    socket.send(Buffer.concat([head, question, ...answers]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    resolver,
    lookups: () => lookups,
    stop: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}
