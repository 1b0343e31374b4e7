import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { shopPage } from './fixture-page.ts';

/** Ways in which the shop gives what is not his to whoever asks; `unusual-sign-in`: no flaw, but only its page knows how one signs in. */
export type ShopFlaw = 'basket' | 'order-by-query' | 'receipt-by-body' | 'items' | 'unusual-sign-in';

/** A small app of one page that describes itself nowhere: only its page knows what it can be asked. */
export interface Shop {
  readonly origin: string;
  /** Requests that destroy something, which no tester may send: `POST /api/account/close`. */
  readonly destroyed: string[];
  /** Requests by method and path, without ids. */
  readonly asked: Set<string>;
  items(): number;
  stop(): Promise<void>;
}

export const shopPeople = [
  { name: 'anna', tenant: 'anna', email: 'anna@shop.example', password: 'annas-password' },
  { name: 'bert', tenant: 'bert', email: 'bert@shop.example', password: 'berts-password' },
];

const users = [
  { ...shopPeople[0]!, id: 11, basket: 4, order: 71, gift: 'Copper kettle for Aunt Agatha', street: '12 Harbour Lane' },
  { ...shopPeople[1]!, id: 12, basket: 5, order: 72, gift: 'Walnut chessboard for Bruno', street: '9 Mill Road' },
];
type User = (typeof users)[number];

interface Item {
  readonly id: number;
  readonly basketId: number;
  readonly productId: number;
  quantity: number;
  readonly createdAt: string;
}

const products = ['Kettle', 'Chessboard', 'Lamp', 'Mirror', 'Rug', 'Vase', 'Clock', 'Stool', 'Tray', 'Jug'].map((name, nth) => ({
  id: nth + 21,
  name,
}));

/** Starts the shop on a port of its own. `elsewhere`: an address of another origin that its page asks as well. */
export async function startShop(flaws: readonly ShopFlaw[] = [], elsewhere = ''): Promise<Shop> {
  const tokens = new Map<string, User>();
  const items = new Map<number, Item>();
  const destroyed: string[] = [];
  const asked = new Set<string>();
  let last = 100;
  const has = (flaw: ShopFlaw): boolean => flaws.includes(flaw);

  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const { pathname, searchParams } = new URL(url, 'http://shop');
    const body = await bodyOf(request);
    asked.add(`${method} ${pathname.replace(/\d+/g, '{}')}`);
    const send = (status: number, value: unknown = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (method === 'GET' && !pathname.startsWith('/api/')) {
      response.writeHead(200, { 'content-type': 'text/html' }).end(shopPage(elsewhere, has('unusual-sign-in')));
      return;
    }
    if (pathname === '/api/sessions' && method === 'POST') {
      const [who, word] = has('unusual-sign-in') ? [body['who'], body['secretWord']] : [body['email'], body['password']];
      const user = users.find(({ email, password }) => email === who && password === word);
      if (!user) return send(401, { error: 'wrong' });
      const token = randomUUID();
      tokens.set(token, user);
      return send(200, { token, basketId: user.basket });
    }
    if (pathname === '/api/products') return send(200, products);
    const product = products.find(({ id }) => id === Number(/^\/api\/products\/(\d+)$/.exec(pathname)?.[1]));
    if (product)
      return send(200, { ...product, story: `How the ${product.name} came to us from the hills`, maker: `Workshop of ${product.name}s` });
    const user = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (!user) return send(401, { error: 'sign in' });
    if (pathname === '/api/whoami') return send(200, { id: user.id, email: user.email });
    if (/close|delete/.test(pathname)) {
      destroyed.push(`${method} ${pathname}`);
      return send(200);
    }
    const owner = (id: unknown, key: 'basket' | 'order', open: boolean): User | undefined =>
      users.find((one) => one[key] === Number(id) && (open || one === user));
    if (pathname === '/api/order' && method === 'GET') {
      const of = owner(searchParams.get('id'), 'order', has('order-by-query'));
      return of ? send(200, { id: of.order, gift: of.gift, street: of.street }) : send(404);
    }
    if (pathname === '/api/receipts/read' && method === 'POST') {
      const of = owner(body['orderId'], 'order', has('receipt-by-body'));
      return of ? send(200, { receipt: `R-${of.order}`, gift: of.gift, street: of.street }) : send(404);
    }
    const basket = /^\/api\/baskets\/(\d+)$/.exec(pathname)?.[1];
    if (basket !== undefined) {
      const of = owner(basket, 'basket', has('basket'));
      if (!of) return send(404);
      return send(200, {
        id: of.basket,
        note: of.gift,
        deliverTo: of.street,
        items: [...items.values()].filter((one) => one.basketId === of.basket),
      });
    }
    if (pathname === '/api/basket-items' && method === 'POST') {
      const [basketId, productId] = [Number(body['basketId']), Number(body['productId'])];
      if (basketId !== user.basket || !products.some(({ id }) => id === productId)) return send(400);
      if ([...items.values()].some((one) => one.basketId === basketId && one.productId === productId)) return send(409);
      const item = { id: ++last, basketId, productId, quantity: Number(body['quantity']), createdAt: new Date().toISOString() };
      items.set(item.id, item);
      return send(201, item);
    }
    const item = items.get(Number(/^\/api\/basket-items\/(\d+)$/.exec(pathname)?.[1]));
    if (!item || (item.basketId !== user.basket && !has('items'))) return send(404);
    if (method === 'DELETE') items.delete(item.id);
    if (method === 'PUT') item.quantity = Number(body['quantity']);
    return send(200, item);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    destroyed,
    asked,
    items: () => items.size,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text || '{}') as Record<string, unknown>;
  } catch {
    return {};
  }
}
