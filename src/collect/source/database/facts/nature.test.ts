import { describe, expect, it } from 'vitest';
import { natureOf } from './nature.ts';

const nature = (name: string, columns: readonly string[], holds: readonly string[], why?: string): string =>
  natureOf({ name, columns: new Map(columns.map((column) => [column, { name: column }])) }, why === undefined ? undefined : { why }, holds)
    .kind;

describe('what is nobody’s', () => {
  it('is a catalogue with pictures and prices, until it names an owner', () => {
    const columns = ['id', 'name', 'image_url', 'market_price', 'card_number'];
    expect(nature('cards', columns, ['money'])).toBe('content');
    expect(nature('cards', [...columns, 'user_id'], ['money'])).toBe('private');
    expect(nature('cards', ['id', 'name', 'card_number'], ['money'])).toBe('private');
  });

  it('is what is put up for sale, and the calendar of the books', () => {
    expect(nature('auctions', ['id', 'company_id'], [], 'company_id')).toBe('content');
    expect(nature('accounting_periods', ['id', 'closed_by'], [])).toBe('reference');
    expect(nature('accounts', ['id'], [])).toBe('private');
  });

  it('is where the firm can be found, unless it is a tenant’s', () => {
    expect(nature('sucursales', ['id', 'telefono', 'email'], ['contact'])).toBe('listing');
    expect(nature('sucursales', ['id', 'telefono', 'email'], ['contact'], 'organization_id')).toBe('private');
  });

  it('is a text for many, which is no message to anybody', () => {
    expect(nature('whatsapp_templates', ['id', 'body'], ['message'])).toBe('content');
    expect(nature('whatsapp_messages', ['id', 'body'], ['message'])).toBe('private');
  });
});
