import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { sampleTable } from '../world/fixture.ts';
import { makePeople } from '../world/people.ts';
import { grantOf, rowsItHangsOn } from './due-to.ts';
import { type Played, played } from './fixture.ts';

describe('the row that a grant hangs on', () => {
  let sandbox: Sandbox;
  let scene: Played;
  beforeAll(async () => {
    sandbox = await openSandbox({ kind: 'postgresql' });
    const table = (name: string, using: string): string =>
      `CREATE TABLE ${name} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, body text);
       ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;
       CREATE POLICY one ON ${name} FOR SELECT TO authenticated USING (${using});`;
    const isIn = (who: string): string => `EXISTS (SELECT 1 FROM ${who} w WHERE w.user_id = auth.uid())`;
    scene = await played(
      sandbox,
      `CREATE TABLE settings (user_id uuid PRIMARY KEY REFERENCES auth.users, theme text);
       CREATE TABLE user_roles (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL UNIQUE REFERENCES auth.users, role text NOT NULL DEFAULT 'client');
       ${table('by_role', isIn('user_roles'))}
       ${table('by_any', `${isIn('user_roles')} OR ${isIn('settings')}`)}
       ${table('by_both', `${isIn('user_roles')} AND ${isIn('settings')}`)}
       ${table('by_account', 'true')}
       ${table('by_owner', `${isIn('user_roles')} AND EXISTS (SELECT 1 FROM settings s WHERE s.user_id = by_owner.user_id)`)}
       ${table('by_either', `${isIn('user_roles')} OR NOT ${isIn('settings')}`)}`,
    );
  });
  afterAll(() => sandbox.close());

  const hangs = async (table: string, who: 'stranger' | 'newcomer'): Promise<string | undefined> => {
    // Asked as the proof asks: about all who are no strangers to the table.
    const got = scene.tried.filter(
      ({ outcome, attempt }) => outcome === 'got' && attempt.object === `public.${table}` && attempt.verb === 'select',
    );
    const row = (await rowsItHangsOn(scene.db, got, scene.worlds)).get(scene.did(table, 'select', who));
    return row && `${row.holder.name}'s ${grantOf(row)}`;
  };

  it('is his own without which he does not get it', async () => {
    expect(scene.did('by_role', 'select', 'stranger').outcome).toBe('got');
    expect(scene.did('by_role', 'select', 'newcomer').outcome).toBe('nothing');
    expect(await hangs('by_role', 'stranger')).toBe(`stranger's user_roles (role = client)`);
  });

  it('is no row of somebody else, though that is needed as well', async () => {
    expect(scene.did('by_owner', 'select', 'stranger').outcome).toBe('got');
    expect(await hangs('by_owner', 'stranger')).toBe(`stranger's user_roles (role = client)`);
  });

  it('is any one of two that both are needed, and none where either is enough', async () => {
    expect(await hangs('by_both', 'stranger')).toMatch(/^stranger's (?:settings|user_roles)/);
    expect(scene.did('by_any', 'select', 'stranger').outcome).toBe('got');
    expect(await hangs('by_any', 'stranger')).toBeUndefined();
  });

  it('is none where somebody without rows gets it as well', async () => {
    expect(scene.did('by_account', 'select', 'newcomer').outcome).toBe('got');
    expect(await hangs('by_account', 'stranger')).toBeUndefined();
    // Even where he would lose it with a row: the row is not what lets people in.
    expect(scene.did('by_either', 'select', 'newcomer').outcome).toBe('got');
    expect(scene.did('by_either', 'select', 'stranger').outcome).toBe('got');
    expect(await hangs('by_either', 'stranger')).toBeUndefined();
  });

  it('is there again afterwards', async () => {
    const { id } = scene.worlds.people.account('stranger');
    expect(await scene.db.query(`SELECT count(*)::int AS n FROM user_roles WHERE user_id = '${id}'`)).toEqual([{ n: 1 }]);
  });
});

it('a grant is told by the role that is written in the row, where one is', () => {
  const said = (values: Readonly<Record<string, string>>): string =>
    grantOf({
      relation: sampleTable('members', { user_id: 'uuid', title: 'text', role: 'text', role_id: 'uuid' }),
      holder: makePeople().account('stranger'),
      values: new Map(Object.entries(values)),
      key: {},
      state: 'made',
    });
  expect(said({ title: `'chief'::text`, role: `'it''s staff'::text` })).toBe(`members (role = it's staff)`);
  expect(said({ role_id: `'aaaaaaaa-0000-4000-8000-000000000001'::uuid` })).toBe('members');
  expect(said({ title: `'chief'::text` })).toBe('members');
});
