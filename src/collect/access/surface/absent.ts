import { randomInt, randomUUID } from 'node:crypto';
import { decodedId, encodedLike } from './encoded.ts';

/** An id of the same make that nothing has: what an app answers to it, it answers to what is not there. */
export function absentLike(id: string): string {
  const encoded = decodedId(id);
  if (encoded) {
    const type = /[A-Za-z][\w.]*(?=[^\w.]$)/.exec(encoded.plain.slice(0, encoded.plain.length - encoded.core.length))?.[0] ?? '';
    return encodedLike(encoded, absentLike(encoded.core), type);
  }
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id)) return randomUUID();
  // The last numbers that fit into 32 bits: larger ones are refused as no ids at all.
  if (/^\d{1,14}$/.test(id)) return String(2_147_483_000 + randomInt(600));
  return id
    .replace(/\d/g, () => String(randomInt(10)))
    .replace(/[a-f]/g, () => 'abcdef'.charAt(randomInt(6)))
    .replace(/[g-z]/g, () => String.fromCharCode(103 + randomInt(20)));
}
