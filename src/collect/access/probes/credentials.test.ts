import { expect, it } from 'vitest';
import { credentialsIn } from './credentials.ts';

const bcrypt = '$2b$10$abcdefghijklmnopqrstuuKGkXQ5lJ1rXoZ0l9cQO0rZ7rQ8cY1dS';
const mine = { email: 'me@example.com', username: 'me', password: 'x' };

it.each<[string, unknown]>([
  ['bcrypt beside a name', [{ name: 'Ann', password_hash: bcrypt }]],
  [
    'MD5 in a row that hangs on another',
    { data: [{ caption: 'x', User: { email: 'ann@example.com', password: '0192023a7bbd73250516f069df18b500' } }] },
  ],
  ["Django's form", { results: [{ username: 'ann', password: 'pbkdf2_sha256$260000$salt$aGFzaA==' }] }],
  ['the secret of a second factor', [{ email: 'ann@example.com', totpSecret: 'IFTXE3SPOEYVURT2MRYGI52TKJ4HC3KH' }]],
])('%s is something others prove themselves with', (_, json) => {
  const [told] = credentialsIn(json, mine);
  expect(told).toMatch(/password hashes or other sign-in secrets under “\w+” \(1 times\)/);
  expect(told).not.toContain(bcrypt);
});

it.each<[string, unknown]>([
  ['a mask', [{ email: 'ann@example.com', password: '**********' }]],
  ['a label', { login: { name: 'Sign in', password: 'Password' } }],
  ['nothing', [{ email: 'ann@example.com', password: null }]],
  ["one's own", { email: 'me@example.com', password: bcrypt }],
  ['a hash of a file', [{ name: 'a.pdf', checksum: '0192023a7bbd73250516f069df18b500' }]],
  ['a page', undefined],
])('%s is none', (_, json) => {
  expect(credentialsIn(json, mine)).toEqual([]);
});
