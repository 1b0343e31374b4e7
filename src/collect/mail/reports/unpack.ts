import { gunzipSync, inflateRawSync } from 'node:zlib';

/** How much one file may come to. Real reports are a few kilobytes; the largest known ones are a few megabytes. */
export const unpackLimits = { packed: 25 * 2 ** 20, unpacked: 64 * 2 ** 20, entries: 200 } as const;

/** A file that cannot be unpacked, or would come to too much. The message says why, in words. */
export class UnpackFault extends Error {}

/** Bytes that what is packed in one file may still come to, all of it together. */
interface Budget {
  left: number;
}

/** The texts in a file: itself, or what is in it as gzip, ZIP or mail. Throws `UnpackFault`. */
export async function unpack(bytes: Buffer): Promise<Buffer[]> {
  if (bytes.length > unpackLimits.packed) throw new UnpackFault(`it is larger than ${unpackLimits.packed / 2 ** 20} MB`);
  const budget: Budget = { left: unpackLimits.unpacked };
  if (isMail(bytes)) {
    const { default: PostalMime } = await import('postal-mime');
    const { attachments } = await PostalMime.parse(bytes, { attachmentEncoding: 'arraybuffer' });
    const parts = attachments.map(({ content }) => Buffer.from(content as ArrayBuffer)).filter((part) => isPacked(part) || isXml(part));
    if (parts.length === 0) throw new UnpackFault('it is a mail without a report in it');
    return parts.slice(0, unpackLimits.entries).flatMap((part) => opened(part, budget));
  }
  return opened(bytes, budget);
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
const isZip = (bytes: Buffer): boolean => bytes.subarray(0, 2).toString('latin1') === 'PK';
const isPacked = (bytes: Buffer): boolean => isGzip(bytes) || isZip(bytes);
const isXml = (bytes: Buffer): boolean => /^(?:\uFEFF|ï»¿)?\s*</.test(bytes.subarray(0, 64).toString('latin1'));
const isMail = (bytes: Buffer): boolean =>
  !isPacked(bytes) && !isXml(bytes) && /^[A-Za-z-]+:[ \t]/m.test(bytes.subarray(0, 2000).toString('latin1'));

/** What is in gzip or ZIP, once more at most: some reporters put a gzip into a ZIP. */
function opened(bytes: Buffer, budget: Budget, depth = 0): Buffer[] {
  if (!isPacked(bytes)) return [bytes];
  if (depth > 1) throw new UnpackFault('it is packed more than twice');
  const inside = isGzip(bytes) ? [gunzipped(bytes, budget)] : zipped(bytes, budget);
  return inside.flatMap((one) => opened(one, budget, depth + 1));
}

/** Some mails have a line break behind the packed bytes, which is no part of them. */
function gunzipped(bytes: Buffer, budget: Budget): Buffer {
  const unpacked = (of: Buffer): Buffer => bounded(budget, (maxOutputLength) => gunzipSync(of, { maxOutputLength }));
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end -= 1;
  if (end === bytes.length) return unpacked(bytes);
  try {
    return unpacked(bytes);
  } catch {
    return unpacked(bytes.subarray(0, end));
  }
}

function bounded(budget: Budget, inflate: (most: number) => Buffer): Buffer {
  try {
    const file = inflate(Math.max(1, budget.left));
    budget.left -= file.length;
    return file;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new UnpackFault(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `unpacked it is larger than ${unpackLimits.unpacked / 2 ** 20} MB`
        : 'it is packed wrongly, or cut off',
    );
  }
}

/** Files of a ZIP (APPNOTE 4.3), by its directory. What it says of sizes is not believed. */
function zipped(bytes: Buffer, budget: Budget): Buffer[] {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 22 > bytes.length) throw new UnpackFault('it is a ZIP without a directory, or cut off');
  const count = bytes.readUInt16LE(end + 10);
  if (count > unpackLimits.entries) throw new UnpackFault(`it has ${count} files in it`);
  const files: Buffer[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let nth = 0; nth < count; nth += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw new UnpackFault('the directory of the ZIP is broken');
    const method = bytes.readUInt16LE(at + 10);
    const flags = bytes.readUInt16LE(at + 8);
    const size = bytes.readUInt32LE(at + 20);
    const name = bytes.subarray(at + 46, at + 46 + bytes.readUInt16LE(at + 28)).toString('latin1');
    const head = bytes.readUInt32LE(at + 42);
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if (name.endsWith('/')) continue;
    if ((flags & 1) === 1) throw new UnpackFault('it is locked with a password');
    if (head + 30 > bytes.length) throw new UnpackFault('the directory of the ZIP is broken');
    const from = head + 30 + bytes.readUInt16LE(head + 26) + bytes.readUInt16LE(head + 28);
    const packed = bytes.subarray(from, from + size);
    if (method !== 0 && method !== 8) throw new UnpackFault('it is packed in a way that is not known here');
    const file = bounded(budget, (maxOutputLength) => (method === 0 ? packed : inflateRawSync(packed, { maxOutputLength })));
    if (budget.left < 0) throw new UnpackFault(`unpacked it is larger than ${unpackLimits.unpacked / 2 ** 20} MB`);
    files.push(file);
  }
  return files;
}
