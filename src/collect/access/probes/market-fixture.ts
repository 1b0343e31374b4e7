import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GivenPerson } from '../../../core/target.ts';

export type MarketFlaw =
  /** Whoever is signed in removes the listings of others. */
  | 'removes-others'
  | 'finishes-others'
  /** Who delivers is told all of every order, and so is everybody else. */
  | 'opens-orders';

/** Right, and has misled testers: whoever has an account is shown every order, as is meant. */
export type MarketTrap = 'orders-for-accounts';

export const marketPeople: readonly GivenPerson[] = ['anna', 'bert'].map((name) => ({
  name,
  tenant: name,
  email: `${name}@market.example`,
  password: `Lab-${name}-4711`,
}));

interface Listing {
  readonly id: number;
  readonly user_id: number;
  readonly title: string;
  state: string;
  readonly liked_by: string[];
  readonly reviews: { readonly by: number; readonly text: string }[];
}

const schema = (properties: Readonly<Record<string, string>>) => ({
  requestBody: {
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: Object.keys(properties),
          properties: Object.fromEntries(Object.entries(properties).map(([name, type]) => [name, { type }])),
        },
      },
    },
  },
});

const described = {
  openapi: '3.1.0',
  paths: {
    '/login': { post: schema({ email: 'string', password: 'string' }) },
    '/me': { get: {} },
    '/mine': { get: {} },
    '/listings': { get: {}, post: schema({ title: 'string' }) },
    '/listings/{id}': { get: {}, delete: {} },
    '/listings/{id}/like': { post: {} },
    '/listings/{id}/finish': { post: {} },
    '/reviews': { get: {}, post: schema({ listing_id: 'integer', text: 'string' }) },
    '/follows': { get: {}, post: schema({ user_id: 'integer' }) },
    '/orders': { get: {}, post: schema({ title: 'string', phone: 'string', street: 'string' }) },
    '/orders/{id}': { get: {}, delete: {} },
    '/deliveries': { get: {} },
    '/slots': { get: {}, post: schema({ seats: 'integer' }) },
  },
};

interface Order {
  readonly id: number;
  readonly user_id: number;
  readonly title: unknown;
  readonly phone: unknown;
  readonly street: unknown;
}

export interface MarketApp {
  readonly origin: string;
  /** Reviews, follows and bookings, which nobody can remove. */
  kept(): number;
  stop(): Promise<void>;
}

/**
 * A market, and right: visitors see every listing, three on a page; `/mine` is one's own; whoever is signed in likes, reviews and follows. Only the owner
 * removes or finishes a listing. Orders are for those who made them; whoever delivers sees what is to be fetched, and so does everybody.
 */
export async function startMarket(flaws: readonly (MarketFlaw | MarketTrap)[] = []): Promise<MarketApp> {
  const has = (flaw: MarketFlaw | MarketTrap): boolean => flaws.includes(flaw);
  let ids = 0;
  const next = (): number => (ids += 1);
  const listing = (user_id: number, title: string): Listing => ({ id: next(), user_id, title, state: 'open', liked_by: [], reviews: [] });
  const listings: Listing[] = ['A lamp', 'A chair', 'A table'].map((title) => listing(9, title));
  const orders: Order[] = [];
  const rows: Record<'reviews' | 'follows' | 'slots', object[]> = { reviews: [], follows: [], slots: [] };
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const { pathname, searchParams } = new URL(url, 'http://market');
    const me = 1 + marketPeople.findIndex(({ name }) => request.headers.authorization === `Bearer market-session-of-${name}`);
    const [status, value] = told(method, pathname, searchParams.get('user_id'), await bodyOf(request), me);
    response.writeHead(status, { 'content-type': 'application/json' }).end(value === undefined ? '' : JSON.stringify(value));
  }

  function told(method: string, path: string, whose: string | null, sent: Sent, me: number): readonly [number, unknown?] {
    if (path === '/openapi.json') return [200, described];
    if (path === '/login') {
      const one = marketPeople.find(({ email, password }) => email === sent['email'] && password === sent['password']);
      return one ? [200, { token: `market-session-of-${one.name}` }] : [401];
    }
    if (path === '/listings' && method === 'GET')
      return [200, listings.filter(({ user_id }) => whose === null || String(user_id) === whose).slice(0, 3)];
    const one = /^\/listings\/(\d+)(?:\/(like|finish))?$/.exec(path);
    if (one)
      return onListing(
        method,
        listings.find(({ id }) => id === Number(one[1])),
        one[2],
        me,
      );
    const kind = (['reviews', 'follows', 'slots'] as const).find((name) => path === `/${name}`);
    if (kind && method === 'GET') return [200, rows[kind].slice(-3)];
    if (path === '/deliveries') return [200, has('opens-orders') ? orders : orders.map(({ id, title }) => ({ id, title }))];
    if (me === 0) return [401];
    if (path.startsWith('/orders')) return onOrders(method, Number(path.split('/')[2] ?? 0), sent, me);
    if (path === '/me') return [200, { id: me, email: marketPeople[me - 1]?.email }];
    if (path === '/mine') return [200, listings.filter(({ user_id }) => user_id === me)];
    if (path === '/listings') return [201, listings[listings.push(listing(me, String(sent['title'] ?? ''))) - 1]];
    return kind && method === 'POST' ? added(kind, sent, me) : [404];
  }

  function onListing(method: string, one: Listing | undefined, deed: string | undefined, me: number): readonly [number, unknown?] {
    if (!one) return [404];
    if (method === 'GET' && deed === undefined) return [200, one];
    if (me === 0) return [401];
    const isOwn = one.user_id === me;
    if (method === 'POST' && deed === 'like') one.liked_by.push(`user ${me}`);
    else if (method === 'POST' && deed === 'finish' && (isOwn || has('finishes-others'))) one.state = 'over and done';
    else if (method === 'DELETE' && (isOwn || has('removes-others'))) listings.splice(listings.indexOf(one), 1);
    else return [403];
    return [200, {}];
  }

  function onOrders(method: string, id: number, { title, phone, street }: Sent, me: number): readonly [number, unknown?] {
    if (id === 0 && method === 'GET') return [200, orders.filter(({ user_id }) => has('orders-for-accounts') || user_id === me)];
    if (id === 0) return [201, orders[orders.push({ id: next(), user_id: me, title, phone, street }) - 1]];
    const isShown = method === 'GET' && has('orders-for-accounts');
    const nth = orders.findIndex((one) => one.id === id && (isShown || one.user_id === me));
    if (nth < 0) return [404];
    return method === 'DELETE' ? [200, orders.splice(nth, 1)] : [200, orders[nth]];
  }

  function added(kind: keyof typeof rows, sent: Sent, me: number): readonly [number, unknown?] {
    const about = listings.find(({ id }) => id === Number(sent['listing_id']));
    if (kind === 'reviews' && !about) return [400, { error: 'no such listing' }];
    about?.reviews.push({ by: me, text: String(sent['text'] ?? '') });
    const row = {
      reviews: { id: next(), author_id: me, listing_id: about?.id, text: sent['text'] },
      follows: { id: next(), follower_id: me, user_id: Number(sent['user_id']) },
      // Every day at nine: no moment of anybody's own.
      slots: { id: next(), user_id: me, seats: sent['seats'], starts_at: '2027-01-04T09:00:00.000Z' },
    }[kind];
    rows[kind].push(row);
    return [201, row];
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kept: () => Object.values(rows).flat().length,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Sent = Readonly<Record<string, unknown>>;

async function bodyOf(request: IncomingMessage): Promise<Sent> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text || '{}') as Sent;
  } catch {
    return {};
  }
}
