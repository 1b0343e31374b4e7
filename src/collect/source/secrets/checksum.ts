import { crc32 } from 'node:zlib';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The six characters that end a GitHub or npm token: CRC-32 over the random part, base 62.
 * Source: github.blog 2021-04-05 "Behind GitHub's new authentication token formats", 2021-09-23 for npm.
 */
export function checksumOf(random: string): string {
  let rest = crc32(random);
  let text = '';
  for (let index = 0; index < 6; index++) {
    text = `${base62[rest % 62]}${text}`;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** True when the token `prefix_` + 30 random characters + 6 of checksum was really issued, not invented for a sample. */
export function hasValidChecksum(token: string): boolean {
  const body = token.slice(token.lastIndexOf('_') + 1);
  return body.length === 36 && checksumOf(body.slice(0, 30)) === body.slice(30);
}
