import { describe, expect, it } from 'vitest';
import type { Table } from '../../../evidence/database.ts';
import type { Relation } from '../live/catalog.ts';
import { sampleCatalog, samplePolicy, sampleRoutine, sampleTable } from './fixture.ts';
import { ownershipOf } from './ownership.ts';
import { makePeople, type People } from './people.ts';
import { beginningOf, createPlanner, type Planner } from './rows.ts';

const users = 'auth.users';
const organizations = sampleTable('organizations', { id: 'uuid', name: 'text' });
const profiles = sampleTable(
  'profiles',
  { id: 'uuid', email: 'text', organization_id: 'uuid' },
  { refers: { id: users, organization_id: 'public.organizations' } },
);

interface Planned {
  readonly people: People;
  readonly planner: Planner;
  /** What a column holds in somebody's row, without quotes and cast. */
  value(relation: Relation, who: Parameters<People['account']>[0], column: string): string | undefined;
}

function plan(
  tables: readonly Relation[],
  hints: Readonly<Record<string, Partial<Table>>> = {},
  routines = [] as ReturnType<typeof sampleRoutine>[],
): Planned {
  const catalog = sampleCatalog([organizations, profiles, ...tables], routines);
  const known = new Map(
    Object.entries(hints).map(([name, hint]) => [
      `public.${name}`,
      { columns: [], decides: [], nature: { kind: 'private', why: '' }, ...hint } as unknown as Table,
    ]),
  );
  const people = makePeople();
  const planner = createPlanner(catalog, ownershipOf(catalog, known), known, people);
  return {
    people,
    planner,
    value(relation, who, column) {
      const sql = planner.row(relation, people.account(who))?.values.get(column);
      return /^'(.*)'::/s.exec(sql ?? '')?.[1] ?? sql;
    },
  };
}

describe('who has rows', () => {
  it('is everybody where a table is about people, and one of each tenant elsewhere', () => {
    const invoices = sampleTable(
      'invoices',
      { id: 'uuid', organization_id: 'uuid' },
      { refers: { organization_id: 'public.organizations' } },
    );
    const { people, planner } = plan([invoices]);
    const [owner, peer, admin] = (['owner', 'peer', 'tenant-admin'] as const).map((name) => people.account(name));
    expect(planner.row(invoices, peer!)).toBe(planner.row(invoices, owner!));
    expect(planner.row(invoices, admin!)).toBe(planner.row(invoices, owner!));
    expect(planner.row(invoices, people.account('stranger'))).not.toBe(planner.row(invoices, owner!));
    expect(planner.row(profiles, peer!)).not.toBe(planner.row(profiles, owner!));
    expect(planner.row(profiles, peer!)?.key).toEqual({ id: peer!.id });
  });

  it('is nobody but those who run the app where to be in a table is to have power', () => {
    const account = { user_id: 'uuid' };
    const about = { refers: { user_id: users }, key: ['user_id'] };
    const tables = [
      sampleTable('platform_admins', account, about),
      sampleTable('keepers', account, about),
      sampleTable('clients', account, about),
      // Who is in it with which role is said by the role.
      sampleTable('admins', { ...account, role: 'text' }, about),
    ];
    const { people, planner } = plan(tables, { keepers: { decides: ['role'] } });
    const has = (name: 'owner' | 'tenant-admin' | 'admin'): string[] =>
      tables.filter((table) => planner.row(table, people.account(name))).map((table) => table.name);
    expect(has('owner')).toEqual(['clients', 'admins']);
    expect(has('tenant-admin')).toEqual(['clients', 'admins']);
    expect(has('admin')).toEqual(['platform_admins', 'keepers', 'clients', 'admins']);
  });
});

describe('a row', () => {
  const projects = sampleTable(
    'projects',
    { id: 'uuid', organization_id: 'uuid', user_id: 'uuid' },
    { refers: { organization_id: 'public.organizations', user_id: users } },
  );
  const tasks = sampleTable(
    'tasks',
    { id: 'int8', project_id: 'uuid', parent: 'int8', title: 'text' },
    { refers: { parent: 'public.tasks' } },
  );

  it('refers to rows of its own tenant, by key and by name, and to its own account', () => {
    const { people, planner, value } = plan([projects, tasks]);
    for (const who of ['owner', 'stranger'] as const) {
      const account = people.account(who);
      expect(value(projects, who, 'user_id')).toBe(account.id);
      expect(value(projects, who, 'organization_id')).toBe(planner.row(organizations, account)?.key.id);
      // Without a key, by what the column is called.
      expect(value(tasks, who, 'project_id')).toBe(planner.row(projects, account)?.key.id);
    }
    expect(value(tasks, 'owner', 'project_id')).not.toBe(value(tasks, 'stranger', 'project_id'));
    expect(value(profiles, 'peer', 'organization_id')).toBe(value(profiles, 'owner', 'organization_id'));
    expect(value(profiles, 'stranger', 'organization_id')).not.toBe(value(profiles, 'owner', 'organization_id'));
  });

  it('has the mark of its holder in key and texts, and numbers that no other row has', () => {
    const { people, planner, value } = plan([projects, tasks]);
    const owner = people.account('owner');
    expect(planner.row(projects, owner)?.key.id).toMatch(new RegExp(`^${owner.mark}-`));
    expect(value(tasks, 'owner', 'title')).toBe(`${owner.mark}-title`);
    expect(planner.row(tasks, owner)?.key.id).not.toBe(planner.row(tasks, people.account('stranger'))?.key.id);
    expect(value(tasks, 'owner', 'id')).toBe(planner.row(tasks, owner)?.key.id);
  });

  it('refers to nothing of its own kind where it need not', () => {
    const { value } = plan([projects, tasks]);
    expect(value(tasks, 'owner', 'parent')).toBeUndefined();
  });

  it('leaves to the database what it makes itself, and what says that it is over', () => {
    const things = sampleTable('things', {
      id: { base: 'uuid', fallback: 'gen_random_uuid()' },
      total: { base: 'int4', generated: true },
      state: { base: 'text', fallback: `'new'::text` },
      number: { base: 'int4', identity: true },
      deleted_at: { base: 'timestamptz' },
      name: { base: 'text' },
    });
    const { people, planner } = plan([things]);
    // The key is ours all the same, or we would not know which row it is.
    expect([...planner.row(things, people.account('owner'))!.values.keys()]).toEqual(['id', 'name']);
  });

  it('is planned where keys go in a circle, the one that closes it left open', () => {
    const chickens = sampleTable('chickens', { id: 'uuid', egg: 'uuid' }, { refers: { egg: 'public.eggs' } });
    const eggs = sampleTable('eggs', { id: 'uuid', chicken: 'uuid' }, { refers: { chicken: 'public.chickens' } });
    const { people, planner, value } = plan([chickens, eggs]);
    const owner = people.account('owner');
    expect(value(chickens, 'owner', 'egg')).toBe(planner.row(eggs, owner)?.key.id);
    expect(value(eggs, 'owner', 'chicken')).toBe(planner.row(chickens, owner)?.key.id);
    const first = sampleTable('first', { id: 'uuid' }, { refers: { id: 'public.second' } });
    const second = sampleTable('second', { id: 'uuid' }, { refers: { id: 'public.first' } });
    expect(plan([first, second]).planner.row(first, owner)?.relation).toBe(first);
  });

  it('that is there already is used under its own key', () => {
    const { people, planner, value } = plan([projects]);
    const owner = people.account('owner');
    planner.adopt(organizations, owner, { id: 'born-by-sign-up' });
    expect(value(projects, 'owner', 'organization_id')).toBe('born-by-sign-up');
    expect(planner.row(organizations, owner)?.state).toBe('adopted');
    expect(planner.rows.filter(({ relation }) => relation === organizations)).toHaveLength(1);
    // Also one that was planned before it was found.
    const planned = planner.row(projects, owner);
    expect(planner.adopt(projects, owner, { id: 'found' })).toBe(planned);
    expect(planned).toMatchObject({ key: { id: 'found' }, state: 'adopted' });
  });
});

describe('a role', () => {
  const labels = ['super_admin', 'org_admin', 'member'];
  const account = { user_id: 'uuid', organization_id: 'uuid' };
  const about = { refers: { user_id: users, organization_id: 'public.organizations' }, key: ['user_id'] };

  it('is as high as its holder is in this table', () => {
    const members = sampleTable('members', { ...account, role: { base: 'enum', labels } }, about);
    const staff = sampleTable(
      'staff',
      { user_id: 'uuid', role: { base: 'enum', labels } },
      { refers: { user_id: users }, key: ['user_id'] },
    );
    const { value } = plan([members, staff]);
    const all = (table: Relation): unknown[] =>
      (['owner', 'tenant-admin', 'admin', 'foreign-admin'] as const).map((who) => value(table, who, 'role'));
    expect(all(members)).toEqual(['member', 'org_admin', 'super_admin', 'org_admin']);
    // Without a tenant in it, nobody is the highest of a tenant there.
    expect(all(staff)).toEqual(['member', 'member', 'super_admin', 'member']);
  });

  it('of the whole app is not given to somebody who runs a tenant', () => {
    const members = sampleTable('members', { ...account, role: { base: 'enum', labels } }, about);
    const { value } = plan([members], { members: { decides: ['role'] } });
    expect(value(members, 'tenant-admin', 'role')).toBe('member');
  });

  it('is a yes or no, or a word that the code asks for, where the column has no list', () => {
    const members = sampleTable(
      'members',
      { ...account, is_admin: 'bool', user_role: { base: 'text', fallback: `'client'::text` } },
      about,
    );
    const asks = sampleRoutine('can', { source: `SELECT user_role = 'manager' OR user_role = 'admin' FROM members` });
    const { value } = plan([members], {}, [asks]);
    expect(['owner', 'admin', 'tenant-admin'].map((who) => value(members, who as 'owner', 'is_admin'))).toEqual(['false', 'true', 'true']);
    expect(['owner', 'admin'].map((who) => value(members, who as 'owner', 'user_role'))).toEqual(['client', 'admin']);
  });
});

describe('a text that has to begin with another column', () => {
  const path = (using: string): Relation =>
    sampleTable(
      'files',
      { id: 'uuid', user_id: 'uuid', path: 'text', folder_path: 'text' },
      { refers: { user_id: users }, policies: [samplePolicy({ check: using })] },
    );

  it.each([
    [`(path ~~ ((user_id)::text || '/%'::text))`, '/'],
    [`((path)::text ~~ ((user_id)::text || '-%'::text))`, '-'],
    [`(path ~~ (user_id || '%'::text))`, ''],
  ])('by %s', (condition, separator) => {
    const files = path(condition);
    const { people, value } = plan([files]);
    const owner = people.account('owner');
    expect(value(files, 'owner', 'path')).toBe(`${owner.id}${separator}${owner.mark}-path`);
    expect(value(files, 'owner', 'folder_path')).toBe(`${owner.mark}-folder_path`);
  });

  it('is told from the condition of another column', () => {
    const files = path(`(folder_path ~~ ((user_id)::text || '/%'::text))`);
    expect(
      beginningOf(
        files,
        files.columns.find(({ name }) => name === 'path')!,
      ),
    ).toBeUndefined();
  });
});
