import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { cachedSnapshot } from './engine-cache.ts';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const make = vi.fn(async () => bytes('data'));
let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'launch-ready-test-'));
  vi.stubEnv('TMPDIR', temporary);
  make.mockClear();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true, force: true });
});

const place = async (): Promise<string> =>
  join(temporary, (await readdir(temporary)).find((name) => name.startsWith('launch-ready-pglite-')) ?? '');

it('is made once for what it is made of, and closed to everybody else', async () => {
  expect(await cachedSnapshot(['a'], make)).toEqual(bytes('data'));
  expect(await cachedSnapshot(['a'], make)).toEqual(bytes('data'));
  expect(make).toHaveBeenCalledTimes(1);
  await cachedSnapshot(['b'], make);
  expect(make).toHaveBeenCalledTimes(2);
  expect((await stat(await place())).mode & 0o077).toBe(0);
});

it('is made anew when it was damaged', async () => {
  await cachedSnapshot(['a'], make);
  await writeFile(join(await place(), 'snapshot'), 'something else');
  expect(await cachedSnapshot(['a'], make)).toEqual(bytes('data'));
  expect(await cachedSnapshot(['a'], make)).toEqual(bytes('data'));
  expect(make).toHaveBeenCalledTimes(2);
});

it('is not taken from a folder that others may write, nor is that folder touched', async () => {
  await cachedSnapshot(['a'], make);
  await chmod(await place(), 0o777);
  await cachedSnapshot(['a'], make);
  await cachedSnapshot(['a'], make);
  expect(make).toHaveBeenCalledTimes(3);
  expect((await stat(await place())).mode & 0o777).toBe(0o777);
});

it('does without where nothing can be written', async () => {
  vi.stubEnv('TMPDIR', join(temporary, 'nowhere'));
  expect(await cachedSnapshot(['a'], make)).toEqual(bytes('data'));
});
