/** A record as it stands in a message, its names written out: what signatures are made over (RFC 4034 §6.2). */
export interface WireRecord {
  /** Owner, in wire form and lower case. */
  readonly owner: Buffer;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  /** In canonical form: names in it are written out, and in lower case where RFC 4034 §6.2 has them so. */
  readonly rdata: Buffer;
}

const internet = 1;
const longestName = 255;
/** Pointers in one name: it has no more labels than that. */
const mostPointers = 127;
/** Records of one answer: more than any about a host or a key has. Who sends more has them to keep us busy. */
export const mostAnswers = 500;

/**
 * Where names stand in the data of the types whose names are put into lower case: bytes before, `name`, strings that carry their length. RFC 4034 §6.2, without
 * NSEC (RFC 6840 §5.1), HINFO, which holds none, and the historic A6 (RFC 6563). Other types hold no name that may be shortened (RFC 3597 §4).
 */
type Part = number | 'name' | 'string';
const alone: readonly Part[] = ['name'];
const layouts: ReadonlyMap<number, readonly Part[]> = new Map<number, readonly Part[]>([
  ...[2, 3, 4, 5, 7, 8, 9, 12, 30, 39].map((type) => [type, alone] as const),
  ...[6, 14, 17].map((type) => [type, ['name', 'name']] as const),
  ...[15, 18, 21, 36].map((type) => [type, [2, 'name']] as const),
  [24, [18, 'name']],
  [26, [2, 'name', 'name']],
  [33, [6, 'name']],
  [35, [4, 'string', 'string', 'string', 'name']],
  [46, [18, 'name']],
]);

/**
 * The records of the answer section, in canonical form; those of other classes than the internet's are left out. Throws a `RangeError` where the bytes are
 * no message, or one of more than one question (RFC 9619) or `mostAnswers` records: names are followed backwards only, and nothing is read beyond the end.
 */
export function answersOf(message: Buffer): WireRecord[] {
  let at = 12;
  const questions = message.readUInt16BE(4);
  const answers = message.readUInt16BE(6);
  if (questions > 1 || answers > mostAnswers) throw new RangeError('a message of more than is read');
  const known: KnownNames = new Map();
  if (questions === 1) at = nameAt(message, at, known).next + 4;
  const records: WireRecord[] = [];
  for (let left = answers; left > 0; left -= 1) {
    const { name, next } = nameAt(message, at, known);
    const start = next + 10;
    const end = start + message.readUInt16BE(next + 8);
    if (end > message.length) throw new RangeError('a record ends beyond the message');
    const type = message.readUInt16BE(next);
    if (message.readUInt16BE(next + 2) === internet)
      records.push({ owner: name, type, ttl: message.readUInt32BE(next + 4), rdata: canonicalData(message, type, { start, end }, known) });
    at = end;
  }
  return records;
}

function canonicalData(
  message: Buffer,
  type: number,
  { start, end }: { readonly start: number; readonly end: number },
  known: KnownNames,
): Buffer {
  const parts: Buffer[] = [];
  let at = start;
  for (const part of layouts.get(type) ?? []) {
    if (part === 'name') {
      const { name, next } = nameAt(message, at, known);
      parts.push(name);
      at = next;
    } else {
      const length = part === 'string' ? 1 + message.readUInt8(at) : part;
      parts.push(message.subarray(at, at + length));
      at += length;
    }
    if (at > end) throw new RangeError('a name ends beyond its record');
  }
  return Buffer.concat([...parts, message.subarray(at, end)]);
}

interface NameAt {
  /** In wire form and lower case. */
  readonly name: Buffer;
  /** Where it ends in the message. */
  readonly next: number;
  /** How many it leads through. */
  readonly pointers: number;
}

/** Names by the place in the message where they begin. */
type KnownNames = Map<number, NameAt>;

/**
 * A name written out. Each pointer must lead further back than all before it, so that none leads round (RFC 1035 §4.1.4). What one leads to is followed once a
 * message: thousands of names can lead through the same hundred pointers.
 */
function nameAt(message: Buffer, from: number, known: KnownNames, depth = 0): NameAt {
  const seen = known.get(from);
  if (seen) return seen;
  const labels: Buffer[] = [];
  let size = 1;
  let at = from;
  let rest: Pick<NameAt, 'name' | 'pointers'> = { name: Buffer.from([0]), pointers: 0 };
  for (;;) {
    const length = message.readUInt8(at);
    if (length === 0) {
      at += 1;
      break;
    }
    if (length >= 0xc0) {
      const target = message.readUInt16BE(at) & 0x3fff;
      if (target >= from || depth >= mostPointers) throw new RangeError('a name does not lead back to its end');
      const { name, pointers } = nameAt(message, target, known, depth + 1);
      if (pointers >= mostPointers) throw new RangeError('a name leads through too many pointers');
      rest = { name, pointers: pointers + 1 };
      size += name.length - 1;
      at += 2;
      break;
    }
    if (length > 63) throw new RangeError('a label of an unknown kind');
    if (at + 1 + length > message.length) throw new RangeError('a label ends beyond the message');
    size += 1 + length;
    labels.push(message.subarray(at, at + 1 + length));
    at += 1 + length;
    if (size > longestName) break;
  }
  if (size > longestName) throw new RangeError('a name is too long');
  const found = { name: Buffer.concat([...labels.map(lower), rest.name]), next: at, pointers: rest.pointers };
  known.set(from, found);
  return found;
}

/** ASCII letters in lower case. The lengths between labels are below 64, so that none of them is a letter. */
export function lower(name: Buffer): Buffer {
  const bytes = Buffer.from(name);
  for (const [at, byte] of bytes.entries()) if (byte >= 0x41 && byte <= 0x5a) bytes[at] = byte + 0x20;
  return bytes;
}

/** A name as its bytes, in lower case (RFC 4034 §6.2); `.` for the root. */
export function wireName(name: string): Buffer {
  const labels = name === '.' ? [] : name.toLowerCase().split('.');
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)]), Buffer.from([0])]);
}

/** The labels of a name in wire form, their lengths included, without the root. */
export function labelsOf(name: Buffer): Buffer[] {
  const labels: Buffer[] = [];
  for (let at = 0; at < name.length && name[at] !== 0; at += 1 + name[at]!) labels.push(name.subarray(at, at + 1 + name[at]!));
  return labels;
}

/** A name in wire form as people write it; what is no plain character as `\ddd` (RFC 1035 §5.1). */
export const textOf = (name: Buffer): string =>
  labelsOf(name)
    .map((label) =>
      label
        .subarray(1)
        .toString('latin1')
        .replaceAll(/[^\w*+/-]/g, (one) => `\\${String(one.charCodeAt(0)).padStart(3, '0')}`),
    )
    .join('.') || '.';

/** Whether a name in wire form is that of the zone, or lies below it; both in lower case. */
export function isWithin(name: Buffer, zone: Buffer): boolean {
  const labels = labelsOf(name);
  const above = labelsOf(zone);
  return above.length <= labels.length && Buffer.concat([...labels.slice(labels.length - above.length), Buffer.from([0])]).equals(zone);
}
