import { type LiveAccess, type LiveCell, noLiveAccess } from './live-access.ts';

/** A stranger's try on a route, for examples and tests. */
export const sampleCell = (change: Partial<LiveCell> = {}): LiveCell => ({
  route: 'GET /api/invoices/{id}',
  verb: 'read',
  who: 'stranger',
  relation: 'stranger',
  whose: 'owner',
  outcome: 'refused',
  request: 'GET /api/invoices/7',
  status: 404,
  shows: [],
  ...change,
});

/** A running app with two people of different customers. */
export const sampleLive = (cells: readonly LiveCell[]): LiveAccess => ({
  ...noLiveAccess,
  origin: 'http://localhost:3000',
  people: ['owner', 'stranger'].map((name) => ({
    name,
    tenant: name,
    administrator: false,
    from: 'signed-up',
    proof: 'POST /login; GET /api/me names the account',
  })),
  cells,
  requests: cells.length,
  writes: true,
});
