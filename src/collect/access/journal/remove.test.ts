import { describe, expect, it } from 'vitest';
import { create } from '../objects/create.ts';
import { nothingSeen } from '../objects/seen.ts';
import type { Person } from '../people/person.ts';
import type { Operation } from '../surface/operation.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { openJournal } from './journal.ts';
import { removeAll } from './remove.ts';

const properties = { text: { type: 'string' } };
const operation: Operation = {
  id: 'POST /wishes',
  method: 'POST',
  path: '/wishes',
  parameters: [],
  body: { type: 'json', schema: { type: 'object', required: ['text'], properties } },
  sources: ['openapi'],
};

/** What is told to be left of wishes that an app answers with this status, and shows nobody. */
async function left(status: number): Promise<string[]> {
  const sender: Sender = {
    origin: 'http://app',
    send: ({ method }) =>
      Promise.resolve({
        ok: true,
        value: { status: method === 'POST' ? status : 200, headers: {}, setCookies: [], text: method === 'POST' ? '' : '[]' },
      }),
    count: () => true,
    sent: () => 0,
    unasked: () => [],
    close: () => Promise.resolve(),
  };
  const owner: Person = {
    name: 'anna',
    tenant: 'acme',
    administrator: false,
    from: 'config',
    proof: '',
    session: emptySession(),
    witness: { path: '/', names: [] },
    expendable: false,
    seen: nothingSeen(),
  };
  const journal = openJournal();
  expect(await create({ sender, journal, operations: [operation] }, owner, operation)).toBeUndefined();
  return removeAll({ sender, journal, operations: [operation], showed: () => false });
}

describe('what was made and is shown nowhere', () => {
  it('is told to be left where the app says that it was created, and only there', async () => {
    const [line] = await left(201);
    expect(line).toMatch(/^POST \/wishes by anna made something \(with lr[0-9a-f]{10} in it\): nothing shows where it is$/);
    expect(await left(200)).toEqual([]);
  });
});
