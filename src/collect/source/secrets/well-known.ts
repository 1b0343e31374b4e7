import { createHash } from 'node:crypto';

/**
 * Keys that a tool prints on everybody's computer, by the first 16 hex digits of SHA-256: the secret, publishable and storage key of the
 * Supabase command line's local stack. (Its older pair are JWTs, told by their issuer.)
 */
const wellKnown: ReadonlySet<string> = new Set(['c85debb55f2f204d', '9705102db0d5f99e', '7f59edafa4d502ca']);

/** True for a value that is the same for everybody and opens nothing. */
export const isWellKnown = (value: string): boolean => wellKnown.has(createHash('sha256').update(value).digest('hex').slice(0, 16));
