import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { HttpError } from '../middleware/errors.ts';

// OWASP Password Storage Cheat Sheet: scrypt with N=2^14, r=8, p=5 (16 MB).
const COST = { N: 16384, r: 8, p: 5 };
const LENGTH = 32;

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, LENGTH, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64url')}$${(await derive(password, salt)).toString('base64url')}`;
}

/** Takes as long for a missing hash as for a wrong password, so that timing does not tell who has an account. */
export async function verifyPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  const [, salt, hash] = (stored ?? `scrypt$${'A'.repeat(22)}$${'A'.repeat(43)}`).split('$');
  const expected = Buffer.from(hash ?? '', 'base64url');
  const actual = await derive(password, Buffer.from(salt ?? '', 'base64url'));
  return expected.length === actual.length && timingSafeEqual(expected, actual) && Boolean(stored);
}

/** Length is what counts (NIST SP 800-63B); the upper limit keeps hashing cheap. */
export function newPassword(body: Record<string, unknown> | undefined): string {
  const password = body?.['password'];
  if (typeof password !== 'string' || password.length < 12) throw new HttpError(422, 'Choose a password of at least 12 characters');
  if (password.length > 128) throw new HttpError(422, 'Choose a password of at most 128 characters');
  return password;
}
