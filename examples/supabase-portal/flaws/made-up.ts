import { createHash } from 'node:crypto';

/**
 * Made-up secrets for flaws. They are put together here when needed, so that no file of this repository holds text
 * that a secret scanner has to alarm on. They have the right shape and open nothing.
 */

const digest = (label: string): string => createHash('sha256').update(`made up: ${label}`).digest('base64url');

/** A key like a provider's: `prefix` followed by `length` letters and digits, the same ones on every call. */
export const madeUpKey = (prefix: string, length: number): string =>
  prefix +
  (digest(prefix) + digest(`${prefix}2`) + digest(`${prefix}3`)).replace(/[-_]/g, '').slice(0, length);

const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A well-formed Supabase key of the older kind: a JWT that names a role, with a signature that fits nothing. */
export const madeUpSupabaseKey = (role: 'anon' | 'service_role'): string =>
  [
    segment({ alg: 'HS256', typ: 'JWT' }),
    segment({ iss: 'supabase', ref: 'qzvtkxwplmhyrbnscjde', role, iat: 1788771600, exp: 2104347600 }),
    digest(role),
  ].join('.');
