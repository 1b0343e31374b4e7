import { describe, expect, it } from 'vitest';
import { peopleOf } from './people.ts';
import type { UsageError } from './usage-error.ts';

/** What a page of Supabase hands to everybody. */
const anonKey = ['eyJhbGciOiJub25lIn0', Buffer.from('{"role":"anon"}').toString('base64url'), 'x'].join('.');
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

  it.each([
    ['Authorization: Bearer abc.def', 'key: { from: VARIABLE }'],
    ['authorization: Token 4711', 'key: { from: VARIABLE, scheme: Token }'],
    ['Authorization: Basic YW5uYTpyaWdodA==', 'basic: true'],
    ['Cookie: sid=abc', 'signing in brings a session of its own'],
    ['X-Api-Key: abc', 'key: { from: VARIABLE, header: X-Api-Key }'],
    ['X-Auth-Token: abc', 'key: { from: VARIABLE, header: X-Auth-Token }'],
    ['X-Other: eyJhbGciOi.eyJzdWIiOi.abc', 'key: { from: VARIABLE, header: X-Other }'],
  ])('may not have what lets them in among their headers: %s', (header, instead) => {
    const call = (): unknown => peopleOf({ access: { people: [{ ...anna, headers: [header] }] } }, { ANNA_PASSWORD: 'right' });
    expect(call).toThrow(/lets whoever knows it in/);
    try {
      call();
    } catch (error) {
      expect((error as UsageError).remedy).toContain(instead);
      expect(`${(error as UsageError).message} ${(error as UsageError).remedy}`).not.toContain(header.split(/[: ]+/).at(-1));
    }
  });

  it.each(['X-Tenant: acme', 'X-CSRF: 1', 'apikey: sb_publishable_4711', `apikey: ${anonKey}`, 'X-Author: anna'])(
    'may have a header that lets nobody in: %s',
    (header) => {
      const [one] = peopleOf({ access: { people: [{ ...anna, headers: [header] }] } }, { ANNA_PASSWORD: 'right' });
      expect(one?.headers).toHaveLength(1);
    },
  );

  it.each([{}, { ANNA_PASSWORD: '' }])('are refused without one (%o), and the variable is named', (environment) => {
    expect(() => peopleOf({ access: { people: [anna] }, file: 'launch-ready.yaml' }, environment)).toThrow(/ANNA_PASSWORD/);
  });
});
