import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalog } from '../live/catalog.ts';
import { rebuilt } from '../rebuild/fixture.ts';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { machinerySql } from './keep.ts';
import { makeWorlds, type Worlds } from './world.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
});
afterAll(() => sandbox.close());

async function world(sql: string): Promise<{ worlds: Worlds; rows: (question: string) => Promise<Record<string, unknown>[]> }> {
  const { db, record } = await rebuilt(sandbox, sql);
  expect(record.failures).toEqual([]);
  await db.exec(machinerySql);
  const worlds = await makeWorlds(db, await readCatalog(db, ['public']), new Map());
  return { worlds, rows: (question) => db.query(question) };
}

const failed = ({ planner }: Worlds): string[] =>
  planner.rows.flatMap(({ relation, holder, state, why }) => (state === 'failed' ? [`${relation.name} ${holder.name} ${why}`] : []));

describe('roles', () => {
  it('that stand in the key are given by level', async () => {
    const { worlds, rows } = await world(
      `CREATE TABLE user_roles (user_id uuid REFERENCES auth.users, role_name text, PRIMARY KEY (user_id, role_name));
       CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql AS $$ SELECT EXISTS (SELECT 1 FROM user_roles WHERE user_id = auth.uid() AND role_name = 'admin') $$;
       CREATE FUNCTION is_client() RETURNS boolean LANGUAGE sql AS $$ SELECT EXISTS (SELECT 1 FROM user_roles WHERE user_id = auth.uid() AND role_name = 'client') $$;`,
    );
    const admin = worlds.people.account('admin').id;
    expect(await rows(`SELECT DISTINCT role_name AS role, user_id = '${admin}' AS admin FROM user_roles ORDER BY 1`)).toEqual([
      { role: 'admin', admin: true },
      { role: 'user', admin: false },
    ]);
  });

  it('that are rows of a table are given by what they are called', async () => {
    const { worlds, rows } = await world(
      `CREATE TABLE roles (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text UNIQUE NOT NULL);
       INSERT INTO roles (name) VALUES ('super_admin'), ('member'), ('manager');
       CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users, role_id uuid REFERENCES roles, full_name text);`,
    );
    const admin = worlds.people.account('admin').id;
    expect(
      await rows(`SELECT DISTINCT r.name, p.id = '${admin}' AS admin FROM profiles p JOIN roles r ON r.id = p.role_id ORDER BY 1`),
    ).toEqual([
      { name: 'member', admin: false },
      { name: 'super_admin', admin: true },
    ]);
  });
});

describe('rows', () => {
  it('of lists that migrations fill serve everybody, and strangers have different ones where there are several', async () => {
    const { worlds } = await world(
      `CREATE TABLE departments (id int PRIMARY KEY, label text NOT NULL); INSERT INTO departments VALUES (1, 'one'), (2, 'two');
       CREATE TABLE currencies (code text PRIMARY KEY); INSERT INTO currencies VALUES ('EUR');
       CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users,
         department_id int NOT NULL REFERENCES departments, currency text NOT NULL REFERENCES currencies);`,
    );
    const notes = worlds.planner.rows.filter(({ relation }) => relation.name === 'notes');
    const of = (name: string, column: string): string | undefined => notes.find(({ holder }) => holder.name === name)?.values.get(column);
    expect(of('owner', 'department_id')).toMatch(/^'[12]'/);
    expect(of('stranger', 'department_id')).toMatch(/^'[12]'/);
    expect(of('owner', 'department_id')).not.toBe(of('stranger', 'department_id'));
    expect(of('owner', 'currency')).toBe(of('stranger', 'currency'));
  });

  it('name their holder where a list of people says whose they are', async () => {
    const { worlds, rows } = await world(
      `CREATE TABLE rooms (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), member_ids uuid[] NOT NULL DEFAULT '{}', tags text[] NOT NULL);`,
    );
    const { id, mark } = worlds.people.account('owner');
    expect(await rows(`SELECT member_ids::text[] AS members, tags FROM rooms WHERE id::text LIKE '${mark}%'`)).toEqual([
      { members: [id], tags: [mark] },
    ]);
  });

  it('satisfy conditions across columns, and never tie the two tenants', async () => {
    const { worlds, rows } = await world(
      `CREATE TABLE organizations (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);
       CREATE TABLE tasks (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid NOT NULL REFERENCES organizations);
       CREATE TABLE dependencies (task_id uuid REFERENCES tasks, needs_id uuid REFERENCES tasks, why text NOT NULL CHECK (char_length(why) >= 50),
         PRIMARY KEY (task_id, needs_id), CHECK (task_id <> needs_id));`,
    );
    const row = worlds.row(worlds.planner.rows.find(({ relation }) => relation.name === 'dependencies')!.relation, 'owner');
    expect(row?.state).toBe('made');
    expect(failed(worlds).filter((one) => / (?:owner|stranger) /.test(one))).toEqual([]);
    const { owner, stranger } = worlds.people.marks;
    expect(
      await rows(`SELECT 1 FROM dependencies d JOIN tasks t ON t.id = d.task_id JOIN tasks n ON n.id = d.needs_id
        WHERE t.id::text LIKE '${owner}%' AND n.id::text LIKE '${stranger}%' OR t.id::text LIKE '${stranger}%' AND n.id::text LIKE '${owner}%'`),
    ).toEqual([]);
  });
});
