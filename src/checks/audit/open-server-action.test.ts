import { describe, expect, it } from 'vitest';
import type { DataAccess, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { openServerAction } from './open-server-action.ts';

const id = 'action app/actions.ts save';
const write = (change: Partial<DataAccess> = {}): DataAccess => sampleAccess({ operation: 'update', auth: 'none', ...change });
const judge = (route: Partial<Route>) => [
  ...openServerAction.evaluate({
    inventory: sampleInventory(
      sampleRoute({ id, kind: 'server-action', method: 'CALL', auth: 'none', guards: [], data: [write()], ...route }),
    ),
  }),
];

describe('audit/open-server-action', () => {
  it.each<[string, DataAccess, string | undefined]>([
    ['changes customer rows', write(), undefined],
    ['reads customer rows', write({ operation: 'read' }), undefined],
    ['changes rows nobody knows much about', write({ subject: 'unknown' }), 'high'],
    ['changes published content', write({ subject: 'public' }), 'high'],
  ])('weighs one that %s', (_, access, severity) => {
    expect(judge({ data: [access] })).toMatchObject([{ outcome: 'fail', subject: id }]);
    expect(judge({ data: [access] })[0]?.severity).toBe(severity);
  });

  it.each<[string, Partial<Route>]>([
    ['it is no action', { kind: 'http' }],
    ['it signs people in', { purposes: ['login'] }],
    ['it reads what visitors may see', { data: [write({ operation: 'read', subject: 'public' })] }],
    ['strangers are meant to hand something in', { data: [write({ operation: 'create', subject: 'intake' })] }],
  ])('says nothing where %s', (_, route) => {
    expect(judge(route)).toEqual([]);
  });

  it('is not put off by a later check, and says what the caller needs', () => {
    expect(judge({ data: [write({ auth: 'identity', operation: 'read' }), write()] })).toMatchObject([{ outcome: 'fail' }]);
    expect(judge({ data: [write({ auth: 'presence' })] })[0]?.message).toContain('anybody who sends some token');
    expect(judge({})[0]?.message).toBe(
      `A server action is a public address: ${id} changes invoices for anybody: it never asks who is calling.`,
    );
  });

  it('does not accuse what it could not follow', () => {
    const unresolved = [{ what: 'authed from @acme/auth', why: 'x' }];
    expect(judge({ unresolved })).toMatchObject([{ outcome: 'unknown', subject: id, toKnow: expect.stringContaining('authed') }]);
    expect(judge({ unresolved, data: [write({ client: 'user' })] })).toMatchObject([{ outcome: 'pass' }]);
  });
});
