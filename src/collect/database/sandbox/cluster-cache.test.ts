import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cachedCluster, cachedTemplates } from './cluster-cache.ts';
import { openSandbox } from './sandbox.ts';

const options = { durable: false, listen: 'socket' as const, superuser: 'supabase_admin', settings: { max_connections: '10' } };
const before = process.env['TMPDIR'];
let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'launch-ready-test-'));
  // Whoever PostgreSQL runs as has to get through.
  await chmod(temporary, 0o711);
  process.env['TMPDIR'] = temporary;
});
afterEach(async () => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  await rm(temporary, { recursive: true, force: true });
});

const clusters = async (): Promise<string[]> => (await readdir(temporary)).filter((name) => name.startsWith('launch-ready-cluster-'));

it('is made once, closed to everybody else', async () => {
  const first = await cachedCluster(options);
  expect(await cachedCluster(options)).toBe(first);
  const [name = ''] = await clusters();
  expect(await clusters()).toHaveLength(1);
  const { mode, uid } = await stat(join(temporary, name));
  expect(mode & 0o077).toBe(0);
  expect(uid).toBe(process.geteuid?.());
  expect((await stat(first!)).uid).toBe(process.geteuid?.());
});

it('gives a sandbox with the platform in it, and what a run leaves does not reach the next', async () => {
  for (const expected of [0, 0]) {
    const sandbox = await openSandbox({ kind: 'postgresql' });
    try {
      expect(sandbox.templates).toEqual(cachedTemplates);
      const db = await sandbox.create('copy', cachedTemplates.supabase);
      const [row] = await db.query<{ count: string }>(`SELECT count(*) FROM pg_roles WHERE rolname = 'left_behind'`);
      expect(Number(row?.count)).toBe(expected);
      await db.exec('CREATE ROLE left_behind');
      await db.close();
    } finally {
      await sandbox.close();
    }
  }
});

it('is not taken from a folder that others may write, a link, or one that was not finished', async () => {
  const good = await cachedCluster(options);
  const [name = ''] = await clusters();
  const place = join(temporary, name);
  await chmod(place, 0o777);
  expect(await cachedCluster(options)).toBeUndefined();
  await rm(place, { recursive: true, force: true });
  const elsewhere = join(temporary, 'elsewhere');
  await mkdir(elsewhere, { mode: 0o700 });
  await writeFile(join(elsewhere, 'data.tar'), '');
  await writeFile(join(elsewhere, 'complete'), createHash('sha256').digest('hex'));
  await symlink(elsewhere, place);
  expect(await cachedCluster(options)).toBeUndefined();
  await rm(place);
  expect(await cachedCluster(options)).toBe(good);
  const { size } = await stat(good!);
  await truncate(good!, size / 2);
  expect(await cachedCluster(options)).toBe(good);
  expect((await stat(good!)).size).toBe(size);
});
