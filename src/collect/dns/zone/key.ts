import { createHash } from 'node:crypto';
import type { RecordData } from '../message.ts';

type Key = RecordData['DNSKEY'];
type Ds = RecordData['DS'];

/** How the digest of each type is made (RFC 4034 §5.1.4, RFC 4509, RFC 6605); others are not known to us. */
const digests: Readonly<Record<number, string>> = { 1: 'sha1', 2: 'sha256', 4: 'sha384' };

/** Bits of a key's flags (RFC 4034 §2.1.1, RFC 5011 §7). */
const zoneKey = 0x0100;
const revoked = 0x0080;
export const entryPoint = 0x0001;

/** A key as it stands in a record; its protocol is always 3 (RFC 4034 §2.1.2). */
function bytesOf({ flags, algorithm, key }: Key): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(flags, 0);
  head[2] = 3;
  head[3] = algorithm;
  return Buffer.concat([head, key]);
}

/** The number a key is called by (RFC 4034 appendix B). */
export function keyTagOf(key: Key): number {
  let sum = 0;
  for (const [at, byte] of bytesOf(key).entries()) sum += at % 2 === 0 ? byte << 8 : byte;
  return (sum + (sum >> 16)) & 0xffff;
}

/** A name as its bytes, in lower case (RFC 4034 §6.2). */
function wireName(name: string): Buffer {
  const labels = name === '.' ? [] : name.toLowerCase().split('.');
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)]), Buffer.from([0])]);
}

/** Whether the digest of a DS record is that of a key of the zone; `unknown` where it is of a type that we do not know. */
export function matchOf(zone: string, { keyTag, algorithm, digestType, digest }: Ds, keys: readonly Key[]): 'yes' | 'no' | 'unknown' {
  const hash = digests[digestType];
  if (hash === undefined) return 'unknown';
  const fits = keys.some(
    (key) =>
      key.algorithm === algorithm &&
      (key.flags & zoneKey) !== 0 &&
      (key.flags & revoked) === 0 &&
      keyTagOf(key) === keyTag &&
      createHash(hash).update(wireName(zone)).update(bytesOf(key)).digest().equals(digest),
  );
  return fits ? 'yes' : 'no';
}
