import { describe, expect, it } from 'vitest';
import { dangerOf, deedIn } from './safety.ts';

describe('what is not sent by itself', () => {
  it.each([
    ['GET', '/createdb'],
    ['GET', '/admin/reset-chef-password'],
    ['GET', '/rest/user/change-password'],
    ['GET', '/users/{id}/delete'],
    ['GET', '/{id}/task_complete/{id2}'],
    ['GET', '/task/{id}/assign-to-me/{id2}'],
    ['POST', '/invoices/{id}/send'],
    ['POST', '/api/payments/{id}/refund'],
    ['POST', '/logout'],
    ['DELETE', '/api/tokens/{id}'],
    ['POST', '/invites'],
    ['POST', '/api/quotes/{id}/duplicate'],
    ['PUT', '/contracts/{id}/sign'],
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
    ['GET', '/orders/complete'],
    ['GET', '/tasks/complete/details/{id}'],
    ['GET', '/emails/{id}'],
    ['GET', '/contracts/{id}/sign'],
    ['POST', '/letters/{id}/archive'],
    ['POST', '/orders'],
  ])('but %s %s is', (method, path) => {
    expect(dangerOf({ method, path })).toBeUndefined();
  });
});

describe('a query that says what is done', () => {
  it.each(['/?controller=ProjectStatus&action=remove', '/?controller=Project&csrf_token=0a1b', '/x?switch=enable', '/x?action=deleteAll'])(
    '%s is a deed',
    (path) => {
      expect(deedIn(path)).toBeTruthy();
    },
  );
  it.each(['/?controller=Board&action=show&project_id=7', '/cases?status=open&page=2', '/x?mode=list', '/plain'])('%s is none', (path) => {
    expect(deedIn(path)).toBeUndefined();
  });
});
