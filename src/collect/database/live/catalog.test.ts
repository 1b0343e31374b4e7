import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connect.ts';
import { rebuilt } from '../rebuild/fixture.ts';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { identifier } from '../world/literal.ts';
import { type LiveCatalog, type LiveColumn, readCatalog, type Relation, type Routine } from './catalog.ts';

const schema = `
CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
CREATE DOMAIN short AS varchar(10);
CREATE DOMAIN shorter AS short CHECK (length(VALUE) > 0);
CREATE TYPE pair AS (a int, b int);
CREATE TABLE parents (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "Odd ""name""" text NOT NULL DEFAULT 'it''s', code varchar(20) UNIQUE, note shorter,
  feels mood, felt mood[], tags text[], two pair, during daterange, n int GENERATED ALWAYS AS IDENTITY, twice int GENERATED ALWAYS AS (1 + 1) STORED,
  gone int, amount numeric(8,2) CONSTRAINT positive CHECK (amount > 0)
);
ALTER TABLE parents DROP COLUMN gone;
CREATE TABLE children (a int, b uuid NOT NULL REFERENCES parents, c text NOT NULL UNIQUE, d text, PRIMARY KEY (b, a));
CREATE TABLE keyless (x text UNIQUE, y text NOT NULL UNIQUE, z text NOT NULL);
CREATE UNIQUE INDEX ON keyless (lower(z));
CREATE TABLE nokey (x text UNIQUE);
CREATE TABLE grandchildren (p uuid, q int, r uuid REFERENCES parents (id), FOREIGN KEY (p, q) REFERENCES children (b, a));
CREATE TABLE parted (id int) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted DEFAULT;
CREATE VIEW seen AS SELECT id FROM parents;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM parents;
CREATE SCHEMA hidden;
CREATE TABLE hidden.secrets (id int);

ALTER TABLE parents ENABLE ROW LEVEL SECURITY;
CREATE POLICY "b read" ON parents FOR SELECT TO anon, authenticated USING (true);
CREATE POLICY "a narrow" ON parents AS RESTRICTIVE FOR UPDATE TO authenticated USING (feels = 'ok') WITH CHECK (feels <> 'sad');
CREATE POLICY "c all" ON parents USING (false);
REVOKE ALL ON children FROM anon, authenticated;
GRANT SELECT (a, c), INSERT, DELETE ON children TO authenticated;

CREATE FUNCTION asks(who uuid, feels mood DEFAULT 'ok') RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT true $$;
CREATE FUNCTION middle() RETURNS boolean LANGUAGE sql AS $$ SELECT asks(NULL) $$;
CREATE FUNCTION outer_one() RETURNS boolean LANGUAGE sql AS $$ SELECT "middle" () $$;
CREATE FUNCTION dismiddle() RETURNS boolean LANGUAGE sql AS $$ SELECT remiddle() FROM (SELECT 1) x(middle) $$ ;
CREATE FUNCTION twin(a int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION twin(a text, b short) RETURNS int LANGUAGE sql AS $$ SELECT 2 $$;
CREATE PROCEDURE proc() LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION closed() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
REVOKE EXECUTE ON FUNCTION closed() FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION closed() TO authenticated;
CREATE FUNCTION welcome() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER welcome AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION welcome();
ALTER PUBLICATION supabase_realtime ADD TABLE parents;
`;

let sandbox: Sandbox;
let db: Database;
let catalog: LiveCatalog;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
  const made = await rebuilt(sandbox, `SET check_function_bodies = off; ${schema}`);
  expect(made.record.failures.map(({ reason }) => reason)).toEqual([]);
  db = made.db;
  catalog = await readCatalog(db, ['public']);
});
afterAll(() => sandbox.close());

const relation = (name: string): Relation => catalog.relations.find((one) => one.name === name)!;
const column = (table: string, name: string): LiveColumn => relation(table).columns.find((one) => one.name === name)!;
const routine = (id: string): Routine => catalog.routines.find((one) => one.id === `public.${id}`)!;

describe('relations', () => {
  it('are tables, views and partitioned tables of the schemas, and what the platform keeps files and messages in', () => {
    expect(catalog.relations.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'public.children table',
      'public.grandchildren table',
      'public.kept materialized-view',
      'public.keyless table',
      'public.nokey table',
      'public.parents table',
      'public.parted table',
      'public.seen view',
      'realtime.messages table',
      'storage.objects table',
    ]);
  });

  it('say whether row-level security is on, with each policy as PostgreSQL understood it', () => {
    expect(relation('parents').rowSecurity).toBe(true);
    expect(relation('children').rowSecurity).toBe(false);
    expect(relation('parents').policies).toEqual([
      {
        name: 'a narrow',
        permissive: false,
        command: 'update',
        roles: ['authenticated'],
        using: `(feels = 'ok'::mood)`,
        check: `(feels <> 'sad'::mood)`,
      },
      { name: 'b read', permissive: true, command: 'select', roles: ['anon', 'authenticated'], using: 'true' },
      { name: 'c all', permissive: true, command: 'all', roles: ['public'], using: 'false' },
    ]);
  });

  it('say what the roles of the browser are granted, on the whole or by column', () => {
    expect(relation('children').grants).toEqual({
      anon: { SELECT: [], INSERT: [], UPDATE: [], DELETE: [] },
      authenticated: { SELECT: ['a', 'c'], INSERT: 'all', UPDATE: [], DELETE: 'all' },
    });
    expect(relation('parents').grants.anon).toEqual({ SELECT: 'all', INSERT: 'all', UPDATE: 'all', DELETE: 'all' });
  });
});

describe('keys', () => {
  it('are the primary key in its own order, else the columns that are unique and not null', () => {
    expect(relation('parents').key).toEqual(['id']);
    expect(relation('children').key).toEqual(['b', 'a']);
    expect(relation('keyless').key).toEqual(['y']);
    expect(relation('nokey').key).toEqual([]);
    expect(relation('keyless').uniques.map(String).toSorted()).toEqual(['x', 'y']);
    expect(relation('children').uniques.map(String).toSorted()).toEqual(['b,a', 'c']);
  });

  it('to other tables pair the columns', () => {
    expect(relation('grandchildren').foreignKeys).toEqual([
      { columns: ['p', 'q'], target: 'public.children', targetColumns: ['b', 'a'] },
      { columns: ['r'], target: 'public.parents', targetColumns: ['id'] },
    ]);
  });
});

describe('columns', () => {
  it('are those that are there, with names as SQL needs them', () => {
    expect(
      relation('parents')
        .columns.slice(-3)
        .map(({ name }) => name),
    ).toEqual(['n', 'twice', 'amount']);
    expect(column('parents', 'Odd "name"')).toEqual({
      name: 'Odd "name"',
      type: 'text',
      base: 'text',
      notNull: true,
      fallback: `'it''s'::text`,
      generated: false,
      identity: false,
    });
  });

  it.each([
    ['code', { type: 'character varying(20)', base: 'varchar', length: 20 }],
    ['note', { type: 'shorter', base: 'varchar' }],
    ['feels', { type: 'mood', base: 'enum', labels: ['sad', 'ok', 'glad'] }],
    ['felt', { type: 'mood[]', base: 'array', element: 'enum', labels: ['sad', 'ok', 'glad'] }],
    ['tags', { type: 'text[]', base: 'array', element: 'text' }],
    ['two', { type: 'pair', base: 'composite' }],
    ['during', { type: 'daterange', base: 'range' }],
    ['amount', { type: 'numeric(8,2)', base: 'numeric' }],
    ['n', { base: 'int4', identity: true, generated: false, notNull: true }],
    ['twice', { base: 'int4', generated: true }],
  ])('%s tells its type', (name, told) => {
    expect(column('parents', name)).toMatchObject(told);
    if (!('labels' in told)) expect(column('parents', name).labels).toBeUndefined();
    expect(column('parents', name).fallback).toBeUndefined();
  });

  it('are under the conditions of the table', () => {
    expect(relation('parents').checks).toEqual([{ name: 'positive', expression: `(amount > (0)::numeric)` }]);
  });
});

describe('functions', () => {
  it('tell how they are called and with whose rights they run', () => {
    expect(routine('asks')).toMatchObject({
      sql: 'public.asks',
      arguments: [
        { name: 'who', type: 'uuid', base: 'uuid', optional: false },
        { name: 'feels', type: 'mood', base: 'enum', labels: ['sad', 'ok', 'glad'], optional: true },
      ],
      returns: 'boolean',
      definer: true,
      volatile: false,
      language: 'sql',
    });
    expect(routine('middle')).toMatchObject({ definer: false, volatile: true });
  });

  it('of one name are told apart by their arguments', () => {
    expect(catalog.routines.filter(({ name }) => name === 'twin').map(({ id, label }) => [id, label])).toEqual([
      ['public.twin(integer)', 'twin(integer)'],
      ['public.twin(text, short)', 'twin(text, short)'],
    ]);
    expect(routine('asks').label).toBeUndefined();
  });

  it('can be called by whom they are granted to; procedures by nobody, because PostgREST calls none', () => {
    expect(routine('asks').callers.toSorted()).toEqual(['anon', 'authenticated']);
    expect(routine('closed').callers).toEqual(['authenticated']);
    expect(routine('proc').callers).toEqual([]);
  });

  it('reach what the functions they call say, two steps deep, and nothing that only is called alike', () => {
    expect(routine('outer_one').reaches).toContain(routine('middle').source);
    expect(routine('outer_one').reaches).toContain(routine('asks').source);
    expect(routine('dismiddle').reaches).not.toContain(routine('middle').source);
  });
});

it('what runs at sign-up and what is published for Realtime is told', () => {
  expect(catalog.signUpTriggers.map(({ routine: name }) => name)).toEqual(['public.welcome']);
  expect([...catalog.published]).toEqual(['public.parents']);
});

it('every keyword of PostgreSQL can be the name of a column of ours', async () => {
  const words = await db.query<{ word: string }>('SELECT word FROM pg_get_keywords()');
  expect(words.length).toBeGreaterThan(400);
  const names = words.map(({ word }) => identifier(word));
  await db.exec(
    `CREATE TEMP TABLE worded (${names.map((name) => `${name} int`).join(', ')});
     INSERT INTO worded (${names.join(', ')}) SELECT ${names.join(', ')} FROM worded WHERE ${names.map((name) => `${name} = 1`).join(' AND ')};
     UPDATE worded SET ${names.map((name) => `${name} = 1`).join(', ')}`,
  );
});
