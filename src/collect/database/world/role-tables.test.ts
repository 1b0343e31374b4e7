import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCatalog } from '../live/catalog.ts';
import { rebuilt } from '../rebuild/fixture.ts';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { machinerySql } from './keep.ts';
import { ownershipOf } from './ownership.ts';
import { type KnownRole, knownRoles } from './role-tables.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
});
afterAll(() => sandbox.close());

async function known(sql: string): Promise<ReadonlyMap<string, readonly KnownRole[]>> {
  const { db, record } = await rebuilt(sandbox, sql);
  expect(record.failures).toEqual([]);
  await db.exec(machinerySql);
  const catalog = await readCatalog(db, ['public']);
  return knownRoles(db, catalog, ownershipOf(catalog, new Map()));
}

it('roles are the rows of the tables that people take theirs from, by what they are called', async () => {
  const found = await known(
    `CREATE TABLE roles (id int PRIMARY KEY, level int, description text, name text);
     INSERT INTO roles VALUES (1, 9, 'may all', 'admin'), (2, 1, 'may little', 'member');
     CREATE TABLE access_levels (code text PRIMARY KEY);
     INSERT INTO access_levels VALUES ('staff');
     CREATE TABLE countries (id int PRIMARY KEY, name text);
     INSERT INTO countries VALUES (1, 'admin');
     CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users, role_id int REFERENCES roles, access_level text REFERENCES access_levels, country_id int REFERENCES countries);
     -- Not about people: its roles are of something else.
     CREATE TABLE part_roles (id int PRIMARY KEY, name text);
     CREATE TABLE parts (id int PRIMARY KEY, role_id int REFERENCES part_roles);`,
  );
  expect(Object.fromEntries(found)).toEqual({
    'public.roles': [
      { row: { id: 1, level: 9, description: 'may all', name: 'admin' }, label: 'admin' },
      { row: { id: 2, level: 1, description: 'may little', name: 'member' }, label: 'member' },
    ],
    'public.access_levels': [{ row: { code: 'staff' }, label: 'staff' }],
  });
});

it('a table of roles that is empty gives none, and one that nothing is called in is left out', async () => {
  const found = await known(
    `CREATE TABLE roles (id int PRIMARY KEY, name text);
     CREATE TABLE levels (id int PRIMARY KEY, rank int);
     INSERT INTO levels VALUES (1, 2);
     CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users, role_id int REFERENCES roles, user_level int REFERENCES levels);`,
  );
  expect([...found]).toEqual([['public.roles', []]]);
});
