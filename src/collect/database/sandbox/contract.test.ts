import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connect.ts';
import { plainSql } from '../supabase/base.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

const codeOf = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );

/** What both kinds of sandbox promise; whatever runs on one gives the same on the other. */
describe.each(['postgresql', 'pglite'] as const)('the %s sandbox', (kind) => {
  let sandbox: Sandbox;
  let owner: Database;
  beforeAll(async () => {
    sandbox = await openSandbox({ kind, limits: { statementMs: 1500 } });
    const template = await sandbox.create('template');
    await template.exec(`${plainSql} CREATE TABLE kept (n int); GRANT SELECT ON kept TO postgres; INSERT INTO kept VALUES (1)`);
    await template.close();
    await (await sandbox.create('first', 'template')).close();
    owner = await sandbox.open('first');
  });
  afterAll(() => sandbox.close());

  it('gives the values of columns in the same types', async () => {
    const [row] = await owner.query(
      `SELECT 1 AS int, 2::bigint AS big, 1.5::numeric AS exact, true AS yes, '{"a":[1]}'::jsonb AS json, ARRAY['a','b'] AS list,
        NULL AS nothing, 'x'::text AS text, '2024-01-02T03:04:05Z'::timestamptz AS at, $1::uuid AS id`,
      ['aaaaaaaa-0000-4000-8000-000000000001'],
    );
    expect(row).toEqual({
      int: 1,
      big: '2',
      exact: '1.5',
      yes: true,
      json: { a: [1] },
      list: ['a', 'b'],
      nothing: null,
      text: 'x',
      at: new Date('2024-01-02T03:04:05Z'),
      id: 'aaaaaaaa-0000-4000-8000-000000000001',
    });
  });

  it('copies a template, and copies are apart from each other', async () => {
    const other = await sandbox.create('second', 'template');
    await other.exec('INSERT INTO kept VALUES (2)');
    expect(await other.query('SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await owner.query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await other.close();
    await sandbox.drop('second');
  });

  it('has a superuser, and an owner who is none', async () => {
    const who = 'SELECT session_user AS "user", rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user';
    expect(await owner.query(who)).toEqual([{ user: 'postgres', rolsuper: false, rolbypassrls: true }]);
    const superuser = await sandbox.create('third', 'template');
    expect(await superuser.query(who)).toMatchObject([{ user: 'supabase_admin', rolsuper: true }]);
    const same = await sandbox.open('third');
    expect(await same.query(who)).toMatchObject([{ user: 'postgres' }]);
    expect(await superuser.query(who)).toMatchObject([{ user: 'supabase_admin' }]);
    await superuser.close();
    await sandbox.drop('third');
  });

  it('lets the owner take on the roles of the browser, and fill tables without triggers', async () => {
    await owner.exec('BEGIN; SET LOCAL ROLE anon');
    expect(await owner.query('SELECT current_user AS name')).toEqual([{ name: 'anon' }]);
    await owner.exec('ROLLBACK; SET session_replication_role = replica; RESET session_replication_role');
  });

  it('reports the SQLSTATE, and goes on after an error and after one in a transaction', async () => {
    expect(await codeOf(owner.query('SELECT * FROM nowhere'))).toBe('42P01');
    expect(await codeOf(owner.query('SELECT $1::int', ['x']))).toBe('22P02');
    await owner.exec('BEGIN');
    expect(await codeOf(owner.exec('SELECT 1/0'))).toBe('22012');
    expect(await codeOf(owner.exec('SELECT 1'))).toBe('25P02');
    await owner.exec('ROLLBACK');
    await owner.exec('BEGIN; CREATE TABLE gone (); SAVEPOINT one');
    expect(await codeOf(owner.exec('SELECT 1/0'))).toBe('22012');
    await owner.exec('ROLLBACK TO one; ROLLBACK');
    expect(await owner.query(`SELECT to_regclass('gone') AS gone`)).toEqual([{ gone: null }]);
  });

  it('runs several statements as one, and takes large texts', async () => {
    await owner.exec(`CREATE TABLE texts (t text); INSERT INTO texts VALUES ('${'ä'.repeat(300_000)}')`);
    const [row] = await owner.query<{ t: string }>('SELECT t FROM texts');
    expect(row?.t.length).toBe(300_000);
    await owner.exec('DROP TABLE texts');
  });

  it('ends a statement that takes too long, and says so', async () => {
    await (await sandbox.create('slow', 'template')).close();
    const slow = await sandbox.open('slow');
    const error = await slow.exec('DO $$ BEGIN LOOP END LOOP; END $$').catch((one: unknown) => one);
    expect(error).toMatchObject({ code: '57014', message: expect.stringContaining('1.5 s') });
    await slow.close();
    await sandbox.drop('slow');
    // Whatever happened there, other databases go on.
    expect(await owner.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('knows no database that it did not make', async () => {
    await expect(sandbox.open('nowhere')).rejects.toThrow();
  });
});
