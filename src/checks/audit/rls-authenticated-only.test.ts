import { describe, expect, it } from 'vitest';
import type { DatabaseModel, Policy, Predicate, Table, Verb } from '../../evidence/database.ts';
import { sampleDatabase, samplePolicy, sampleReach, sampleTable } from '../../evidence/database-samples.ts';
import { rlsAuthenticatedOnly } from './rls-authenticated-only.ts';

const signedIn: Predicate = { text: 'auth.uid() is not null', kind: 'authenticated', columns: [] };

function judge(
  verbs: readonly Verb[],
  { table = {}, policy = {}, parts = {} }: { table?: Partial<Table>; policy?: Partial<Policy>; parts?: Partial<DatabaseModel> } = {},
) {
  const open = samplePolicy({ name: 'p', command: 'all', using: signedIn, sql: 'create policy p ...', ...policy });
  const reach = sampleReach(Object.fromEntries(verbs.map((verb) => [verb, 'all'])), [open.name]);
  const tables = [sampleTable({ policies: [open], access: { anon: sampleReach(), authenticated: reach }, ...table })];
  return [...rlsAuthenticatedOnly.evaluate({ database: sampleDatabase({ tables, ...parts }) })];
}
const [source] = sampleDatabase().databases;
const signUp = (state: 'open' | 'closed'): Partial<DatabaseModel> => ({ databases: source ? [{ ...source, signUp: state }] : [] });

describe('audit/rls-authenticated-only', () => {
  it.each<[readonly Verb[], Partial<Table>, string | undefined]>([
    [['select'], {}, 'high'],
    [['select', 'update'], {}, 'high'],
    [['insert'], {}, 'low'],
    [['select'], { nature: { kind: 'private', why: 'its name' } }, 'medium'],
    [['select'], { nature: { kind: 'intake', why: 'x' } }, 'high'],
    [['insert'], { nature: { kind: 'intake', why: 'x' } }, undefined],
    [['select'], { nature: { kind: 'log', why: 'x' } }, 'medium'],
    [['insert'], { nature: { kind: 'log', why: 'x' } }, 'low'],
    [['select'], { nature: { kind: 'content', why: 'x' } }, undefined],
    [['update'], { nature: { kind: 'reference', why: 'x' } }, 'low'],
  ])('weighs %j of %j: %s', (verbs, table, severity) => {
    expect(judge(verbs, { table })).toMatchObject([severity === undefined ? { outcome: 'pass' } : { outcome: 'fail', severity }]);
  });

  it('says when it is fine, and weighs less where nobody can sign up', () => {
    const [found] = judge(['select', 'delete']);
    expect(found).toMatchObject({ subject: 'table supabase:invoices', place: { line: 31, name: 'invoices' } });
    expect(found?.message).toBe(
      'Whoever signs up can read and delete every row of invoices: the policy asks for an account and nothing else. It holds amounts of money. This is fine only if the app serves a single company and nobody can sign up by himself.',
    );
    expect(found?.proof).toMatchObject([{ kind: 'code', text: 'create policy p ...' }]);
    expect(judge(['select'], { parts: signUp('closed') })).toMatchObject([{ severity: 'medium' }]);
    expect(judge(['select'], { parts: signUp('open') })).toMatchObject([{ severity: 'high' }]);
  });

  it('says what is wrong about a helper or about metadata', () => {
    expect(
      judge(['select'], { policy: { using: { ...signedIn, note: 'is_member() compares a column with itself' } } })[0]?.message,
    ).toContain('nothing else (is_member() compares a column with itself)');
    expect(judge(['select'], { policy: { using: { ...signedIn, kind: 'user-metadata' } } })[0]?.message).toContain(
      'trusts user_metadata, which every user can write himself',
    );
  });

  it('leaves a table open to strangers, or by a condition that is always true, to the other check', () => {
    const all = sampleReach({ select: 'all' }, ['p']);
    expect(judge([], { table: { access: { anon: all, authenticated: all } } })).toMatchObject([{ outcome: 'pass' }]);
    expect(judge(['select'], { policy: { using: { text: 'true', kind: 'always', columns: [] } } })).toMatchObject([{ outcome: 'pass' }]);
  });

  it('asks where it is not certain', () => {
    expect(judge(['select'], { table: { uncertain: 'a statement could not be read' } })).toMatchObject([
      { outcome: 'unknown', severity: 'high', toKnow: expect.stringContaining('dump') },
    ]);
  });

  it('says nothing about tables out of reach or without policies', () => {
    for (const table of [{ exposed: false }, { rls: 'off' as const }, { policies: [] }]) expect(judge(['select'], { table })).toEqual([]);
  });
});

describe('what a refused try refutes', () => {
  const suspects = (...args: Parameters<typeof judge>) => judge(...args)[0]?.suspects;
  const name = (verb: Verb): string => `table supabase:public.invoices ${verb} as authenticated`;

  it('is that an account is enough for every row', () => {
    expect(suspects(['select', 'delete'])).toEqual([
      { access: name('select'), refutable: true },
      { access: name('delete'), refutable: true },
    ]);
  });

  it('is not that what he says of himself is, or what only looks like it', () => {
    const declared = { anon: sampleReach(), authenticated: sampleReach({ select: 'self-declared' }, ['p']) };
    expect(suspects(['select'], { table: { access: declared } })).toEqual([{ access: name('select') }]);
    expect(suspects(['select'], { policy: { using: { ...signedIn, note: 'a helper that lets everyone through' } } })).toEqual([
      { access: name('select') },
    ]);
  });
});
