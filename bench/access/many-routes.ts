import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An app with many resources that belong to whoever made them, described by OpenAPI: `node many-routes.ts RESOURCES`. Sends its origin to its parent. */
const resources = Number(process.argv[2]);
const text = { type: 'string' };
const body = (...names: string[]) => ({
  content: {
    'application/json': { schema: { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, text])) } },
  },
});
const paths: Record<string, unknown> = {
  '/register': { post: { requestBody: body('email', 'password') } },
  '/login': { post: { requestBody: body('email', 'password') } },
  '/me': { get: {} },
};
for (let nth = 0; nth < resources; nth += 1) {
  paths[`/r${nth}`] = { get: {}, post: { requestBody: body('title', 'text') } };
  paths[`/r${nth}/{id}`] = { get: {}, delete: {} };
}
const description = JSON.stringify({ openapi: '3.1.0', paths });
const users = new Map<string, string>();
const tokens = new Map<string, string>();
const rows = new Map<string, { readonly owner: string; readonly row: object }>();

const server = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const sent = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, string>;
  const { method, url = '/' } = request;
  const send = (status: number, value?: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(typeof value === 'string' ? value : JSON.stringify(value ?? {}));
  };
  if (url === '/openapi.json') return send(200, description);
  if (url === '/register') return send(users.set(sent['email'] ?? '', sent['password'] ?? '') ? 201 : 500);
  if (url === '/login') {
    if (users.get(sent['email'] ?? '') !== sent['password']) return send(401);
    const token = randomUUID();
    tokens.set(token, sent['email'] ?? '');
    return send(200, { access_token: token });
  }
  if (request.headers.cookie?.includes('0123456789abcdef')) return send(200, { id: 1, title: 'one', text: 'a text of some length' });
  const owner = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
  if (owner === undefined) return send(401);
  if (url === '/me') return send(200, { email: owner });
  const [, list = '', id] = url.split('/');
  if (!/^r\d+$/.test(list)) return send(404);
  if (id === undefined && method === 'GET')
    return send(
      200,
      [...rows].filter(([key, one]) => key.startsWith(`${list}/`) && one.owner === owner).map(([, one]) => one.row),
    );
  if (id === undefined && method === 'POST') {
    const row = { id: randomUUID(), ...sent };
    rows.set(`${list}/${row.id}`, { owner, row });
    return send(201, row);
  }
  const found = rows.get(`${list}/${id ?? ''}`);
  if (found?.owner !== owner) return send(404);
  if (method === 'DELETE') rows.delete(`${list}/${id ?? ''}`);
  return send(200, found.row);
}
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
