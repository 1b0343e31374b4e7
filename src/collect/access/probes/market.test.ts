import { describe, expect, it } from 'vitest';
import type { GivenPerson } from '../../../core/target.ts';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import { proveLive } from '../prove.ts';
import { openSender } from '../wire/sender.ts';
import { type MarketFlaw, type MarketTrap, marketPeople, startMarket } from './market-fixture.ts';

async function tried(
  flaws: readonly (MarketFlaw | MarketTrap)[],
  people: readonly GivenPerson[] = marketPeople,
): Promise<{ readonly live: LiveAccess; readonly kept: number }> {
  const app = await startMarket(flaws);
  const sender = openSender({ origin: app.origin, requests: 6_000, userAgent: 'test' });
  try {
    const live = await proveLive({ sender, routes: [], people, writes: true, parts: ['routes'] });
    return { live, kept: app.kept() };
  } finally {
    await sender.close();
    await app.stop();
  }
}

const accused = ({ cells }: LiveAccess): string[] => [
  ...new Set(
    cells.flatMap(({ outcome, shared, relation, verb, route }) =>
      outcome === 'got' && !shared && (relation === 'stranger' || relation === 'visitor') ? [`${verb} ${route}`] : [],
    ),
  ),
];

describe('a market where all may look, like, review and follow', () => {
  it('is not accused, and all that stays in it is told', async () => {
    const { live, kept } = await tried([]);
    expect(accused(live)).toEqual([]);
    expect(live.cells.some(({ route, outcome }) => route === 'DELETE /listings/{id}' && outcome === 'refused')).toBe(true);
    expect(live.leftovers.length).toBe(kept);
    for (const line of live.leftovers)
      expect(line).toMatch(/^POST \/(?:reviews|follows|slots) by \w+ made \d+ \(with lr[0-9a-f]{10} in it\): the app has no way/);
    expect(kept).toBeGreaterThan(0);
  });

  it.each<[MarketFlaw, string]>([
    ['removes-others', 'delete DELETE /listings/{id}'],
    ['finishes-others', 'update POST /listings/{id}/finish'],
    ['opens-orders', 'list GET /deliveries'],
  ])('shows %s, and nothing else', async (flaw, expected) => {
    expect(accused((await tried([flaw])).live)).toEqual([expected]);
  });

  it('is asked about a list of what whoever has an account may open, and not accused of it', async () => {
    // Nobody said that they are strangers to each other.
    const people = marketPeople.map(({ name, email, password = '' }) => ({ name, email, password }));
    const { live } = await tried(['opens-orders', 'orders-for-accounts'], people);
    expect(accused(live)).toEqual([]);
    const lists = live.cells.filter(({ route, relation }) => route === 'GET /deliveries' && relation === 'visitor');
    expect(new Set(lists.map(({ outcome, shared }) => `${outcome} ${shared}`))).toEqual(new Set(['got public']));
  });

  it('says why a list that visitors are shown is not for all', async () => {
    const { live } = await tried(['opens-orders']);
    const cell = live.cells.find(({ route, relation }) => route === 'GET /deliveries' && relation === 'visitor');
    expect(cell?.shows).toEqual([
      expect.stringMatching(/^lr[0-9a-f]{10}/),
      expect.stringMatching(/^all of what GET \/orders\/\d+ refuses/),
    ]);
  });
});
