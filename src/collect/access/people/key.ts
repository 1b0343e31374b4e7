import type { Session } from '../wire/session.ts';
import type { Account } from './account.ts';
import type { KeyDoor } from './doors.ts';

/** What says who somebody is with each request, by itself; `undefined` for who signs in. */
export function sessionKey({ email, username, password = '', key, basic = false }: Account): Session['key'] {
  if (key) return { in: key.in, name: key.name, value: key.scheme === undefined ? key.value : `${key.scheme} ${key.value}` };
  // RFC 7617, with the name in UTF-8.
  const pair = Buffer.from(`${username ?? email}:${password}`).toString('base64');
  return basic ? { in: 'header', name: 'authorization', value: `Basic ${pair}` } : undefined;
}

/** The way in of who has a key, in words that do not hold it; `undefined` for who signs in. */
export function keyDoor({ key, basic = false }: Account): KeyDoor | undefined {
  if (basic) return { kind: 'key', how: 'name and password with each request (Basic)' };
  if (!key) return undefined;
  const where = key.in === 'query' ? `parameter ${key.name}` : `header ${key.name}${key.scheme === undefined ? '' : ` (${key.scheme})`}`;
  return { kind: 'key', how: `key in the ${where}` };
}
