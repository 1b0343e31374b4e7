import { describe, expect, it } from 'vitest';
import { heldBack } from './held.ts';
import { isHarmless } from './labels.ts';

describe('what a page sends while it is clicked through', () => {
  it.each([
    ['GET', '/api/orders?page=2'],
    ['POST', '/api/orders/search'],
    ['POST', '/rest/getOrder'],
    ['POST', '/api/auth/refresh'],
    ['POST', '/graphql', '{"query":"query Orders { orders { id } }"}'],
    ['OPTIONS', '/api/orders'],
  ])('goes on where it only reads: %s %s', (method, path, body?: string) => {
    expect(heldBack({ method, path, body }, false)).toBeUndefined();
  });

  it.each([
    ['POST', '/api/orders'],
    ['PUT', '/api/orders/7'],
    ['DELETE', '/api/orders/7'],
    ['PATCH', '/api/me'],
    ['GET', '/projects/7/delete'],
    ['GET', '/reset'],
    ['GET', '/?controller=task&action=removeAll'],
    ['GET', '/project/7/share?switch=enable'],
    ['GET', '/task/7/start?csrf_token=0a1b'],
    ['POST', '/graphql', '{"query":"mutation { pay(id: 7) { id } }"}'],
    ['POST', '/graphql', '[{"query":"{ a }"},{"query":"mutation { b }"}]'],
    ['POST', '/socket.io/?EIO=4'],
  ])('is held back where it may change something: %s %s', (method, path, body?: string) => {
    expect(heldBack({ method, path, body }, false)).toBeTypeOf('string');
  });

  it('signs in, and does nothing else on the way', () => {
    expect(heldBack({ method: 'POST', path: '/api/auth/token' }, true)).toBeUndefined();
    expect(heldBack({ method: 'POST', path: '/auth/register' }, true)).toBeTypeOf('string');
    expect(heldBack({ method: 'DELETE', path: '/api/session' }, true)).toBeTypeOf('string');
  });
});

describe('what a button says', () => {
  it.each(['Orders & Payment', 'Your basket', 'Invoices', 'Next page', 'Details'])('promises no harm: %s', (label) => {
    expect(isHarmless(label, false)).toBe(true);
  });
  it.each(['Add to basket', 'New project', 'Save'])('adds something: %s', (label) => {
    expect([isHarmless(label, false), isHarmless(label, true)]).toEqual([false, true]);
  });
  it.each([
    '',
    'Delete',
    'Log out',
    'Sign out',
    'Remove item',
    'Checkout',
    'Pay now',
    'Send invite',
    'Reset password',
    'fa fa trash',
    'Publish',
  ])('is never clicked: %s', (label) => {
    expect(isHarmless(label, true)).toBe(false);
  });
});
