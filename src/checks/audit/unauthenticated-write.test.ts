import { describe, expect, it } from 'vitest';
import type { DataAccess, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { unauthenticatedWrite } from './unauthenticated-write.ts';

const write = (change: Partial<DataAccess> = {}): DataAccess => sampleAccess({ operation: 'update', auth: 'none', ...change });
const judge = (route: Partial<Route>) => [
  ...unauthenticatedWrite.evaluate({
    inventory: sampleInventory(sampleRoute({ id: 'PATCH /api/x', method: 'PATCH', auth: 'none', guards: [], data: [write()], ...route })),
  }),
];
const guard = { level: 'identity', what: 'compare(secret)', place: { file: 'a.ts', line: 1 } } as const;

describe('audit/unauthenticated-write', () => {
  it.each<[string, Partial<Route>, string | undefined]>([
    ['customer rows', {}, undefined],
    ['accounts', { data: [write({ kind: 'accounts', subject: 'owner', operation: 'delete' })] }, undefined],
    ['rows of which nothing is known', { data: [write({ subject: 'unknown' })] }, 'high'],
    ['a price list', { data: [write({ subject: 'public' })] }, 'high'],
    ['a database function', { data: [write({ kind: 'rpc', operation: 'call', subject: 'unknown' })] }, 'high'],
    ['a scheduled job', { purposes: ['cron'] }, 'high'],
    ['a secret that is skipped while unset', { guards: [{ ...guard, skippedWhen: '!process.env.CRON_SECRET' }] }, 'medium'],
    ['what strangers handed in, changed by strangers', { data: [write({ subject: 'intake' })] }, 'high'],
  ])('weighs %s', (_, route, severity) => {
    expect(judge(route)).toMatchObject([{ outcome: 'fail', subject: 'PATCH /api/x' }]);
    expect(judge(route)[0]?.severity).toBe(severity);
  });

  it.each<[string, Partial<Route>]>([
    ['it only reads', { data: [write({ operation: 'read' })] }],
    ['row-level security decides', { data: [write({ client: 'user' }), write({ client: 'anon' }), write({ client: 'unknown' })] }],
    ['an account is made by a stranger: that is sign-up', { purposes: ['signup'], data: [write({ operation: 'create' })] }],
    ['a webhook has a check of its own', { webhook: { provider: 'github', verification: 'missing', why: 'x' } }],
    ['an edge function has a check of its own', { kind: 'edge-function' }],
    ['the middleware’s own check speaks', { guards: [{ ...guard, via: 'middleware.ts', skippedWhen: "path.includes('.')" }] }],
  ])('says nothing where %s', (_, route) => {
    expect(judge(route)).toEqual([]);
  });

  it('accuses a sign-up that makes members of an organisation by the domain of an address', () => {
    const account = write({ name: 'users', operation: 'create', joins: 'organization' });
    expect(judge({ purposes: ['signup'], data: [account] })).toMatchObject([
      { outcome: 'fail', severity: 'high', message: expect.stringContaining('member of the organization') },
    ]);
    expect(judge({ purposes: ['signup'], data: [{ ...account, auth: 'identity' }] })).toEqual([]);
  });

  describe('asks whether a row is meant to be made by strangers', () => {
    const form = write({
      name: 'organisation_requests',
      operation: 'create',
      subject: 'private',
      inputs: [],
      writes: ['orgName', 'email'],
      chosen: ['orgName', 'email'],
    });
    const order = write({ name: 'orders', operation: 'create', scope: 'owner', inputs: [], writes: ['userId', 'total'] });

    it.each([
      ['an application with an address in it', [form]],
      ['an order of whoever is signed in, or of nobody', [order]],
      [
        'a visit, and the row that the visitor’s cookie names',
        [{ ...order, name: 'visits' }, write({ name: 'visits', inputs: [{ column: 'id', source: 'cookie' }] })],
      ],
      ['that somebody looked at a page', [{ ...order, name: 'reaction', scope: 'none', chosen: ['pageNumber'] }]],
      ['a visitor by their address', [{ ...form, name: 'viewers' }]],
      [
        'a new code for an address instead of the old one',
        [
          write({ name: 'verificationToken', operation: 'delete', inputs: [{ column: 'identifier', source: 'body' }] }),
          write({ name: 'verificationToken', operation: 'create', inputs: [], chosen: ['identifier'] }),
        ],
      ],
    ] as const)('%s', (_, data) => {
      expect(judge({ data })).toMatchObject([{ outcome: 'fail', severity: 'medium', message: expect.stringContaining('Is that meant') }]);
      expect(judge({ data, rateLimit: { level: 'none', what: 'limiter', place: {} } })).toMatchObject([{ severity: 'low' }]);
    });

    it.each<[string, Partial<Route>]>([
      ['it chooses a role', { data: [{ ...form, chosen: ['email', 'role'] }] }],
      ['it chooses whose it is', { data: [{ ...order, chosen: ['company_id'] }] }],
      ['it takes every field', { data: [{ ...form, wholeInput: 'body' }] }],
      ['it changes rows as well', { data: [form, write()] }],
      ['it holds no address', { data: [{ ...form, chosen: ['orgName'] }] }],
      ['it is no form', { data: [{ ...form, name: 'invoices' }] }],
      ['an order is somebody else’s', { data: [{ ...order, scope: 'none' }] }],
      ['the caller chooses the code', { data: [write({ name: 'verificationToken', operation: 'create', chosen: ['token'] })] }],
      [
        'any code is deleted',
        { data: [write({ name: 'verificationToken', operation: 'delete', inputs: [{ column: 'id', source: 'path' }] })] },
      ],
      ['a visit is changed', { data: [write({ name: 'views' })] }],
      ['it is the administrator’s', { data: [form], purposes: ['admin'] }],
      ['it makes an account', { data: [{ ...form, name: 'signups', writes: ['email', 'password'] }] }],
    ])('not where %s', (_, route) => {
      expect(judge(route)).toMatchObject([{ outcome: 'fail', message: expect.not.stringContaining('Is that meant') }]);
      expect(judge(route)[0]?.severity).not.toBe('medium');
    });
  });

  it('lets a read make the defaults it looked for', () => {
    const made = write({ name: 'settings', operation: 'create', inputs: [] });
    const read = write({ name: 'settings', operation: 'read', inputs: [] });
    const get = (data: readonly DataAccess[], more: Partial<Route> = {}) => judge({ method: 'GET', data, ...more });
    expect(get([read, made])).toMatchObject([{ severity: 'low', message: expect.stringContaining('no such row yet') }]);
    for (const found of [
      get([made]),
      get([read, { ...made, chosen: ['plan'] }]),
      get([read, { ...made, operation: 'update' }]),
      get([read, made], { method: 'POST' }),
      get([read, made], { purposes: ['cron'] }),
    ])
      expect(found[0]?.message).not.toContain('no such row yet');
  });

  it('names each table once, the first three of them', () => {
    const names = ['a', 'b', 'a', 'c', 'd'].map((name) => write({ name }));
    expect(judge({ data: names })[0]?.message).toContain('changes a, changes b, changes c and 1 more for anybody');
    expect(judge({ data: [write({ name: '*' })] })[0]?.message).toContain('changes a table for anybody');
  });

  it('judges the weakest of several writes', () => {
    const found = judge({ data: [write({ auth: 'role' }), write({ name: 'logs', auth: 'presence', place: { file: 'l.ts', line: 2 } })] });
    expect(found).toMatchObject([{ outcome: 'fail', place: { file: 'l.ts', line: 2 } }]);
    expect(found[0]?.message).toContain('changes logs for anybody who sends some token');
    expect(judge({ data: [write({ auth: 'unverified-session' })] })).toMatchObject([{ outcome: 'pass' }]);
  });

  it('does not accuse what it could not follow', () => {
    expect(judge({ unresolved: [{ what: 'withAuth', why: 'x' }] })).toMatchObject([
      { outcome: 'unknown', toKnow: expect.stringContaining('withAuth') },
    ]);
  });
});

describe('a log that strangers add to', () => {
  const kept = { operation: 'create', name: 'admin_audit_events' } as const;
  const severity = (change: Partial<DataAccess>) =>
    judge({ id: 'POST /api/admin/enter', path: '/api/admin/enter', purposes: ['admin'], data: [write({ ...kept, ...change })] })[0];

  it('is a question where it holds what every request says of the caller', () => {
    expect(severity({ chosen: ['requestIp', 'user_agent'] })).toMatchObject({ outcome: 'fail', severity: 'medium' });
  });

  it.each([
    ['its text is theirs', { chosen: ['message'] }],
    ['all of it is theirs', { wholeInput: 'body' as const }],
    ['it is changed', { operation: 'update' as const }],
    ['it is no log', { name: 'events' }],
  ])('is a hole where %s', (_, change) => {
    expect(severity(change)?.severity).not.toBe('medium');
  });
});
