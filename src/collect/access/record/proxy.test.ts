import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, request as ask, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { keptBytes, type Seen } from './entry.ts';
import { type RecordingProxy, startRecordingProxy } from './proxy.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

interface Stage {
  readonly proxy: RecordingProxy;
  readonly app: string;
  readonly seen: Seen[];
  readonly failures: string[];
}

/** An app, and the proxy before it. */
async function staged(
  answer: (request: IncomingMessage, response: ServerResponse, app: string) => void,
  upgrade?: (request: IncomingMessage, socket: Socket) => void,
): Promise<Stage> {
  const server = createServer((request, response) => answer(request, response, app));
  if (upgrade) server.on('upgrade', (request, socket) => upgrade(request, socket as Socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const app = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const seen: Seen[] = [];
  const failures: string[] = [];
  const proxy = await startRecordingProxy({
    target: new URL(app),
    port: 0,
    exchanged: (one) => seen.push(one),
    socket: () => undefined,
    failed: (why) => failures.push(why),
  });
  stops.push(() => proxy.stop());
  return { proxy, app, seen, failures };
}

interface Raw {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

/** Asks the proxy as a browser would. `fetch` would unpack, follow and refuse headers. */
function get(origin: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Raw> {
  const { port, host } = new URL(origin);
  return new Promise((resolve, reject) => {
    const request = ask(
      { host: '127.0.0.1', port, path, method: body === undefined ? 'GET' : 'POST', headers: { host, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) }));
      },
    );
    request.on('error', reject).end(body);
  });
}

describe('the recording proxy', () => {
  it('stands for the app: its addresses, redirects and cookies lead here, and it is asked as by its own pages', async () => {
    const { proxy, app, seen } = await staged((request, response, own) => {
      const { host, origin, referer } = request.headers;
      response.setHeader('set-cookie', ['sid=abc; Domain=127.0.0.1; Secure; HttpOnly; SameSite=None', '__Host-t=1; Path=/; Secure']);
      response.setHeader('location', `${own}/next?from=${own}0/x`);
      response.setHeader('content-type', 'application/json');
      response
        .writeHead(302)
        .end(JSON.stringify({ asked: [host, origin, referer, request.url].join(' '), self: `${own}/me`, other: `${own}9/` }));
    });
    const { status, headers, bytes } = await get(
      proxy.origin,
      `/a?back=${encodeURIComponent(proxy.origin)}%2Fb`,
      { origin: proxy.origin, referer: `${proxy.origin}/page`, 'content-type': 'application/json' },
      '{"x":1}',
    );
    expect([status, headers.location]).toEqual([302, `${proxy.origin}/next?from=${app}0/x`]);
    expect(headers['set-cookie']).toEqual(['sid=abc; HttpOnly; SameSite=Lax', '__Host-t=1; Path=/; Secure']);
    const port = new URL(app).host;
    expect(JSON.parse(bytes.toString())).toEqual({
      // What it was told of itself comes back as ours.
      asked: `${port} ${proxy.origin} ${proxy.origin}/page /a?back=${encodeURIComponent(app)}%2Fb`,
      self: `${proxy.origin}/me`,
      other: `${app}9/`,
    });
    const [one] = seen;
    expect([one?.url.origin, one?.sent.toString(), one?.body.includes(`${app}/me`)]).toEqual([app, '{"x":1}', true]);
  });

  it('lets no other site speak in the name of the app', async () => {
    const { proxy } = await staged((request, response) => response.end(request.headers.origin));
    expect((await get(proxy.origin, '/', { origin: 'https://evil.example' })).bytes.toString()).toBe('https://evil.example');
  });

  it.each<[string, string, Record<string, string>]>([
    ['another name for this machine', '/', { host: 'rebound.evil.example' }],
    ['another port', '/', { host: '127.0.0.1:1' }],
    ['a whole address', 'http://example.com/', {}],
  ])('asks nobody for %s', async (_, path, headers) => {
    let asked = 0;
    const { proxy, seen } = await staged((_request, response) => response.end(String((asked += 1))));
    expect((await get(proxy.origin, path, headers)).status).toBe(421);
    expect([asked, seen.length]).toEqual([0, 0]);
  });

  it('opens no tunnel', async () => {
    const { proxy } = await staged((_request, response) => response.end());
    const socket = connect(Number(new URL(proxy.origin).port), '127.0.0.1');
    socket.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n');
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 405 /);
  });

  it('passes on what is compressed as it is', async () => {
    const packed = gzipSync('{"text":"packed"}');
    const { proxy, seen } = await staged((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(packed);
    });
    expect((await get(proxy.origin, '/')).bytes.equals(packed)).toBe(true);
    expect(seen[0]?.body.equals(packed)).toBe(true);
  });

  it('passes on what is longer than it keeps, and pieces as they come', async () => {
    const big = Buffer.alloc(keptBytes + 300_000, 'x');
    const { proxy, seen } = await staged((request, response) => {
      if (request.url === '/big') return void response.end(big);
      // Never ends: what is there has to be seen all the same.
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
    });
    expect((await get(proxy.origin, '/big')).bytes.length).toBe(big.length);
    expect([seen[0]?.body.length, seen[0]?.size]).toEqual([keptBytes, big.length]);
    const { port, host } = new URL(proxy.origin);
    const request = ask({ host: '127.0.0.1', port, path: '/events', headers: { host } });
    const first = await new Promise<string>((resolve) => {
      request
        .on('response', (response) => response.on('data', (chunk: Buffer) => resolve(String(chunk))))
        .on('error', () => undefined)
        .end();
    });
    expect(first).toBe('data: first\n\n');
    await proxy.stop();
    expect(seen[1]?.body.toString()).toBe('data: first\n\n');
  });

  it('passes WebSockets on', async () => {
    const { proxy } = await staged(
      (_request, response) => response.end(),
      (request, socket) => {
        const accept = createHash('sha1')
          .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest('base64');
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
        );
        const text = request.headers.host ?? '';
        socket.write(Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]));
        socket.on('error', () => undefined);
      },
    );
    const { WebSocket } = await import('undici');
    const socket = new WebSocket(proxy.origin.replace('http', 'ws'));
    const text = await new Promise<unknown>((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => resolve(data));
      socket.addEventListener('error', reject);
    });
    expect(text).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('says so where the app is gone, and goes on', async () => {
    let broken = true;
    const { proxy, failures, seen } = await staged((request, response) => (broken ? request.socket.destroy() : response.end('back')));
    const { status, bytes } = await get(proxy.origin, '/');
    expect([status, bytes.toString()]).toEqual([502, expect.stringContaining('did not answer (ECONNRESET)')]);
    expect([failures, seen[0]?.response]).toEqual([['ECONNRESET'], undefined]);
    broken = false;
    expect((await get(proxy.origin, '/')).bytes.toString()).toBe('back');
  });
});
