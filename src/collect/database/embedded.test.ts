import { chmod, cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findBinaries } from './binaries.ts';
import { connect } from './connect.ts';
import { startPostgres } from './embedded.ts';
import type { PostgresOptions, RunningPostgres } from './embedded.ts';

const running: RunningPostgres[] = [];
const folders: string[] = [];

async function start(options: PostgresOptions): Promise<RunningPostgres> {
  const server = await startPostgres({ durable: false, ...options });
  running.push(server);
  return server;
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'launch-ready-test-'));
  folders.push(made);
  await chmod(made, 0o755);
  return made;
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  for (const made of folders.splice(0)) await rm(made, { recursive: true, force: true });
});

describe('startPostgres', () => {
  it('starts PostgreSQL 18 on loopback with the database asked for, and leaves nothing behind', async () => {
    const server = await start({ database: 'od"d', durable: true });
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
    const db = await connect(server.url);
    const [row] = await db.query(
      "select current_database() as name, current_setting('server_version') as version, current_setting('fsync') as fsync",
    );
    expect(row).toMatchObject({ name: 'od"d', version: expect.stringMatching(/^18\./), fsync: 'on' });
    await db.exec("create extension citext; create table a (t citext); insert into a values ('Ä')");
    expect(await db.query('select 1 from a where t = $1', ['ä'])).toHaveLength(1);
    await db.close();
    await server.stop();
    await server.stop();
    expect(existsSync(server.dataDirectory)).toBe(false);
    await expect(connect(server.url)).rejects.toThrow();
  });

  it('lets nobody in without the password', async () => {
    const server = await start({});
    const url = new URL(server.url);
    expect(url.password).toHaveLength(32);
    url.password = 'wrong';
    await expect(connect(url.href)).rejects.toMatchObject({ code: '28P01' });
  });

  it('listens on a Unix socket only, when asked', async () => {
    const server = await start({ listen: 'socket', database: 'portal', settings: { max_connections: '7' } });
    const db = await connect(server.url);
    const [row] = await db.query(
      "select inet_server_addr() as address, current_setting('listen_addresses') as addresses, current_setting('max_connections') as most",
    );
    expect(row).toEqual({ address: null, addresses: '', most: '7' });
    await db.close();
  });

  it('keeps the data of a given directory from one start to the next', async () => {
    const dataDirectory = join(await folder(), 'deep', 'data');
    const first = await start({ dataDirectory, database: 'portal' });
    const before = await connect(first.url);
    await before.exec('create table kept (n int); insert into kept values (42)');
    await before.close();
    await first.stop();
    expect((await stat(dataDirectory)).mode & 0o077).toBe(0);

    const second = await start({ dataDirectory, database: 'portal' });
    const after = await connect(second.url);
    expect(await after.query('select n from kept')).toEqual([{ n: 42 }]);
    await after.close();
    await expect(start({ dataDirectory })).rejects.toThrow(/lock file "postmaster.pid" already exists/);
  });

  it('leaves a folder alone that holds something else', async () => {
    const dataDirectory = await folder();
    await writeFile(join(dataDirectory, 'thesis.txt'), 'mine');
    await expect(start({ dataDirectory })).rejects.toMatchObject({ reason: 'denied', message: expect.stringContaining('is not empty') });
    expect((await stat(dataDirectory)).uid).toBe(process.getuid?.() ?? 0);
  });

  it('passes on what the server said when a setting is wrong, and cleans up', async () => {
    await expect(start({ settings: { shared_buffers: 'lots' } })).rejects.toMatchObject({
      reason: 'failed',
      message: expect.stringContaining('shared_buffers'),
    });
  });

  it('runs from a checkout that only we may enter and whose shared-library links were never made', async () => {
    const installed = findBinaries();
    const closed = join(await folder(), 'closed');
    await mkdir(closed, { mode: 0o700 });
    await cp(installed.folder, join(closed, 'native'), {
      recursive: true,
      filter: (from) => !installed.links.some(({ path }) => from.endsWith(path)),
    });
    const server = await start({ binaries: { ...installed, folder: join(closed, 'native') } });
    const db = await connect(server.url);
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
    await db.close();
  });
});

describe('connect', () => {
  it('reports the SQLSTATE, and survives the server going away', async () => {
    const server = await start({});
    const db = await connect(server.url);
    await expect(db.query('select * from nowhere')).rejects.toMatchObject({ code: '42P01' });
    await server.stop();
    await expect(db.query('select 1')).rejects.toThrow();
    await db.close();
    await db.close();
  });
});
