import { describe, expect, it } from 'vitest';
import { dangerOf } from './safety.ts';

describe('what is not sent by itself', () => {
  it.each([
    ['GET', '/createdb'],
    ['GET', '/admin/reset-chef-password'],
    ['GET', '/rest/user/change-password'],
    ['GET', '/users/{id}/delete'],
    ['POST', '/invoices/{id}/send'],
    ['POST', '/api/payments/{id}/refund'],
    ['POST', '/logout'],
    ['DELETE', '/api/tokens/{id}'],
    ['POST', '/invites'],
  ])('%s %s', (method, path) => {
    expect(dangerOf({ method, path })).toBeTruthy();
  });

  it.each([
    ['GET', '/api/invoices/{id}'],
    ['GET', '/api/payments'],
    ['GET', '/api/payments/{id}'],
    ['GET', '/webhooks'],
    ['PATCH', '/api/cases/{id}'],
    ['POST', '/api/cases'],
    ['GET', '/settings'],
    ['GET', '/emails/{id}'],
  ])('but %s %s is', (method, path) => {
    expect(dangerOf({ method, path })).toBeUndefined();
  });
});
