import { describe, expect, it } from 'vitest';
import type { Relation, Routine } from '../../live/catalog.ts';
import { sampleCatalog, samplePolicy, sampleRoutine, sampleTable, sampleWorlds } from '../../world/fixture.ts';
import { tenantTests } from './tenants.ts';

const organizations = sampleTable('organizations', { id: 'uuid' });
const membersWith = (columns: Parameters<typeof sampleTable>[1] = {}): Relation =>
  sampleTable(
    'members',
    { id: 'uuid', user_id: 'uuid', organization_id: 'uuid', ...columns },
    { refers: { user_id: 'auth.users', organization_id: 'public.organizations' }, uniques: [['user_id', 'organization_id']] },
  );
const added = 'org IN (SELECT public.my_members_tenants())';
const source = 'SELECT organization_id FROM members WHERE user_id = auth.uid()';
const id = (name: string) => ({ name, type: 'uuid', base: 'uuid', optional: false });

describe('functions of the repo that say who belongs to a tenant', () => {
  const tests = (name: string, change: Partial<Routine>): string[] => {
    const catalog = sampleCatalog([organizations, membersWith()], [sampleRoutine(name, { source, ...change })]);
    return tenantTests('org', { catalog, worlds: sampleWorlds(catalog) }).map(({ sql }) => sql);
  };

  it.each<[string, string, Partial<Routine>, string[]]>([
    ['list all of the caller', 'my_orgs', { returns: 'SETOF uuid' }, ['org IN (SELECT public.my_orgs())']],
    [
      'list all of an account',
      'orgs_of',
      { returns: 'SETOF uuid', arguments: [id('_user_id')], source: 'SELECT organization_id FROM members WHERE user_id = _user_id' },
      ['org IN (SELECT public.orgs_of((SELECT auth.uid())))'],
    ],
    [
      'take the account, then the tenant',
      'belongs_to_org',
      { arguments: [id('_user_id'), id('_org_id')] },
      ['public.belongs_to_org((SELECT auth.uid()), org)'],
    ],
    [
      'take the tenant, then the account',
      'is_member',
      { arguments: [id('p_organization_id'), id('p_user')] },
      ['public.is_member(org, (SELECT auth.uid()))'],
    ],
    [
      'do not tell which is which: both are tried',
      'is_member',
      { arguments: [id('a'), id('b')] },
      ['public.is_member((SELECT auth.uid()), org)', 'public.is_member(org, (SELECT auth.uid()))'],
    ],
  ])('%s', (_, name, change, expected) => {
    expect(tests(name, change)).toEqual([...expected, added]);
  });

  it('are none that list something else, or that are about administrators alone', () => {
    expect(tests('my_projects', { returns: 'SETOF uuid', source: 'SELECT id FROM members WHERE user_id = auth.uid()' })).toEqual([added]);
    expect(tests('is_member_admin', { arguments: [id('_user_id'), id('_org_id')] })).toEqual([added]);
    expect(tests('orgs_of', { returns: 'SETOF uuid', arguments: [id('_invoice_id')] })).toEqual([added]);
  });
});

describe('a membership that counts', () => {
  const listed = (columns: Parameters<typeof sampleTable>[1], ...said: string[]): string | undefined => {
    const policies = said.map((using, index) => samplePolicy({ name: `p${index}`, using }));
    const catalog = sampleCatalog([{ ...organizations, policies }, membersWith(columns)]);
    const [test] = tenantTests('org', { catalog, worlds: sampleWorlds(catalog) });
    return /user_id = auth\.uid\(\)(.*)'$/.exec(test?.helper[0] ?? '')?.[1];
  };
  const of = (condition: string): string =>
    `(id IN (SELECT m.organization_id FROM members m WHERE ((m.user_id = auth.uid()) AND ${condition})))`;

  it.each<[string, Parameters<typeof sampleTable>[1], string, string]>([
    ['by its status', { status: 'text' }, `(m.status = 'active'::text)`, ` AND status = ''active''`],
    ['by its status as an enum', { status: 'enum' }, `((m.status)::text = 'accepted'::text)`, ` AND status = ''accepted''`],
    ['by a mark', { is_active: 'bool' }, 'm.is_active', ' AND is_active IS TRUE'],
    ['by a mark that is compared', { is_active: 'bool' }, '(m.is_active = true)', ' AND is_active IS TRUE'],
    ['since it was accepted', { accepted_at: 'timestamptz' }, '(m.accepted_at IS NOT NULL)', ' AND accepted_at IS NOT NULL'],
    ['until it ends', { deleted_at: 'timestamptz' }, '(m.deleted_at IS NULL)', ' AND deleted_at IS NULL'],
  ])('%s', (_, columns, condition, expected) => {
    expect(listed(columns, of(condition))).toBe(expected);
  });

  it('is any where the repo does not ask, or asks for those that do not count yet', () => {
    expect(listed({ status: 'text' })).toBe('');
    expect(listed({ status: 'text' }, of(`(m.status = 'pending'::text)`))).toBe('');
    expect(listed({ status: 'text' }, `(status = 'active'::text)`)).toBe('');
    expect(listed({ is_active: 'bool' }, of('(m.is_active = false)'))).toBe('');
    expect(listed({ deleted_at: 'timestamptz' }, of('(m.deleted_at IS NOT NULL)'))).toBe('');
  });
});
