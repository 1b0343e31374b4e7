import { describe, expect, it } from 'vitest';
import type { DatabaseSource, Nature, Policy, Predicate, Rows, Table, Verb } from '../../evidence/database.ts';
import { sampleDatabase, samplePolicy, sampleReach, sampleTable } from '../../evidence/database-samples.ts';
import { rlsAlwaysTrue } from './rls-always-true.ts';

const always: Predicate = { text: 'true', kind: 'always', columns: [] };
const nature = (kind: Nature['kind'], why = 'its columns'): Partial<Table> => ({ nature: { kind, why } });

/** A table whose policy of this name lets everybody do one thing. */
function judge(
  verb: Verb,
  who: 'anon' | 'authenticated',
  {
    table = {},
    policy = {},
    predicate = always,
    rows = 'all',
    signUp = 'unknown',
  }: { table?: Partial<Table>; policy?: Partial<Policy>; predicate?: Predicate; rows?: Rows; signUp?: DatabaseSource['signUp'] } = {},
) {
  const open = samplePolicy({
    name: 'p',
    command: verb,
    roles: who === 'anon' ? ['public'] : ['authenticated'],
    sql: 'create policy p ...',
    ...(verb === 'insert' ? { check: predicate, using: undefined } : { using: predicate }),
    ...policy,
  } as Partial<Policy>);
  const reach = sampleReach({ [verb]: rows }, [open.name]);
  const access = { anon: who === 'anon' ? reach : sampleReach(), authenticated: reach };
  const tables = [sampleTable({ policies: [open], access, ...table })];
  const databases = sampleDatabase().databases.map((one) => ({ ...one, signUp }));
  return [...rlsAlwaysTrue.evaluate({ database: sampleDatabase({ tables, databases }) })];
}

describe('audit/rls-always-true', () => {
  it.each<[Verb, 'anon' | 'authenticated', Partial<Table>, string | undefined]>([
    ['select', 'anon', {}, 'blocker'],
    ['select', 'authenticated', {}, 'high'],
    ['update', 'anon', {}, 'blocker'],
    ['delete', 'authenticated', {}, 'high'],
    ['insert', 'anon', {}, 'high'],
    ['insert', 'authenticated', {}, 'medium'],
    ['select', 'anon', nature('content'), undefined],
    ['select', 'anon', nature('reference'), undefined],
    ['update', 'anon', nature('reference'), 'high'],
    ['update', 'authenticated', nature('content'), 'medium'],
    ['insert', 'anon', nature('intake'), undefined],
    ['insert', 'anon', nature('log'), 'low'],
    ['select', 'anon', nature('intake'), 'blocker'],
    ['select', 'anon', nature('listing'), 'medium'],
    ['select', 'authenticated', nature('log'), 'medium'],
    ['select', 'anon', nature('private', 'its name'), 'medium'],
    ['update', 'anon', nature('private', 'its name'), 'high'],
    ['select', 'authenticated', { decides: ['role'], holds: [] }, 'low'],
  ])('weighs %s by %s of %j: %s', (verb, who, table, severity) => {
    const [found] = judge(verb, who, { table });
    expect(found).toMatchObject(severity === undefined ? { outcome: 'pass' } : { outcome: 'fail', severity });
  });

  it('says when it is fine that every account reaches it, and weighs less where nobody can sign up', () => {
    const [found] = judge('select', 'authenticated');
    expect(found?.message).toMatch(/^Everybody with an account can read .* fine only if the app serves a single company/);
    expect(judge('select', 'authenticated', { signUp: 'closed' })).toMatchObject([{ severity: 'medium' }]);
    expect(judge('select', 'anon', { signUp: 'closed' })).toMatchObject([{ severity: 'blocker' }]);
  });

  it('names the policy, who gets through, and shows its SQL', () => {
    const [found] = judge('select', 'anon', { policy: { name: 'Invoices', sql: 'create policy "Invoices" ...' } });
    expect(found).toMatchObject({ subject: 'table supabase:invoices', place: { line: 31, name: 'invoices' } });
    expect(found?.message).toBe(
      'Anybody on the internet, without an account, can read every row of invoices: the condition of "Invoices" is always true. It holds amounts of money.',
    );
    expect(found?.proof).toMatchObject([{ kind: 'code', text: 'create policy "Invoices" ...', place: { line: 31 } }]);
    expect(found?.fix).toContain('drop policy "Invoices" on public.invoices;');
    expect(judge('insert', 'anon')[0]?.message).toContain("can add rows to invoices in anybody's name");
  });

  it.each([
    ['Service role full access', 'the service role never needed it'],
    ['Allow authenticated users', 'does not do what its name says'],
    ['p', undefined],
  ])('calls out %s without TO', (name, remark) => {
    const message = judge('update', 'anon', { policy: { name } })[0]?.message ?? '';
    if (remark === undefined) expect(message).not.toContain('TO clause');
    else expect(message).toContain(remark);
  });

  it('takes a policy for the public by its word where nothing personal is behind it', () => {
    expect(judge('select', 'anon', { policy: { name: 'Public read' }, table: { holds: [] } })).toMatchObject([{ outcome: 'pass' }]);
    expect(judge('select', 'anon', { policy: { name: 'Public read' }, table: { holds: ['contact'] } })).toMatchObject([
      { outcome: 'fail', severity: 'blocker' },
    ]);
    expect(judge('select', 'anon', { policy: { name: 'Staff only' }, table: nature('content') })).toMatchObject([
      { outcome: 'fail', severity: 'low' },
    ]);
  });

  it.each<[Verb, 'anon' | 'authenticated', Rows, Partial<Table>, string | undefined]>([
    ['select', 'anon', 'condition', { holds: ['contact'] }, 'high'],
    ['select', 'anon', 'condition', { holds: ['secret'] }, 'blocker'],
    ['select', 'anon', 'condition', { holds: [] }, 'medium'],
    ['select', 'authenticated', 'condition', { holds: ['contact'] }, 'medium'],
    ['update', 'anon', 'condition', {}, 'high'],
    ['insert', 'anon', 'condition', {}, 'low'],
    ['select', 'authenticated', 'flagged', {}, undefined],
    ['select', 'anon', 'flagged', { holds: ['contact'] }, 'medium'],
    ['select', 'anon', 'condition', nature('content'), undefined],
  ])('weighs %s by %s of rows that meet a condition (%s, %j): %s', (verb, who, rows, table, severity) => {
    const predicate: Predicate = { text: 'expires_at > now()', kind: 'row-condition', columns: ['expires_at'] };
    const [found] = judge(verb, who, { rows, table, predicate });
    expect(found).toMatchObject(severity === undefined ? { outcome: 'pass' } : { outcome: 'fail', severity });
    if (severity !== undefined) expect(found?.message).toContain('never asks who is calling (expires_at > now())');
  });

  it('leaves policies that ask for an account to their own check', () => {
    const predicate: Predicate = { text: "auth.role() = 'authenticated'", kind: 'authenticated', columns: [] };
    expect(judge('select', 'authenticated', { predicate })).toMatchObject([{ outcome: 'pass' }]);
  });

  it('asks where a policy or its table was not understood', () => {
    expect(judge('select', 'anon', { policy: { uncertain: 'made by dynamic SQL' } })).toMatchObject([
      { outcome: 'unknown', severity: 'blocker', message: expect.stringContaining('made by dynamic SQL') },
    ]);
    expect(judge('select', 'anon', { table: { uncertain: 'a loop' } })).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('says nothing about tables without policies, without row-level security or out of reach', () => {
    for (const table of [{ policies: [] }, { rls: 'off' as const }, { exposed: false }])
      expect(judge('select', 'anon', { table })).toEqual([]);
  });

  it('speaks of live channels as channels', () => {
    const table = { schema: 'realtime', name: 'messages' };
    const [found] = judge('select', 'authenticated', { table });
    expect(found?.message).toContain('Everybody with an account can listen to the private live channels of everybody');
    expect(found?.fix).toContain('realtime.topic()');
    expect(judge('insert', 'authenticated', { table })[0]?.message).toContain('send to the private live channels');
  });

  it('suggests whose rows they are', () => {
    const owner = { kind: 'owner' as const, column: 'created_by', why: 'created_by refers to auth.users' };
    expect(judge('select', 'anon', { table: { tenancy: owner } })[0]?.fix).toContain('created_by = (select auth.uid())');
    expect(judge('select', 'anon')[0]?.fix).toContain('compares organization_id with the organisation');
  });
});

describe('what a refused try refutes', () => {
  const suspects = (...args: Parameters<typeof judge>) => judge(...args)[0]?.suspects;
  const name = 'table supabase:public.invoices select as anon';
  const odd: Predicate = { ...always, text: 'id = id', note: 'it compares a column with itself' };

  it('is that everybody reaches every row', () => {
    expect(suspects('select', 'anon')).toEqual([{ access: name, refutable: true }]);
    expect(suspects('insert', 'authenticated')).toEqual([
      { access: 'table supabase:public.invoices insert as authenticated', refutable: true },
    ]);
    expect(suspects('select', 'authenticated', { table: { schema: 'realtime', name: 'messages' } })).toEqual([
      { access: 'channel supabase:realtime.messages select as authenticated', refutable: true },
    ]);
  });

  it('is not that he reaches what meets a condition, what he says of himself, or what only looks like it: another row may get through', () => {
    const condition: Predicate = { text: 'archived', kind: 'row-condition', columns: ['archived'] };
    expect(suspects('select', 'anon', { predicate: condition, rows: 'condition' })).toEqual([{ access: name }]);
    expect(suspects('select', 'anon', { rows: 'self-declared' })).toEqual([{ access: name }]);
    expect(suspects('select', 'anon', { predicate: odd })).toEqual([{ access: name }]);
  });
});
