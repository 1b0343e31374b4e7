import { describe, expect, it } from 'vitest';
import type { LiveAccess } from '../../../../evidence/live-access.ts';
import type { Route } from '../../../../evidence/routes.ts';
import { cleanUp } from '../../journal/clean-up.ts';
import { openJournal } from '../../journal/journal.ts';
import { readJournal } from '../../journal/read.ts';
import { proveLive } from '../../prove.ts';
import { openSender } from '../../wire/sender.ts';
import { type Shop, type ShopFlaw, type ShopTrap, startShop } from './fixture.ts';

const people = [
  { name: 'anna', tenant: 'alder', email: 'anna@example.com', password: 'Lab-anna-4711!', expendable: true },
  { name: 'bert', tenant: 'birch', email: 'bert@example.com', password: 'Lab-bert-4711!' },
  { name: 'root', administrator: true, email: 'root@example.com', password: 'Lab-root-4711!' },
];

/** The only other door: it takes an order by its number. */
const byNumber: Route = {
  id: 'GET /api/orders/:id',
  kind: 'http',
  framework: 'express',
  method: 'GET',
  path: '/api/orders/:id',
  place: {},
  auth: 'identity',
  guards: [],
  roles: [],
  data: [],
  effects: [],
  csrf: 'not-cookie',
  purposes: [],
  unresolved: [],
};

async function tried(
  quirks: readonly (ShopFlaw | ShopTrap)[],
  given = people,
  writes = true,
): Promise<{ readonly live: LiveAccess; readonly app: Shop }> {
  const app = await startShop(quirks);
  const sender = openSender({ origin: app.origin, requests: 3_000, userAgent: 'test' });
  try {
    return {
      live: await proveLive({ sender, routes: [byNumber], people: given, writes, parts: ['routes', 'power'], journal: openJournal() }),
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
  ])('is not accused where it is right, and its administrator sees all (trap: who runs the app sees all): %s %s', async (...traps) => {
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

  it.each<[string, ShopFlaw, readonly ShopTrap[], readonly string[]]>([
    ['order of others', 'order-of-others', ['relay', 'hides-a-field'], ['read QUERY /graphql#order']],
    ['node of others', 'node-of-others', ['relay', 'refuses-by-null'], ['read QUERY /graphql#node(Order)']],
    ['orders of all (trap: a list of what is everybody’s)', 'orders-of-all', ['relay'], ['list QUERY /graphql#orders']],
    ['changes others', 'changes-others', ['payloads'], ['update MUTATION /graphql#updateOrder']],
    ['closes others', 'closes-others', ['refuses-by-null', 'hides-a-field'], ['update MUTATION /graphql#closeOrder']],
    ['deletes others', 'deletes-others', ['payloads', 'relay'], ['delete MUTATION /graphql#deleteOrder']],
    ['owner in input', 'owner-in-input', ['relay'], ['create MUTATION /graphql#createOrder']],
    ['role in profile', 'role-in-profile', [], ['role MUTATION /graphql#updateMe']],
    ['role for anybody', 'role-for-anybody', ['relay'], ['role MUTATION /graphql#setRole']],
    ['customers by link (trap: what hangs on something of one’s own)', 'customers-by-link', [], ['list QUERY /graphql#me']],
    ['order by number (trap: a route that the schema does not name)', 'order-by-number', ['relay'], ['read GET /api/orders/{id}']],
    ['buyers by link', 'buyers-by-link', ['relay', 'hides-a-field'], ['list QUERY /graphql#orders and what it leads to']],
    ['hashes to all', 'hashes-to-all', [], ['list QUERY /graphql#customers']],
  ])('shows %s (%s) where it is %j, and nothing else', async (_, flaw, traps, expected) => {
    const odd = await tried([flaw, ...traps]);
    expect(accused(odd.live).toSorted()).toEqual([...expected].toSorted());
    expect(odd.app.harm).toEqual([]);
  });

  it('is joined by two strangers where nobody is named', async () => {
    const { live } = await tried(['order-of-others', 'closes-others'], []);
    expect(accused(live)).toEqual(['read QUERY /graphql#order', 'update MUTATION /graphql#closeOrder']);
  });

  it('is cleaned up by its journal where a run broke off', async () => {
    const app = await startShop(['relay']);
    const sender = openSender({ origin: app.origin, requests: 3_000, userAgent: 'test' });
    const lines = [JSON.stringify({ at: '', is: 'run', origin: app.origin, pid: 1 })];
    const journal = openJournal((line) => lines.push(line));
    const progress = (message: string): void => {
      if (message.startsWith('doing what was found')) throw new Error('stop');
    };
    await expect(proveLive({ sender, routes: [], people, writes: true, parts: ['routes'], journal, progress })).rejects.toThrow('stop');
    expect(app.orders()).toBeGreaterThan(2);
    const { left } = await cleanUp(sender, readJournal(lines.join('\n'))!, people);
    expect([app.orders(), left.filter((one) => !one.endsWith('DELETE answers 403'))]).toEqual([2, []]);
    await sender.close();
    await app.stop();
  });

  it('is only read where nothing may be changed', async () => {
    const { live, app } = await tried(['order-of-others'], people, false);
    expect(accused(live)).toEqual(['read QUERY /graphql#order']);
    expect([live.made, app.orders()]).toEqual([0, 2]);
  });
});
