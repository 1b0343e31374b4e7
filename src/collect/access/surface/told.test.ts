import { expect, it } from 'vitest';
import { sampleCell } from '../../../evidence/live-samples.ts';
import { sampleRoute } from '../../../evidence/samples.ts';
import { operationId, type Operation } from './operation.ts';
import { routesTold, withoutAir } from './told.ts';

const operation = (method: string, path: string, sources: Operation['sources'] = ['openapi']): Operation => ({
  id: operationId(method, path),
  method,
  path,
  parameters: [],
  sources,
});

const operations = [
  operation('GET', '/api/invoices/{id}'),
  operation('POST', '/api/invoices'),
  operation('GET', '/api/me'),
  operation('PATCH', '/api/me'),
  operation('POST', '/login'),
  operation('POST', '/logout'),
  operation('POST', '/api/assistant'),
  operation('POST', '/api/invoices/{id}/send'),
  operation('PATCH', '/api/members/{user}'),
  operation('GET', '/api/invoices/{id}/parts/{id}', ['guess']),
];
const done = {
  operations,
  cells: [sampleCell({ route: 'GET /api/invoices/{invoiceId}' })],
  sessions: [{ question: 'logout', outcome: 'holds', text: '', steps: ['signed in', 'POST /logout → 303'] } as const],
  accounts: [],
  webhooks: [],
  escalations: [],
  withstood: ['PATCH /api/me'],
  sent: new Set(['GET /api/me', 'POST /login', 'POST /logout']),
  made: [{ operation: operations[1]! }],
  code: [sampleRoute({ id: 'GET /api/invoices/:id', path: '/api/invoices/:id' })],
  writes: true,
};

it('tells of each route whether something could be said of it, why not, and where it stands', () => {
  const told = routesTold(done);
  expect(Object.fromEntries(told.map(({ id, tried, why }) => [id, tried ? 'tried' : why]))).toEqual({
    'GET /api/invoices/{id}': 'tried',
    'POST /api/invoices': 'it makes things, and takes nothing that is of others',
    'GET /api/me': 'nothing in it belongs to one person',
    'PATCH /api/me': 'tried',
    'POST /login': 'it was sent, and nothing of others came back or changed',
    'POST /logout': 'tried',
    'POST /api/assistant': 'not sent: it is not known what it takes',
    'POST /api/invoices/{id}/send':
      "not sent: its address says “send”, which may do something that cannot be undone; --allow 'POST /api/invoices/{id}/send' lets it be sent",
    'PATCH /api/members/{user}': 'no thing of its kind was found or could be made',
  });
  expect(told[0]?.place).toEqual({ file: 'src/routes/invoices.ts', line: 12 });
  expect(routesTold({ ...done, writes: false }).find(({ id }) => id === 'POST /api/assistant')?.why).toBe(
    'not sent: it may change something, which takes --allow-writes',
  );
});

it('leaves out tries on a route that was only guessed and told nothing', () => {
  const cells = [
    sampleCell({ route: 'GET /api/invoices/{id}/parts/{id}', outcome: 'unknown' }),
    sampleCell({ route: 'GET /api/invoices/{id}', outcome: 'unknown' }),
  ];
  expect(withoutAir(operations, cells).map(({ route }) => route)).toEqual(['GET /api/invoices/{id}']);
  expect(withoutAir(operations, [...cells, sampleCell({ route: 'GET /api/invoices/{id}/parts/{id}' })])).toHaveLength(3);
});
