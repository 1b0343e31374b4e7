import { describe, expect, it } from 'vitest';
import type { DatabaseModel } from '../../../evidence/database.ts';
import type { DataAccess } from '../../../evidence/routes.ts';
import { sampleFunction } from '../../../evidence/database-samples.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../../evidence/samples.ts';
import { leavesOf, withSubjects } from './content.ts';

const table = (name: string, columns: string, change: object = {}) => ({
  name,
  columns: columns.split(' ').map((text) => {
    const [column = '', references] = text.split('>');
    return { name: column, type: column === 'serial' ? 'integer' : 'text', ...(references !== undefined && { references }) };
  }),
  access: { anon: { select: { rows: 'none' } } },
  ...change,
});
const model = {
  tables: [
    table('products', 'id name price storeId>stores shippingCost'),
    table('categories', 'id name cost_price'),
    table('images', 'id url productId>products'),
    table('cart_items', 'id productId>products cartId>carts'),
    table('invitations', 'id email role'),
    table('machines', 'id name state', { tenancy: { kind: 'tenant' } }),
    table('stores', 'id name ownerEmail', { access: { anon: { select: { rows: 'flagged' } } } }),
    table('favourites', 'id product_id>products', { tenancy: { kind: 'owner' } }),
  ],
} as unknown as DatabaseModel;
const judge = (change: Partial<DataAccess>) => leavesOf(model)(sampleAccess(change));

describe('what strangers learn from a read', () => {
  it.each<[string, Partial<DataAccess>, string]>([
    ['nothing that is shown', { name: 'users', shows: [] }, 'nothing'],
    ['goods and what belongs to them', { name: 'Product', shows: ['*', 'images.*'] }, 'content'],
    ['goods with a column that the shop keeps to itself', { name: 'categories' }, 'private'],
    ['goods with a person beside them', { name: 'products', shows: ['*', 'customer.*'] }, 'private'],
    ['goods with the name of a person', { name: 'products', shows: ['name', 'user.name'] }, 'private'],
    ['what refers to goods alone', { name: 'images' }, 'content'],
    ['what refers to goods and to something else', { name: 'cart_items' }, 'private'],
    ['whose goods they like', { name: 'favourites' }, 'private'],
    ['rows of customers, whatever is listed', { name: 'invoices', shows: ['id', 'status'] }, 'private'],
    ['an invitation by its id', { name: 'invitations', shows: ['email'] }, 'link'],
    ['invitations of a team', { name: 'invitations', shows: ['email'], inputs: [{ column: 'teamId', source: 'path' }] }, 'private'],
    ['a table of unknown kind', { name: 'machines' }, 'private'],
    ['harmless columns of it', { name: 'machines', shows: ['id', 'name'] }, 'content'],
    ['the same past row-level security', { name: 'machines', shows: ['id', 'name'], client: 'service' }, 'private'],
    ['past it, but open to browsers', { name: 'stores', shows: ['id', 'name'], client: 'service', inputs: [] }, 'content'],
    ['an address in it', { name: 'stores', shows: ['id', 'ownerEmail'], client: 'service', inputs: [] }, 'private'],
    [
      'a tenant by its own address',
      { name: 'tenants', shows: ['id', 'name'], inputs: [{ column: 't.subdomain', source: 'path' }] },
      'content',
    ],
    ['all tenants', { name: 'tenants', shows: ['id', 'name'], inputs: [] }, 'private'],
    ['a file', { kind: 'storage', name: 'products' }, 'private'],
  ])('%s', (_, change, leaves) => {
    expect(judge(change)).toBe(leaves);
  });
});

describe('a call of a database function', () => {
  const effect = (change: object = {}) => ({ ...sampleFunction().effects[0], verb: 'select', table: 'public.plans', ...change });
  const called = (...effects: readonly object[]) => {
    const routine = { ...sampleFunction({ name: 'get_plans' }), effects, reads: ['public.plans'] };
    const functions = { tables: [], functions: [routine] } as unknown as DatabaseModel;
    const call = sampleAccess({ kind: 'rpc', name: 'get_plans', operation: 'call' });
    return withSubjects(sampleInventory(sampleRoute({ data: [call] })), functions).routes[0]?.data[0];
  };
  it('is a read of what it reads, where anybody may see that', () => {
    expect(called(effect())).toMatchObject({ operation: 'read', subject: 'public', leaves: 'content' });
  });
  it('is one more count, where it does no more than that', () => {
    const count = effect({ verb: 'update', table: 'public.mails', sets: [], columns: ['open_count'] });
    expect(called(count)).toMatchObject({ operation: 'create', subject: 'intake' });
    expect(called(count, { ...count, sets: ['open_count'] })).toMatchObject({ operation: 'call' });
    expect(called(count, { ...count, columns: ['status'] })).toMatchObject({ operation: 'call' });
  });
  it.each([
    ['it writes', effect({ verb: 'update' })],
    ['it runs any SQL', effect({ verb: 'execute', table: '*' })],
    ['it reads customers', effect({ table: 'public.customers' })],
    ['it reads accounts', effect({ table: 'auth.plans' })],
  ])('stays a call where %s', (_, more) => {
    expect(called(effect(), more)).toMatchObject({ operation: 'call' });
  });
});
