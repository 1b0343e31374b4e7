import { createHash } from 'node:crypto';
import type { RecordData } from '../message.ts';
import { wireName } from './canonical.ts';
import { maySign, tagOf } from './public-key.ts';

type Key = RecordData['DNSKEY'];
type Ds = RecordData['DS'];

/** How the digest of each type is made (RFC 4034 §5.1.4, RFC 4509, RFC 6605); others are not known to us. */
const digests: Readonly<Record<number, string>> = { 1: 'sha1', 2: 'sha256', 4: 'sha384' };

/** A key as it stands in a record; its protocol is always 3 (RFC 4034 §2.1.2). */
function bytesOf({ flags, algorithm, key }: Key): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(flags, 0);
  head[2] = 3;
  head[3] = algorithm;
  return Buffer.concat([head, key]);
}

/** The number a key is called by (RFC 4034 appendix B). */
export const keyTagOf = (key: Key): number => tagOf(bytesOf(key));

/** Whether we know how the digest of a DS record is made. */
export const isDigestKnown = ({ digestType }: Ds): boolean => digests[digestType] !== undefined;

/** Whether a DS record names this key of the zone, of which the data of its record is given (RFC 4034 §5.1.4). */
export const names = (zone: string, { keyTag, algorithm, digestType, digest }: Ds, rdata: Buffer): boolean =>
  rdata[3] === algorithm &&
  tagOf(rdata) === keyTag &&
  maySign({ flags: rdata.readUInt16BE(0), protocol: rdata[2]! }) &&
  createHash(digests[digestType]!).update(wireName(zone)).update(rdata).digest().equals(digest);

/** Whether the digest of a DS record is that of a key of the zone; `unknown` where it is of a type that we do not know. */
export function matchOf(zone: string, ds: Ds, keys: readonly Key[]): 'yes' | 'no' | 'unknown' {
  if (!isDigestKnown(ds)) return 'unknown';
  return keys.some((key) => names(zone, ds, bytesOf(key))) ? 'yes' : 'no';
}
