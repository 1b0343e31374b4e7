import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { HttpError } from '../middleware/errors.ts';

interface Cost {
  /** log2 of scrypt's N. */
  ln: number;
  r: number;
  p: number;
}

// OWASP Password Storage Cheat Sheet: scrypt with N=2^14, r=8, p=5 (16 MB). Kept with every hash, so that it can be
// raised without locking anybody out.
const COST: Cost = { ln: 14, r: 8, p: 5 };
const LENGTH = 32;

function derive(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, LENGTH, { N: 2 ** ln, r, p }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Takes as long for an account without a password as for a wrong one, so that timing does not tell who has an account. */
export async function verifyPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  const parts = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored ?? '');
  if (!parts) {
    await derive(password, Buffer.alloc(16), COST);
    return false;
  }
  const [, ln, r, p, salt, key] = parts as unknown as [string, string, string, string, string, string];
  const expected = Buffer.from(key, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), { ln: Number(ln), r: Number(r), p: Number(p) });
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** Length is what counts (NIST SP 800-63B); the upper limit keeps hashing cheap. */
export function newPassword(body: Record<string, unknown> | undefined): string {
  const password = body?.['password'];
  if (typeof password !== 'string' || password.length < 12) throw new HttpError(422, 'Choose a password of at least 12 characters');
  if (password.length > 128) throw new HttpError(422, 'Choose a password of at most 128 characters');
  return password;
}
