import packet, { type Answer } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { answersOf, type WireRecord } from './canonical.ts';
import { keyRecord, mx, nsec, nsecSignature, of4035, p256, type Vector, vectors, wildcard } from './fixture.ts';
import { keyOf, type ZoneKey } from './public-key.ts';
import { judgeSet, type Signature, signatureOf } from './signature.ts';

/** The vector as it would come in a message. */
function read({ set, keys, labels, dates, tag, signer, signature }: Vector): { set: WireRecord[]; signature: Signature; keys: ZoneKey[] } {
  const { name, type } = set[0] as { readonly name: string; readonly type: string };
  const data = {
    typeCovered: type,
    algorithm: keys[0]![1],
    labels,
    originalTTL: 3_600,
    inception: dates[0],
    expiration: dates[1],
    keyTag: tag,
    signersName: signer,
    signature: Buffer.from(signature, 'base64'),
  };
  const rrsig = { type: 'RRSIG', name, ttl: 3_600, data } as Answer;
  const records = answersOf(
    packet.encode({ type: 'response', questions: [{ type: 'A', name }], answers: [...set, rrsig, ...keys.map(keyRecord)] }),
  );
  return {
    set: records.slice(0, set.length),
    signature: signatureOf(records[set.length]!)!,
    keys: records.slice(set.length + 1).map(({ rdata }) => keyOf(rdata)!),
  };
}

const judged = (vector: Vector, now = vector.dates[0] + 1) => {
  const { set, signature, keys } = read(vector);
  return judgeSet(set, [signature], keys, now, { left: 100 });
};
const changed = (bytes: Buffer, nth: number): Buffer => {
  const other = Buffer.from(bytes);
  other[nth]! ^= 1;
  return other;
};

describe.each(Object.entries(vectors))('%s', (_, vector) => {
  const { set, signature, keys } = read(vector);
  const judge = (change: { set?: WireRecord[]; signature?: Signature; keys?: ZoneKey[] } = {}): string =>
    judgeSet(change.set ?? set, [change.signature ?? signature], change.keys ?? keys, vector.dates[0] + 1, { left: 100 }).is;

  it('holds', () => {
    expect(judge()).toBe('holds');
    expect(keys[0]!.tag).toBe(vector.tag);
  });

  it('is broken with a byte changed, wherever it is', () => {
    const last = set[0]!.rdata.length - 1;
    expect(judge({ set: [{ ...set[0]!, rdata: changed(set[0]!.rdata, last) }, ...set.slice(1)] })).toBe('broken');
    expect(judge({ set: set.map((one) => ({ ...one, type: one.type ^ 1 })) })).toBe('broken');
    expect(judge({ signature: { ...signature, bytes: changed(signature.bytes, 7) } })).toBe('broken');
    expect(judge({ signature: { ...signature, head: changed(signature.head, 15) } })).toBe('broken');
    expect(judge({ signature: { ...signature, originalTtl: 3_601 } })).toBe('broken');
    expect(judge({ keys: keys.map((key) => ({ ...key, key: changed(key.key, key.key.length - 3) })) })).toBe('broken');
  });
});

describe('a signature', () => {
  it('of a wildcard is told of as such, and not over another name beside it', () => {
    expect(judged(wildcard)).toMatchObject({ is: 'holds', wildcard: true });
    expect(judged({ ...wildcard, set: [mx('*.w.example', 1, 'ai.example')] })).not.toHaveProperty('wildcard');
    expect(judged({ ...wildcard, set: [mx('a.z.v.example', 1, 'ai.example')] }).is).toBe('broken');
    expect(judged({ ...p256, labels: 4 }).why).toContain('a longer name');
  });

  it('of NSEC counts capitals in the name that comes next (RFC 6840 5.1)', () => {
    expect(judged({ ...of4035, set: [nsec('A.example')], labels: 1, signature: nsecSignature }).is).toBe('broken');
  });

  it('counts between its dates alone, and says which it is', () => {
    const [from, until] = p256.dates;
    expect(judged(p256, until).is).toBe('holds');
    expect(judged(p256, until + 1)).toEqual({ is: 'broken', why: 'its signature ran out on 2010-09-09 10:04 UTC' });
    expect(judged(p256, from - 1)).toEqual({ is: 'broken', why: 'its signature counts only from 2010-08-12 10:04 UTC on' });
  });

  it('has dates that go round in 2106 (RFC 1982)', () => {
    const beyond = 2 ** 32 + 1_000;
    const { set, keys, signature } = read(p256);
    const late = { ...signature, inception: 2 ** 32 - 500, expiration: 2_000 };
    expect(judgeSet(set, [late], keys, beyond, { left: 9 }).is).toBe('holds');
    expect(judgeSet(set, [late], keys, beyond + 2_000, { left: 9 }).why).toBe('its signature ran out on 2106-02-07 07:01 UTC');
  });

  it('by a key that is not there, is taken back, or is none of a zone, is no signature', () => {
    const { set, keys, signature } = read(p256);
    const with_ = (change: Partial<ZoneKey>) => judgeSet(set, [signature], [{ ...keys[0]!, ...change }], p256.dates[0], { left: 9 });
    for (const change of [{ tag: 1 }, { algorithm: 14 }, { flags: 257 | 128 }, { flags: 1 }, { protocol: 2 }])
      expect(with_(change)).toEqual({ is: 'broken', why: 'it is signed with a key (55648) that is not among those of the zone' });
    expect(judgeSet(set, [], keys, p256.dates[0], { left: 9 }).is).toBe('broken');
  });

  it('of an algorithm that is not computed is neither right nor wrong', () => {
    const { set, keys, signature } = read(p256);
    const other = { ...signature, algorithm: 12 };
    const judge = (all: readonly Signature[]) => judgeSet(set, all, keys, p256.dates[0], { left: 9 });
    expect(judge([other])).toEqual({ is: 'unknown', why: 'its signature is of algorithm 12, which is not computed here' });
    expect(judge([{ ...signature, bytes: Buffer.alloc(64) }, other]).is).toBe('unknown');
    expect(judge([other, signature]).is).toBe('holds');
  });

  it('is one that holds among others that do not', () => {
    const { set, keys, signature } = read(p256);
    expect(judgeSet(set, [{ ...signature, keyTag: 1 }, signature], keys, p256.dates[0], { left: 9 }).is).toBe('holds');
  });
});
