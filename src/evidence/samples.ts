import type { DataAccess, Route, RouteInventory, SideEffect } from './routes.ts';

const place = { file: 'src/routes/invoices.ts', line: 12 };

/** A whole access for examples and tests: reads one invoice by an id of the caller's choosing, with the server's own rights. */
export const sampleAccess = (change: Partial<DataAccess> = {}): DataAccess => ({
  kind: 'table',
  name: 'invoices',
  operation: 'read',
  client: 'server',
  place: { ...place, line: 14 },
  auth: 'identity',
  scope: 'none',
  inputs: [{ column: 'id', source: 'path' }],
  subject: 'tenant',
  ...change,
});

/** A whole effect for examples and tests: a mail to an address of the caller's choosing. */
export const sampleEffect = (change: Partial<SideEffect> = {}): SideEffect => ({
  kind: 'mail',
  what: 'resend emails.send',
  place: { ...place, line: 20 },
  auth: 'none',
  fromInput: ['to', 'subject', 'html'],
  ...change,
});

/** A whole route for examples and tests. */
export const sampleRoute = (change: Partial<Route> = {}): Route => ({
  id: 'GET /api/invoices/:id',
  kind: 'http',
  framework: 'Express',
  method: 'GET',
  path: '/api/invoices/:id',
  place,
  auth: 'identity',
  guards: [{ level: 'identity', what: 'requireSession()', place: { file: 'src/middleware/session.ts', line: 8 } }],
  roles: [],
  data: [sampleAccess()],
  effects: [],
  csrf: 'not-cookie',
  purposes: [],
  unresolved: [],
  ...change,
});

/** An inventory of these routes. */
export const sampleInventory = (...routes: readonly Route[]): RouteInventory => ({ routes, gaps: [], middleware: [] });
