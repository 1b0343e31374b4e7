import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { folderOf, scan } from './fixtures/folder.ts';
import { forge, samples } from './fixtures/synthetic.ts';

const key = samples[0]?.make(forge(2)) ?? '';

/** A zip file of one entry, as small as the format allows. */
function zip(name: string, content: Buffer, more: { method?: number; size?: number } = {}): Buffer {
  const method = more.method ?? 8;
  const packed = method === 8 ? deflateRawSync(content) : content;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(method, 8);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(more.size ?? content.length, 24);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

describe('archives', () => {
  it('an app file is searched like what it is: a download', async () => {
    const root = folderOf({ 'app-release.apk': zip('assets/index.android.bundle', Buffer.from(`\0\0const k="${key}"`)) });
    const { scan: result } = await scan(root);
    expect(result.secrets).toMatchObject([
      { location: 'bundle', places: [{ file: 'app-release.apk', name: 'assets/index.android.bundle' }] },
    ]);
  });

  it('zipped chats and logs are read, stored or deflated', async () => {
    const root = folderOf({
      'slack export.zip': zip('general/2026-01-01.json', Buffer.from(JSON.stringify([{ text: `the key is ${key}` }])), { method: 0 }),
      'deploy.log.gz': gzipSync(`using ${key}`),
    });
    const { scan: result } = await scan(root);
    expect(result.secrets.map(({ location }) => location).toSorted()).toEqual(['log', 'source']);
    expect(new Set(result.secrets.map(({ hash }) => hash)).size).toBe(1);
  });

  it('broken and bloated ones are gaps', async () => {
    const root = folderOf({
      'a.zip': 'PK no zip',
      'b.gz': 'no gzip',
      'c.zip': zip('x.txt', Buffer.from('x'), { size: 2 ** 31 }),
      'd.zip': zip('x.txt', Buffer.from('x')).subarray(10),
    });
    const { scan: result } = await scan(root);
    expect(result.secrets).toEqual([]);
    expect(result.gaps.map(({ what, why }) => `${what} ${why}`)).toEqual([
      'a.zip could not be unpacked (broken)',
      'b.gz could not be unpacked (broken or very large)',
      'c.zip unpacked up to 128 MB only',
      'd.zip could not be unpacked (broken)',
    ]);
  });
});
