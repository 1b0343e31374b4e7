import { afterEach, describe, expect, it } from 'vitest';
import type { LiveCell } from '../../../evidence/live-access.ts';
import { openJournal } from '../journal/journal.ts';
import type { Door } from '../people/doors.ts';
import type { Operation } from '../surface/operation.ts';
import { openSender, type Sender } from '../wire/sender.ts';
import { accountThingProbes } from './account-things.ts';
import { type MembersApp, startMembersApp } from './fixture.ts';

const operation = (method: string, path: string, ...names: string[]): Operation => ({
  id: `${method} ${path}`,
  method,
  path,
  parameters: [],
  ...(names.length > 0 && {
    body: { type: 'json', schema: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) } },
  }),
  sources: ['openapi'],
});
const [register, login] = [
  operation('POST', '/register', 'username', 'email', 'password'),
  operation('POST', '/login', 'username', 'password'),
];
const team = ['GET', 'PATCH', 'DELETE'].map((method) => operation(method, '/teams/{id}', ...(method === 'PATCH' ? ['name'] : [])));
const door = (one: Operation): Door => ({ kind: 'api', operation: one });

let app: MembersApp | undefined;
afterEach(() => app?.stop());

/** `forgets`: whoever signed up first has lost his session once somebody else has one. */
async function tried(forgets: boolean): Promise<readonly LiveCell[]> {
  app = await startMembersApp();
  const plain = openSender({ origin: app.origin, requests: 1_000, userAgent: 'test' });
  const tokens: string[] = [];
  const sender: Sender = {
    ...plain,
    async send(message, session) {
      const isLost = forgets && tokens.length > 1 && session?.token === tokens[0];
      const answer = await plain.send(message, isLost ? undefined : session);
      const token = message.path === '/login' && answer.ok ? /"access_token":"([^"]+)"/.exec(answer.value.text)?.[1] : undefined;
      if (token !== undefined) tokens.push(token);
      return answer;
    },
  };
  const doors = { signUp: [door(register!)], signIn: [door(login!)] };
  const operations = [register!, login!, operation('GET', '/me'), ...team];
  const cells = await accountThingProbes({ sender, doors, operations, journal: openJournal(), accounts: [] });
  await plain.close();
  return cells.filter(({ who }) => who !== 'visitor');
}

describe('what comes with an account', () => {
  it.each([
    [false, 'refused undefined'],
    [true, 'unknown another account had lost the session'],
  ])('is said to be refused to others only while they are signed in: lost %s', async (forgets, expected) => {
    const cells = await tried(forgets);
    expect(cells.length).toBeGreaterThan(0);
    expect(new Set(cells.map(({ outcome, why }) => `${outcome} ${why}`))).toEqual(new Set([expected]));
  });
});
