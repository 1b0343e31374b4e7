import { describe, expect, it } from 'vitest';
import type { DataAccess, Guard, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { unauthenticatedDataRoute } from './unauthenticated-data-route.ts';

const place = { file: 'src/session.ts', line: 8 };
const open = (change: Partial<DataAccess> = {}): DataAccess => sampleAccess({ auth: 'none', ...change });
const judge = (route: Partial<Route>) => [
  ...unauthenticatedDataRoute.evaluate({ inventory: sampleInventory(sampleRoute({ auth: 'none', guards: [], data: [open()], ...route })) }),
];
const skipped = (change: Partial<Guard>): Guard => ({ level: 'identity', what: 'requireSession()', place, skippedWhen: 'x', ...change });

describe('audit/unauthenticated-data-route', () => {
  it.each<[string, Partial<Route>, string | undefined]>([
    ['rows of customers', {}, undefined],
    ['rows of persons', { data: [open({ subject: 'owner' })] }, undefined],
    ['rows that only look private', { data: [open({ subject: 'private' })] }, 'high'],
    ['one of both', { data: [open({ subject: 'private' }), open()] }, undefined],
    ['a route that is public by its name', { purposes: ['public'] }, 'medium'],
  ])('weighs %s', (_, route, severity) => {
    expect(judge(route)).toMatchObject([{ outcome: 'fail', subject: 'GET /api/invoices/:id' }]);
    expect(judge(route)[0]?.severity).toBe(severity);
  });

  it.each<[string, Partial<Route>]>([
    ['row-level security decides', { data: [open({ client: 'user' }), open({ client: 'anon' })] }],
    ['nobody is hurt by a price list', { data: [open({ subject: 'public' }), open({ subject: 'unknown' })] }],
    ['it writes only', { data: [open({ operation: 'update' })] }],
    ['a login looks people up', { purposes: ['login'] }],
    ['a webhook has a check of its own', { webhook: { provider: 'stripe', verification: 'missing', why: 'x' } }],
    ['an edge function has a check of its own', { kind: 'edge-function' }],
    ['a server action has a check of its own', { kind: 'server-action' }],
    ['the middleware’s own check speaks for all its routes', { guards: [skipped({ via: 'middleware.ts' })] }],
  ])('says nothing where %s', (_, route) => {
    expect(judge(route)).toEqual([]);
  });

  it('asks whether it is meant where only what could be on a public page leaves', () => {
    const shop = open({ name: 'products', leaves: 'content' });
    expect(judge({ data: [shop, open({ name: 'users', leaves: 'nothing' })] })).toMatchObject([
      { outcome: 'fail', severity: 'medium', message: 'GET /api/invoices/:id shows products to anybody. Is this meant to be public?' },
    ]);
    expect(judge({ data: [shop, open({ leaves: 'private' })] })[0]?.severity).toBeUndefined();
  });

  it('asks whether it is meant where all of it hangs on a link that was handed out', () => {
    const link = open({ name: 'share_links', inputs: [{ column: 'slug', source: 'path' }] });
    const shared = open({ name: 'documents', inputs: [], scope: 'unknown' });
    expect(judge({ data: [link, shared] })).toMatchObject([{ severity: 'medium', message: expect.stringContaining('a link can expire') }]);
    const named = open({ name: 'documents', inputs: [{ column: 'id', source: 'path' }] });
    expect(judge({ data: [link, named] })[0]?.severity).toBeUndefined();
    expect(judge({ data: [{ ...link, inputs: [{ column: 'team_id', source: 'path' }] }, shared] })[0]?.severity).toBeUndefined();
    expect(judge({ data: [shared] })[0]?.severity).toBeUndefined();
    const whole = open({ name: 'documents', inputs: [], scope: 'none' });
    expect(judge({ data: [link, whole] })[0]?.severity, 'a list of all documents hangs on no link').toBeUndefined();
  });

  it('passes where nothing of it leaves, but not figures for administrators or a mail of the caller’s wording', () => {
    const data = [open({ leaves: 'nothing' }), open({ leaves: 'link' })];
    expect(judge({ data })).toMatchObject([{ outcome: 'pass' }]);
    expect(judge({ data, purposes: ['admin'] })).toMatchObject([{ outcome: 'fail' }]);
    expect(judge({ data, effects: [sampleEffect({ fromInput: ['html'] })] })).toMatchObject([{ outcome: 'fail' }]);
    expect(judge({ data, effects: [sampleEffect({ fromInput: [] })] })).toMatchObject([{ outcome: 'pass' }]);
  });

  it('does not excuse an administrator’s login page that lists customers', () => {
    expect(judge({ purposes: ['login', 'admin'] })).toMatchObject([{ outcome: 'fail' }]);
  });

  it('says how strangers get in', () => {
    expect(judge({})[0]?.message).toBe('GET /api/invoices/:id reads invoices for anybody: it never asks who is calling.');
    expect(judge({ data: [open({ auth: 'presence' })] })[0]?.message).toContain('anybody who sends some token');
    const setting = skipped({ skippedWhen: '!process.env.API_SECRET' });
    expect(judge({ guards: [setting] })[0]?.message).toContain('while API_SECRET is not set');
    // NODE_ENV is always set in production.
    expect(judge({ guards: [skipped({ skippedWhen: "process.env.NODE_ENV === 'test'" })] })[0]?.message).toContain('never asks');
  });

  it('shows the line that leaks, and the guard that does not hold', () => {
    const [found] = judge({
      guards: [skipped({})],
      data: [sampleAccess(), open({ name: 'orders', place: { file: 'src/orders.ts', line: 3 } })],
    });
    expect(found?.place).toEqual({ file: 'src/orders.ts', line: 3, name: 'GET /api/invoices/:id' });
    expect(found?.proof?.map(({ kind, ...rest }) => ('text' in rest ? rest.text : kind))).toEqual([
      'Route GET /api/invoices/:id (Express)',
      'Guard that does not stand on every path (x): requireSession()',
      'reads orders',
    ]);
  });

  it('does not accuse what it could not follow', () => {
    const unresolved = [{ what: 'guard from ./auth', why: 'not in the repo' }];
    expect(judge({ unresolved })).toMatchObject([
      { outcome: 'unknown', subject: 'GET /api/invoices/:id', toKnow: expect.stringContaining('guard from ./auth') },
    ]);
    expect(judge({ unresolved, data: [sampleAccess()] })).toMatchObject([{ outcome: 'pass' }]);
  });
});
