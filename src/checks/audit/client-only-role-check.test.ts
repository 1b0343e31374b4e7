import { describe, expect, it } from 'vitest';
import { sampleDatabase, samplePolicy, sampleReach, sampleTable } from '../../evidence/database-samples.ts';
import type { Rows, Table } from '../../evidence/database.ts';
import type { ClientAccess, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { clientOnlyRoleCheck } from './client-only-role-check.ts';

const gate = { place: { file: 'src/Team.tsx', line: 4 }, what: "role === 'owner'", roles: ['owner'], except: false };
const access = (change: Partial<ClientAccess> = {}): ClientAccess => ({
  kind: 'table',
  name: 'invoices',
  operation: 'delete',
  place: { file: 'src/Team.tsx', line: 9 },
  gate,
  ...change,
});
const judge = (accesses: readonly ClientAccess[], tables: readonly Table[] = [], routes: readonly Route[] = []) => [
  ...clientOnlyRoleCheck.evaluate({
    client: { accesses, roleGates: [], gaps: [] },
    database: sampleDatabase({ tables }),
    inventory: sampleInventory(...routes),
  }),
];
/** A table without money in it, of which an account without a role deletes these rows. */
const table = (rows: Rows, change: Partial<Table> = {}): Table =>
  sampleTable({
    name: 'notes',
    holds: [],
    withoutRole: sampleReach({ delete: rows, select: 'tenant' }, ['p']),
    policies: [samplePolicy({ name: 'p' })],
    ...change,
  });
const notes = access({ name: 'notes' });

describe('audit/client-only-role-check: tables', () => {
  it.each<[Rows, string | undefined]>([
    ['all', 'fail'],
    ['tenant', 'fail'],
    ['self-declared', 'fail'],
    ['own', 'pass'],
    ['none', 'pass'],
    ['flagged', undefined],
    ['condition', undefined],
    ['other', undefined],
    ['unknown', undefined],
  ])('rows reached without a role: %s', (rows, outcome) => {
    expect(judge([notes], [table(rows)])[0]?.outcome).toBe(outcome);
  });

  it.each<[string, Partial<Table>, string]>([
    ['notes', {}, 'medium'],
    ['roles', { decides: ['role'] }, 'high'],
    ['memberships', { tenancy: { kind: 'membership', column: 'organization_id', why: 'x' } }, 'high'],
    ['money', { holds: ['money'] }, 'high'],
    ['a name that says so', { name: 'user_invites' }, 'high'],
  ])('weighs %s', (_, change, severity) => {
    expect(judge([access({ name: change.name ?? 'notes' })], [table('tenant', change)])).toMatchObject([{ outcome: 'fail', severity }]);
  });

  it('says who can do what, shows both places, and stands at the policy', () => {
    const [found] = judge([notes], [table('tenant')]);
    expect(found).toMatchObject({
      subject: 'table supabase:notes',
      message: 'Only the screen keeps this to owner: the database lets every member of the organisation delete notes, whatever the role.',
      place: { line: 31, name: 'notes' },
    });
    expect(found?.proof?.map(({ kind, ...rest }) => ('text' in rest ? rest.text.slice(0, 40) : kind))).toEqual([
      "Shown to owner only: role === 'owner'",
      'What it hides: delete notes',
      'create policy "Members read invoices" on',
    ]);
    expect(judge([notes], [table('all')])[0]?.message).toContain('every signed-in user delete notes');
  });

  it('makes one finding of all verbs, whatever lines they are on', () => {
    const open = table('tenant', { withoutRole: sampleReach({ delete: 'tenant', update: 'tenant', insert: 'none' }, ['p']) });
    const found = judge([notes, access({ name: 'notes', operation: 'update' }), access({ name: 'notes', operation: 'create' })], [open]);
    expect(found).toMatchObject([{ subject: 'table supabase:notes', message: expect.stringContaining('delete and change notes') }]);
  });

  it('is silent where an open way leads to it, strangers reach it too, or the table is not known', () => {
    const { gate: _, ...open } = notes;
    expect(judge([notes, open], [table('tenant')])).toEqual([]);
    expect(judge([notes], [table('all', { access: { anon: sampleReach({ delete: 'all' }), authenticated: sampleReach() } })])).toEqual([]);
    expect(judge([notes], [table('all', { exposed: false })])).toEqual([]);
    expect(judge([notes], [table('all'), table('all', { database: 'other' })])).toEqual([]);
    expect(judge([notes])).toEqual([]);
  });

  it('counts reading only where it shows what belongs to others', () => {
    const read = access({ operation: 'read' });
    const seen = (rows: Rows, change: Partial<Table> = {}) =>
      judge([read], [sampleTable({ withoutRole: sampleReach({ select: rows }, ['Members read invoices']), ...change })]);
    expect(seen('all')).toMatchObject([{ outcome: 'fail', severity: 'medium', message: expect.stringContaining('read invoices') }]);
    expect(seen('tenant')).toEqual([]);
    expect(seen('all', { nature: { kind: 'reference', why: 'x' } })).toEqual([]);
    expect(seen('all', { holds: [] })).toEqual([]);
  });

  it('asks where the policies are not known and much hangs on it', () => {
    const hidden = { rls: 'unknown', policies: [], withoutRole: sampleReach({ delete: 'unknown' }) } as const;
    expect(judge([access()], [sampleTable(hidden)])).toMatchObject([
      { outcome: 'unknown', severity: 'high', toKnow: expect.stringContaining('db dump') },
    ]);
    expect(judge([notes], [table('unknown', hidden)])).toEqual([]);
    expect(
      judge(
        [access()],
        [sampleTable({ ...hidden, withoutRole: sampleReach({ delete: 'all' }), uncertain: 'a statement was not understood' })],
      ),
    ).toMatchObject([{ outcome: 'unknown' }]);
  });
});

describe('audit/client-only-role-check: routes', () => {
  const call = access({ kind: 'api', name: '/members/:param/role', method: 'POST', operation: 'create' });
  const write = sampleAccess({ name: 'memberships', operation: 'update', scope: 'tenant' });
  const route = (change: Partial<Route> = {}): Route =>
    sampleRoute({ id: 'POST /members/:id/role', path: '/members/:id/role', method: 'POST', data: [write], ...change });
  const found = (change: Partial<Route> = {}) => judge([call], [], [route(change)]);

  it('fails where the route asks who is calling and nothing more', () => {
    expect(found()).toMatchObject([
      {
        outcome: 'fail',
        severity: 'high',
        subject: 'POST /members/:id/role',
        message:
          'Only the screen keeps this to owner: POST /members/:id/role changes memberships for every member of the organisation, whatever the role.',
      },
    ]);
    expect(found({ data: [{ ...write, name: 'notes', scope: 'none' }] })).toMatchObject([
      { outcome: 'fail', severity: 'medium', message: expect.stringContaining('every signed-in user') },
    ]);
    expect(found({ data: [sampleAccess({ scope: 'tenant' })] })).toMatchObject([
      { outcome: 'fail', severity: 'medium', message: expect.stringContaining('reads invoices') },
    ]);
  });

  it.each<[string, Partial<Route>]>([
    ['a role', { auth: 'role', roles: ['owner'], data: [{ ...write, auth: 'role' }] }],
    ['a role on some way', { roles: ['owner'] }],
    ['a guard of a role', { guards: [{ level: 'role', what: 'requireOwner()', place: { file: 'a.ts', line: 1 } }] }],
  ])('passes where the route asks for %s', (_, change) => {
    expect(found(change)).toMatchObject([{ outcome: 'pass', subject: 'POST /members/:id/role' }]);
  });

  it.each<[string, Partial<Route>]>([
    ['it could not be followed', { unresolved: [{ what: 'can', why: 'x' }] }],
    ['anybody may call it: other checks speak', { data: [{ ...write, auth: 'none' }] }],
    ['the session is not verified: another check speaks', { data: [{ ...write, auth: 'unverified-session' }] }],
    ['row-level security decides', { data: [{ ...write, client: 'user' }] }],
    ['it touches the caller’s own rows', { data: [{ ...write, scope: 'owner' }] }],
    ['it does nothing we know of', { data: [] }],
    ['it reads who may do what', { data: [sampleAccess({ name: 'role_permissions' }), write] }],
    [
      'it finds a thing that names the caller',
      { guards: [{ level: 'tenant', what: 'stores row ties the caller to id', place: { file: 'a.ts', line: 1 } }] },
    ],
    ['it is about the caller', { path: '/me', id: 'POST /me' }],
  ])('is silent where %s', (_, change) => {
    const own = change.path === undefined ? call : { ...call, name: change.path };
    expect(judge([own], [], [route(change)])).toEqual([]);
  });

  it('takes a membership of the caller for what it is', () => {
    expect(
      found({
        auth: 'tenant',
        guards: [{ level: 'tenant', what: 'membership row ties the caller to organizationId', place: { file: 'a.ts', line: 1 } }],
        data: [{ ...write, auth: 'tenant' }],
      }),
    ).toMatchObject([{ outcome: 'fail' }]);
  });

  it('knows functions and server actions', () => {
    const fn = sampleRoute({
      id: 'POST /functions/v1/set-plan',
      kind: 'edge-function',
      path: '/functions/v1/set-plan',
      data: [sampleAccess({ operation: 'update', client: 'service' })],
    });
    expect(judge([access({ kind: 'function', name: 'set-plan', operation: 'call' })], [], [fn])).toMatchObject([
      { outcome: 'fail', subject: fn.id },
    ]);
    const action = sampleRoute({
      id: 'action app/a.ts save',
      kind: 'server-action',
      path: 'app/a.ts',
      data: [sampleAccess({ operation: 'update' })],
    });
    expect(judge([access({ kind: 'action', name: action.id, operation: 'call' })], [], [action])).toMatchObject([
      { outcome: 'fail', subject: action.id },
    ]);
  });
});
