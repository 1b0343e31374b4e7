import { describe, expect, it } from 'vitest';
import type { Table } from '../../../evidence/database.ts';
import type { Belonging } from '../../../evidence/isolation.ts';
import type { Relation } from '../live/catalog.ts';
import { sampleCatalog, sampleTable } from './fixture.ts';
import { type Ownership, ownershipOf } from './ownership.ts';

const users = 'auth.users';
const profiles = sampleTable(
  'profiles',
  { id: 'uuid', organization_id: 'uuid' },
  { refers: { id: users, organization_id: 'public.organizations' } },
);
const organizations = sampleTable('organizations', { id: 'uuid', name: 'text', created_by: 'uuid' }, { refers: { created_by: users } });

const of = (
  tables: readonly Relation[],
  hints: Readonly<Record<string, Partial<Table>>> = {},
): Ownership & { of(name: string): Belonging | undefined } => {
  const all = [profiles, organizations, ...tables];
  const known = new Map(
    Object.entries(hints).map(([name, hint]) => [
      `public.${name}`,
      { columns: [], decides: [], nature: { kind: 'private', why: '' }, ...hint } as unknown as Table,
    ]),
  );
  const ownership = ownershipOf(sampleCatalog(all), known);
  return { ...ownership, of: (name) => ownership.belonging(all.find((one) => one.name === name)!) };
};

describe('a row', () => {
  it('of the table of tenants is the tenant itself', () => {
    expect(of([]).of('organizations')).toEqual({ to: 'tenant', path: ['id'], told: 'itself' });
  });

  it('belongs to the tenant before it belongs to a person', () => {
    const notes = sampleTable(
      'notes',
      { id: 'uuid', user_id: 'uuid', organization_id: 'uuid' },
      { refers: { user_id: users, organization_id: 'public.organizations' } },
    );
    expect(of([notes]).of('notes')).toEqual({ to: 'tenant', path: ['organization_id'], told: 'foreign-key' });
  });

  it('names its tenant without a key too, where there are tenants at all and the column can hold an id', () => {
    const tables = [sampleTable('notes', { id: 'uuid', company_id: 'uuid' }), sampleTable('plans', { id: 'uuid', company_id: 'int4' })];
    expect(of(tables).of('notes')).toEqual({ to: 'tenant', path: ['company_id'], told: 'column-name' });
    expect(of(tables).of('plans')).toBeUndefined();
    expect(ownershipOf(sampleCatalog(tables), new Map()).belonging(tables[0]!)).toBeUndefined();
  });

  it('with a key to something else does not name its tenant, whatever the column is called', () => {
    const things = sampleTable('things', { id: 'uuid' });
    const notes = sampleTable(
      'notes',
      { id: 'uuid', organization_id: 'uuid', user_id: 'uuid' },
      { refers: { organization_id: 'public.things', user_id: 'public.things' } },
    );
    expect(of([things, notes]).of('notes')).toBeUndefined();
  });

  it('belongs to an account by key, by name, or by who is put in by itself', () => {
    const tables = [
      sampleTable('a', { id: 'uuid', customer: 'uuid' }, { refers: { customer: users } }),
      sampleTable('b', { id: 'uuid', owner_id: 'text' }),
      sampleTable('c', { id: 'uuid', whose: { base: 'uuid', fallback: 'auth.uid()' } }),
      sampleTable('d', { id: 'uuid', profile: 'uuid' }, { refers: { profile: 'public.profiles' } }),
    ];
    expect(['a', 'b', 'c', 'd'].map(of(tables).of)).toEqual([
      { to: 'user', path: ['customer'], told: 'foreign-key' },
      { to: 'user', path: ['owner_id'], told: 'column-name' },
      { to: 'user', path: ['whose'], told: 'created-by' },
      { to: 'user', path: ['profile'], told: 'foreign-key' },
    ]);
  });

  it('does not belong to who entered it, unless it is known to be private and nothing else tells', () => {
    const posts = sampleTable('posts', { id: 'uuid', created_by: 'uuid' }, { refers: { created_by: users } });
    expect(of([posts]).of('posts')).toBeUndefined();
    expect(of([posts], { posts: { nature: { kind: 'content', why: '' } } }).of('posts')).toBeUndefined();
    expect(of([posts], { posts: {} }).of('posts')).toEqual({ to: 'user', path: ['created_by'], told: 'author' });
  });
});

describe('a row without whose', () => {
  const link = (name: string, to: string, column = `${to}_id`): Relation =>
    sampleTable(name, { id: 'uuid', [column]: 'uuid' }, { refers: { [column]: `public.${to}` } });
  const projects = sampleTable(
    'projects',
    { id: 'uuid', organization_id: 'uuid' },
    { refers: { organization_id: 'public.organizations' } },
  );

  it('belongs to whom the rows it hangs on belong to, along up to four keys', () => {
    const chain = [projects, link('a', 'projects'), link('b', 'a'), link('c', 'b'), link('d', 'c'), link('e', 'd')];
    const { of: whose } = of(chain);
    expect(whose('a')).toEqual({ to: 'tenant', path: ['projects_id', 'projects.organization_id'], told: 'foreign-key' });
    expect(whose('c')).toEqual({
      to: 'tenant',
      path: ['b_id', 'b.a_id', 'a.projects_id', 'projects.organization_id'],
      told: 'foreign-key',
    });
    expect(whose('d')?.to).toBe('tenant');
    expect(whose('e')).toBeUndefined();
  });

  it('does not belong to who entered it by way of his profile', () => {
    expect(of([link('logs', 'profiles', 'created_by')]).of('logs')).toBeUndefined();
  });

  it('ends where keys go in a circle', () => {
    const circle = [link('chickens', 'eggs'), link('eggs', 'chickens'), link('self', 'self')];
    expect(['chickens', 'eggs', 'self'].map(of(circle).of)).toEqual([undefined, undefined, undefined]);
  });
});

describe('tables about people', () => {
  const member = { id: 'uuid', user_id: 'uuid', organization_id: 'uuid' };
  const refers = { user_id: users, organization_id: 'public.organizations' };

  it('are profiles, and those where a person is there once for something', () => {
    const { persons } = of([
      sampleTable('members', member, { refers, uniques: [['user_id', 'organization_id']] }),
      sampleTable('settings', { user_id: 'uuid', theme: 'text' }, { refers: { user_id: users }, key: ['user_id'] }),
      sampleTable('invoices', member, { refers }),
      sampleTable('bookings', { ...member, at: 'date' }, { refers, uniques: [['user_id', 'organization_id', 'at']] }),
      sampleTable('users', { id: 'uuid', auth_id: 'uuid' }),
    ]);
    expect([...persons].toSorted()).toEqual(['public.members', 'public.profiles', 'public.settings', 'public.users']);
  });

  it('are those that decide who may what, where the source tells so', () => {
    const staff = sampleTable('staff', member, { refers });
    expect(of([staff]).persons.has('public.staff')).toBe(false);
    expect(of([staff], { staff: { decides: ['role'] } }).persons.has('public.staff')).toBe(true);
    expect(of([staff], { staff: { tenancy: { kind: 'membership', column: 'user_id', why: '' } } }).persons.has('public.staff')).toBe(true);
  });
});

it('tenants are what the source says they are, and never profiles', () => {
  const gyms = sampleTable('gyms', { id: 'uuid' });
  const visits = sampleTable('visits', { id: 'uuid', gym: 'uuid' }, { refers: { gym: 'public.gyms' } });
  expect([...of([gyms, visits]).roots]).toEqual(['public.organizations']);
  const told = of([gyms, visits], { visits: { tenancy: { kind: 'tenant', column: 'gym', why: '', tenantTable: 'public.gyms' } } });
  expect([...told.roots].toSorted()).toEqual(['public.gyms', 'public.organizations']);
  expect(told.of('visits')).toEqual({ to: 'tenant', path: ['gym'], told: 'foreign-key' });
  expect([...of([], { profiles: { tenancy: { kind: 'tenant-root', column: 'id', why: '' } } }).roots]).toEqual(['public.organizations']);
});

it('a column of an account says whether the row is his or whether he did something to it', () => {
  const jobs = sampleTable(
    'jobs',
    { id: 'uuid', user_id: 'uuid', assigned_to: 'uuid', approved_by: 'text', title: 'text' },
    { refers: { user_id: users } },
  );
  const { accountColumn } = of([jobs]);
  expect(jobs.columns.map(({ name }) => accountColumn(jobs, name))).toEqual([undefined, 'owner', 'author', undefined, undefined]);
});
