import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Ways in which the small app behind the cache differs. */
export interface CachedAppOptions {
  /** Shows a page whatever is appended to its address, as many frameworks do. */
  readonly takesSuffixes?: boolean;
  /** Cache-Control of what is private. */
  readonly cacheControl?: string;
  /** Expires of the same. */
  readonly expires?: string;
  /** Shows orders to everybody: a hole of the app, and no cache is to blame. */
  readonly openOrders?: boolean;
  /** The account shows one of two texts: anna mostly the one, bert mostly the other, and each at every nth time the other's, as by chance. */
  readonly tips?: number;
  /** A page for everybody that names its author. */
  readonly blog?: boolean;
  /** Loads its scripts from whatever host X-Forwarded-Host names; says of each page that it comes from no cache. */
  readonly believesForwarded?: boolean;
  /** Attributes of the cookie that keeps people signed in. */
  readonly cookie?: string;
  /** Stands on the account, HTML. */
  readonly onAccount?: string;
}

export interface CachedApp {
  readonly port: number;
  readonly people: readonly { readonly name: string; readonly email: string; readonly password: string }[];
  /** Requests that reached the app. */
  readonly asked: readonly string[];
  /** Takes somebody in as its customer, who can sign in from then on; who is one already gets this password. */
  join(name: string, email: string, password: string): void;
  /** Lets a customer in; gives the cookie of his session, `undefined` where there is no such customer. */
  enter(email: string): string | undefined;
  stop(): Promise<void>;
}

/** An app where two people sign in with a cookie, see their account and their orders, and everybody sees a script. */
export async function startCachedApp({
  takesSuffixes = false,
  cacheControl,
  expires,
  openOrders = false,
  blog = false,
  tips = 0,
  believesForwarded = false,
  cookie = 'HttpOnly',
  onAccount = '',
}: CachedAppOptions = {}): Promise<CachedApp> {
  const customer = (name: string, email: string, password: string) => ({
    name,
    email,
    password,
    order: `Order of ${name} ${randomUUID()}`,
  });
  const people = ['anna', 'bert'].map((name) => customer(name, `${name}@customer-${name}.example`, `Pass-${name}-4711`));
  const sessions = new Map<string, (typeof people)[number]>();
  const asked: string[] = [];
  const shown = new Map<string, number>();

  function tipFor(name: string): string {
    const count = (shown.get(name) ?? 0) + 1;
    shown.set(name, count);
    return `Tip of the day: ${(name === 'anna') === (count % tips !== 0) ? 'sleep well' : 'eat well'}`;
  }

  function enter(user: (typeof people)[number]): string {
    const id = randomUUID();
    sessions.set(id, user);
    return `sid=${id}; Path=/; ${cookie}`;
  }

  function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    asked.push(`${request.method} ${request.url}`);
    const cookie = /sid=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const user = sessions.get(cookie);
    const send = (status: number, type: string, text: string, headers: Record<string, string> = {}): void =>
      void response.writeHead(status, { 'content-type': type, ...headers }).end(request.method === 'HEAD' ? undefined : text);
    const json = (status: number, value: unknown, headers: Record<string, string> = {}): void =>
      send(status, 'application/json', JSON.stringify(value), headers);
    const own = { ...(cacheControl !== undefined && { 'cache-control': cacheControl }), ...(expires !== undefined && { expires }) };
    void query;
    const forwarded = request.headers['x-forwarded-host'];
    const scripts = believesForwarded && forwarded !== undefined ? `//${String(forwarded)}` : '';
    if (path === '/' || (path === '/login' && request.method !== 'POST'))
      return send(
        200,
        'text/html',
        `<!doctype html><title>Shop</title><script src="${scripts}/assets/app.js"></script>` +
          '<form method="post" action="/login"><input name="email"><input type="password" name="password"></form><a href="/account">Account</a>' +
          (blog ? '<a href="/blog/first">Blog</a>' : ''),
        believesForwarded ? { 'x-cache': 'MISS' } : {},
      );
    if (path === '/assets/app.js') return send(200, 'text/javascript', 'fetch("/api/me")', { 'cache-control': 'public, max-age=600' });
    if (path === '/openapi.json')
      return json(200, {
        openapi: '3.1.0',
        paths: {
          '/api/me': { get: {} },
          '/api/orders': { get: {} },
          '/api/login': {
            post: {
              requestBody: {
                content: {
                  'application/json': {
                    schema: {
                      type: 'object',
                      required: ['email', 'password'],
                      properties: { email: { type: 'string' }, password: { type: 'string' } },
                    },
                  },
                },
              },
            },
          },
        },
      });
    if (request.method === 'POST' && (path === '/api/login' || path === '/login')) {
      const given =
        path === '/login' ? Object.fromEntries(new URLSearchParams(body)) : (JSON.parse(body || '{}') as Record<string, string>);
      const found = people.find(({ email, password }) => email === given['email'] && password === given['password']);
      if (!found) return json(401, { error: 'wrong' });
      const headers = { 'set-cookie': enter(found) };
      return path === '/login' ? send(303, 'text/html', '', { ...headers, location: '/account' }) : json(200, { ok: true }, headers);
    }
    if (blog && path === '/blog/first')
      return send(200, 'text/html', `<!doctype html><title>First</title><p>Written by ${people[0]!.email}</p>`, {
        'cache-control': 'public, max-age=600',
      });
    const isAt = (route: string): boolean =>
      path === route ||
      (takesSuffixes && (path.startsWith(`${route}/`) || path.startsWith(`${route};`) || path.toLowerCase().startsWith(`${route}%`)));
    if (openOrders && path === '/api/orders')
      return json(
        200,
        people.map(({ order }) => ({ title: order })),
      );
    if (!user)
      return isAt('/account')
        ? send(302, 'text/html', '', { location: '/login' })
        : json(path.startsWith('/api/') ? 401 : 404, { error: 'sign in' });
    if (isAt('/api/me')) return json(200, { name: user.name, email: user.email }, own);
    if (isAt('/api/orders')) return json(200, [{ title: user.order }], own);
    if (isAt('/account'))
      return send(
        200,
        'text/html',
        `<!doctype html><title>Account</title><p>${tips > 0 ? tipFor(user.name) : user.email}</p><p>${tips > 0 ? '' : user.order}</p><a href="/logout">out</a>${onAccount}`,
        own,
      );
    return json(404, { error: 'not found' });
  }

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => answer(request, response, Buffer.concat(parts).toString()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    people: people.map(({ name, email, password }) => ({ name, email, password })),
    asked,
    join(name, email, password) {
      const known = people.find((one) => one.email === email);
      if (known) known.password = password;
      else people.push(customer(name, email, password));
    },
    enter(email) {
      const found = people.find((one) => one.email === email);
      return found && enter(found);
    },
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
