import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseInputs, describedBy } from '../../source/database/input.ts';
import { openTree } from '../../source/tree.ts';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { rebuilt } from './fixture.ts';
import { rebuild } from './rebuild.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
});
afterAll(() => sandbox.close());

const policies = `SELECT policyname AS name, qual FROM pg_policies WHERE schemaname = 'public' ORDER BY 1`;

describe.each(['postgresql', 'pglite'] as const)('the example portal on %s', (kind) => {
  it.each(['default', 'explicit'] as const)('is applied whole with %s grants', async (grants) => {
    const own = kind === 'pglite' ? await openSandbox({ kind }) : sandbox;
    try {
      const [input] = databaseInputs(openTree(join(import.meta.dirname, '../../../../examples/supabase-portal')));
      const { db, record, name } = await rebuild(own, {
        files: input!.sequence,
        described: describedBy(input!),
        supabase: input!.supabase,
        grants,
      });
      expect(record.failures).toEqual([]);
      expect(record.statements).toBeGreaterThan(100);
      expect(record).toMatchObject({
        applied: record.statements,
        retried: 0,
        superseded: 0,
        files: input!.sequence.length,
        reconstructed: [],
      });
      await db.exec('CREATE TABLE public.fresh ()');
      const [row] = await db.query<{ open: boolean }>(`SELECT has_table_privilege('anon', 'public.fresh', 'select') AS open`);
      expect(row?.open).toBe(grants === 'default');
      await db.close();
      await own.drop(name);
    } finally {
      if (own !== sandbox) await own.close();
    }
  });
});

describe('statements that fail', () => {
  it('are tried again once what they need is there', async () => {
    const { db, record } = await rebuilt(sandbox, [
      'CREATE POLICY own ON notes USING (user_id = auth.uid()); ALTER TABLE notes ENABLE ROW LEVEL SECURITY; CREATE VIEW all_notes AS SELECT * FROM notes;',
      'CREATE TABLE notes (user_id uuid);',
    ]);
    expect(record).toMatchObject({ statements: 4, applied: 4, retried: 3, superseded: 0, failures: [] });
    expect(await db.query(policies)).toEqual([{ name: 'own', qual: '(user_id = auth.uid())' }]);
    await db.close();
  });

  it('find the search path again that their file had set', async () => {
    const { db, record } = await rebuilt(sandbox, [
      'CREATE SCHEMA app; SET search_path = app; CREATE VIEW v AS SELECT * FROM public.late;',
      'CREATE TABLE late (n int);',
    ]);
    expect(record.failures).toEqual([]);
    expect(await db.query(`SELECT to_regclass('app.v') IS NOT NULL AS there`)).toEqual([{ there: true }]);
    await db.close();
  });

  it('do not bring back what a later statement made anew or dropped', async () => {
    const { db, record } = await rebuilt(sandbox, [
      `CREATE POLICY wide ON notes USING (late_function());
       CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT n FROM late_table';
       CREATE POLICY gone ON notes USING (late_function());`,
      `CREATE TABLE notes (user_id uuid); CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 2';
       DROP POLICY IF EXISTS gone ON notes;
       CREATE POLICY wide ON notes USING (false);`,
      `CREATE FUNCTION late_function() RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE TABLE late_table (n int);`,
    ]);
    expect(record).toMatchObject({ retried: 0, superseded: 3, failures: [] });
    expect(await db.query(policies)).toEqual([{ name: 'wide', qual: 'false' }]);
    expect(await db.query('SELECT answer()')).toEqual([{ answer: 2 }]);
    await db.close();
  });

  it('change nothing when what could not be dropped was made anew', async () => {
    const { db, record } = await rebuilt(sandbox, [
      `CREATE TABLE notes (n int); CREATE FUNCTION fine() RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE POLICY p ON notes USING (fine());`,
      `DROP FUNCTION fine(); CREATE OR REPLACE FUNCTION fine() RETURNS boolean LANGUAGE sql AS 'SELECT false';`,
    ]);
    expect(record).toMatchObject({ superseded: 1, failures: [] });
    await db.close();
  });

  it('are of no account to a loop over functions that no extension owns', async () => {
    const { db, record } = await rebuilt(sandbox, [
      `CREATE EXTENSION vector; CREATE TABLE notes (v vector(3));
       DO $$ DECLARE r record; BEGIN
         FOR r IN SELECT p.oid::regprocedure AS sig FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
         LOOP EXECUTE format('ALTER FUNCTION %s SET search_path = public', r.sig); END LOOP;
       END $$;`,
    ]);
    expect(record.failures).toEqual([]);
    await db.close();
  });

  it('are taken back when they come late and make a table ask itself', async () => {
    const { db, record } = await rebuilt(sandbox, [
      `CREATE POLICY admins ON people USING (auth.uid() IN (SELECT id FROM people WHERE boss)); CREATE POLICY own ON people USING (id = auth.uid());`,
      `CREATE TABLE people (id uuid, boss boolean); ALTER TABLE people ENABLE ROW LEVEL SECURITY;`,
    ]);
    expect(record).toMatchObject({ retried: 1, failures: [{ code: '42P17', opens: false, closes: false }] });
    expect(await db.query(policies)).toEqual([{ name: 'own', qual: '(id = auth.uid())' }]);
    await db.close();
  });

  it('change nothing when the very same statement had made it', async () => {
    const { db, record } = await rebuilt(sandbox, [
      `CREATE TABLE notes (user_id uuid); CREATE POLICY own ON notes USING (user_id = auth.uid());`,
      `CREATE POLICY "own" ON public.notes  USING ( user_id = auth.uid() ); -- copied
       CREATE POLICY own ON notes USING (true);`,
    ]);
    expect(record).toMatchObject({ superseded: 1, failures: [{ code: '42710', opens: true }] });
    await db.close();
  });

  it('go with their table when that was dropped', async () => {
    const { db, record } = await rebuilt(sandbox, [
      'CREATE TABLE old (n int); CREATE POLICY p ON old USING (later()); DROP TABLE old; CREATE TABLE old (n int);',
      `CREATE FUNCTION later() RETURNS boolean LANGUAGE sql AS 'SELECT true'`,
    ]);
    expect(record).toMatchObject({ superseded: 1, retried: 0 });
    expect(await db.query(policies)).toEqual([]);
    await db.close();
  });

  it('are not tried late when they take something away, or when a later one said the opposite', async () => {
    const { db, record, codes } = await rebuilt(sandbox, [
      `DROP TABLE notes; ALTER TABLE notes DISABLE ROW LEVEL SECURITY; DELETE FROM notes; ALTER TABLE notes RENAME TO papers;
       DO $$ BEGIN DROP TABLE notes; END $$; GRANT SELECT ON notes TO anon;`,
      `CREATE TABLE notes (n int); ALTER TABLE notes ENABLE ROW LEVEL SECURITY; INSERT INTO notes VALUES (1); REVOKE SELECT ON notes FROM anon;`,
    ]);
    expect(codes).toEqual(['42P01', '42P01', '42P01', '42P01', '42P01']);
    // The switch was set again later, so the earlier one settles nothing any more.
    expect(record).toMatchObject({ retried: 0, superseded: 1 });
    expect(await db.query(`SELECT relrowsecurity AS on FROM pg_class WHERE relname = 'notes'`)).toEqual([{ on: true }]);
    expect(
      await db.query(`SELECT has_table_privilege('anon', 'notes', 'select') AS open, (SELECT count(*)::int FROM notes) AS rows`),
    ).toEqual([{ open: false, rows: 1 }]);
    await db.close();
  });
});

describe('the session of a file', () => {
  it('starts fresh: no search path, role or setting of the file before', async () => {
    const { db, record } = await rebuilt(sandbox, [
      `CREATE SCHEMA app; SET search_path = app; SET app.mark = 'x'; SET ROLE anon;`,
      `CREATE TABLE here (mark text DEFAULT current_setting('app.mark', true)); INSERT INTO here DEFAULT VALUES;`,
    ]);
    expect(record.failures).toEqual([]);
    expect(await db.query(`SELECT nullif(mark, '') AS mark, current_user AS "user" FROM public.here`)).toEqual([
      { mark: null, user: 'postgres' },
    ]);
    await db.close();
  });

  it('may delete rows of files, and whoever comes after may not', async () => {
    const { db, record } = await rebuilt(sandbox, `DELETE FROM storage.objects`);
    expect(record.failures).toEqual([]);
    await expect(db.exec('DELETE FROM storage.objects')).rejects.toMatchObject({ code: '42501' });
    await db.close();
  });

  it('passes over transactions, commands of psql and data of COPY', async () => {
    const { db, record } = await rebuilt(
      sandbox,
      `\\set ON_ERROR_STOP on\nBEGIN;\nCREATE TABLE t (n int);\nCOPY t (n) FROM stdin;\n1\n2\n\\.\nLOCK TABLE t;\nSET LOCAL search_path = pg_catalog;\nCREATE TABLE public.u ();\nROLLBACK;\n\\echo done`,
    );
    expect(record).toMatchObject({ failures: [], statements: 3, applied: 3 });
    expect(await db.query(`SELECT to_regclass('public.u') IS NOT NULL AS there`)).toEqual([{ there: true }]);
    await db.close();
  });
});

it('what goes at the end of a transaction stays for the statements behind it', async () => {
  const { db, record } = await rebuilt(
    sandbox,
    `CREATE TEMP TABLE moved (a int) ON COMMIT DROP; INSERT INTO moved VALUES (1);
     CREATE TEMP TABLE again ON COMMIT DROP AS SELECT a FROM moved;
     CREATE TABLE kept AS SELECT a FROM again;`,
  );
  expect(record.failures).toEqual([]);
  expect(await db.query('SELECT a FROM kept')).toEqual([{ a: 1 }]);
  await db.close();
});

describe('extensions', () => {
  it('are made, or have stand-ins that are listed, or are refused', async () => {
    const { db, record } = await rebuilt(
      sandbox,
      `CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS moddatetime WITH SCHEMA extensions; CREATE EXTENSION vector;
       CREATE EXTENSION IF NOT EXISTS pg_cron; CREATE EXTENSION postgis; CREATE EXTENSION dblink;
       CREATE TABLE places (e vector(1536), h halfvec, at geography(Point, 4326), p public.vector(3));
       CREATE INDEX ON places USING hnsw (e vector_cosine_ops);
       CREATE INDEX ON places USING gist (at);
       CREATE FUNCTION near(q vector(1536)) RETURNS SETOF places LANGUAGE sql SET search_path = public AS $$ SELECT * FROM places ORDER BY e <=> q LIMIT 3 $$;
       SELECT cron.schedule('nightly', '0 0 * * *', 'SELECT net.http_post(url := ''https://x.example'')');
       SELECT vault.create_secret('s', 'name'); SELECT pgmq.create('jobs'); SELECT pgmq.send('jobs', '{}'::jsonb);`,
    );
    expect(record.failures.map(({ sql, code }) => [sql, code])).toEqual([['CREATE EXTENSION dblink', 'refused']]);
    expect(record.stubs).toEqual(['cron', 'hnsw', 'net', 'pg_cron', 'pgmq', 'postgis', 'vault', 'vector']);
    await db.query(`SELECT * FROM near('[1]')`);
    await db.close();
  });

  it('that a block makes have stand-ins too, and the rest of the block is run', async () => {
    const { db, record } = await rebuilt(
      sandbox,
      `DO $$ BEGIN
         IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_cron') THEN
           CREATE EXTENSION IF NOT EXISTS "pg_cron" WITH SCHEMA pg_catalog;
         END IF;
         CREATE TABLE made (n int);
       END $$;
       DO $$ BEGIN CREATE EXTENSION dblink; END $$;`,
    );
    expect(record.failures.map(({ sql }) => sql)).toEqual(['DO $$ BEGIN CREATE EXTENSION dblink; END $$']);
    expect(record.stubs).toEqual(['pg_cron']);
    expect(await db.query(`SELECT to_regclass('public.made') IS NOT NULL AS there`)).toEqual([{ there: true }]);
    await db.close();
  });

  it('a trigger of events works for the owner, and never for the superuser', async () => {
    const { db, record } = await rebuilt(
      sandbox,
      `CREATE FUNCTION close_new() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE made record; BEGIN
         FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE TABLE' LOOP
           EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made.object_identity); END LOOP; END $$;
       CREATE EVENT TRIGGER close_new ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION close_new();
       CREATE TABLE closed (n int);`,
    );
    expect(record.failures).toEqual([]);
    expect(await db.query(`SELECT relrowsecurity AS on FROM pg_class WHERE relname = 'closed'`)).toEqual([{ on: true }]);
    await db.close();
  });
});
