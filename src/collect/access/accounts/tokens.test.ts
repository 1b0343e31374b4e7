import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { judgeTokens } from './tokens.ts';

const email = 'anna@acme.example';
const at = Date.parse('2026-11-23T10:00:00Z');
/** Three mails, two seconds apart. */
const judged = (
  token: (nth: number, at: number) => string,
  link = (one: string) => `https://app.example/reset?token=${encodeURIComponent(one)}`,
) =>
  judgeTokens(
    'password reset',
    [0, 1, 2].map((nth) => ({ key: { link: new URL(link(token(nth, at + nth * 2000))) }, at: at + nth * 2000 })),
    email,
  );

const jwt = (): string => {
  const text = ['{"alg":"HS256"}', JSON.stringify({ email, jti: randomUUID() })]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
  return `${text}.${createHmac('sha256', 'x').update(text).digest('base64url')}`;
};
const uuid7 = (_: number, when: number): string => {
  const hex = when.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

describe('tokens', () => {
  it.each<[string, (nth: number, at: number) => string]>([
    ['32 random bytes', () => randomBytes(32).toString('base64url')],
    ['8 random bytes', () => randomBytes(8).toString('hex')],
    ['UUIDs', () => randomUUID()],
    ['UUIDs that begin with the time', uuid7],
    ['signed ones that say whose they are', jwt],
    ['the address and a random secret', () => Buffer.from(`${email}:${randomBytes(16).toString('hex')}`).toString('base64')],
  ])('%s are not accused', (_, token) => {
    for (let times = 0; times < 40; times += 1) expect(judged(token)).toMatchObject({ outcome: 'holds' });
  });

  it.each<[string, (nth: number, at: number) => string, RegExp]>([
    ['the time in milliseconds', (_, when) => String(when + 31), /is the time/],
    ['the time in seconds', (_, when) => String(Math.floor(when / 1000)), /is the time/],
    ['counted up', (nth) => String(4711 + nth), /counted up/],
    ['six digits', () => String(100_000 + (randomBytes(2).readUInt16BE() % 900_000)), /guessed|counted/],
    ['UUIDs of version 1', (nth) => `6fa459e${nth}-ee8a-11ee-8a1e-02420a00000${nth}`, /version 1/],
    [
      'a hash of the address and nothing else',
      (nth) => (nth === 0 ? createHash('md5').update(email).digest('hex') : randomBytes(16).toString('hex')),
      /hash of the address/,
    ],
    [
      'a hash of the time',
      (_, when) =>
        createHash('sha1')
          .update(String(Math.floor(when / 1000)))
          .digest('hex'),
      /hash/,
    ],
    [
      'address and time in base64',
      (_, when) => Buffer.from(`${email}:${Math.floor(when / 1000)}`).toString('base64'),
      /made of the address/,
    ],
    ['ids of MongoDB, which are time, machine and a counter', (nth) => `65a1b2c${nth + 3}d4e5f6a7b800c1d${nth}`, /guessed/],
  ])('%s are', (_, token, says) => {
    expect(judged(token)).toMatchObject({ outcome: 'broken', text: expect.stringMatching(says) as string });
  });

  it('are told apart from the number of the account that stands beside them', () => {
    expect(
      judged(
        () => randomBytes(24).toString('hex'),
        (one) => `https://app.example/reset/17/${one}`,
      ),
    ).toMatchObject({ outcome: 'holds' });
  });

  it('say nothing where only one came, or always the same', () => {
    expect(judged(() => 'a1b2c3d4e5f6a7b8c9d0')).toMatchObject({ outcome: 'unknown' });
    expect(judgeTokens('password reset', [], email)).toMatchObject({ outcome: 'unknown' });
  });
});
