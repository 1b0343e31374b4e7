import { describe, expect, it } from 'vitest';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import { openJournal } from '../journal/journal.ts';
import { proveLive } from '../prove.ts';
import { startShop } from '../surface/graphql/fixture.ts';
import { startDesk } from '../surface/trpc-fixture.ts';
import { openSender } from '../wire/sender.ts';
import { callsIn } from './calls.ts';
import type { Exchange, Recording } from './exchange.ts';

const people = [
  { name: 'anna', tenant: 'alder', email: 'anna@example.com', password: 'Lab-anna-4711!', expendable: true },
  { name: 'bert', tenant: 'birch', email: 'bert@example.com', password: 'Lab-bert-4711!' },
];

type Sent = readonly [method: string, path: string, body?: unknown];

/** What a browser would have recorded: each request sent to the app, with its answer. `{id}` stands for an id of the answer before. */
async function recorded(origin: string, who: string, signIn: Sent, requests: readonly Sent[]): Promise<Recording> {
  let token = '';
  let id = '';
  const send = async ([method, path, body]: Sent): Promise<Exchange> => {
    const text = body === undefined ? undefined : JSON.stringify(body).replaceAll('{id}', id);
    const at = path.replaceAll('%7Bid%7D', id);
    const answer = await fetch(`${origin}${at}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token !== '' && { authorization: `Bearer ${token}` }) },
      ...(text !== undefined && { body: text }),
    });
    const said = await answer.text();
    token ||= /"token":"([^"]+)"/.exec(said)?.[1] ?? '';
    id = /"id":"([^"]+)"/.exec(said)?.[1] ?? id;
    return {
      method,
      path: at,
      ...(text !== undefined && { sent: { contentType: 'application/json', text } }),
      status: answer.status,
      text: said,
    };
  };
  const exchanges: Exchange[] = [];
  for (const request of [signIn, ...requests]) exchanges.push(await send(request));
  return { who, exchanges };
}

async function tried(origin: string, recordings: readonly Recording[]): Promise<LiveAccess> {
  const sender = openSender({ origin, requests: 3_000, userAgent: 'test' });
  try {
    return await proveLive({ sender, routes: [], people, writes: true, parts: ['routes'], recordings, journal: openJournal() });
  } finally {
    await sender.close();
  }
}

const accused = ({ cells }: LiveAccess): string[] => [
  ...new Set(cells.flatMap(({ outcome, relation, verb, route }) => (outcome === 'got' && relation !== 'own' ? [`${verb} ${route}`] : []))),
];

const post = (query: string, variables: object = {}): Sent => ['POST', '/graphql', { query, variables }];
const ofShop = [
  post('query Orders { orders { id title note } }'),
  post('query Order($id: ID!) { order(id: $id) { id title note } }', { id: '{id}' }),
  post('mutation Add($input: OrderInput!) { createOrder(input: $input) { id title } }', { input: { title: 'A chair', note: 'blue' } }),
  post('mutation Change($id: ID!, $input: OrderChanges!) { updateOrder(id: $id, input: $input) { id title } }', {
    id: '{id}',
    input: { title: 'A table' },
  }),
  post('mutation Remove($id: ID!) { deleteOrder(id: $id) }', { id: '{id}' }),
];

const batch = (names: string, input: object): Sent => [
  'GET',
  `/api/trpc/${names}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`,
];
const ofDesk = [
  batch('user.me,ticket.list', { 0: { json: null }, 1: { json: null } }),
  batch('ticket.byId', { 0: { json: { id: '{id}' } } }),
  ['POST', '/api/trpc/ticket.create?batch=1', { 0: { json: { subject: 'The lamp is broken' } } }] as const,
  ['POST', '/api/trpc/ticket.update?batch=1', { 0: { json: { id: '{id}', subject: 'The lamp is dark' } } }] as const,
  ['POST', '/api/trpc/ticket.delete?batch=1', { 0: { json: { id: '{id}' } } }] as const,
];

describe('what pages call by name', () => {
  it.each([
    ['order-of-others', ['read QUERY /graphql#order']],
    ['changes-others', ['update MUTATION /graphql#updateOrder']],
    ['deletes-others', ['delete MUTATION /graphql#deleteOrder']],
    ['refuses-by-null', []],
  ] as const)('is tried where GraphQL shows no schema: %s', async (quirk, expected) => {
    const app = await startShop(['no-introspection', quirk]);
    const recordings = await Promise.all(
      people.map(({ name, email, password }) =>
        recorded(
          app.origin,
          name,
          post('mutation In($email: String!, $password: String!) { login(email: $email, password: $password) { token } }', {
            email,
            password,
          }),
          ofShop,
        ),
      ),
    );
    const live = await tried(app.origin, recordings);
    await app.stop();
    expect(accused(live)).toEqual(expected);
    expect(app.orders()).toBe(2);
    expect(new Set(live.cells.filter(({ relation }) => relation === 'stranger').map(({ verb }) => verb))).toEqual(
      new Set(['read', 'update', 'delete']),
    );
  });

  it.each([
    ['ticket-of-others', ['read GET /api/trpc/ticket.byId']],
    ['changes-others', ['update POST /api/trpc/ticket.update']],
    ['finds-nothing', []],
  ] as const)('is tried where only pages name procedures of tRPC: %s', async (quirk, expected) => {
    const app = await startDesk(['superjson', quirk]);
    const recordings = await Promise.all(
      people.map(({ name, email, password }) =>
        recorded(app.origin, name, ['POST', '/api/trpc/auth.login?batch=1', { 0: { json: { email, password } } }], ofDesk),
      ),
    );
    const live = await tried(app.origin, recordings);
    await app.stop();
    expect(accused(live)).toEqual(expected);
    expect(app.tickets()).toBe(2);
  });

  it.each<[string, Sent]>([
    ['a REST request', ['POST', '/api/orders', { title: 'x' }]],
    ['a search', ['POST', '/api/search', { query: 'query planner' }]],
    ['a page', ['GET', '/orders/new.html']],
  ])('is not seen in %s', async (_, [method, path, body]) => {
    const sent = body === undefined ? {} : { sent: { contentType: 'application/json', text: JSON.stringify(body) } };
    expect(await callsIn({ method, path, ...sent, status: 200, text: '{}' })).toBeUndefined();
  });
});
