import { describe, expect, it } from 'vitest';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import type { Route } from '../../../evidence/routes.ts';
import { openJournal } from '../journal/journal.ts';
import { proveLive } from '../prove.ts';
import { openSender } from '../wire/sender.ts';
import { type Desk, type DeskFlaw, deskProcedures, type DeskTrap, startDesk } from './trpc-fixture.ts';

const people = [
  { name: 'anna', tenant: 'alder', email: 'anna@example.com', password: 'Lab-anna-4711!', expendable: true },
  { name: 'bert', tenant: 'birch', email: 'bert@example.com', password: 'Lab-bert-4711!' },
];

const ofCode = deskProcedures.map(([method, name]): Route => ({
  id: `trpc ${name}`,
  kind: 'trpc',
  framework: 'tRPC',
  method,
  path: `/api/trpc/${name}`,
  place: {},
  auth: 'identity',
  guards: [],
  roles: [],
  data: [],
  effects: [],
  csrf: 'none',
  purposes: [],
  unresolved: [],
}));

async function tried(quirks: readonly (DeskFlaw | DeskTrap)[]): Promise<{ readonly live: LiveAccess; readonly app: Desk }> {
  const app = await startDesk(quirks);
  const sender = openSender({ origin: app.origin, requests: 3_000, userAgent: 'test' });
  try {
    return {
      live: await proveLive({ sender, routes: ofCode, people, writes: true, parts: ['routes', 'power'], journal: openJournal() }),
      app,
    };
  } finally {
    await sender.close();
    await app.stop();
  }
}

const accused = ({ cells, escalations }: LiveAccess): string[] => [
  ...new Set([
    ...cells.flatMap(({ outcome, relation, verb, route }) =>
      outcome === 'got' && (relation === 'stranger' || relation === 'visitor') ? [`${verb} ${route}`] : [],
    ),
    ...escalations.map(({ route, field }) => `${field} ${route}`),
  ]),
];

describe('an app of tRPC procedures', () => {
  it.each<readonly DeskTrap[]>([[], ['superjson', 'finds-nothing'], ['numbers']])(
    'is not accused where it is right: %s',
    async (...traps) => {
      const { live, app } = await tried(traps);
      expect(accused(live)).toEqual([]);
      for (const route of ['GET /api/trpc/ticket.byId', ...['update', 'close', 'delete'].map((one) => `POST /api/trpc/ticket.${one}`)])
        expect(
          live.cells.filter((cell) => cell.route === route && cell.relation === 'stranger' && cell.outcome === 'refused').length,
          route,
        ).toBeGreaterThan(0);
      expect(app.tickets()).toBe(2);
      expect(live.leftovers.filter((line) => !line.startsWith('the account '))).toEqual([]);
    },
  );

  it.each<[DeskFlaw, readonly DeskTrap[], string]>([
    ['ticket-of-others', ['superjson'], 'read GET /api/trpc/ticket.byId'],
    ['tickets-of-all', [], 'list GET /api/trpc/ticket.list'],
    ['changes-others', ['numbers'], 'update POST /api/trpc/ticket.update'],
    ['closes-others', ['superjson', 'numbers'], 'update POST /api/trpc/ticket.close'],
    ['deletes-others', [], 'delete POST /api/trpc/ticket.delete'],
    ['role-in-profile', ['superjson'], 'role POST /api/trpc/user.updateMe'],
  ])('shows %s where it is %j, and nothing else', async (flaw, traps, expected) => {
    expect(accused((await tried([flaw, ...traps])).live)).toEqual([expected]);
  });
});
