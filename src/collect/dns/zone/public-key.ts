import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';

/** A key of a zone as it stands in its DNSKEY record (RFC 4034 §2). */
export interface ZoneKey {
  readonly flags: number;
  readonly protocol: number;
  readonly algorithm: number;
  readonly key: Buffer;
  readonly tag: number;
  /** The whole data of the record. */
  readonly rdata: Buffer;
}

/** Bits of a key's flags (RFC 4034 §2.1.1, RFC 5011 §7). */
const zoneBit = 0x0100;
const revokedBit = 0x0080;
export const entryPoint = 0x0001;

/** Whether a zone may sign with it: it is a key of a zone, and not taken back. */
export const maySign = ({ flags, protocol }: Pick<ZoneKey, 'flags' | 'protocol'>): boolean =>
  (flags & zoneBit) !== 0 && (flags & revokedBit) === 0 && protocol === 3;

/** The number a key is called by (RFC 4034 appendix B), from the data of its record. */
export function tagOf(rdata: Buffer): number {
  let sum = 0;
  for (const [at, byte] of rdata.entries()) sum += at % 2 === 0 ? byte << 8 : byte;
  return (sum + (sum >> 16)) & 0xffff;
}

/** Reads the data of a DNSKEY record; `undefined` where there is too little of it. */
export const keyOf = (rdata: Buffer): ZoneKey | undefined =>
  rdata.length < 5
    ? undefined
    : { flags: rdata.readUInt16BE(0), protocol: rdata[2]!, algorithm: rdata[3]!, key: rdata.subarray(4), tag: tagOf(rdata), rdata };

const curves = {
  13: { crv: 'P-256', size: 64, digest: 'sha256' },
  14: { crv: 'P-384', size: 96, digest: 'sha384' },
} as const;
const edwards = { 15: { crv: 'Ed25519', size: 32 }, 16: { crv: 'Ed448', size: 57 } } as const;
const rsaDigests = { 5: 'sha1', 7: 'sha1', 8: 'sha256', 10: 'sha512' } as const;

/** Bits that an RSA key may have (RFC 3110 §2, RFC 5702 §2), and its exponent: a longer one is there to keep us busy. */
const rsaBits = { fewest: 512, most: 4_096, exponent: 64 } as const;

/** Whether signatures of this algorithm can be computed here. */
export const isComputed = (algorithm: number): boolean => algorithm in curves || algorithm in edwards || algorithm in rsaDigests;

/**
 * Whether a signature over these bytes was made with the key (RFC 3110, 5702, 6605, 8080). `not-computed`: the algorithm is none of ours, or the RSA key is of
 * a size that we do not compute with, or this machine does not allow the algorithm.
 */
export function verifies({ algorithm, key }: ZoneKey, bytes: Buffer, signature: Buffer): 'yes' | 'no' | 'not-computed' {
  if (algorithm in curves) {
    const { crv, size, digest } = curves[algorithm as keyof typeof curves];
    if (key.length !== size || signature.length !== size) return 'no';
    const jwk = { kty: 'EC', crv, x: base64(key.subarray(0, size / 2)), y: base64(key.subarray(size / 2)) };
    return saidOf(imported(jwk), (from) => verify(digest, bytes, { key: from, dsaEncoding: 'ieee-p1363' }, signature));
  }
  if (algorithm in edwards) {
    const { crv, size } = edwards[algorithm as keyof typeof edwards];
    if (key.length !== size || signature.length !== 2 * size) return 'no';
    return saidOf(imported({ kty: 'OKP', crv, x: base64(key) }), (from) => verify(null, bytes, from, signature));
  }
  if (algorithm in rsaDigests) {
    const jwk = rsaOf(key);
    if (jwk === undefined) return 'not-computed';
    const digest = rsaDigests[algorithm as keyof typeof rsaDigests];
    return saidOf(imported(jwk), (from) => verify(digest, bytes, from, signature));
  }
  return 'not-computed';
}

const base64 = (bytes: Buffer): string => bytes.toString('base64url');

/** `undefined`: it is no key, as a point that does not lie on the curve. */
function imported(key: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ format: 'jwk', key });
  } catch {
    return undefined;
  }
}

function saidOf(key: KeyObject | undefined, verifying: (key: KeyObject) => boolean): 'yes' | 'no' | 'not-computed' {
  if (key === undefined) return 'no';
  try {
    return verifying(key) ? 'yes' : 'no';
  } catch {
    // Some systems forbid SHA-1, or RSA keys that are short, and say so here.
    return 'not-computed';
  }
}

/** Exponent and modulus of a key of RFC 3110 §2; `undefined` where they are of sizes that we do not compute with. */
function rsaOf(key: Buffer): JsonWebKey | undefined {
  const isLong = key[0] === 0;
  if (key.length < 3) return undefined;
  const start = isLong ? 3 : 1;
  const end = start + (isLong ? key.readUInt16BE(1) : key[0]!);
  const exponent = trimmed(key.subarray(start, end));
  const modulus = trimmed(key.subarray(end));
  const size = bitsOf(modulus);
  const isFit = size >= rsaBits.fewest && size <= rsaBits.most && bitsOf(exponent) <= rsaBits.exponent;
  // An even exponent belongs to no key, and with 1 everybody can sign.
  const isSound = exponent.length > 0 && exponent.at(-1)! % 2 === 1 && !(exponent.length === 1 && exponent[0] === 1);
  return isFit && isSound ? { kty: 'RSA', e: base64(exponent), n: base64(modulus) } : undefined;
}

const trimmed = (bytes: Buffer): Buffer => {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? Buffer.alloc(0) : bytes.subarray(start);
};

const bitsOf = (bytes: Buffer): number => (bytes.length === 0 ? 0 : (bytes.length - 1) * 8 + (32 - Math.clz32(bytes[0]!)));
