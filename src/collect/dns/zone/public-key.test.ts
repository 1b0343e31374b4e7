import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { wireName } from './canonical.ts';
import { keyOf, tagOf, verifies, type ZoneKey } from './public-key.ts';
import { judgeSet, type Signature, signatureOf } from './signature.ts';

const bytes = Buffer.from('what is signed');
const from = (algorithm: number, key: Buffer): ZoneKey => keyOf(Buffer.concat([Buffer.from([1, 0, 3, algorithm]), key]))!;
const of = (jwk: string | undefined): Buffer => Buffer.from(jwk ?? '', 'base64url');
/** RFC 3110 §2. */
const rsa = (exponent: Buffer, modulus: Buffer, long = exponent.length > 255): Buffer =>
  Buffer.concat([
    long ? Buffer.from([0, exponent.length >> 8, exponent.length & 0xff]) : Buffer.from([exponent.length]),
    exponent,
    modulus,
  ]);

describe('a key of RSA', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const { n, e } = publicKey.export({ format: 'jwk' });
  const signature = sign('sha256', bytes, privateKey);

  it('is read with a length of one byte and of three', () => {
    expect(verifies(from(8, rsa(of(e), of(n))), bytes, signature)).toBe('yes');
    expect(verifies(from(8, rsa(of(e), of(n), true)), bytes, signature)).toBe('yes');
    expect(verifies(from(8, rsa(Buffer.concat([Buffer.alloc(300), of(e)]), of(n))), bytes, signature)).toBe('yes');
    expect(verifies(from(10, rsa(of(e), of(n))), bytes, signature)).toBe('no');
  });

  it.each([
    ['with a modulus of 16384 bits', rsa(of(e), Buffer.alloc(2_048, 0xff))],
    ['with a modulus of 256 bits', rsa(of(e), Buffer.alloc(32, 0xff))],
    ['with an exponent as long as the modulus', rsa(Buffer.alloc(256, 0xff), of(n))],
    ['with the exponent 1, with which everybody signs', rsa(Buffer.from([1]), of(n))],
    ['with an even exponent', rsa(Buffer.from([2]), of(n))],
    ['without an exponent', rsa(Buffer.alloc(0), of(n), false)],
    ['that ends in its exponent', Buffer.from([200, 1, 1])],
    ['of two bytes', Buffer.from([0, 1])],
  ])('%s is not computed with', (_, key) => {
    expect(verifies(from(8, key), bytes, signature)).toBe('not-computed');
  });
});

describe('a key of a curve', () => {
  it.each([
    ['that is no point of it', 13, Buffer.alloc(64, 7), Buffer.alloc(64)],
    ['that is too short', 13, Buffer.alloc(63, 7), Buffer.alloc(64)],
    ['whose signature is too short', 14, Buffer.alloc(96, 7), Buffer.alloc(95)],
    ['of Edwards that is too long', 15, Buffer.alloc(33, 7), Buffer.alloc(64)],
    ['of Edwards that is all ones', 16, Buffer.alloc(57, 0xff), Buffer.alloc(114)],
  ])('%s signs nothing', (_, algorithm, key, signature) => {
    expect(verifies(from(algorithm, key), bytes, signature)).toBe('no');
  });
});

it.each([0, 1, 3, 6, 12, 17, 23, 252, 253, 255])('algorithm %i is not computed', (algorithm) => {
  expect(verifies(from(algorithm, Buffer.alloc(64)), bytes, Buffer.alloc(64))).toBe('not-computed');
});

it('too little is no key and no signature', () => {
  expect(keyOf(Buffer.from([1, 0, 3, 13]))).toBeUndefined();
  const record = { owner: wireName('example'), type: 46, ttl: 1 };
  expect(signatureOf({ ...record, rdata: Buffer.alloc(18) })).toBeUndefined();
  expect(signatureOf({ ...record, rdata: Buffer.alloc(19) })).toBeUndefined();
  expect(signatureOf({ ...record, rdata: Buffer.alloc(40, 0x3f) })).toBeUndefined();
});

describe('many keys of one number and many signatures (CVE-2023-50387)', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  /** Two bytes of the same weight in the sum can be exchanged without a change of the tag; that most of these are no points takes time all the same. */
  const key = Buffer.concat([of(x), of(y)]);
  const first = from(14, key);
  const alike = Array.from({ length: 60 }, (_, nth): ZoneKey => ({ ...first, rdata: Buffer.concat([first.rdata, Buffer.from([nth])]) }));
  const set = [{ owner: wireName('a.example'), type: 1, ttl: 1, rdata: Buffer.from([192, 0, 2, 1]) }];
  const head = Buffer.concat([Buffer.alloc(18), wireName('example')]);
  const signature: Signature = {
    covers: 1,
    algorithm: 14,
    labels: 2,
    expiration: 2_000,
    inception: 0,
    originalTtl: 1,
    keyTag: first.tag,
    signer: wireName('example'),
    bytes: Buffer.alloc(96, 1),
    head,
  };

  it('are given up after a few, which is no verdict', () => {
    const patience = { left: 1_000 };
    const begun = performance.now();
    const verdict = judgeSet(
      set,
      Array.from({ length: 1_000 }, () => signature),
      alike,
      1_000,
      patience,
    );
    expect(verdict).toEqual({ is: 'unknown', why: 'there are more keys and signatures than are tried here' });
    expect(patience.left).toBe(1_000 - 8);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('are not tried at all where the patience of the whole run is used up', () => {
    expect(judgeSet(set, [signature], [first], 1_000, { left: 0 }).is).toBe('unknown');
  });

  it('that are just a few are judged', () => {
    expect(judgeSet(set, [signature, signature], alike.slice(0, 3), 1_000, { left: 100 }).is).toBe('broken');
    expect(tagOf(first.rdata)).toBe(first.tag);
  });
});
