import { describe, expect, it } from 'vitest';
import type { DatabaseModel } from '../../../evidence/database.ts';
import { plainTables } from './plain.ts';

const table = (name: string, columns: string, change: object = {}) => ({
  name,
  columns: columns.split(' ').map((text) => {
    const [column = '', references] = text.split('>');
    return { name: column, type: 'text', ...(references !== undefined && { references }) };
  }),
  holds: [],
  decides: [],
  ...change,
});
const isPlain = (columns: string, change: object = {}): boolean =>
  plainTables({ tables: [table('things', columns, change)] } as unknown as DatabaseModel)('thing');

describe('a table of which whoever edits a row may set every column', () => {
  it.each([
    'id name colour order_position default_probability',
    'id title status priority assigned_to due_date created_at',
    'id title author publisher score tags',
    'id price_list_id>public.price_lists min_price commission_pct fixed_fee',
  ])('is one with %s', (columns) => {
    expect(isPlain(columns)).toBe(true);
  });

  it.each([
    'id name role',
    'id name organization_id',
    'id name user_id',
    'id name owner>public.profiles',
    'id name created_by',
    'id name createdBy',
    'id name approved_at',
    'id name is_verified',
    'id number payment_status',
    'id name api_key',
    'id number total_amount',
    'id name plan',
  ])('is none with %s', (columns) => {
    expect(isPlain(columns)).toBe(false);
  });

  it('is none of which not all is known, that belongs to somebody or that decides about callers', () => {
    expect(isPlain('id name', { uncertain: 'an EXECUTE' })).toBe(false);
    expect(isPlain('id name', { tenancy: { kind: 'tenant' } })).toBe(false);
    expect(isPlain('id name', { decides: ['role'] })).toBe(false);
    expect(isPlain('id name', { holds: ['message'] })).toBe(false);
    expect(plainTables(undefined)('things')).toBe(false);
    expect(plainTables({ tables: [] } as unknown as DatabaseModel)('things')).toBe(false);
    const twins = { tables: [table('things', 'id name'), table('app.Thing', 'id role')] } as unknown as DatabaseModel;
    expect(plainTables(twins)('things')).toBe(false);
  });
});
