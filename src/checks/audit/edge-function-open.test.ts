import { describe, expect, it } from 'vitest';
import type { DataAccess, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { edgeFunctionOpen } from './edge-function-open.ts';

const id = 'POST /functions/v1/sync';
const access = (change: Partial<DataAccess> = {}): DataAccess => sampleAccess({ client: 'service', auth: 'none', ...change });
const judge = (route: Partial<Route>) => [
  ...edgeFunctionOpen.evaluate({
    inventory: sampleInventory(sampleRoute({ id, kind: 'edge-function', auth: 'none', guards: [], data: [access()], ...route })),
  }),
];
const guard = { level: 'identity', what: 'compare(secret)', place: { file: 'a.ts', line: 1 } } as const;

describe('audit/edge-function-open', () => {
  it.each<[string, Partial<Route>, string | undefined, string]>([
    ['verify_jwt off, customer rows', {}, undefined, 'verify_jwt is off'],
    ['verify_jwt on, customer rows', { data: [access({ auth: 'presence' })] }, 'high', 'public anon key'],
    ['verify_jwt off, rows of no customer', { data: [access({ operation: 'update', subject: 'unknown' })] }, 'high', 'verify_jwt is off'],
    [
      'a secret that is skipped while unset',
      { guards: [{ ...guard, skippedWhen: "!Deno.env.get('CRON_SECRET')" }] },
      'medium',
      'while CRON_SECRET is not set',
    ],
  ])('weighs %s', (_, route, severity, text) => {
    expect(judge(route)).toMatchObject([{ outcome: 'fail', subject: id, message: expect.stringContaining(text) }]);
    expect(judge(route)[0]?.severity).toBe(severity);
  });

  it('asks whether it is meant where only what could be on a public page leaves', () => {
    const menu = access({ name: 'products', leaves: 'content' });
    expect(judge({ data: [menu, access({ leaves: 'nothing' })] })).toMatchObject([{ outcome: 'fail', severity: 'medium' }]);
    expect(judge({ data: [menu, access({ leaves: 'private' })] })[0]?.severity).toBeUndefined();
    expect(judge({ data: [access({ leaves: 'nothing' })] })[0]?.severity).toBeUndefined();
  });

  it.each<[string, Partial<Route>]>([
    ['it is a route of another kind', { kind: 'http' }],
    ['it touches no data', { data: [] }],
    ['it reads what visitors may see', { data: [access({ subject: 'public' })] }],
    ['it stores what strangers hand in', { data: [access({ operation: 'create', subject: 'intake' })] }],
    ['it signs people in', { purposes: ['reset'] }],
    ['a webhook has a check of its own', { webhook: { provider: 'stripe', verification: 'verified', why: 'x' } }],
  ])('says nothing where %s', (_, route) => {
    expect(judge(route)).toEqual([]);
  });

  it('lets a function pass that leaves the decision to row-level security', () => {
    expect(judge({ data: [access({ client: 'anon' }), access({ client: 'user', operation: 'delete' })] })).toMatchObject([
      { outcome: 'pass' },
    ]);
  });

  it('says in the proof that the service key is used, and gives up on what it could not follow', () => {
    expect(judge({})[0]?.proof).toContainEqual(expect.objectContaining({ text: expect.stringContaining('with the service key') }));
    expect(judge({ unresolved: [{ what: 'assertCaller', why: 'x' }] })).toMatchObject([
      { outcome: 'unknown', toKnow: expect.stringContaining('assertCaller') },
    ]);
  });
});
