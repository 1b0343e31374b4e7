import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { compileRegex, type Regex } from '../language/regex.ts';
import type { Methods } from './methods.ts';
import { bool, fits, int, list, type Meter, spend, text, unresolved, type Value } from './value.ts';

type Text = Extract<Value, { is: 'string' }>;

/** Compiles a pattern and pays for its use on a text; an unknown when it is none that we read. */
function regexFor(pattern: string, on: string, meter: Meter, tries = 1): Regex | Extract<Value, { is: 'any' }> {
  try {
    spend(meter, pattern.length / 10);
    const regex = compileRegex(pattern);
    spend(meter, (regex.steps * on.length * tries) / 200);
    return regex;
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) return unresolved(error.message);
    throw error;
  }
}

/** Pieces of the text between the matches, and how many matches there were. */
function cut(regex: Regex, whole: string): string[] {
  const characters = [...whole];
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at <= characters.length;) {
    const found = regex.find(characters, at);
    if (!found) break;
    const [start, end] = found;
    if (end === start && start >= characters.length) break;
    pieces.push(characters.slice(from, start).join(''));
    from = end;
    at = end === start ? end + 1 : end;
  }
  return [...pieces, characters.slice(from).join('')];
}

export const stringMethods: Methods<Text> = {
  lower: ({ value }) => text(value.toLowerCase()),
  upper: ({ value }) => text(value.toUpperCase()),
  trim: ({ value }) => text(value.trim()),
  size: ({ value }) => int([...value].length),
  toUtf8: ({ value }) => ({ is: 'bytes', value: Buffer.from(value) }),
  matches: ({ value }, [pattern], meter) => {
    if (pattern?.is !== 'string') return undefined;
    const regex = regexFor(pattern.value, value, meter);
    return 'is' in regex ? regex : bool(regex.fullMatch(value));
  },
  replace: ({ value }, [pattern, by], meter) => {
    if (pattern?.is !== 'string' || by?.is !== 'string') return undefined;
    const regex = regexFor(pattern.value, value, meter, value.length + 1);
    if ('is' in regex) return regex;
    const pieces = cut(regex, value);
    fits(value.length + pieces.length * by.value.length, meter);
    return /\\|\$/.test(by.value) ? unresolved('a replacement that refers to groups') : text(pieces.join(by.value));
  },
  split: ({ value }, [pattern], meter) => {
    if (pattern?.is !== 'string') return undefined;
    const regex = regexFor(pattern.value, value, meter, value.length + 1);
    return 'is' in regex ? regex : list(cut(regex, value).map(text));
  },
};

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});
const bigEndian = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

/** CRC-32C (Castagnoli), which Node does not have. */
function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const digest =
  (algorithm: string) =>
  (data: Uint8Array): Uint8Array =>
    createHash(algorithm).update(data).digest();
/** The namespace `hashing`: bytes of bytes or texts. */
export const hashes: Readonly<Record<string, (data: Uint8Array) => Uint8Array>> = {
  md5: digest('md5'),
  sha256: digest('sha256'),
  crc32: (data) => bigEndian(crc32(data)),
  crc32c: (data) => bigEndian(crc32c(data)),
};
