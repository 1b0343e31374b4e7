import { describe, expect, it } from 'vitest';
import { allowOf, liveOptions, recordingsOf } from './live-options.ts';

const people = [{ name: 'anna', email: 'anna@acme.example', passwordFrom: 'ANNA_PASSWORD' }];

describe('the recordings of the config', () => {
  it('lie beside it', () => {
    const recordings = [{ person: 'anna', file: 'visits/anna.har' }];
    expect(recordingsOf({ access: { people, recordings } }, '/app')).toEqual([
      { person: 'anna', file: 'visits/anna.har', path: '/app/visits/anna.har' },
    ]);
    expect(recordingsOf({}, '/app')).toEqual([]);
  });

  it('are of people who can be signed in', () => {
    const recordings = [{ person: 'bert', file: 'bert.har' }];
    expect(() => recordingsOf({ access: { people, recordings } }, '/app')).toThrow('nobody under access.people has that name');
  });
});

it('takes from the config how long a session is kept without use', () => {
  const args = { operands: [], takes: () => true, text: () => undefined, all: () => [], on: () => undefined };
  expect(liveOptions({ access: { idleSeconds: 60 } }, args, '/app')).toMatchObject({ idleSeconds: 60 });
  expect(liveOptions({}, args, '/app')).not.toHaveProperty('idleSeconds');
});

describe('what may be sent by name', () => {
  it('comes from config and flags, once each', () => {
    expect(allowOf({ access: { allow: ['POST /a'] } }, ['POST /a', 'GET /b/{id}/run'])).toEqual(['POST /a', 'GET /b/{id}/run']);
    expect(allowOf({}, [])).toEqual([]);
  });

  it.each(['/a', 'post /a', 'POST a', 'TRACE /a', 'POST /a b'])('is a method and a path, and not %s', (name) => {
    expect(() => allowOf({}, [name])).toThrow('that is no method and path');
  });
});
