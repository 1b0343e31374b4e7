import { createHash } from 'node:crypto';

/**
 * Made-up secrets for flaws. They have the right shape and open nothing, and they are put together when needed, so that no file of this
 * repository holds text that a secret scanner has to alarm on.
 */

const digits = (label: string, length: number): string =>
  [1, 2, 3]
    .map((nth) => createHash('sha256').update(`made up: ${label} ${nth}`).digest('base64url'))
    .join('')
    .replace(/[-_]/g, '')
    .slice(0, length);

/** A secret key like the payment provider's; another one for each label. */
export const madeUpLiveKey = (label: string): string => ['sk', 'live', `51${digits(label, 60)}`].join('_');

/** A password nobody uses. */
export const madeUpPassword = (label: string): string => digits(`password ${label}`, 20);
