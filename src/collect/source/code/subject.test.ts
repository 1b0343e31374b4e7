import { describe, expect, it } from 'vitest';
import type { DatabaseModel } from '../../../evidence/database.ts';
import { plainTableName } from '../../../evidence/table-name.ts';
import { subjectTable } from './subject.ts';

describe('what a table is about, by its name alone', () => {
  const subjectOf = subjectTable(undefined);
  it.each([
    ['invoices', 'private'],
    ['public.Customers', 'private'],
    ['OrderItems', 'private'],
    ['contacts', 'intake'],
    ['newsletter_subscribers', 'intake'],
    ['page_views', 'intake'],
    ['user_profiles', 'private'],
    ['waitlist', 'intake'],
    ['products', 'public'],
    ['categories', 'public'],
    ['order_status', 'public'],
    ['*', 'unknown'],
    ['', 'unknown'],
    ['zzz', 'unknown'],
  ])('%s: %s', (name, expected) => {
    expect(subjectOf(name)).toBe(expected);
  });
});

describe('what a table is about, by its columns', () => {
  const table = (name: string, tenancy?: string, holds: string[] = []) => ({ name, holds, ...(tenancy && { tenancy: { kind: tenancy } }) });
  const model = { tables: [table('products', 'tenant'), table('notes', 'owner'), table('rates'), table('things', undefined, ['email'])] };
  const subjectOf = subjectTable(model as unknown as DatabaseModel);
  it('comes before its name', () => {
    expect(['products', 'Note', 'rates', 'things'].map(subjectOf)).toEqual(['tenant', 'owner', 'public', 'private']);
  });
});

describe('one name for the ways a table is written', () => {
  it.each([
    ['public.OrderItems', 'order_item'],
    ['order_items', 'order_item'],
    ['Companies', 'company'],
    ['address', 'address'],
    ['tbl_users', 'user'],
    ['order_status', 'order_status'],
  ])('%s is %s', (written, name) => {
    expect(plainTableName(written)).toBe(name);
  });
});
