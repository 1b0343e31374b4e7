import { statfsSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { memoryFolder } from './memory-folder.ts';

const before = process.env['TMPDIR'];
afterEach(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
});

it('is not used where somebody says where temporary data go', async () => {
  process.env['TMPDIR'] = '/tmp';
  expect(await memoryFolder()).toBeUndefined();
});

it('is one in memory with room, or none', async () => {
  delete process.env['TMPDIR'];
  const folder = await memoryFolder();
  const hasRoom = (): boolean => {
    try {
      const { type, bavail, bsize } = statfsSync('/dev/shm');
      return (
        process.platform === 'linux' && type === 0x01021994 && bavail * bsize >= 4 * 2 ** 30 && process.availableMemory() >= 4 * 2 ** 30
      );
    } catch {
      return false;
    }
  };
  expect(folder).toBe(hasRoom() ? '/dev/shm' : undefined);
});
