import packet, { type DecodedPacket } from 'dns-packet';
import { type SvcbData, svcbOf } from './svcb.ts';

/** Types of records that are asked for. `HTTPS` and `SVCB` are those of RFC 9460. */
export type RecordType = keyof RecordData;

/** What a record of each type holds. Names are as they came, without the dot at the end. */
export interface RecordData {
  readonly A: string;
  readonly AAAA: string;
  readonly CNAME: string;
  readonly DNAME: string;
  readonly NS: string;
  readonly PTR: string;
  readonly MX: { readonly preference: number; readonly exchange: string };
  /** Its strings glued together, a character for each byte (RFC 7208 §3.3). */
  readonly TXT: string;
  readonly SOA: {
    readonly mname: string;
    readonly rname: string;
    readonly serial: number;
    readonly refresh: number;
    readonly retry: number;
    readonly expire: number;
    readonly minimum: number;
  };
  readonly SRV: { readonly priority: number; readonly weight: number; readonly port: number; readonly target: string };
  readonly CAA: { readonly critical: boolean; readonly tag: string; readonly value: string };
  readonly DS: { readonly keyTag: number; readonly algorithm: number; readonly digestType: number; readonly digest: Buffer };
  readonly DNSKEY: { readonly flags: number; readonly algorithm: number; readonly key: Buffer };
  readonly CDS: { readonly keyTag: number; readonly algorithm: number; readonly digestType: number; readonly digest: Buffer };
  readonly RRSIG: {
    readonly typeCovered: string;
    readonly algorithm: number;
    readonly labels: number;
    readonly originalTTL: number;
    /** Seconds since 1970. */
    readonly expiration: number;
    readonly inception: number;
    readonly keyTag: number;
    readonly signersName: string;
    readonly signature: Buffer;
  };
  readonly NSEC: { readonly nextDomain: string; readonly rrtypes: readonly string[] };
  readonly NSEC3: {
    readonly algorithm: number;
    readonly flags: number;
    readonly iterations: number;
    readonly salt: Buffer;
    readonly nextDomain: Buffer;
    readonly rrtypes: readonly string[];
  };
  readonly TLSA: { readonly usage: number; readonly selector: number; readonly matchingType: number; readonly certificate: Buffer };
  readonly HTTPS: SvcbData;
  readonly SVCB: SvcbData;
}

/** One record. */
export interface DnsRecord<Type extends RecordType = RecordType> {
  /** Lower case, without the dot at the end. */
  readonly name: string;
  readonly type: Type;
  /** Seconds. */
  readonly ttl: number;
  readonly data: RecordData[Type];
}

export interface DnsMessage {
  readonly id: number;
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, … */
  readonly rcode: string;
  readonly question: { readonly name: string; readonly type: string } | undefined;
  /** Answered by a server of the zone itself. */
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionAvailable: boolean;
  /** The resolver has validated it by DNSSEC. */
  readonly authenticated: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  /** Whether it understands EDNS (RFC 6891). */
  readonly edns: boolean;
  /** As it came: signatures are made over bytes. */
  readonly bytes: Buffer;
}

export interface Question {
  readonly name: string;
  readonly type: RecordType;
  /** RD: asks the server to find it out elsewhere. */
  readonly recursion: boolean;
  /** DO: wants signatures along. */
  readonly dnssec: boolean;
  /** CD: wants what does not validate as well. */
  readonly checkingDisabled: boolean;
  /** Without the OPT record, for servers that do not understand it. */
  readonly plain?: boolean;
}

/** What a UDP answer may have, so that it is not broken up on its way (RFC 9715). Bytes. */
const udpPayloadSize = 1232;
const checkingDisabledBit = 0x10;
/** Types that the library has no name for. */
const numbered: Readonly<Record<string, string>> = { HTTPS: 'UNKNOWN_65', SVCB: 'UNKNOWN_64' };

/** The bytes of a question. Its name must be `askable`. */
export function encodeQuestion(id: number, { name, type, recursion, dnssec, checkingDisabled, plain }: Question): Buffer {
  return packet.encode({
    type: 'query',
    id,
    flags: (recursion ? packet.RECURSION_DESIRED : 0) | (checkingDisabled ? checkingDisabledBit : 0),
    questions: [{ name, type: (numbered[type] ?? type) as 'A' }],
    ...(!plain && {
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize,
          flags: dnssec ? packet.DNSSEC_OK : 0,
          extendedRcode: 0,
          ednsVersion: 0,
          flag_do: dnssec,
          options: [],
        },
      ],
    }),
  });
}

/** Reads an answer. Throws what the library throws where the bytes are none. */
export function decodeMessage(bytes: Buffer): DnsMessage {
  const read = packet.decode(bytes) as DecodedPacket & { readonly rcode: string };
  const [question] = read.questions ?? [];
  const records = (all: readonly unknown[] | undefined): DnsRecord[] => (all ?? []).flatMap((one) => recordOf(one as Raw) ?? []);
  const opt = (read.additionals ?? []).find(({ type }) => type === 'OPT') as { readonly extendedRcode: number } | undefined;
  return {
    id: read.id ?? 0,
    rcode: opt && opt.extendedRcode > 0 ? `EXTENDED_${opt.extendedRcode}` : read.rcode,
    question: question && { name: plainName(question.name), type: typeName(question.type) },
    authoritative: read.flag_aa,
    truncated: read.flag_tc,
    recursionAvailable: read.flag_ra,
    authenticated: read.flag_ad,
    answers: records(read.answers),
    authorities: records(read.authorities),
    additionals: records(read.additionals),
    edns: opt !== undefined,
    bytes,
  };
}

interface Raw {
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly data?: unknown;
}

const plainName = (name: string): string => (name === '.' ? '.' : name.replace(/\.$/, '').toLowerCase());
const typeName = (type: string): string => Object.entries(numbered).find(([, number]) => number === type)?.[0] ?? type;

/** Types of ours by how what the library reads is turned into what we say. */
const reading: { readonly [Type in RecordType]: (data: never) => RecordData[Type] } = {
  A: (data: string) => data,
  AAAA: (data: string) => data,
  CNAME: (data: string) => data,
  DNAME: (data: string) => data,
  NS: (data: string) => data,
  PTR: (data: string) => data,
  MX: ({ preference = 0, exchange }: { preference?: number; exchange: string }) => ({ preference, exchange }),
  TXT: (data: Buffer | string | readonly (Buffer | string)[]) =>
    (Array.isArray(data) ? data : [data]).map((one: Buffer | string) => (typeof one === 'string' ? one : one.toString('latin1'))).join(''),
  SOA: (data: RecordData['SOA']) => data,
  SRV: ({ priority = 0, weight = 0, port, target }: { priority?: number; weight?: number; port: number; target: string }) => ({
    priority,
    weight,
    port,
    target,
  }),
  CAA: ({ issuerCritical = false, tag, value }: { issuerCritical?: boolean; tag: string; value: string }) => ({
    critical: issuerCritical,
    tag,
    value,
  }),
  DS: (data: RecordData['DS']) => data,
  CDS: (data: RecordData['CDS']) => data,
  DNSKEY: (data: RecordData['DNSKEY']) => data,
  RRSIG: (data: RecordData['RRSIG']) => data,
  NSEC: (data: RecordData['NSEC']) => data,
  NSEC3: (data: RecordData['NSEC3']) => data,
  TLSA: (data: RecordData['TLSA']) => data,
  HTTPS: svcbOf,
  SVCB: svcbOf,
};

function recordOf({ name, type, ttl = 0, data }: Raw): DnsRecord | undefined {
  const known = typeName(type) as RecordType;
  const read = reading[known] as ((data: unknown) => RecordData[RecordType]) | undefined;
  return read === undefined || data === undefined || data === null
    ? undefined
    : { name: plainName(name), type: known, ttl, data: read(data) };
}
