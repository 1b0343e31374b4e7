import { describe, expect, it } from 'vitest';
import { hiddenThings, leadsTo, rolesText, routeOf } from './client-questions.ts';
import type { ClientAccess } from './routes.ts';
import { sampleRoute } from './samples.ts';

const gate = { place: { file: 'a.tsx', line: 1 }, what: 'isAdmin', roles: ['admin'], except: false };
const access = (change: Partial<ClientAccess> = {}): ClientAccess => ({
  kind: 'table',
  name: 'invoices',
  operation: 'delete',
  place: { file: 'a.tsx', line: 2 },
  gate,
  ...change,
});
const open = (change: Partial<ClientAccess> = {}): ClientAccess => {
  const { gate: _, ...rest } = access(change);
  return rest;
};

describe('what is hidden', () => {
  it('is an operation that no open way leads to', () => {
    expect(hiddenThings([access(), open({ operation: 'read' })])).toMatchObject([
      { kind: 'table', name: 'invoices', hidden: [{ operation: 'delete' }] },
    ]);
    expect(hiddenThings([access(), open()])).toEqual([]);
    expect(hiddenThings([open()])).toEqual([]);
  });

  it('goes by thing and method', () => {
    const things = hiddenThings([access(), access({ name: 'users' }), access({ kind: 'storage' }), access({ operation: 'update' })]);
    expect(things.map(({ kind, name, hidden }) => `${kind} ${name} ${hidden.length}`)).toEqual([
      'table invoices 2',
      'table users 1',
      'storage invoices 1',
    ]);
    const api = { kind: 'api', name: '/a', operation: 'create' } as const;
    expect(hiddenThings([access({ ...api, method: 'POST' }), open({ ...api, method: 'PUT' })])).toHaveLength(1);
  });
});

describe('addresses and routes', () => {
  it.each([
    ['/api/orders/:param', '/api/orders/:id'],
    ['/orders/:param', '/api/v1/orders/:id'],
    ['/orders', '/api/orders'],
    ['/orders/open', '/orders/:status'],
    ['/orders/:param', '/orders/{id}'],
    ['/a/b', '/a/*'],
  ])('%s leads to %s', (address, path) => {
    expect(leadsTo(address, path)).toBe(true);
  });

  it.each([
    ['/orders', '/api/customers/orders'],
    ['/orders/:param', '/orders/open'],
    ['/orders/1/lines', '/orders/:id'],
    ['/users', '/orders'],
    ['/admin/users', '/users'],
  ])('%s does not lead to %s', (address, path) => {
    expect(leadsTo(address, path)).toBe(false);
  });

  const route = (path: string, method = 'GET') => sampleRoute({ id: `${method} ${path}`, path, method });
  const find = (name: string, method: string, ...routes: ReturnType<typeof route>[]) =>
    routeOf({ kind: 'api', name, method }, routes)?.path;

  it('takes the route of the method, the exact one before one with a parameter', () => {
    expect(find('/api/orders', 'POST', route('/api/orders'), route('/api/orders', 'POST'))).toBe('/api/orders');
    expect(find('/api/orders', 'DELETE', route('/api/orders', 'ALL'))).toBe('/api/orders');
    expect(find('/api/orders/:param', 'GET', route('/api/orders/:id'), route('/api/:kind/:id'))).toBe('/api/orders/:id');
    expect(find('/orders', 'GET', route('/api/v1/orders'), route('/api/v2/orders'))).toBeUndefined();
    expect(find('/orders', 'GET', route('/api/orders'), { ...route('/api/orders'), id: 'GET /api/orders (2)' })).toBe('/api/orders');
    expect(find('/orders', 'GET', { ...route('/orders'), kind: 'page' })).toBeUndefined();
  });

  it('finds functions, actions and procedures by name', () => {
    const routes = [
      sampleRoute({ id: 'POST /functions/v1/invite', kind: 'edge-function', path: '/functions/v1/invite' }),
      sampleRoute({ id: 'action app/a.ts save', kind: 'server-action', path: 'app/a.ts' }),
      sampleRoute({ id: 'trpc order.delete', kind: 'trpc', path: '/api/trpc/order.delete' }),
    ];
    expect(routeOf({ kind: 'function', name: 'invite' }, routes)?.id).toBe('POST /functions/v1/invite');
    expect(routeOf({ kind: 'action', name: 'action app/a.ts save' }, routes)?.id).toBe('action app/a.ts save');
    expect(routeOf({ kind: 'procedure', name: 'order.delete' }, routes)?.id).toBe('trpc order.delete');
    expect(routeOf({ kind: 'table', name: 'invite' }, routes)).toBeUndefined();
  });
});

describe('roles in words', () => {
  it.each([
    [['owner'], false, 'owner'],
    [['owner', 'super_admin', 'staff'], false, 'owner, super admin or staff'],
    [['client'], true, 'everybody but client'],
    [['permission invoices:delete'], false, 'holders of “invoices:delete”'],
    [['ORG_ADMIN'], false, 'org admin'],
    [[], false, ''],
  ])('%s', (roles, except, text) => {
    expect(rolesText({ roles, except })).toBe(text);
  });
});
