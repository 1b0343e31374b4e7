import { describe, expect, it } from 'vitest';
import { recordingsOf } from './live-options.ts';

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
