import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTree } from '../tree.ts';
import { piecesOf } from './content.ts';
import { isBinary, positionAt, textOf } from './decode.ts';
import { folderOf, scan } from './fixtures/folder.ts';
import { forge, samples } from './fixtures/synthetic.ts';

const pieces = (root: string, path: string) => {
  const tree = openTree(root);
  const file = tree.files.find((item) => item.path === path);
  const gaps: string[] = [];
  return { list: file ? [...piecesOf(tree, file, (why) => void gaps.push(why))] : [], gaps };
};
const key = samples[0]?.make(forge(1)) ?? '';

describe('reading files', () => {
  it('reads small ones whole and leaves binary junk out', () => {
    const root = folderOf({
      'a.ts': 'text',
      'b.ts': Buffer.from([1, 2, 0, 3]),
      'main.jsbundle': Buffer.from('\0\0strings'),
      'empty.ts': '',
    });
    expect(pieces(root, 'a.ts').list).toMatchObject([{ text: 'text', lines: 0, binary: false }]);
    expect(pieces(root, 'b.ts').list).toEqual([]);
    expect(pieces(root, 'main.jsbundle').list).toMatchObject([{ binary: true }]);
    expect(pieces(root, 'empty.ts')).toEqual({ list: [], gaps: [] });
  });

  it('reads large ones in overlapping pieces and finds what lies on the seam', async () => {
    const seam = 4 * 2 ** 20;
    const content = Buffer.alloc(seam + 100_000, 'abc def\n');
    content.write(`\nk="${key}"\n`, seam - 100);
    const root = folderOf({ 'big.sql': content });
    const { list } = pieces(root, 'big.sql');
    expect(list.length).toBe(2);
    expect(list[1]?.offset).toBeLessThan(seam - 100);
    const { scan: result } = await scan(root);
    const line = content.subarray(0, content.indexOf(key)).toString().split('\n').length;
    expect(result.secrets).toMatchObject([{ kind: 'supabase-service-role', places: [{ file: 'big.sql', line }] }]);
  });

  it('says where it stopped in a file without end', async () => {
    const root = folderOf({ 'huge.min.js': 'var a=1;' });
    const handle = openSync(join(root, 'huge.min.js'), 'r+');
    // Sparse: no disk is used. Not binary by its first bytes.
    writeSync(handle, Buffer.alloc(10_000, 'a'), 0, 10_000, 0);
    ftruncateSync(handle, 300 * 2 ** 20);
    closeSync(handle);
    const { scan: result } = await scan(root);
    expect(result.gaps).toMatchObject([{ what: 'huge.min.js', why: 'searched for secrets up to 256 MB only' }]);
  });
});

describe('decoding', () => {
  it('understands what PowerShell writes', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`SUPABASE_KEY=${key}\r\n`, 'utf16le')]);
    expect(isBinary(utf16)).toBe(false);
    expect(textOf(utf16)).toContain(key);
    expect(textOf(Buffer.from(utf16).swap16())).toContain(key);
    expect((await scan(folderOf({ '.env': utf16 }))).scan.secrets).toMatchObject([{ kind: 'supabase-service-role', location: 'env-file' }]);
  });

  it('counts lines and characters', () => {
    const text = Buffer.from('äö\nß€x = 1').toString('latin1');
    expect(positionAt(text, text.indexOf('x'))).toEqual({ line: 2, column: 3 });
    expect(positionAt('abc', 0)).toEqual({ line: 1, column: 1 });
    expect(positionAt('x'.repeat(10_000), 9000)).toEqual({ line: 1, column: 9001 });
  });
});
