import { expect, it } from 'vitest';
import type { ConfiguredIdentity } from './config.ts';
import { identityOf } from './identity.ts';

const read = (identityProvider: ConfiguredIdentity) => identityOf({ access: { identityProvider } }, { KEY: 'public' });

it('reads where people sign in elsewhere', () => {
  expect(identityOf({}, {})).toBeUndefined();
  expect(read({ oidc: 'http://localhost:9000' })).toEqual({ kind: 'oidc', url: new URL('http://localhost:9000') });
  expect(read({ supabase: 'http://127.0.0.1:54321', keyFrom: 'KEY' })).toMatchObject({ kind: 'supabase', key: 'public' });
  expect(read({ clerk: `pk_test_${btoa('happy-fox-12.clerk.accounts.dev$')}` })).toEqual({
    kind: 'clerk',
    url: new URL('https://happy-fox-12.clerk.accounts.dev'),
  });
  expect(read({ clerk: 'app' })).toEqual({ kind: 'clerk' });
  expect(read({ firebase: 'http://127.0.0.1:9099', keyFrom: 'KEY' })).toMatchObject({ kind: 'firebase', key: 'public' });
});

it.each<[ConfiguredIdentity, RegExp]>([
  [{}, /must name one/],
  [{ oidc: 'http://localhost:9000', supabase: 'http://localhost:54321' }, /must name one/],
  [{ clerk: `pk_live_${btoa('clerk.example.com$')}` }, /not the publishable key of a development instance/],
  [{ supabase: 'http://localhost:54321' }, /keyFrom is missing/],
  [{ firebase: 'http://localhost:9099', keyFrom: 'NONE' }, /NONE, which is not set/],
])('says what is wrong with %j', (given, message) => {
  expect(() => read(given)).toThrow(message);
});
