import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../browser/find.ts';
import { proveLive } from '../prove.ts';
import { openSender } from '../wire/sender.ts';
import { type AppBrowser, openAppBrowser } from './browser.ts';
import { type Shop, type ShopFlaw, shopPeople, startShop } from './fixture.ts';

const chromium = findBrowser();
if (chromium === undefined) process.stderr.write('skipped: walking through an app in a browser, because no Chromium is installed here\n');

describe.skipIf(chromium === undefined)('an app of one page, walked through in a browser', () => {
  const strays: string[] = [];
  const other = createServer((request, response) => {
    strays.push(`${request.method} ${request.url}`);
    response.end();
  });
  let elsewhere = '';
  let shop: Shop;
  let browser: AppBrowser;
  let counted = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/track`;
  });
  afterAll(() => new Promise((resolve) => other.close(resolve)));

  async function opened(flaws: readonly ShopFlaw[]): Promise<void> {
    shop = await startShop(flaws, elsewhere);
    counted = 0;
    browser = await openAppBrowser(shop.origin, undefined, () => (counted += 1) > 0);
  }
  async function closed(): Promise<void> {
    await browser.close();
    await shop.stop();
  }

  it('tells what its pages ask for; nothing is changed, nothing destroyed, nobody else asked', async () => {
    await opened(['unusual-sign-in']);
    const [anna] = shopPeople;
    const entry = await browser.signIn('anna', anna!, []);
    expect(entry?.session.token).toMatch(/^[0-9a-f-]{36}$/);
    const { recording } = await browser.walk({ who: 'anna', account: anna!, session: entry!.session, pages: [], writes: true });
    const asked = new Set(recording.exchanges.map(({ method, path, status }) => `${method} ${path} ${status}`));
    expect([...asked]).toEqual(
      expect.arrayContaining([
        'GET /api/baskets/4 200',
        'GET /api/order?id=71 200',
        'POST /api/receipts/read 200',
        // Held back, and still known with its body.
        'POST /api/basket-items 0',
      ]),
    );
    const bodies = recording.exchanges.flatMap(({ path, sent }) => (path === '/api/basket-items' ? [sent?.text] : []));
    expect(bodies[0]).toBe('{"basketId":4,"productId":21,"quantity":1}');
    expect(shop.asked).not.toContain('POST /api/basket-items');
    expect(shop.destroyed).toEqual([]);
    expect(shop.items()).toBe(0);
    expect(strays).toEqual([]);
    expect(counted).toBeGreaterThanOrEqual(shop.asked.size);
    await closed();
  }, 20_000);

  it('is tried as others with what was seen, and only a browser gets in', async () => {
    await opened(['unusual-sign-in', 'basket', 'items']);
    const sender = openSender({ origin: shop.origin, requests: 2_000, userAgent: 'test' });
    const live = await proveLive({ sender, routes: [], people: shopPeople, writes: true, browser });
    expect(live.people.map(({ proof }) => proof)).toEqual([
      "in a browser, through the app's own page; GET /api/whoami names the account",
      "in a browser, through the app's own page; GET /api/whoami names the account",
    ]);
    const got = live.cells.filter(({ outcome, relation }) => outcome === 'got' && relation !== 'own');
    expect([...new Set(got.map(({ relation, route }) => `${relation} ${route}`))].toSorted()).toEqual([
      'stranger DELETE /api/basket-items/{id}',
      'stranger GET /api/basket-items/{id}',
      'stranger GET /api/baskets/{id}',
      'stranger PUT /api/basket-items/{id}',
    ]);
    expect(shop.destroyed).toEqual([]);
    // Nobody ever saw how they are removed.
    expect(live.leftovers.length).toBe(shop.items());
    expect(strays).toEqual([]);
    await sender.close();
    await closed();
  }, 60_000);
});
