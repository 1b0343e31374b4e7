import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CacheServer } from './servers.ts';

/** Under which key an answer is kept; `undefined`: it is neither kept nor taken out. */
export type KeyOf = (method: string, url: string, headers: IncomingHttpHeaders) => string | undefined;

/** A small cache in front of an app, for tests where no real one is installed. It heeds its keys and nothing that the app says. */
export async function startNodeCache(
  appPort: number,
  keyOf: KeyOf,
  headers: Readonly<Record<string, string>> = {},
  keeps = (status: number): boolean => status === 200,
): Promise<CacheServer> {
  const kept = new Map<string, { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }>();
  const server = createServer((asked, response) => {
    const key = keyOf(asked.method ?? 'GET', asked.url ?? '/', asked.headers);
    const hit = key === undefined ? undefined : kept.get(key);
    if (hit) {
      asked.resume();
      response.writeHead(hit.status, { ...hit.headers, ...headers }).end(asked.method === 'HEAD' ? undefined : hit.body);
      return;
    }
    const onward = request(
      { port: appPort, host: '127.0.0.1', method: asked.method, path: asked.url, headers: asked.headers },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          const status = answer.statusCode ?? 502;
          const body = Buffer.concat(parts);
          const { 'set-cookie': _, ...plain } = answer.headers;
          if (key !== undefined && keeps(status) && asked.method === 'GET') kept.set(key, { status, headers: plain, body });
          response.writeHead(status, answer.headers).end(body);
        });
      },
    );
    onward.on('error', () => response.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
