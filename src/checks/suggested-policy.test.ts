import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../evidence/database.ts';
import { sampleTable } from '../evidence/database-samples.ts';
import { suggestedPolicy } from './suggested-policy.ts';

const column = (name: string, references?: string): Column => ({ name, type: 'uuid', ...(references !== undefined && { references }) });

const profiles = sampleTable({
  name: 'profiles',
  columns: [column('id', 'auth.users'), column('company_id', 'public.companies')],
  tenancy: { kind: 'profile', column: 'id', why: 'one row for each account' },
  decides: ['tenant'],
});
const companies = sampleTable({
  name: 'companies',
  columns: [column('id')],
  tenancy: { kind: 'tenant-root', column: 'id', why: 'its name' },
});
const orders = sampleTable({
  name: 'orders',
  columns: [column('id'), column('buyer_id', 'public.profiles')],
  tenancy: { kind: 'owner', column: 'buyer_id', why: 'buyer_id refers to public.profiles' },
});
const conditionOf = (table: Table, tables: Table[]): string | undefined =>
  / using \((.*)\);$/.exec(suggestedPolicy(table, { tables }))?.[1];

describe('the policy that is suggested', () => {
  const tables = [profiles, companies, orders];

  it('compares the column of the owner', () => {
    expect(conditionOf(orders, tables)).toBe('buyer_id = (select auth.uid())');
    expect(conditionOf(profiles, tables)).toBe('id = (select auth.uid())');
  });

  it('looks the organisation up where the repo keeps it', () => {
    const shifts = sampleTable({
      name: 'shifts',
      columns: [column('id'), column('company_id', 'public.companies')],
      tenancy: { kind: 'tenant', column: 'company_id', why: '', tenantTable: 'public.companies' },
    });
    expect(conditionOf(shifts, tables)).toBe('company_id in (select company_id from public.profiles where id = (select auth.uid()))');
    expect(conditionOf(companies, tables)).toBe('id in (select company_id from public.profiles where id = (select auth.uid()))');
  });

  it('follows a row to the one it belongs to', () => {
    const lines = sampleTable({
      name: 'order_lines',
      columns: [column('id'), column('order_id', 'public.orders')],
      tenancy: { kind: 'owner', column: 'order_id', why: '' },
    });
    expect(conditionOf(lines, tables)).toBe('order_id in (select id from public.orders where buyer_id = (select auth.uid()))');
  });

  it('goes by the number of the account where accounts have their own', () => {
    const numbered = { ...profiles, columns: [column('id'), column('user_id', 'auth.users')] };
    expect(conditionOf(orders, [numbered, orders])).toBe(
      'buyer_id in (select id from public.profiles where user_id = (select auth.uid()))',
    );
  });

  it('says it in words where the repo does not tell', () => {
    const { tenancy: _, ...nobodys } = sampleTable({ name: 'notes' });
    expect(suggestedPolicy(nobodys, { tables })).toMatch(/^No column of public\.notes says whose a row is/);
    expect(suggestedPolicy(sampleTable(), { tables: [] })).toMatch(/compares organization_id with the organisation/);
  });

  it('does not ask a table of members for the members', () => {
    const members = sampleTable({
      name: 'members',
      columns: [column('user_id', 'auth.users'), column('company_id', 'public.companies')],
      tenancy: { kind: 'membership', column: 'company_id', why: '' },
      decides: ['tenant'],
    });
    expect(conditionOf(members, [members, companies])).toBe('user_id = (select auth.uid())');
  });

  it('makes no column up', () => {
    const visits = sampleTable({
      name: 'visits',
      columns: [column('id'), column('patient_id', 'public.patients')],
      tenancy: { kind: 'owner', column: 'patient_id', why: '' },
    });
    const patients = sampleTable({
      name: 'patients',
      columns: [column('chart_no'), column('user_id', 'auth.users')],
      tenancy: { kind: 'owner', column: 'user_id', why: '' },
    });
    expect(conditionOf(visits, [visits, patients]), 'patients has no column id').toBeUndefined();
    expect(conditionOf(visits, [visits]), 'patients is not in the repo').toBeUndefined();
    expect(suggestedPolicy(visits, { tables: [visits] })).toMatch(/follows patient_id to the rows of the caller/);
  });

  it('does not go round in a circle', () => {
    const a = sampleTable({ name: 'a', columns: [column('b_id', 'public.b')], tenancy: { kind: 'owner', column: 'b_id', why: '' } });
    const b = sampleTable({ name: 'b', columns: [column('a_id', 'public.a')], tenancy: { kind: 'owner', column: 'a_id', why: '' } });
    expect(conditionOf(a, [a, b])).toBeUndefined();
  });
});
