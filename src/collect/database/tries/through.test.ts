import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { samplePolicy, sampleTable } from '../world/fixture.ts';
import { signedIn, visitor } from '../world/people.ts';
import { type Played, played } from './fixture.ts';
import { permissivePolicies, policySql, throughOf, whatLetThrough } from './through.ts';

describe('policies that can speak on an attempt', () => {
  const notes = sampleTable(
    'notes',
    { id: 'uuid' },
    {
      policies: [
        samplePolicy({ name: 'all' }),
        samplePolicy({ name: 'read', command: 'select', roles: ['authenticated'] }),
        samplePolicy({ name: 'add', command: 'insert' }),
        samplePolicy({ name: 'visitors', roles: ['anon'] }),
        samplePolicy({ name: 'narrow', permissive: false }),
      ],
    },
  );
  const speaking = (verb: Parameters<typeof permissivePolicies>[1]['verb'], as = signedIn('x', 'x')): string[] =>
    permissivePolicies(notes, { verb, as }).map(({ name }) => name);

  it('are permissive, for its command and for the role', () => {
    expect(speaking('select')).toEqual(['all', 'read']);
    expect(speaking('insert')).toEqual(['all', 'add']);
    expect(speaking('delete')).toEqual(['all']);
    expect(speaking('select', visitor)).toEqual(['all', 'visitors']);
  });

  it('of files are those of the rows that stand for them', () => {
    expect(speaking('download')).toEqual(['all', 'read']);
    expect(speaking('upload')).toEqual(['all', 'add']);
  });
});

describe('what let somebody through', () => {
  let sandbox: Sandbox;
  let scene: Played;
  beforeAll(async () => {
    sandbox = await openSandbox({ kind: 'postgresql' });
    const table = (name: string): string =>
      `CREATE TABLE ${name} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, body text);
       ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;
       CREATE POLICY "own it" ON ${name} TO authenticated USING (user_id = auth.uid());`;
    scene = await played(
      sandbox,
      `${table('notes')}
       CREATE POLICY "wide" ON notes FOR SELECT TO authenticated USING (body IS NOT NULL);
       CREATE POLICY "wider" ON notes FOR SELECT USING (true);
       CREATE POLICY "other" ON notes FOR SELECT TO authenticated USING (body = 'never');
       ${table('drafts')}
       ALTER POLICY "own it" ON drafts USING (true);
       CREATE TABLE open (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, body text);
       CREATE POLICY "not in force" ON open USING (true);`,
    );
  });
  afterAll(() => sandbox.close());

  const led = async (table: string, who: 'stranger' | 'anon' | 'owner'): Promise<string[]> => {
    const tried = scene.did(table, 'select', who);
    expect(tried.outcome).toBe('got');
    const tables = new Map(scene.catalog.relations.map((one) => [one.id, one]));
    return ((await whatLetThrough(scene.db, tables, [tried])).get(tried) ?? []).map(({ name }) => name);
  };

  it('is each policy that is enough by itself', async () => {
    expect(await led('notes', 'stranger')).toEqual(['wide', 'wider']);
    expect(await led('notes', 'anon')).toEqual(['wider']);
    expect(await led('notes', 'owner')).toEqual(['own it', 'wide', 'wider']);
  });

  it('is the only one there is', async () => {
    expect(await led('drafts', 'stranger')).toEqual(['own it']);
  });

  it('is none where row-level security is off', async () => {
    expect(await led('open', 'stranger')).toEqual([]);
  });

  it('is still there afterwards', async () => {
    expect(await scene.db.query(`SELECT count(*)::int AS n FROM pg_policies WHERE tablename = 'notes'`)).toEqual([{ n: 4 }]);
  });
});

describe('as evidence', () => {
  const policy = samplePolicy({
    name: 'Own "it"',
    command: 'update',
    roles: ['authenticated', 'anon'],
    using: 'a',
    check: 'b',
    permissive: false,
  });

  it('it is the rights of the owner for a view, none for a table without row-level security, else policies with where they stand', () => {
    const notes = sampleTable('notes', { id: 'uuid' });
    expect(throughOf({ ...notes, kind: 'view' }, [policy], () => undefined)).toEqual({ kind: 'owner-rights', policies: [] });
    expect(throughOf({ ...notes, rowSecurity: false }, [policy], () => undefined)).toEqual({ kind: 'no-row-security', policies: [] });
    const place = { file: 'supabase/migrations/1.sql', line: 3 };
    expect(throughOf(notes, [policy, samplePolicy()], ({ name }) => (name === 'one' ? place : undefined))).toEqual({
      kind: 'policy',
      policies: [
        { name: 'Own "it"', sql: policySql(notes, policy) },
        { name: 'one', sql: 'CREATE POLICY one ON public.notes FOR ALL TO public', place },
      ],
    });
  });

  it('a policy is written as PostgreSQL reads it', () => {
    expect(policySql(sampleTable('notes', {}), policy)).toBe(
      'CREATE POLICY "Own ""it""" ON public.notes AS RESTRICTIVE FOR UPDATE TO authenticated, anon USING (a) WITH CHECK (b)',
    );
  });
});
