import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Binaries } from './binaries.ts';
import { placeBinaries } from './placement.ts';

const asRoot = process.getuid?.() === 0;
let root: string;
let temporary: string;
let binaries: Binaries;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'launch-ready-test-'));
  await chmod(root, 0o755);
  temporary = join(root, 'tmp');
  await mkdir(temporary, { mode: 0o755 });
  const folder = join(root, 'closed', 'native');
  await mkdir(join(folder, 'bin'), { recursive: true });
  await mkdir(join(folder, 'lib'));
  await writeFile(join(folder, 'bin', 'postgres'), '#!/bin/sh\n', { mode: 0o700 });
  await writeFile(join(folder, 'lib', 'libpq.so.5.18'), 'library', { mode: 0o600 });
  binaries = { folder, version: '18.4.0', links: [{ path: 'lib/libpq.so.5', target: 'libpq.so.5.18' }] };
});

afterEach(() => rm(root, { recursive: true, force: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('placeBinaries', () => {
  it('runs from where the package lies, making the links npm left out', async () => {
    expect(await placeBinaries(binaries, false, temporary)).toBe(binaries.folder);
    expect(await readlink(join(binaries.folder, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  });

  it('runs from there for another user too, when that user may read everything', async () => {
    await chmod(join(binaries.folder, 'bin', 'postgres'), 0o755);
    await chmod(join(binaries.folder, 'lib', 'libpq.so.5.18'), 0o644);
    expect(await placeBinaries(binaries, true, temporary)).toBe(binaries.folder);
  });

  it('copies once, readable by all and writable by us only, when another user has to read it', async () => {
    await chmod(join(root, 'closed'), 0o700);
    const place = await placeBinaries(binaries, true, temporary);
    expect(place.startsWith(temporary)).toBe(true);
    expect(await modeOf(place)).toBe(0o755);
    expect(await modeOf(join(place, 'bin', 'postgres'))).toBe(0o755);
    expect(await modeOf(join(place, 'lib', 'libpq.so.5.18'))).toBe(0o644);
    expect(await readlink(join(place, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    const { ino } = await stat(join(place, 'bin', 'postgres'));
    expect(await placeBinaries(binaries, true, temporary)).toBe(place);
    expect((await stat(join(place, 'bin', 'postgres'))).ino).toBe(ino);
  });

  it('lets several processes copy at the same time', async () => {
    await chmod(join(root, 'closed'), 0o700);
    const places = await Promise.all([1, 2, 3].map(() => placeBinaries(binaries, true, temporary)));
    expect(new Set(places).size).toBe(1);
    expect(await readFile(join(places[0]!, 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
  });

  it('makes a damaged copy whole again', async () => {
    await chmod(join(root, 'closed'), 0o700);
    const place = await placeBinaries(binaries, true, temporary);
    await unlink(join(place, 'bin', 'postgres'));
    await placeBinaries(binaries, true, temporary);
    expect(await readFile(join(place, 'bin', 'postgres'), 'utf8')).toBe('#!/bin/sh\n');
  });

  it('replaces a copy that everybody could have changed', async () => {
    await chmod(join(root, 'closed'), 0o700);
    const place = await placeBinaries(binaries, true, temporary);
    await chmod(place, 0o777);
    await placeBinaries(binaries, true, temporary);
    expect(await modeOf(place)).toBe(0o755);
  });

  it("does not run from a link that somebody put in the copy's place", async () => {
    await chmod(join(root, 'closed'), 0o700);
    const place = await placeBinaries(binaries, true, temporary);
    await rm(place, { recursive: true });
    await mkdir(join(root, 'trap'));
    await symlink(join(root, 'trap'), place);
    await expect(placeBinaries(binaries, true, temporary)).rejects.toThrow(/was not made by you/);
    expect((await lstat(place)).isSymbolicLink()).toBe(true);
  });

  it('refuses a temporary folder in which anybody can swap folders', async () => {
    await chmod(join(root, 'closed'), 0o700);
    await chmod(temporary, 0o777);
    await expect(placeBinaries(binaries, true, temporary)).rejects.toThrow(/no sticky bit/);
  });

  it('says which folder shuts the other user out of the temporary folder', async () => {
    await chmod(join(root, 'closed'), 0o700);
    await chmod(temporary, 0o700);
    await expect(placeBinaries(binaries, true, temporary)).rejects.toThrow(`may not enter ${temporary}`);
  });

  it('copies when links are missing and cannot be made where the package lies', async () => {
    for (const path of [binaries.folder, join(binaries.folder, 'bin'), join(binaries.folder, 'lib')]) await chmod(path, 0o555);
    await chmod(join(binaries.folder, 'bin', 'postgres'), 0o755);
    await chmod(join(binaries.folder, 'lib', 'libpq.so.5.18'), 0o644);
    await chmod(temporary, 0o1777);
    // Root may write everywhere, so it steps down for a moment.
    if (asRoot) process.seteuid?.(65534);
    try {
      const place = await placeBinaries(binaries, false, temporary);
      expect(place.startsWith(temporary)).toBe(true);
      expect(await readlink(join(place, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    } finally {
      if (asRoot) process.seteuid?.(0);
      for (const path of ['', 'bin', 'lib']) await chmod(join(binaries.folder, path), 0o755);
    }
  });
});
