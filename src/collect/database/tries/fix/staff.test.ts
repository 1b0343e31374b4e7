import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { sampleCatalog, sampleRoutine } from '../../world/fixture.ts';
import { played } from '../fixture.ts';
import { adminTests, alternatives, staffTests } from './staff.ts';

const me = '(SELECT auth.uid())';

it('who runs the app is told by a function without arguments, or one that takes a role', () => {
  const labels = ['client', 'super_admin'];
  const role = { name: 'r', type: 'app_role', base: 'enum', labels, optional: false };
  const who = { name: 'who', type: 'uuid', base: 'uuid', optional: false };
  const catalog = sampleCatalog(
    [],
    [
      sampleRoutine('has_role', { arguments: [who, role] }),
      sampleRoutine('i_have_role', { arguments: [role] }),
      sampleRoutine('is_admin'),
      sampleRoutine('is_admin_of', { arguments: [who] }),
      sampleRoutine('is_staff', { callers: ['anon'] }),
      sampleRoutine('admins', { returns: 'SETOF uuid' }),
      sampleRoutine('role_of', { arguments: [{ ...role, labels: ['client'] }] }),
    ],
  );
  expect(adminTests(catalog)).toEqual(['public.is_admin()', `public.has_role(${me}, 'super_admin')`, `public.i_have_role('super_admin')`]);
});

describe('the alternatives of a condition', () => {
  it('are the sides of OR, however many brackets stand around them', () => {
    expect(alternatives('((user_id = auth.uid()) OR (is_admin() OR has_role(auth.uid(), 1)))')).toEqual([
      'user_id = auth.uid()',
      'is_admin()',
      'has_role(auth.uid(), 1)',
    ]);
    expect(alternatives('(a = 1)')).toEqual(['a = 1']);
    expect(alternatives('(a = 1) AND (b = 2)')).toEqual(['(a = 1) AND (b = 2)']);
  });

  it('do not come apart in texts, names and what stands within brackets', () => {
    expect(alternatives(`(note = 'this OR that)'::text)`)).toEqual([`note = 'this OR that)'::text`]);
    expect(alternatives('("a OR b" = 1)')).toEqual(['"a OR b" = 1']);
    expect(alternatives('f((a OR b))')).toEqual(['f((a OR b))']);
  });
});

describe('conditions for whoever runs the app', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ kind: 'postgresql' });
  });
  afterAll(() => sandbox.close());

  it('are those of the repo that hold for the administrator and for none of the others', async () => {
    const { db, catalog, worlds } = await played(
      sandbox,
      `CREATE TYPE app_role AS ENUM ('client', 'admin');
       CREATE TABLE user_roles (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, role app_role NOT NULL);
       ALTER TABLE user_roles ENABLE ROW LEVEL SECURITY;
       CREATE FUNCTION may(what text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
         $$ SELECT EXISTS (SELECT 1 FROM user_roles WHERE user_id = auth.uid() AND role::text = what) $$;
       CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql AS 'SELECT true';
       CREATE FUNCTION is_superadmin() RETURNS boolean LANGUAGE sql AS 'SELECT false';
       CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, body text);
       ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
       CREATE POLICY own ON notes FOR SELECT USING (user_id = auth.uid() OR may('admin'));
       CREATE POLICY clients ON notes FOR UPDATE USING (may('client'));
       CREATE POLICY signed_in ON notes FOR INSERT WITH CHECK (auth.role() = 'authenticated');`,
    );
    await db.query(`UPDATE user_roles SET role = 'admin' WHERE user_id = $1`, [worlds.people.account('admin').id]);
    expect(await staffTests(db, catalog, worlds)).toEqual([`may('admin'::text)`]);
  });
});
