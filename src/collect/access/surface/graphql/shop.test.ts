import { describe, expect, it } from 'vitest';
import type { LiveAccess } from '../../../../evidence/live-access.ts';
import { openJournal } from '../../journal/journal.ts';
import { proveLive } from '../../prove.ts';
import { openSender } from '../../wire/sender.ts';
import { type Shop, type ShopFlaw, type ShopTrap, startShop } from './fixture.ts';

const people = [
  { name: 'anna', tenant: 'alder', email: 'anna@example.com', password: 'Lab-anna-4711!', expendable: true },
  { name: 'bert', tenant: 'birch', email: 'bert@example.com', password: 'Lab-bert-4711!' },
  { name: 'root', administrator: true, email: 'root@example.com', password: 'Lab-root-4711!' },
];

async function tried(
  quirks: readonly (ShopFlaw | ShopTrap)[],
  given = people,
  writes = true,
): Promise<{ readonly live: LiveAccess; readonly app: Shop }> {
  const app = await startShop(quirks);
  const sender = openSender({ origin: app.origin, requests: 3_000, userAgent: 'test' });
  try {
    return {
      live: await proveLive({ sender, routes: [], people: given, writes, parts: ['routes', 'power'], journal: openJournal() }),
      app,
    };
  } finally {
    await sender.close();
    await app.stop();
  }
}

/** What people outside got, and what gave power. */
const accused = ({ cells, escalations }: LiveAccess): string[] => [
  ...new Set([
    ...cells.flatMap(({ outcome, relation, verb, route, shared }) =>
      outcome === 'got' && (relation === 'stranger' || relation === 'visitor') ? [`${verb} ${route}${shared ? ` (${shared})` : ''}`] : [],
    ),
    ...escalations.map(({ route, field }) => `${field} ${route}`),
  ]),
];

const routes = [
  'QUERY /graphql#order',
  'QUERY /graphql#node(Order)',
  ...['update', 'close', 'delete'].map((one) => `MUTATION /graphql#${one}Order`),
];

describe('a GraphQL app', () => {
  it.each<readonly ShopTrap[]>([
    [],
    ['refuses-by-null'],
    ['answers-but-changes-nothing'],
    ['hides-a-field'],
    ['hides-the-notes-of-others'],
    ['payloads'],
    ['relay'],
    ['payloads', 'relay', 'hides-a-field', 'refuses-by-null'],
  ])('is not accused where it is right: %s %s', async (...traps) => {
    const { live, app } = await tried(traps);
    expect(accused(live)).toEqual([]);
    for (const route of routes)
      expect(
        live.cells.filter((cell) => cell.route === route && cell.relation === 'stranger' && cell.outcome === 'refused').length,
        route,
      ).toBeGreaterThan(0);
    expect([app.orders(), app.harm]).toEqual([2, []]);
    expect(live.leftovers.filter((line) => !line.startsWith('the account '))).toEqual([]);
  });

  it.each<[ShopFlaw, readonly string[]]>([
    ['order-of-others', ['read QUERY /graphql#order']],
    ['node-of-others', ['read QUERY /graphql#node(Order)']],
    ['orders-of-all', ['list QUERY /graphql#orders']],
    ['changes-others', ['update MUTATION /graphql#updateOrder']],
    ['closes-others', ['update MUTATION /graphql#closeOrder']],
    ['deletes-others', ['delete MUTATION /graphql#deleteOrder']],
    ['owner-in-input', ['create MUTATION /graphql#createOrder']],
    ['role-in-profile', ['role MUTATION /graphql#updateMe']],
    ['role-for-anybody', ['role MUTATION /graphql#setRole']],
    ['customers-by-link', ['list QUERY /graphql#me']],
    ['buyers-by-link', ['list QUERY /graphql#orders and what it leads to']],
    ['hashes-to-all', ['list QUERY /graphql#customers']],
  ])('shows %s, and nothing else', async (flaw, expected) => {
    const plain = await tried([flaw]);
    expect(accused(plain.live).toSorted()).toEqual([...expected].toSorted());
    const odd = await tried([flaw, 'relay', 'refuses-by-null', 'hides-a-field']);
    expect(accused(odd.live).toSorted()).toEqual([...expected].toSorted());
    expect(plain.app.harm).toEqual([]);
  });

  it('is joined by two strangers where nobody is named', async () => {
    const { live } = await tried(['order-of-others', 'closes-others'], []);
    expect(accused(live)).toEqual(['read QUERY /graphql#order', 'update MUTATION /graphql#closeOrder']);
  });

  it('is only read where nothing may be changed', async () => {
    const { live, app } = await tried(['order-of-others'], people, false);
    expect(accused(live)).toEqual(['read QUERY /graphql#order']);
    expect([live.made, app.orders()]).toEqual([0, 2]);
  });
});
