import { describe, expect, it } from 'vitest';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import { proveLive } from '../prove.ts';
import { openSender } from '../wire/sender.ts';
import { type Shop, type ShopFlaw, shopPeople, startShop } from '../walk/fixture.ts';
import type { Exchange } from './exchange.ts';
import { observedOperations } from './operations.ts';

const json = (value: unknown): { readonly contentType: string; readonly text: string } => ({
  contentType: 'application/json',
  text: JSON.stringify(value),
});

/** What the page asks for as one of its people: the ids are his own. */
async function visit(shop: Shop, { email, password }: { readonly email: string; readonly password: string }): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  let token = '';
  const ask = async (method: string, path: string, value?: unknown): Promise<Record<string, unknown>> => {
    const sent = value === undefined ? undefined : json(value);
    const answer = await fetch(`${shop.origin}${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      ...(sent && { body: sent.text }),
    });
    const text = await answer.text();
    exchanges.push({ method, path, status: answer.status, text, ...(sent && { sent }) });
    return JSON.parse(text) as Record<string, unknown>;
  };
  const session = await ask('POST', '/api/sessions', { email, password });
  token = String(session['token']);
  const basketId = Number(session['basketId']);
  await ask('GET', '/api/whoami');
  await ask('GET', '/api/products');
  // Of the same page for everybody, each looked at another part.
  await ask('GET', `/api/products/${basketId + 19}`);
  await ask('GET', `/api/baskets/${basketId}`);
  const order = basketId + 67;
  await ask('GET', `/api/order?id=${order}`);
  await ask('POST', '/api/receipts/read', { orderId: order });
  const item = await ask('POST', '/api/basket-items', { basketId, productId: 22, quantity: 1 });
  await ask('PUT', `/api/basket-items/${String(item['id'])}`, { quantity: 2 });
  await ask('DELETE', `/api/basket-items/${String(item['id'])}`);
  return exchanges;
}

async function tried(flaws: readonly ShopFlaw[]): Promise<{ readonly live: LiveAccess; readonly left: number }> {
  const shop = await startShop(flaws);
  const sender = openSender({ origin: shop.origin, requests: 2_000, userAgent: 'test' });
  try {
    const recordings = [];
    for (const person of shopPeople) recordings.push({ who: person.name, exchanges: await visit(shop, person) });
    const live = await proveLive({ sender, routes: [], people: shopPeople, writes: true, recordings });
    expect(shop.destroyed).toEqual([]);
    return { live, left: shop.items() };
  } finally {
    await sender.close();
    await shop.stop();
  }
}

const got = ({ cells }: LiveAccess): string[] => [
  ...new Set(cells.flatMap(({ outcome, relation, route }) => (outcome === 'got' && relation !== 'own' ? [`${relation} ${route}`] : []))),
];

describe('an app that only its own pages know', () => {
  it('is not accused where it gives everybody his own, and each way of reading was tried', async () => {
    const { live, left } = await tried([]);
    expect(got(live)).toEqual([]);
    const refused = new Set(
      live.cells.filter(({ relation, outcome }) => relation === 'stranger' && outcome === 'refused').map(({ route }) => route),
    );
    expect([...refused].toSorted()).toEqual([
      'DELETE /api/basket-items/{id}',
      'GET /api/basket-items/{id}',
      'GET /api/baskets/{id}',
      'GET /api/order',
      'POST /api/receipts/read',
      'PUT /api/basket-items/{id}',
    ]);
    expect(live.leftovers).toEqual([]);
    expect(left).toBe(0);
  });

  it.each<[ShopFlaw, readonly string[]]>([
    ['basket', ['stranger GET /api/baskets/{id}']],
    ['order-by-query', ['stranger GET /api/order']],
    ['receipt-by-body', ['stranger POST /api/receipts/read']],
    ['items', ['stranger DELETE /api/basket-items/{id}', 'stranger GET /api/basket-items/{id}', 'stranger PUT /api/basket-items/{id}']],
  ])('shows that it gives others %s', async (flaw, expected) => {
    const { live } = await tried([flaw]);
    expect(got(live).toSorted()).toEqual(expected);
  });
});

describe('what pages ask for', () => {
  const exchange = (method: string, path: string, more: Partial<Exchange> = {}): Exchange => ({
    method,
    path,
    status: 200,
    text: '{}',
    ...more,
  });

  it('becomes operations with ids taken out, queries, and a body with an example that holds no secret', () => {
    const operations = observedOperations([
      {
        who: 'anna',
        exchanges: [
          exchange('GET', '/api/cases/7?full=1&page=2'),
          exchange('GET', '/api/cases/8?full=1'),
          exchange('POST', '/api/login', { sent: json({ email: 'a@b.example', password: 'hidden-word' }) }),
          exchange('POST', '/api/cases', {
            sent: json({ title: 'Leak', tags: ['a'], owner: { id: 7, token: 'hidden-token' } }),
            status: 0,
          }),
          exchange('GET', '/assets/app.js'),
          exchange('GET', '/nothing', { status: 404 }),
        ],
      },
    ]);
    expect(operations.map(({ id }) => id)).toEqual(['GET /api/cases/{id}', 'POST /api/login', 'POST /api/cases']);
    expect(operations[0]?.parameters.map(({ name, in: where, required }) => [name, where, required])).toEqual([
      ['id', 'path', true],
      ['full', 'query', true],
      ['page', 'query', false],
    ]);
    expect(operations[1]?.body?.schema.required).toEqual(['email', 'password']);
    expect(operations[2]?.body?.sample).toEqual({ title: 'Leak', tags: ['a'], owner: { id: 7 } });
    expect(JSON.stringify(operations)).not.toContain('hidden-');
  });
});
