import { describe, expect, it } from 'vitest';
import type { Column, Table, Writable } from '../../evidence/database.ts';
import { sampleDatabase, samplePolicy, sampleReach, sampleTable, sampleWritable } from '../../evidence/database-samples.ts';
import { membershipSelfInsert } from './membership-self-insert.ts';

const join = samplePolicy({ name: 'join', command: 'insert', sql: 'create policy join ...' });
const tenant: Column = {
  name: 'organization_id',
  type: 'uuid',
  references: 'public.organizations',
  power: { kind: 'tenant', why: 'policies take it' },
};
const role: Column = { name: 'role', type: 'text', power: { kind: 'role', why: 'is_owner() decides by it' } };

function judge(columns: readonly Column[], free: readonly string[], change: Partial<Table> = {}, insert: Partial<Writable> = {}) {
  const table = sampleTable({
    name: 'members',
    columns: [{ name: 'user_id', type: 'uuid' }, ...columns],
    policies: [join],
    access: { anon: sampleReach(), authenticated: sampleReach({ insert: 'own' }, [join.name]) },
    writable: { insert: { ...sampleWritable(free, join.name), ...insert }, update: sampleWritable() },
    tenancy: { kind: 'membership', column: 'organization_id', why: 'says who belongs where' },
    decides: ['tenant'],
    ...change,
  });
  return [...membershipSelfInsert.evaluate({ database: sampleDatabase({ tables: [table] }) })];
}
const ofCompany: Partial<Table> = { tenancy: { kind: 'tenant', column: 'buyer_company_id', why: 'refers to companies' } };
const both = ['organization_id', 'role'];

describe('audit/membership-self-insert', () => {
  it.each<[string, readonly Column[], readonly string[], Partial<Table>, string]>([
    ['any organisation in any role', [tenant, role], both, {}, 'blocker'],
    ['any organisation, the role is fixed', [tenant, role], ['organization_id'], {}, 'medium'],
    ['any chat', [{ ...tenant, name: 'chat_id', references: 'public.chats' }], ['chat_id'], {}, 'high'],
    [
      'any offer, in the name of the own company',
      [{ ...tenant, name: 'offer_id', references: 'public.offers' }],
      ['offer_id'],
      ofCompany,
      'medium',
    ],
    [
      'any other company, in the name of the own',
      [{ ...tenant, references: 'public.companies' }],
      ['organization_id'],
      ofCompany,
      'blocker',
    ],
    ['any role of the app', [role], ['role'], { decides: ['role'] }, 'blocker'],
    ['any role within a tenant', [role], ['role'], { decides: ['tenant'] }, 'high'],
  ])('weighs joining %s', (_, columns, free, change, severity) => {
    expect(judge(columns, free, change)).toMatchObject([{ outcome: 'fail', severity, subject: 'table supabase:members' }]);
  });

  it('names the table of tenants without its schema', () => {
    const [found] = judge([tenant, role], both);
    expect(found?.message).toContain('join any organizations he names');
    expect(found?.outcome === 'fail' && found.fix).toContain('an owner of the same organizations.');
  });

  it('says what is gained and through which policy', () => {
    const [found] = judge([tenant, role], both);
    expect(found?.message).toBe(
      'Any user can add a row to members and so join any organizations he names: the policy does not limit organization_id and role.',
    );
    expect(found?.proof?.[0]).toMatchObject({ kind: 'code', text: 'create policy join ...' });
    expect(found?.fix).toContain('drop policy "join" on public.members;');
    expect(judge([role], ['role'], {}, { demands: ['admin'] })[0]?.message).toMatch(/^Whoever has admin in his own tenant can add a row/);
  });

  it.each<[string, readonly Column[], readonly string[]]>([
    ['nothing can be chosen', [tenant, role], []],
    ['only the name speaks of power', [{ ...role, power: { kind: 'role', why: 'its name' } }], ['role']],
    ['no role has power over others', [{ ...role, values: ['viewer', 'guest'] }], ['role']],
    ['it is about money', [{ name: 'credits', type: 'int', power: { kind: 'billing', why: 'a function' } }], ['credits']],
  ])('passes where %s', (_, columns, free) => {
    expect(judge(columns, free)).toMatchObject([{ outcome: 'pass' }]);
  });

  it('asks where it is not certain', () => {
    expect(judge([tenant], ['organization_id'], { uncertain: 'x' })).toMatchObject([{ outcome: 'unknown', toKnow: expect.any(String) }]);
  });

  it('says nothing about tables that decide nothing, and leaves profiles to another check', () => {
    expect(judge([tenant], both, { decides: [] })).toEqual([]);
    expect(judge([tenant], both, { tenancy: { kind: 'profile', column: 'id', why: 'x' } })).toEqual([]);
    for (const change of [{ exposed: false }, { rls: 'off' as const }, { policies: [] }]) expect(judge([tenant], both, change)).toEqual([]);
  });
});
