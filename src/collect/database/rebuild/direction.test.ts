import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser, type SqlParser } from '../../source/database/sql/parser.ts';
import { directionOf } from './direction.ts';
import { type Statement, statementsOf } from './statements.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadParser();
});

function only(sql: string): Statement {
  const [statement] = statementsOf(parser, { path: 'a.sql', text: sql });
  if (!statement) throw new Error(`no statement in ${sql}`);
  return statement;
}

const way = (sql: string, code = 'XX000'): string => {
  const { closes, opens } = directionOf(only(sql), code);
  return closes && opens ? 'both' : closes ? 'closes' : opens ? 'opens' : 'neither';
};

describe('what a failed statement would have done', () => {
  it.each([
    ['CREATE POLICY p ON t USING (true)', 'opens'],
    ['CREATE POLICY p ON t AS RESTRICTIVE USING (false)', 'closes'],
    ['DROP POLICY p ON t', 'both'],
    ['ALTER POLICY p ON t USING (true)', 'both'],
    ['ALTER TABLE t ENABLE ROW LEVEL SECURITY', 'closes'],
    ['ALTER TABLE t FORCE ROW LEVEL SECURITY', 'closes'],
    ['ALTER TABLE t DISABLE ROW LEVEL SECURITY', 'opens'],
    ['ALTER TABLE t ENABLE ROW LEVEL SECURITY, ADD COLUMN c int', 'both'],
    ['ALTER TABLE t ADD COLUMN c int', 'opens'],
    ['ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0)', 'closes'],
    ['ALTER TABLE t RENAME TO u', 'both'],
    ['ALTER TABLE t OWNER TO anon', 'both'],
    ['GRANT SELECT ON t TO anon', 'opens'],
    ['REVOKE ALL ON t FROM anon', 'closes'],
    ['GRANT SELECT ON t TO reporting', 'neither'],
    ['GRANT SELECT ON t TO reporting, authenticated', 'opens'],
    ['GRANT SELECT ON t TO PUBLIC', 'opens'],
    ['ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM anon', 'closes'],
    [`CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, 'both'],
    ['CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()', 'both'],
    ['CREATE TABLE t (n int)', 'opens'],
    ['CREATE VIEW v AS SELECT * FROM t', 'opens'],
    ['CREATE OR REPLACE VIEW v WITH (security_invoker) AS SELECT * FROM t', 'both'],
    ['CREATE INDEX i ON t (n)', 'neither'],
    ['CREATE UNIQUE INDEX i ON t (n)', 'closes'],
    [`COMMENT ON TABLE t IS 'x'`, 'neither'],
    [`CREATE TYPE e AS ENUM ('a')`, 'neither'],
    [`INSERT INTO storage.buckets (id, name, public) VALUES ('b', 'b', true)`, 'opens'],
    [`UPDATE storage.buckets SET public = false`, 'both'],
    ['ALTER PUBLICATION supabase_realtime ADD TABLE t', 'opens'],
    ['CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION set_updated_at()', 'neither'],
    ['CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION app.update_updated_at_column()', 'neither'],
    ['CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION set_owner_and_updated_at()', 'both'],
    ['DO $$ BEGIN ALTER TABLE t ENABLE ROW LEVEL SECURITY; END $$', 'both'],
    ['DO $$ BEGIN UPDATE t SET a = 1; END $$', 'neither'],
    ['this is no SQL', 'neither'],
    ['CREATE POLICY IF NOT EXISTS p ON t USING (true)', 'opens'],
    ['CREATE POLICY p ON t FOR SELECT AS RESTRICTIVE USING (false)', 'closes'],
    ['ALTER TABLE t ENABLE ROW LEVEL SECURITY NOW', 'closes'],
    ['ALTER TABLE t DISABLE ROW LEVEL SECURITY NOW', 'opens'],
    ['ALTER TABLE t NO FORCE ROW LEVEL SECURITY NOW', 'opens'],
    ['REVOKE ALL ON t FROM anon FROM public', 'closes'],
    ['GRANT SELECT t TO anon', 'opens'],
    ['ALTER TABLE t RENAME u', 'both'],
    ['DROP POLICY IF EXIST p ON t', 'both'],
    ['CREATE OR REPLACE FUNCTION f() RETURNS', 'both'],
    ['CREATE INDEX i ON t (n', 'neither'],
    ['ALTER TABLE t ADD COLUMN', 'opens'],
    ['ALTER TABLE t ADD CONSTRAINT c CHECK', 'closes'],
    ['CREATE POLICY p ON t USING (true) CREATE POLICY q ON u AS RESTRICTIVE USING (false)', 'both'],
    [`SELECT '--' GRANT SELECT ON t TO anon`, 'opens'],
    [`SELECT 'image/*' REVOKE ALL ON t FROM anon /* it's over */`, 'closes'],
    ['END IF', 'neither'],
    ['-- GRANT SELECT ON t\nRETURN NEW', 'neither'],
    ['CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING', 'both'],
  ])('%s: %s', (sql, expected) => {
    expect(way(sql)).toBe(expected);
  });

  it('is nothing when a trigger only writes when a row was changed', () => {
    const trigger = only('CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()');
    expect(directionOf(trigger, '42710', new Set(['public.touch']))).toMatchObject({ opens: false, closes: false });
    expect(directionOf(trigger, '42710', new Set(['public.other']))).toMatchObject({ opens: true, closes: true });
  });

  it('is nothing when what was to be made is there already', () => {
    expect(way('ALTER TABLE t ADD COLUMN c int', '42701')).toBe('neither');
    expect(way('CREATE TABLE t (n int)', '42P07')).toBe('neither');
    expect(way('ALTER PUBLICATION supabase_realtime ADD TABLE t', '42710')).toBe('neither');
    expect(way('CREATE POLICY p ON t USING (true)', '42710')).toBe('opens');
  });

  it('is nothing when rows of the running app were not added', () => {
    expect(way(`INSERT INTO user_roles (user_id, role) VALUES ('x', 'admin')`, '42804')).toBe('neither');
    expect(way(`INSERT INTO stores (id, name) VALUES ('x', 'y')`, '23505')).toBe('neither');
    expect(way(`INSERT INTO role_permissions (role, permission) VALUES ('user', 'all')`, '42804')).toBe('opens');
  });

  it('is nothing when what was to be dropped was not there', () => {
    expect(way('DROP POLICY p ON t', '42704')).toBe('neither');
    expect(way('DROP POLICY p ON t', '42501')).toBe('both');
    expect(way('DROP TABLE t', '42P01')).toBe('neither');
    expect(way('ALTER FUNCTION f() SECURITY INVOKER', '42883')).toBe('neither');
    expect(way('ALTER TABLE t DISABLE TRIGGER g', '42704')).toBe('neither');
    expect(way('ALTER PUBLICATION supabase_realtime DROP TABLE t', '42704')).toBe('neither');
    expect(way('ALTER PUBLICATION supabase_realtime ADD TABLE t', '42704')).toBe('neither');
  });

  it('is nothing when rows refer to rows of the running database', () => {
    expect(way('INSERT INTO t VALUES (1)', '23503')).toBe('neither');
    expect(way('INSERT INTO t VALUES (1)', '23502')).toBe('opens');
    expect(way('INSERT INTO storage.objects VALUES (1)', '23503')).toBe('opens');
  });
});

describe('what a failed statement is about', () => {
  it.each([
    ['CREATE POLICY p ON app.t USING (EXISTS (SELECT 1 FROM members))', ['app.t']],
    ['DROP POLICY p ON t', ['public.t']],
    ['DROP TRIGGER g ON t', ['public.t']],
    ['ALTER TABLE ONLY t ENABLE ROW LEVEL SECURITY', ['public.t']],
    ['ALTER TABLE t ADD COLUMN c uuid REFERENCES u (id), ADD FOREIGN KEY (d) REFERENCES v (id)', ['public.t']],
    ['REVOKE ALL ON t, u FROM anon', ['public.t', 'public.u']],
    ['REVOKE EXECUTE ON FUNCTION f(uuid) FROM public', ['public.f']],
    [`CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, ['app.f']],
    ['ALTER FUNCTION f() SECURITY INVOKER', ['public.f']],
    ['CREATE VIEW v AS SELECT * FROM t', ['public.v']],
    ['CREATE TABLE c AS SELECT * FROM t', ['public.c']],
    ['UPDATE t SET n = 1 FROM u', ['public.t']],
    ['INSERT INTO t SELECT * FROM u', ['public.t']],
    ['ALTER PUBLICATION supabase_realtime ADD TABLE t', ['public.t']],
    ['DO $$ BEGIN ALTER TABLE t ENABLE ROW LEVEL SECURITY; DELETE FROM "U"; END $$', ['public.t', 'public.u']],
    [`DO $$ BEGIN EXECUTE 'ALTER TABLE ' || x; END $$`, ['*']],
    ['ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anon', ['*']],
    ['GRANT SELECT ON ALL TABLES IN SCHEMA public TO anon', ['*']],
    ['DO $$ BEGIN GRANT SELECT ON ALL TABLES IN SCHEMA public TO anon; PERFORM 1 FROM t; END $$', ['*']],
    [`DO $$ BEGIN IF true THEN EXECUTE 'DROP POLICY p ON t'; END IF; DELETE FROM u; END $$`, ['public.t', 'public.u']],
    [`DO $$ BEGIN EXECUTE 'DROP POLICY p ON ' || x; END $$`, ['*']],
    [
      `DO $$ DECLARE s text; BEGIN s := replace(pg_get_functiondef('app.f(uuid,text)'::regprocedure), 'a', 'b'); EXECUTE s; END $$`,
      ['app.f'],
    ],
    [`DO 'DECLARE s text; BEGIN s := pg_get_functiondef(''f(uuid)''::regprocedure); EXECUTE s; END'`, ['public.f']],
    [
      `DO $$ DECLARE s text; BEGIN s := pg_get_functiondef('f()'::regprocedure); EXECUTE s; ALTER TABLE t DISABLE ROW LEVEL SECURITY; END $$`,
      ['*'],
    ],
    [`DO $$ DECLARE r record; BEGIN FOR r IN SELECT pg_get_functiondef(oid) d FROM pg_proc LOOP EXECUTE r.d; END LOOP; END $$`, ['*']],
    ['SELECT make_everything()', ['*']],
    ['CREATE POLICY "p" ON broken.t USING (', ['broken.t']],
    ['CREATE POLICY IF NOT EXISTS "p on x" ON t USING (EXISTS (SELECT 1 FROM members))', ['public.t']],
    ['NO SENSE -- on y\nCREATE POLICY p ON t USING (true) /* from z */', ['public.t']],
    [`CREATE FUNCTION f() RETURNS int AS $f$ BEGIN DELETE FROM u; END $f$ DROP POLICY p ON t`, ['public.f', 'public.t']],
    ['CREATE POLICY p ON t USING (true) CREATE POLICY q ON u USING (true)', ['public.t', 'public.u']],
    ['REVOKE ALL ON t FROM anon FROM public', ['public.t', 'public.anon', 'public.public']],
  ])('%s', (sql, expected) => {
    expect([...directionOf(only(sql), 'XX000').touches].toSorted()).toEqual([...expected].toSorted());
  });
});
