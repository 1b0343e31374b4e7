import { labelsOf, type WireRecord } from './canonical.ts';
import { isComputed, maySign, verifies, type ZoneKey } from './public-key.ts';

/** A signature (RFC 4034 §3.1). */
export interface Signature {
  /** Number of the type it covers. */
  readonly covers: number;
  readonly algorithm: number;
  readonly labels: number;
  /** Seconds since 1970, modulo 2^32. */
  readonly expiration: number;
  readonly inception: number;
  readonly originalTtl: number;
  readonly keyTag: number;
  /** Zone that signed, in wire form and lower case. */
  readonly signer: Buffer;
  readonly bytes: Buffer;
  /** What stands before the signature itself: it is signed as well. */
  readonly head: Buffer;
}

/** Reads the data of an RRSIG record in canonical form; `undefined` where there is too little of it. */
export function signatureOf({ rdata }: WireRecord): Signature | undefined {
  if (rdata.length < 20) return undefined;
  let end = 18;
  while (end < rdata.length && rdata[end] !== 0) end += 1 + rdata[end]!;
  if (end + 1 >= rdata.length) return undefined;
  return {
    covers: rdata.readUInt16BE(0),
    algorithm: rdata[2]!,
    labels: rdata[3]!,
    originalTtl: rdata.readUInt32BE(4),
    expiration: rdata.readUInt32BE(8),
    inception: rdata.readUInt32BE(12),
    keyTag: rdata.readUInt16BE(16),
    signer: rdata.subarray(18, end + 1),
    bytes: rdata.subarray(end + 1),
    head: rdata.subarray(0, end + 1),
  };
}

/** Verifications that may still be done. Who serves many keys of one number wants us to try them all (CVE-2023-50387). */
export interface Patience {
  left: number;
}

/** Verifications of one set of records: as many as resolvers do. */
const mostForOneSet = 8;
const tooMany = 'there are more keys and signatures than are tried here';

export interface Verdict {
  readonly is: 'holds' | 'broken' | 'unknown';
  /** In words, of all but `holds`: `it ran out on …`. */
  readonly why: string;
  /** The records were made out of those of a wildcard: that there are none of the name itself takes another proof (RFC 4035 §5.3.4). */
  readonly wildcard?: true;
}

/**
 * Whether one of the signatures over a set of records (one owner, one type) holds (RFC 4035 §5.3). `keys`: those of the zone that may be believed. `now`:
 * seconds since 1970. `broken`: every signature was computed, and none holds.
 */
export function judgeSet(
  set: readonly WireRecord[],
  signatures: readonly Signature[],
  keys: readonly ZoneKey[],
  now: number,
  patience: Patience,
): Verdict {
  let first: Verdict | undefined;
  const own = { left: mostForOneSet };
  for (const signature of signatures) {
    if (own.left <= 0 || patience.left <= 0) return { is: 'unknown', why: tooMany };
    const one = judgeOne(set, signature, keys, now, [patience, own]);
    if (one.is === 'holds') return one;
    // What could not be computed may hold; of the rest, the first is told.
    if (!first || (first.is === 'broken' && one.is === 'unknown')) first = one;
  }
  return first ?? { is: 'broken', why: 'it comes without a signature' };
}

function judgeOne(
  set: readonly WireRecord[],
  signature: Signature,
  keys: readonly ZoneKey[],
  now: number,
  patience: readonly Patience[],
): Verdict {
  const broken = (why: string): Verdict => ({ is: 'broken', why });
  const { algorithm, keyTag, labels, inception, expiration } = signature;
  const own = ownLabels(set[0]!.owner);
  if (labels > own.length) return broken('its signature is for a longer name');
  if (!isComputed(algorithm)) return { is: 'unknown', why: `its signature is of algorithm ${algorithm}, which is not computed here` };
  if (isLater(now, expiration)) return broken(`its signature ran out on ${dateOf(expiration, now)}`);
  if (isLater(inception, now)) return broken(`its signature counts only from ${dateOf(inception, now)} on`);
  const named = keys.filter((key) => key.tag === keyTag && key.algorithm === algorithm && maySign(key));
  if (named.length === 0) return broken(`it is signed with a key (${keyTag}) that is not among those of the zone`);
  const bytes = signedBytes(set, signature, own);
  let isOpen = false;
  for (const key of named) {
    if (patience.some(({ left }) => left <= 0)) return { is: 'unknown', why: tooMany };
    for (const one of patience) one.left -= 1;
    const said = verifies(key, bytes, signature.bytes);
    if (said === 'yes') return { is: 'holds', why: '', ...(labels < own.length && { wildcard: true }) };
    if (said === 'not-computed') isOpen = true;
  }
  return isOpen
    ? { is: 'unknown', why: `its key (${keyTag}) is none that is computed with here` }
    : broken(`its signature by key ${keyTag} was made over other records, or with another key`);
}

/** Labels that count: those of the name without the asterisk of a wildcard (RFC 4034 §3.1.3). */
function ownLabels(owner: Buffer): Buffer[] {
  const all = labelsOf(owner);
  return all[0]?.toString('latin1') === '\u0001*' ? all.slice(1) : all;
}

/** What a signature is made over: its own fields, then the records in order, each once (RFC 4034 §3.1.8.1, §6.3). */
function signedBytes(set: readonly WireRecord[], { head, labels, originalTtl }: Signature, own: readonly Buffer[]): Buffer {
  const end = Buffer.from([0]);
  const owner = labels < own.length ? Buffer.concat([Buffer.from('\u0001*'), ...own.slice(own.length - labels), end]) : set[0]!.owner;
  const type = Buffer.alloc(8);
  type.writeUInt16BE(set[0]!.type, 0);
  type.writeUInt16BE(1, 2);
  type.writeUInt32BE(originalTtl, 4);
  const parts = [head];
  let last: Buffer | undefined;
  for (const rdata of set.map((one) => one.rdata).toSorted((one, two) => Buffer.compare(one, two))) {
    if (last?.equals(rdata)) continue;
    last = rdata;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(rdata.length);
    parts.push(owner, type, length, rdata);
  }
  return Buffer.concat(parts);
}

/** Times are numbers of 32 bits that begin anew in 2106 (RFC 4034 §3.1.5, RFC 1982). */
const isLater = (one: number, two: number): boolean => ((one - two) | 0) > 0;

function dateOf(seconds: number, now: number): string {
  const date = new Date((now + ((seconds - now) | 0)) * 1_000);
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
