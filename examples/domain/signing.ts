import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import packet, { type Answer, type DecodedPacket } from 'dns-packet';
import type { Reply, ZoneRecord } from '../../src/collect/dns/fixture.ts';
import { keyTagOf } from '../../src/collect/dns/zone/key.ts';
import { isWithin, type ServedZone } from './zone.ts';

/** How the zone is signed, before it is started. */
export interface Signing {
  /** Days from now: since when its signatures count, and until when. */
  from: number;
  to: number;
  /** What the zone above has: the digest of the key, that of a key that is gone, or nothing. */
  ds: 'right' | 'old' | 'none';
  /** Whether the key that signs all but the keys themselves is among them. */
  by: 'published' | 'unpublished';
  /** Host whose addresses the second name server has with a signature that was made over others. */
  forged?: string;
}

export interface ZoneKey extends Signer {
  /** DNSKEY, for the zone itself. */
  readonly record: ZoneRecord;
  /** DS, for the zone above. */
  readonly ds: ZoneRecord;
}

export interface Signer {
  /** RRSIG of a set of records of one name and type (RFC 4034 §3.1.8.1). */
  signature(set: readonly Answer[]): Answer;
}

/** ECDSA P-256 with SHA-256 (RFC 6605); one key for everything. */
const algorithm = 13;

/** Makes a key for a zone. Signatures count from and until these days from now. */
export function makeZoneKey(zone: string, { from, to }: Pick<Signing, 'from' | 'to'>): ZoneKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const data = { flags: 257, algorithm, key: Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]) };
  const record = { type: 'DNSKEY', data };
  const keyTag = keyTagOf(data);
  const own = wire({ name: zone, ttl: 300, ...record } as Answer);
  const digest = createHash('sha256')
    .update(own.subarray(0, zone.length + 2))
    .update(rdata(zone, own))
    .digest();
  const second = (days: number): number => Math.floor(Date.now() / 1_000 + days * 86_400);
  const dates = { inception: second(from), expiration: second(to) };
  return {
    record,
    ds: { type: 'DS', data: { keyTag, algorithm, digestType: 2, digest } },
    signature(set) {
      const { name, type, ttl = 300 } = set[0] as { readonly name: string; readonly type: string; readonly ttl?: number };
      const labels = name.split('.').length;
      const facts = { typeCovered: type, algorithm, labels, originalTTL: ttl, ...dates, keyTag, signersName: zone };
      const rrsig = (signature: Buffer): Answer => ({ type: 'RRSIG', name, ttl, data: { ...facts, signature } }) as Answer;
      const records = set.map(wire).toSorted((one, two) => Buffer.compare(rdata(name, one), rdata(name, two)));
      const bytes = Buffer.concat([rdata(name, wire(rrsig(Buffer.alloc(0)))), ...records]);
      return rrsig(sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }));
    },
  };
}

/** Signs the keys with the key that is there, and the rest with one that is not. */
export function unpublished(zone: string, key: ZoneKey, signing: Signing): Signer {
  const other = makeZoneKey(zone, signing);
  return { signature: (set) => (set[0]?.type === 'DNSKEY' ? key : other).signature(set) };
}

/** Signs the addresses of a host as if they were others. */
export const forging = (signer: Signer, host: string): Signer => ({
  signature: (set) => signer.signature(set.map((one) => (one.name === host && one.type === 'A' ? { ...one, data: '198.51.100.66' } : one))),
});

/** A record as it goes over the wire; names are in lower case and whole already. */
const wire = (record: Answer): Buffer => packet.encode({ type: 'response', answers: [record] }).subarray(12);
/** What follows name, type, class, TTL and length. */
const rdata = (name: string, bytes: Buffer): Buffer => bytes.subarray(name.length + 2 + 10);

const wantsSignatures = ({ additionals = [] }: DecodedPacket): boolean =>
  additionals.some((one) => one.type === 'OPT' && ((one.flags ?? 0) & packet.DNSSEC_OK) !== 0);

type Answering = (name: string, type: string, question: DecodedPacket) => Reply;

/** Signs what a server of the zone says, where signatures are asked for. That something is not there is not proven (NSEC). */
export const signing =
  (answering: Answering, { origin }: ServedZone, signer: Signer): Answering =>
  (name, type, question) => {
    const reply = answering(name, type, question);
    if (!wantsSignatures(question)) return reply;
    const signed = (records: readonly Answer[] = []): Answer[] => {
      const sets = new Map<string, Answer[]>();
      for (const one of records)
        if (isWithin(one.name, origin)) sets.set(`${one.name} ${one.type}`, [...(sets.get(`${one.name} ${one.type}`) ?? []), one]);
      return [...records, ...[...sets.values()].map((set) => signer.signature(set))];
    };
    const isOwn = ((reply.flags ?? 0) & packet.AUTHORITATIVE_ANSWER) !== 0;
    return isOwn ? { ...reply, answers: signed(reply.answers), authorities: signed(reply.authorities) } : reply;
  };

/** What a resolver that checks signatures says: nothing of a zone whose signatures do not fit, unless it is asked not to check (RFC 4035 §3.2). */
export const validating =
  (answering: Answering, { origin }: ServedZone, { from, to, ds, by }: Signing): Answering =>
  (name, type, question) => {
    const isOf = type !== 'DS' && isWithin(name.toLowerCase(), origin);
    const isUnchecked = ((question.flags ?? 0) & packet.CHECKING_DISABLED) !== 0;
    const fits = ds === 'right' && by === 'published' && from <= 0 && to > 0;
    if (isOf && ds !== 'none' && !fits && !isUnchecked) return { rcode: 'SERVFAIL' };
    const reply = answering(name, type, question);
    const isWhole = (reply.answers ?? []).every((one) => isWithin(one.name, origin));
    const isSecure = name === '.' || (isOf && fits && isWhole);
    return isSecure ? { ...reply, flags: (reply.flags ?? 0) | packet.AUTHENTIC_DATA } : reply;
  };
