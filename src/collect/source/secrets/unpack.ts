import { gunzipSync, inflateRawSync } from 'node:zlib';
import type { Tree, TreeFile } from '../tree.ts';
import type { Piece, SayWhy } from './content.ts';
import { isBinary, textOf } from './decode.ts';
import { isPicture, isReadableBinary } from './location.ts';

/** Unpacked from one archive at most: a small file can unpack into terabytes. */
const maxUnpacked = 128 * 2 ** 20;
const maxEntry = 32 * 2 ** 20;
const maxEntries = 5000;

/** Archives that hold what phones or people get: apps, chat exports, zipped logs. */
export const isArchive = (path: string): boolean => /\.(?:zip|apk|aab|ipa|xapk|jar|gz)$/i.test(path);

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
}

/** The texts inside a zip or gzip file. What is broken, encrypted or too large is left out with a gap. */
export function* unpack(tree: Tree, file: TreeFile, gap: SayWhy): Generator<Piece> {
  const content = tree.read(file.path);
  if (!content) return gap('cannot be read, or is too large to unpack');
  if (/\.gz$/i.test(file.path)) {
    const text = attempt(() => gunzipSync(content, { maxOutputLength: maxEntry }));
    if (text && !isBinary(text)) yield piece(text, undefined);
    else if (!text) gap('could not be unpacked (broken or very large)');
    return;
  }
  const entries = directoryOf(content);
  if (!entries) return gap('could not be unpacked (broken)');
  let total = 0;
  for (const entry of entries.slice(0, maxEntries)) {
    if (isPicture(entry.name) || entry.size === 0) continue;
    total += entry.size;
    if (total > maxUnpacked) return gap(`unpacked up to ${maxUnpacked / 2 ** 20} MB only`);
    const text = attempt(() => contentOf(content, entry));
    if (text && (!isBinary(text) || isReadableBinary(entry.name))) yield piece(text, entry.name);
  }
  if (entries.length > maxEntries) gap(`holds more than ${maxEntries} files; the rest was not read`);
}

const piece = (content: Buffer, entry: string | undefined): Piece => ({
  text: textOf(content),
  offset: 0,
  lines: 0,
  bytes: content.length,
  binary: isBinary(content),
  ...(entry !== undefined && { entry }),
});

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The central directory of a zip file (APPNOTE 6.3, 4.3.12); `undefined` when there is none. Zip64 is not read. */
function directoryOf(zip: Buffer): Entry[] | undefined {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 22 > zip.length) return undefined;
  const entries: Entry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== 0x02014b50) return entries.length > 0 ? entries : undefined;
    const nameLength = zip.readUInt16LE(at + 28);
    entries.push({
      name: zip.toString('utf8', at + 46, at + 46 + nameLength),
      method: zip.readUInt16LE(at + 10),
      packed: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      header: zip.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function contentOf(zip: Buffer, { method, packed, header }: Entry): Buffer {
  if (zip.readUInt32LE(header) !== 0x04034b50) throw new Error('no local header');
  const begin = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const raw = zip.subarray(begin, begin + packed);
  return method === 0 ? raw : inflateRawSync(raw, { maxOutputLength: maxEntry });
}
