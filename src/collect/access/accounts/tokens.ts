import { createHash } from 'node:crypto';
import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { type Key, tokensIn } from '../mail/read.ts';
import { broken, holds, unknown } from './ground.ts';

/** A link and when it was asked for. */
export interface Issued {
  readonly key: Key;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** NIST SP 800-63B asks 64 bits of a secret that is sent once; OWASP ASVS 128 of new ones. Only what is below 64 is told. */
const leastBits = 64;

/**
 * Whether the links of two mails of one kind can be guessed (OWASP Forgot Password Cheat Sheet: random and long): by their length, by what stays the
 * same, by a time or an address inside. What is random cannot be proved by two samples; what is not shows.
 */
export function judgeTokens(flow: AccountTrial['flow'], issued: readonly Issued[], email: string): AccountTrial {
  const about = { question: 'token', flow } as const;
  const tokens = secretParts(issued);
  const steps = tokens.map((token) => `a mail with a token of ${token.length} characters`);
  if (issued.filter(({ key }) => key.link).length < 2) return unknown(about, 'less than two links came that could be compared', steps);
  if (tokens.length < 2) return unknown(about, 'all mails brought the same link, so nothing can be compared', steps);
  const fault = faultOf(tokens, issued, email);
  return fault === undefined
    ? holds(about, 'the links are long, and nothing in them can be foreseen from another one', steps)
    : broken(about, fault, steps);
}

/** Of each link the part that is not in all of them (a number of the account may be), each once: mails of the same second may bring the same link. */
function secretParts(issued: readonly Issued[]): string[] {
  const all = issued.flatMap(({ key }) => (key.link ? [tokensIn(key.link)] : []));
  return [...new Set(all.flatMap((parts) => parts.find((part) => !all.every((others) => others.includes(part))) ?? []))];
}

function faultOf(tokens: readonly string[], issued: readonly Issued[], email: string): string | undefined {
  const [first = ''] = tokens;
  const numbers = tokens.map((token) => (/^\d{1,15}$/.test(token) ? Number(token) : Number.NaN));
  const [one = 0, two = 0] = numbers;
  if (numbers.every((number) => !Number.isNaN(number))) {
    if (issued.some(({ at }) => [one, two].some((number) => isTime(number, at)))) return 'the token in the link is the time of the request';
    if (Math.abs(two - one) <= 1000) return 'the token of the link is a number that is counted up';
  }
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-/i.test(first))
    return 'the token of the link is a UUID of version 1, which is made of the time and the machine';
  const known = [email, email.toLowerCase(), ...issued.flatMap(({ at }) => around(at))];
  if (tokens.some((token) => known.some((text) => digests(text).includes(token.toLowerCase()))))
    return 'the token of the link is a hash of the address or of the time, which everybody can work out';
  // Signed tokens say whose they are, and nobody else can sign them.
  if (tokens.every((token) => token.split('.').length === 3)) return undefined;
  const inside = decodings(first).find((text) => text.toLowerCase().includes(email.toLowerCase()));
  const bits = Math.min(changingBits(tokens), ...tokens.map((token) => bitsOf(token)));
  if (bits >= leastBits) return undefined;
  if (inside !== undefined) return 'the token of the link is made of the address, with nothing in it that is secret';
  return `the token of the link can be guessed: only about ${Math.floor(bits)} bits of it change from mail to mail`;
}

/** In seconds or milliseconds, within ten minutes. */
const isTime = (number: number, at: number): boolean => Math.abs(number - at) < 600_000 || Math.abs(number * 1000 - at) < 600_000;

const around = (at: number): string[] => Array.from({ length: 21 }, (_, nth) => String(Math.floor(at / 1000) - 10 + nth));

const digests = (text: string): string[] => ['md5', 'sha1', 'sha256'].map((name) => createHash(name).update(text).digest('hex'));

const decodings = (token: string): string[] => [
  token,
  Buffer.from(token, 'base64url').toString('utf8'),
  Buffer.from(token, 'hex').toString('utf8'),
];

/** What a character can be, as bits: of digits, hexadecimal digits, base 36 or base 64. */
const bitsEach = (text: string): number =>
  Math.log2(/^\d*$/.test(text) ? 10 : /^[0-9a-f]*$|^[0-9A-F]*$/.test(text) ? 16 : /^[0-9a-z]*$/.test(text) ? 36 : 64);
const bitsOf = (token: string): number => token.replaceAll('-', '').length * bitsEach(token.replaceAll('-', ''));

/** Characters that two random tokens may have in common at the same place by chance. */
const byChance = 4;

/** As many bits as change from one token to another: what stays the same at its place is no secret. Of several pairs the one that differs most. */
function changingBits(tokens: readonly string[]): number {
  const pairs = tokens.flatMap((one, nth) =>
    tokens.slice(nth + 1).map((two) => [one.replaceAll('-', ''), two.replaceAll('-', '')] as const),
  );
  return Math.max(
    ...pairs.map(([one, two]) => {
      const differ = one.length === two.length ? [...one].filter((character, nth) => character !== two[nth]).length + byChance : one.length;
      return Math.min(differ, one.length, two.length) * bitsEach(one + two);
    }),
  );
}
