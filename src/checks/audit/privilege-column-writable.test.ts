import { describe, expect, it } from 'vitest';
import type { Column, DatabaseModel, Table } from '../../evidence/database.ts';
import { sampleDatabase, samplePolicy, sampleReach, sampleTable, sampleWritable } from '../../evidence/database-samples.ts';
import { privilegeColumnWritable } from './privilege-column-writable.ts';

const own = samplePolicy({ name: 'own', command: 'update', sql: 'create policy own ...' });
const role: Column = { name: 'role', type: 'text', power: { kind: 'role', why: 'is_admin() decides by it' } };
const company: Column = {
  name: 'company_id',
  type: 'uuid',
  references: 'public.companies',
  power: { kind: 'tenant', why: 'policies take it' },
};
const credits: Column = { name: 'credits', type: 'integer', power: { kind: 'billing', why: 'its name' } };

/** A profile with this column, which its owner may write. */
function judge(column: Column, change: Partial<Table> = {}, parts: Partial<DatabaseModel> = {}) {
  const table = sampleTable({
    name: 'profiles',
    columns: [{ name: 'id', type: 'uuid', references: 'auth.users' }, { name: 'full_name', type: 'text' }, column],
    policies: [own],
    access: { anon: sampleReach(), authenticated: sampleReach({ update: 'own' }, [own.name]) },
    writable: { insert: sampleWritable(), update: sampleWritable(['full_name', column.name], own.name) },
    tenancy: { kind: 'profile', column: 'id', why: 'one row for each account' },
    decides: ['role', 'tenant'],
    ...change,
  });
  return [...privilegeColumnWritable.evaluate({ database: sampleDatabase({ tables: [table], ...parts }) })];
}

describe('audit/privilege-column-writable', () => {
  it.each<[string, Column, Partial<Table>, string]>([
    ['a role that decides', role, {}, 'blocker'],
    ['a role by its name alone', { ...role, power: { kind: 'role', why: 'its name' } }, {}, 'high'],
    ['a role with nothing to gain', { ...role, values: ['client', 'freelancer'] }, {}, 'medium'],
    ['a role with something to gain', { ...role, values: ['client', 'admin'] }, {}, 'blocker'],
    ['a role within a chat', role, { decides: [] }, 'high'],
    ['the company', company, {}, 'blocker'],
    ['a group of no customer', { ...company, name: 'chat_id', references: 'public.chats' }, {}, 'high'],
    ['a company nothing decides by', { ...company, power: { kind: 'tenant', why: 'its name' } }, {}, 'medium'],
    ['credits', credits, {}, 'high'],
  ])('weighs %s', (_, column, change, severity) => {
    expect(judge(column, change)).toMatchObject([{ outcome: 'fail', severity, subject: 'table supabase:profiles' }]);
  });

  it('says what can be set, through which policy, and what is gained', () => {
    const [found] = judge(role);
    expect(found?.message).toBe(
      'Users can set role as they like in the rows of profiles they may change, and so make themselves administrators.',
    );
    expect(found?.place).toMatchObject({ line: 31, name: 'profiles.role' });
    expect(found?.proof?.map((proof) => ('text' in proof ? proof.text : proof.kind))).toEqual([
      'create policy own ...',
      'role gives power: is_admin() decides by it.',
      'No WITH CHECK, trigger or column grant keeps role as it was.',
    ]);
    expect(found?.fix).toContain('grant update (full_name) on public.profiles to authenticated;');
    expect(judge(credits)[0]?.message).toContain('give themselves credits or a paid plan');
    expect(judge(company)[0]?.message).toContain('get at what belongs to others');
  });

  it('tells users from those who run a tenant of their own', () => {
    const writable = { insert: sampleWritable(), update: { ...sampleWritable(['role'], own.name), demands: ['owner', 'admin'] } };
    expect(judge(role, { writable })).toMatchObject([
      { severity: 'high', message: expect.stringMatching(/^Those with owner or admin in their own tenant can set role/) },
    ]);
  });

  it('passes where the column is kept', () => {
    const writable = { insert: sampleWritable(), update: sampleWritable(['full_name'], own.name) };
    expect(judge(role, { writable })).toMatchObject([{ outcome: 'pass', message: 'Users cannot change role in profiles.' }]);
  });

  it('looks at adding a profile only where sign-up does not add it', () => {
    const add = samplePolicy({ name: 'add', command: 'insert' });
    const writable = { insert: sampleWritable(['role'], add.name), update: sampleWritable() };
    const change = { writable, policies: [own, add] };
    const trigger = { database: 'supabase', function: 'public.f', place: own.place, trusts: [], fills: ['public.profiles'] };
    expect(judge(role, change)).toMatchObject([{ outcome: 'fail', message: expect.stringContaining('they may add') }]);
    expect(judge(role, change, { signupTriggers: [trigger] })).toMatchObject([{ outcome: 'pass' }]);
    expect(judge(role, { ...change, tenancy: { kind: 'owner', column: 'user_id', why: 'x' } })).toMatchObject([{ outcome: 'pass' }]);
    expect(judge(credits, { ...change, writable: { ...writable, insert: sampleWritable(['credits'], add.name) } })).toMatchObject([
      { outcome: 'pass' },
    ]);
  });

  it('asks where it is not certain', () => {
    expect(judge(role, { uncertain: 'a trigger could not be read' })).toMatchObject([{ outcome: 'unknown', severity: 'blocker' }]);
  });

  it('says nothing where no column gives power or the table is out of reach', () => {
    expect(judge({ name: 'colour', type: 'text' })).toEqual([]);
    for (const change of [{ exposed: false }, { rls: 'off' as const }, { policies: [] }]) expect(judge(role, change)).toEqual([]);
  });
});
