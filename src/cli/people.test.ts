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

  it('have keys instead, and headers that go along', () => {
    const given = (more: object) =>
      peopleOf({ access: { people: [{ name: 'api', email: 'api@acme.example', ...more }] } }, { KEY: 'k' })[0];
    const at = { value: 'k', in: 'header' };
    expect(given({ key: { from: 'KEY' } })).toMatchObject({ key: { ...at, name: 'authorization', scheme: 'Bearer' } });
    expect(given({ key: { from: 'KEY', header: 'X-Api-Key' } })?.key).toEqual({ ...at, name: 'x-api-key' });
    expect(given({ key: { from: 'KEY', scheme: 'Api-Key' } })?.key).toEqual({ ...at, name: 'authorization', scheme: 'Api-Key' });
    expect(given({ key: { from: 'KEY', query: 'api_key' } })?.key).toEqual({ value: 'k', in: 'query', name: 'api_key' });
    expect(given({ passwordFrom: 'KEY', headers: ['X-Tenant: a: b'] })).toMatchObject({ password: 'k', headers: [['x-tenant', 'a: b']] });
    expect(() => given({ key: { from: 'KEY', query: 'q', header: 'X' } })).toThrow(/not into both/);
    expect(() => given({ passwordFrom: 'KEY', totpFrom: 'KEY' })).toThrow(/KEY holds is no secret of an authenticator/);
    expect(() => given({ key: { from: 'NONE' } })).toThrow(/NONE, which is not set/);
    expect(() => given({})).toThrow(/no password/);
  });

  it.each([{}, { ANNA_PASSWORD: '' }])('are refused without one (%o), and the variable is named', (environment) => {
    expect(() => peopleOf({ access: { people: [anna] }, file: 'launch-ready.yaml' }, environment)).toThrow(/ANNA_PASSWORD/);
  });
});
