import { describe, expect, it } from 'vitest';
import { peopleOf } from './people.ts';

const anna = { name: 'anna', tenant: 'Acme', email: 'anna@acme.example', passwordFrom: 'ANNA_PASSWORD' };

describe('the people of the config', () => {
  it('have their passwords out of the environment', () => {
    expect(peopleOf({ access: { people: [anna] } }, { ANNA_PASSWORD: 'right' })).toEqual([
      { name: 'anna', tenant: 'Acme', email: 'anna@acme.example', password: 'right' },
    ]);
    expect(peopleOf({}, {})).toEqual([]);
  });

  it.each([{}, { ANNA_PASSWORD: '' }])('are refused without one (%o), and the variable is named', (environment) => {
    expect(() => peopleOf({ access: { people: [anna] }, file: 'launch-ready.yaml' }, environment)).toThrow(/ANNA_PASSWORD/);
  });
});
