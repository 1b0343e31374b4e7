import { describe, expect, it } from 'vitest';
import type { DataAccess, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { objectWithoutOwnership } from './object-without-ownership.ts';

const tied = sampleRoute({ id: 'PATCH /api/invoices/:id', data: [sampleAccess({ operation: 'update', scope: 'tenant' })] });
const judgeAll = (...routes: Route[]) => [...objectWithoutOwnership.evaluate({ inventory: sampleInventory(...routes) })];
const judge = (access: Partial<DataAccess>, route: Partial<Route> = {}) =>
  judgeAll(tied, sampleRoute({ data: [sampleAccess(access)], ...route })).filter(({ subject }) => subject !== tied.id);

describe('audit/object-without-ownership', () => {
  it.each<[string, Partial<DataAccess>, Partial<Route>, string]>([
    ['rows of tenants by id', {}, {}, 'blocker'],
    ['rows of persons by id', { subject: 'owner' }, {}, 'high'],
    ['a change by id of the body', { operation: 'delete', inputs: [{ column: 'id', source: 'body' }] }, {}, 'blocker'],
    [
      'a row made for a tenant of the caller’s choosing',
      { operation: 'create', inputs: [{ column: 'organization_id', source: 'body' }] },
      {},
      'blocker',
    ],
    ['a reset of whoever’s password by id', {}, { purposes: ['reset'] }, 'blocker'],
    ['a search by mail outside a login', { inputs: [{ column: 'email', source: 'query' }] }, {}, 'blocker'],
    ['an unverified session', { auth: 'unverified-session' }, {}, 'blocker'],
    ['an owner of one tenant', { auth: 'role', scope: 'role' }, { roles: ['owner'] }, 'blocker'],
    ['administrators, but members as well', { auth: 'role', scope: 'role' }, { roles: ['admin', 'member'] }, 'blocker'],
    ['staff of one tenant among several', { auth: 'role', scope: 'role', insiders: true }, { roles: ['staff'] }, 'blocker'],
  ])('fails: %s', (_, access, route, severity) => {
    expect(judge(access, route)).toMatchObject([{ outcome: 'fail', severity, subject: 'GET /api/invoices/:id' }]);
  });

  it.each<[string, Partial<DataAccess>, Partial<Route>]>([
    ['a tie to the person', { scope: 'owner' }, {}],
    ['an administrator of the platform', { auth: 'role', scope: 'role' }, { roles: ['super_admin'] }],
    ['a role on an administrator’s route', { auth: 'role', scope: 'role' }, { roles: ['staff'], purposes: ['admin'] }],
    ['a role without a name', { auth: 'role', scope: 'role' }, { roles: [] }],
    ['a value of a header alone', { operation: 'update', inputs: [{ column: 'id', source: 'header' }] }, {}],
    ['a login that looks the caller up', { inputs: [{ column: 'email', source: 'body' }] }, { purposes: ['login'] }],
    ['an own row added', { operation: 'create', inputs: [] }, {}],
    ['a person’s list, which is short of one filter only', { subject: 'owner', inputs: [] }, {}],
    ['a database function, which is judged where it is written', { kind: 'rpc' }, {}],
  ])('passes: %s', (_, access, route) => {
    expect(judge(access, route)).toMatchObject([{ outcome: 'pass' }]);
  });

  it.each<[string, Partial<DataAccess>]>([
    ['row-level security decides', { client: 'user' }],
    ['nobody owns the rows', { subject: 'public' }],
    ['nobody is signed in: other checks speak', { auth: 'none' }],
    ['a token merely exists', { auth: 'presence' }],
  ])('says nothing where %s', (_, access) => {
    expect(judge(access)).toEqual([]);
  });

  it('names the columns, or that there is no filter at all', () => {
    expect(judge({})[0]?.message).toContain('reads invoices by id alone');
    expect(judge({ inputs: [] })[0]?.message).toContain('reads invoices of all customers');
  });

  it('asks instead of accusing where a filter or a call could not be followed', () => {
    expect(judge({ scope: 'unknown' })).toMatchObject([{ outcome: 'unknown', severity: 'medium', toKnow: expect.any(String) }]);
    expect(judge({}, { unresolved: [{ what: 'scoped', why: 'x' }] })).toMatchObject([{ outcome: 'unknown', severity: 'medium' }]);
  });
});

describe('a read that may be meant', () => {
  it.each<[string, Partial<DataAccess>]>([
    ['people find each other by address', { name: 'users', inputs: [{ column: 'email', source: 'body' }] }],
    ['an invitation by the id in its link', { name: 'invitation', inputs: [{ column: 'id', source: 'query' }] }],
  ])('is asked: %s', (_, access) => {
    const kept = sampleRoute({ id: 'PATCH /api/own', data: [sampleAccess({ ...access, operation: 'update', scope: 'tenant' })] });
    const found = (other: Partial<DataAccess>): unknown =>
      judgeAll(kept, sampleRoute({ data: [sampleAccess({ ...access, ...other })] }))[1];
    expect(found({})).toMatchObject({ outcome: 'unknown', severity: 'medium', toKnow: expect.any(String) });
    expect(found({ operation: 'update' })).toMatchObject({ outcome: 'fail' });
    expect(found({ inputs: [{ column: 'organization_id', source: 'body' }] })).toMatchObject({ outcome: 'fail' });
  });

  it('is asked where another route shows the rows to anybody', () => {
    const listing = (access: Partial<DataAccess>): Route =>
      sampleRoute({ id: 'GET /listing', auth: 'none', data: [sampleAccess({ auth: 'none', scope: 'none', inputs: [], ...access })] });
    const one = sampleRoute({ data: [sampleAccess({})] });
    const outcomes = (access: Partial<DataAccess>): unknown[] => judgeAll(tied, one, listing(access)).map(({ outcome }) => outcome);
    expect(outcomes({})).toEqual(['pass', 'unknown']);
    expect(outcomes({ name: 'posts' })).toEqual(['pass', 'fail']);
    expect(outcomes({ operation: 'create' })).toEqual(['pass', 'fail']);
    // A job that works on the rows shows them to nobody.
    const job = sampleRoute({ id: 'POST /jobs/send', method: 'POST', auth: 'none', data: [sampleAccess({ auth: 'none', inputs: [] })] });
    expect(judgeAll(tied, one, job).map(({ outcome }) => outcome)).toContain('fail');
  });

  it('is asked where only what could be on a public page leaves, and passes where nothing does', () => {
    expect(judge({ leaves: 'content' })).toMatchObject([{ outcome: 'unknown', severity: 'medium' }]);
    expect(judge({ leaves: 'content', inputs: [] })[0]?.message).toContain('reads invoices, for any signed-in user');
    expect(judge({ leaves: 'nothing' })).toMatchObject([{ outcome: 'pass' }]);
    expect(judge({ leaves: 'private' })).toMatchObject([{ outcome: 'fail' }]);
    expect(judge({ leaves: 'nothing', operation: 'delete' })).toMatchObject([{ outcome: 'fail' }]);
  });

  it('hides no other row that the route reaches', () => {
    const data = [sampleAccess({ name: 'users', inputs: [{ column: 'email', source: 'body' }] }), sampleAccess({})];
    expect(judgeAll(tied, sampleRoute({ data }))).toMatchObject([{ outcome: 'pass' }, { outcome: 'fail' }]);
  });
});

describe('the message', () => {
  it('does not speak of any user where a role is asked for', () => {
    const told = judge({ auth: 'role', scope: 'role' }, { roles: ['owner'] })[0]?.message;
    expect(told).toContain('whoever has the role');
    expect(told).not.toContain('any signed-in user');
  });
});

describe('an app of one business', () => {
  const own = sampleRoute({
    id: 'PATCH /api/plans/:id',
    data: [sampleAccess({ name: 'plans', subject: 'owner', scope: 'owner', operation: 'update' })],
  });
  const plans = (change: Partial<DataAccess>, ...roles: string[]) =>
    sampleRoute({
      id: 'GET /api/plans/:id',
      auth: 'role',
      roles,
      data: [sampleAccess({ name: 'plans', subject: 'owner', auth: 'role', scope: 'role', ...change })],
    });
  const about = (...routes: Route[]) => judgeAll(...routes).filter(({ outcome }) => outcome !== 'pass');

  it('asks once who holds the roles that are no customer’s', () => {
    expect(about(own, plans({ insiders: true }, 'staff', 'trainer'))).toMatchObject([
      { outcome: 'unknown', severity: 'medium', subject: 'own staff', proof: [expect.anything()] },
    ]);
  });

  it('tells where customers get there too, or where there are tenants', () => {
    expect(about(own, plans({}, 'staff', 'member'))).toMatchObject([{ outcome: 'fail', severity: 'high' }]);
    expect(about(own, tied, plans({ insiders: true }, 'staff'))).toMatchObject([{ outcome: 'fail', severity: 'high' }]);
  });

  it('leaves administrators in peace', () => {
    expect(about(own, plans({ insiders: true }, 'staff', 'admin'))).toEqual([]);
  });
});

describe('an app in which one team signs in', () => {
  it('is not told by people looking up their own profile', () => {
    const profile = sampleRoute({
      id: 'GET /api/me',
      data: [sampleAccess({ name: 'profiles', subject: 'owner', scope: 'owner', inputs: [] })],
    });
    const others = sampleRoute({ id: 'GET /api/people/:id', data: [sampleAccess({ name: 'profiles', subject: 'owner' })] });
    expect(judgeAll(profile, others).map(({ outcome }) => outcome)).toEqual(['pass', 'unknown']);
  });

  const loose = (name: string): Route => sampleRoute({ id: `GET /api/${name}`, data: [sampleAccess({ name })] });

  it('is asked once, however many routes show every row', () => {
    const found = judgeAll(loose('orders'), loose('customers'));
    expect(found).toMatchObject([
      { outcome: 'unknown', subject: 'one team', severity: 'high', toKnow: expect.stringContaining('who signs in') },
    ]);
    expect(found[0]?.message).toContain('2 routes (e.g. GET /api/orders) show any signed-in user every row');
    expect(judgeAll(loose('orders'))[0]?.message).toContain('GET /api/orders shows any signed-in user every row');
  });

  it('is told by the same table tied in another place, whatever its case', () => {
    const elsewhere = sampleRoute({ id: 'GET /api/mine', data: [sampleAccess({ name: 'Orders', scope: 'tenant' })] });
    expect(judgeAll(elsewhere, loose('orders')).map(({ outcome }) => outcome)).toEqual(['pass', 'fail']);
    const created = sampleRoute({
      id: 'POST /api/orders',
      data: [
        sampleAccess({ name: 'orders', operation: 'create', scope: 'tenant', inputs: [] }),
        sampleAccess({ name: 'orders', operation: 'update', scope: 'tenant', inputs: [] }),
      ],
    });
    // Every app writes the creator down and may finish the row it has just made: that alone is no habit of tying.
    expect(judgeAll(created, loose('orders')).map(({ outcome }) => outcome)).toEqual(['pass', 'unknown']);
  });

  it('is told for the list of customers by other tables that are kept apart by customer', () => {
    const kept = ['leads', 'files', 'tasks'].map((name) =>
      sampleRoute({ id: `GET /api/my/${name}`, data: [sampleAccess({ name, scope: 'tenant' })] }),
    );
    // Too few of all for a habit.
    const many = Array.from({ length: 10 }, (_, at) => loose(`t${at}`));
    const outcome = (name: string, others: Route[]): unknown =>
      judgeAll(...others, ...many, loose(name)).find(({ subject }) => subject === `GET /api/${name}`)?.outcome;
    expect(outcome('organizations', kept)).toBe('fail');
    expect(outcome('organizations', kept.slice(1))).toBeUndefined();
    expect(outcome('drafts', kept)).toBeUndefined();
  });

  it('is told for every table of a customer by many that are kept apart', () => {
    const kept = ['leads', 'files', 'tasks', 'calls', 'deals'].map((name) =>
      sampleRoute({ id: `GET /api/my/${name}`, data: [sampleAccess({ name, scope: 'tenant' })] }),
    );
    const many = Array.from({ length: 15 }, (_, at) => loose(`t${at}`));
    const outcome = (others: Route[]): unknown =>
      judgeAll(...others, ...many, loose('drafts')).find(({ subject }) => subject === 'GET /api/drafts')?.outcome;
    expect(outcome(kept)).toBe('fail');
    expect(outcome(kept.slice(1))).toBeUndefined();
  });

  it('is told by any of the tables that a route reaches', () => {
    const elsewhere = sampleRoute({ id: 'GET /api/mine', data: [sampleAccess({ name: 'orders', scope: 'tenant' })] });
    const several = sampleRoute({ id: 'POST /api/act', data: [sampleAccess({ name: 'drafts' }), sampleAccess({ name: 'orders' })] });
    expect(judgeAll(elsewhere, several)).toMatchObject([
      { outcome: 'pass' },
      { outcome: 'fail', subject: 'POST /api/act', message: expect.stringContaining('orders') },
    ]);
  });

  it('is told by the habit of tying other tables', () => {
    const habit = ['a', 'b', 'c'].map((name) => sampleRoute({ id: `GET /api/${name}`, data: [sampleAccess({ name, scope: 'tenant' })] }));
    expect(judgeAll(...habit, loose('orders')).at(-1)).toMatchObject({ outcome: 'fail', subject: 'GET /api/orders' });
    const many = Array.from({ length: 8 }, (_, at) => loose(`t${at}`));
    expect(judgeAll(...habit, ...many).filter(({ outcome }) => outcome === 'fail')).toEqual([]);
  });

  it('does not take the caller’s own token for a tie: the policies behind it may let any signed-in user through', () => {
    const own = sampleRoute({ id: 'GET /api/own', data: [sampleAccess({ name: 'orders', client: 'user' })] });
    expect(judgeAll(own, loose('orders'))).toMatchObject([{ outcome: 'unknown', subject: 'one team' }]);
  });
});
