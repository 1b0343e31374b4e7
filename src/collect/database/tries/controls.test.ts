import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import type { Attempt } from './attempt.ts';
import { type Control, positiveControls } from './controls.ts';
import { type Played, played } from './fixture.ts';

let sandbox: Sandbox;
let scene: Played;
const table = (name: string, more = ''): string =>
  `CREATE TABLE ${name} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, body text, number int);
   ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY; ${more}`;
const has = (role: string): string => `EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = auth.uid() AND r.role = '${role}')`;

beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
  scene = await played(
    sandbox,
    `CREATE TABLE user_roles (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL UNIQUE REFERENCES auth.users, role text NOT NULL DEFAULT 'client' CHECK (role IN ('client', 'editor', 'chief')));
     CREATE TABLE badges (user_id uuid PRIMARY KEY REFERENCES auth.users, is_staff boolean NOT NULL DEFAULT false);
     ${table('by_role', `CREATE POLICY one ON by_role FOR SELECT TO authenticated USING (${has('editor')});`)}
     ${table('by_badge', `CREATE POLICY one ON by_badge FOR SELECT TO authenticated USING (EXISTS (SELECT 1 FROM badges b WHERE b.user_id = auth.uid() AND b.is_staff) AND user_id = auth.uid());`)}
     ${table('by_nobody', `CREATE POLICY one ON by_nobody FOR SELECT TO authenticated USING (false);`)}
     ${table('by_owner', `CREATE POLICY one ON by_owner FOR SELECT TO authenticated USING (user_id = auth.uid());`)}
     ${table(
       'by_column',
       `CREATE POLICY one ON by_column TO authenticated USING (user_id = auth.uid()) WITH CHECK (body NOT LIKE 'f0000000%');
        CREATE POLICY two ON by_column FOR SELECT TO authenticated USING (user_id = auth.uid());`,
     )}
     ${table('by_outsider', `CREATE POLICY one ON by_outsider FOR SELECT TO authenticated USING (NOT EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = auth.uid()) OR ${has('editor')});`)}
     CREATE FUNCTION is_house("of" text DEFAULT 'it''s') RETURNS boolean LANGUAGE sql SECURITY DEFINER AS $$ SELECT auth.uid() = '00000000-0000-4000-8000-000000000001' $$;
     CREATE FUNCTION is_theirs(whose uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER AS $$ SELECT whose = '00000000-0000-4000-8000-000000000001' $$;
     ${table('by_unmade', `CREATE POLICY one ON by_unmade FOR SELECT TO authenticated USING (user_id = auth.uid() AND number > 2000000000);`)}
     ${table('by_house', `CREATE POLICY one ON by_house FOR SELECT TO authenticated USING (is_house());`)}
     ${table('by_row', `CREATE POLICY one ON by_row FOR SELECT TO authenticated USING (is_theirs(user_id));`)}
     ${table('by_visitor', `CREATE POLICY one ON by_visitor TO anon USING (true) WITH CHECK (body NOT LIKE 'f0000000%');`)}`,
  );
});
afterAll(() => sandbox.close());

const everything = (): boolean => true;
const controls = async (
  name: string,
  verb: Attempt['verb'],
  opened: (attempt: Attempt) => boolean = everything,
): Promise<readonly Control[]> => {
  const object = `public.${name}`;
  const own = scene.tried.filter(({ attempt }) => attempt.object === object && attempt.verb === verb);
  return positiveControls(scene.db, own, opened, { catalog: scene.catalog, worlds: scene.worlds, hints: new Map() });
};

describe('somebody legitimate', () => {
  it('is given a role of the app with which he can', async () => {
    expect(scene.did('by_role', 'select', 'owner').outcome).toBe('nothing');
    expect(await controls('by_role', 'select')).toEqual([{ object: 'public.by_role', verb: 'select', role: 'editor' }]);
    expect(await controls('by_badge', 'select')).toEqual([{ object: 'public.by_badge', verb: 'select', role: 'true' }]);
  });

  it('is let through by a function that asks who calls, but not by one that asks whose the row is', async () => {
    expect(await controls('by_house', 'select')).toEqual([{ object: 'public.by_house', verb: 'select', gatekeeper: 'is_house' }]);
    expect(await controls('by_row', 'select')).toEqual([]);
    expect(await scene.db.query(`SELECT prosrc LIKE '%auth.uid()%' AS own FROM pg_proc WHERE proname = 'is_house'`)).toEqual([
      { own: true },
    ]);
  });

  it('is let through where policies that all ask who is calling are set aside', async () => {
    expect(scene.did('by_unmade', 'select', 'owner').outcome).toBe('nothing');
    expect(await controls('by_unmade', 'select')).toEqual([{ object: 'public.by_unmade', verb: 'select', aside: true }]);
  });

  it('finds another way without any, where the first was refused', async () => {
    expect(scene.did('by_column', 'update', 'owner')).toMatchObject({ outcome: 'refused', code: '42501' });
    expect(await controls('by_column', 'update')).toEqual([{ object: 'public.by_column', verb: 'update' }]);
  });

  it('is not looked for where one of them can as he is', async () => {
    expect(scene.did('by_owner', 'select', 'owner').outcome).toBe('got');
    expect(await controls('by_owner', 'select')).toEqual([]);
  });

  it('is nobody where no role opens it', async () => {
    expect(await controls('by_nobody', 'select')).toEqual([]);
  });

  it('is not asked for what nothing opens to anybody', async () => {
    expect(await controls('by_role', 'select', () => false)).toEqual([]);
  });

  it('is looked for though somebody from outside can, and is none of those', async () => {
    expect(scene.did('by_outsider', 'select', 'newcomer').outcome).toBe('got');
    expect(scene.did('by_outsider', 'select', 'owner').outcome).toBe('nothing');
    expect(await controls('by_outsider', 'select')).toEqual([{ object: 'public.by_outsider', verb: 'select', role: 'editor' }]);
    // A visitor could, in another way than the first.
    expect(scene.did('by_visitor', 'update', 'anon')).toMatchObject({ outcome: 'refused' });
    expect(await controls('by_visitor', 'update')).toEqual([]);
  });

  it('has his own role again afterwards', async () => {
    await controls('by_role', 'select');
    expect(await scene.db.query(`SELECT DISTINCT role FROM user_roles WHERE role <> 'chief'`)).toEqual([{ role: 'client' }]);
  });
});
