import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { openSandbox } from '../sandbox/sandbox.ts';
import { rebuilt } from './fixture.ts';

/** Reaching out of the database: each must fail without an effect, and the next statement must work. */
const reaching: readonly (readonly [what: string, sql: string])[] = [
  ['a program', `COPY (SELECT 1) TO PROGRAM 'touch OUT/program'`],
  ['a program, put together at run time', `DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch OUT/program'''; END $$`],
  ['a file written', `COPY (SELECT 1) TO 'OUT/file'`],
  ['a file read', `CREATE TABLE stolen (line text); COPY stolen FROM '/etc/passwd'`],
  ['a file read by a function', `SELECT pg_read_file('/etc/passwd')`],
  ['a file read at run time', `DO $$ BEGIN EXECUTE 'SELECT pg_' || 'read_file(''/etc/passwd'')'; END $$`],
  ['a folder listed', `SELECT pg_ls_dir('/')`],
  ['a large object from a file', `SELECT lo_import('/etc/passwd')`],
  ['a file written from a large object', `DO $$ BEGIN PERFORM lo_export(lo_from_bytea(0, 'x'), 'OUT/object'); END $$`],
  [
    'another server through dblink',
    `CREATE EXTENSION dblink; SELECT dblink_connect('host=127.0.0.1 port=PORT dbname=x user=x password=x')`,
  ],
  [
    'another server through a foreign table',
    `CREATE EXTENSION postgres_fdw; CREATE SERVER out FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port 'PORT')`,
  ],
  ['another server through a subscription', `CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=PORT dbname=x' PUBLICATION p`],
  ['a language of programs', `CREATE EXTENSION plpython3u`],
  ['a library loaded', `LOAD 'auto_explain'`],
  ['a function of a library', `CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'OUT/evil', 'f'`],
  ['an internal function', `CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'int4pl'`],
  ['the settings of the server', `ALTER SYSTEM SET archive_command = 'touch OUT/archive'`],
  ['rights of the server', `GRANT pg_execute_server_program TO postgres`],
  ['a superuser made', `CREATE ROLE more SUPERUSER`],
  ['oneself as superuser', `ALTER ROLE postgres SUPERUSER`],
  ['the superuser taken on', `SET ROLE supabase_admin`],
  ['a table space', `CREATE TABLESPACE t LOCATION 'OUT'`],
];

/** Using up time, memory or space, with the SQLSTATEs it may end in. On PGlite each costs two starts, so only one of a kind is tried there. */
const bombs: readonly (readonly [what: string, sql: string, codes: readonly string[], where?: 'both'])[] = [
  ['a loop', 'DO $$ BEGIN LOOP END LOOP; END $$', ['57014'], 'both'],
  ['a loop that turns its limit off', 'SET statement_timeout = 0; DO $$ BEGIN LOOP END LOOP; END $$', ['57014']],
  [
    'a loop that catches its end',
    'DO $$ BEGIN LOOP BEGIN LOOP END LOOP; EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$',
    ['57014'],
  ],
  [
    'recursion',
    'CREATE FUNCTION f(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN f(n + 1); END $$; SELECT f(1)',
    ['54001', 'XX000'],
    'both',
  ],
  [
    'a recursive query',
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r',
    ['57014', '53400', '53200'],
  ],
  [
    'a bomb of rows',
    'CREATE TABLE big AS SELECT repeat(md5(g::text), 20) AS t FROM generate_series(1, 100000000) AS g',
    ['53100', '57014', '53200', '53400'],
    'both',
  ],
  [
    'a bomb of memory',
    `SELECT string_agg(repeat(g::text, 1000), '') FROM generate_series(1, 10000000) AS g`,
    ['54000', '53200', '57014', 'XX000'],
  ],
  ['a sort without end', 'SELECT * FROM generate_series(1, 1000000000) AS g ORDER BY random()', ['53400', '57014', '53200']],
];

describe.each(['postgresql', 'pglite'] as const)('hostile SQL on %s', (kind) => {
  let sandbox: Sandbox;
  let server: Server;
  let calls = 0;
  let out: string;
  const place = (sql: string): string => sql.replaceAll('OUT', out).replaceAll('PORT', String((server.address() as { port: number }).port));
  beforeAll(async () => {
    sandbox = await openSandbox({ kind, limits: { statementMs: 1000, databaseBytes: 80 * 2 ** 20, memoryBytes: 700 * 2 ** 20 } });
    server = createServer((socket) => {
      calls += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    out = mkdtempSync(join(tmpdir(), 'launch-ready-test-'));
  });
  afterAll(async () => {
    await sandbox.close();
    server.close();
    rmSync(out, { recursive: true, force: true });
  });

  it('reaches nothing outside of the database', async () => {
    const files = reaching.map(([, sql]) => place(sql));
    const { db, record, codes } = await rebuilt(sandbox, files);
    for (const [index, [what]] of reaching.entries())
      expect(
        record.failures.some((one) => one.place.file === `supabase/migrations/${index + 1}.sql`),
        `${what} is recorded`,
      ).toBe(true);
    expect(new Set(codes)).toEqual(new Set(['refused', '42501', ...codes.filter((code) => code === '42883' || code === '22023')]));
    expect(readdirSync(out)).toEqual([]);
    expect(calls).toBe(0);
    expect(await db.query(`SELECT rolname FROM pg_roles WHERE rolsuper AND rolname <> 'supabase_admin'`)).toEqual([]);
    await db.close();
  });

  const own = bombs.filter(([, , , where]) => kind === 'postgresql' || where === 'both');
  it.each(own.map(([what, sql, expected]) => ({ what, sql, expected })))(
    '$what ends in a failure, and what follows is applied',
    async ({ sql, expected }) => {
      const { db, record, codes, cutShort } = await rebuilt(sandbox, ['CREATE TABLE before (n int)', sql, 'CREATE TABLE after (n int)']);
      expect(codes).toHaveLength(1);
      expect(expected).toContain(codes[0]);
      expect(cutShort).toBeUndefined();
      expect(record.applied).toBe(record.statements - 1);
      expect(await db.query(`SELECT to_regclass('before') IS NOT NULL AND to_regclass('after') IS NOT NULL AS there`)).toEqual([
        { there: true },
      ]);
      await db.close();
    },
  );

  it('does not wait where SQL wants to', async () => {
    const { codes, db } = await rebuilt(sandbox, `SELECT pg_sleep(3600); DO $$ BEGIN PERFORM pg_sleep_for('1 hour'); END $$`);
    expect(codes).toEqual([]);
    await db.close();
  });

  it('records NUL bytes, texts that are no SQL and comments without end', async () => {
    const { db, codes } = await rebuilt(sandbox, [
      'SELECT 1;\0SELECT 2',
      'this is no SQL',
      "SELECT 'no end",
      '/* no end',
      'CREATE TABLE fine (n int)',
    ]);
    expect(codes.length).toBeGreaterThanOrEqual(3);
    expect(await db.query(`SELECT to_regclass('fine') IS NOT NULL AS there`)).toEqual([{ there: true }]);
    await db.close();
  });

  it('cuts short what takes too long in all, and says so', async () => {
    const file = 'SELECT count(*) FROM generate_series(1, 20000);\n'.repeat(20_000);
    const { db, record, cutShort } = await rebuilt(sandbox, file, { totalMs: 1500 });
    expect(cutShort).toContain('too long');
    expect(record.statements).toBeLessThan(20_000);
    await db.close();
  });

  it('stops when it is called off, also within a statement', async () => {
    const stop = new AbortController();
    const work = rebuilt(sandbox, 'DO $$ BEGIN LOOP END LOOP; END $$', { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('called off')), 300);
    await expect(work).rejects.toThrow('called off');
  });

  it('keeps the tables of the platform as they are', async () => {
    const { db, record } = await rebuilt(sandbox, [
      'ALTER TABLE storage.objects DISABLE ROW LEVEL SECURITY',
      'DO $$ BEGIN EXECUTE $x$ALTER TABLE storage.objects DISABLE ROW LEVEL SECURITY$x$; END $$',
      'ALTER TABLE storage.objects OWNER TO postgres',
      'DROP TABLE auth.users CASCADE',
      'DROP SCHEMA auth CASCADE',
      `CREATE OR REPLACE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS $$ SELECT NULL::uuid $$`,
      'DROP EVENT TRIGGER keep_platform_tables',
      'ALTER ROLE authenticated BYPASSRLS',
      'DROP OWNED BY supabase_storage_admin CASCADE',
    ]);
    expect(record.applied).toBe(0);
    expect(await db.query(`SELECT relrowsecurity AS on FROM pg_class WHERE oid = 'storage.objects'::regclass`)).toEqual([{ on: true }]);
    await db.close();
  });
});

it('is dangerous without the guards: a superuser runs programs and reads files', async () => {
  const sandbox = await openSandbox({ kind: 'postgresql' });
  try {
    const superuser = await sandbox.create('unguarded');
    await superuser.exec(`COPY (SELECT 1) TO PROGRAM 'cat'`);
    await superuser.exec(`CREATE TABLE read (line text); COPY read FROM '/etc/passwd'`);
    expect((await superuser.query('SELECT 1 FROM read LIMIT 1')).length).toBe(1);
    await superuser.close();
  } finally {
    await sandbox.close();
  }
});
