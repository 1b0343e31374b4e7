import { describe, expect, it } from 'vitest';
import type { DatabaseFunction, FunctionEffect, Table } from '../../evidence/database.ts';
import { sampleDatabase, sampleFunction, sampleReach, sampleTable } from '../../evidence/database-samples.ts';
import { definerFunctionOpen } from './definer-function-open.ts';

const place = { file: 'supabase/migrations/1.sql', line: 62 };
const effect = (change: Partial<FunctionEffect> = {}): FunctionEffect => ({
  verb: 'update',
  table: 'public.invoices',
  place,
  anon: 'all',
  authenticated: 'all',
  lookups: ['customer_id'],
  sets: ['amount'],
  columns: ['amount'],
  ...change,
});
const judge = (effects: readonly FunctionEffect[], change: Partial<DatabaseFunction> = {}, table: Partial<Table> = {}) => [
  ...definerFunctionOpen.evaluate({
    database: sampleDatabase({ tables: [sampleTable(table)], functions: [sampleFunction({ effects, ...change })] }),
  }),
];
const rows: Partial<DatabaseFunction> = { returns: 'setof invoices', shows: ['contact'] };
const read = (change: Partial<FunctionEffect> = {}): FunctionEffect => effect({ verb: 'select', sets: [], columns: [], ...change });
const shown: Partial<Table> = { access: { anon: sampleReach({ select: 'all' }), authenticated: sampleReach({ select: 'all' }) } };
const power = { columns: [{ name: 'role', type: 'text', power: { kind: 'role' as const, why: 'x' } }] };

describe('audit/definer-function-open', () => {
  it.each<[string, FunctionEffect, Partial<DatabaseFunction>, Partial<Table>, string | undefined]>([
    ['changes customer rows', effect(), {}, {}, 'high'],
    ['adds customer rows', effect({ verb: 'insert' }), {}, {}, 'medium'],
    ['fills in what is missing', effect({ columns: [], fills: true }), {}, {}, 'medium'],
    ['was given to strangers to change rows', effect(), { grantedTo: ['anon'] }, {}, 'high'],
    [
      'was given to strangers to hand rows in',
      effect(),
      { grantedTo: ['anon'], effects: [effect({ verb: 'insert' }), effect()] },
      {},
      'medium',
    ],
    ['hands rows in and was given to nobody by name', effect(), { effects: [effect({ verb: 'insert' }), effect()] }, {}, 'high'],
    ['was given to strangers to set a role', effect({ sets: ['role'], columns: ['role'] }), { grantedTo: ['anon'] }, power, 'blocker'],
    ['hands out what the table shows everybody anyway', read({ lookups: [] }), rows, shown, undefined],
    ['sets a role', effect({ sets: ['role'], columns: ['role'] }), {}, power, 'blocker'],
    ['changes accounts', effect({ table: 'auth.users' }), {}, {}, 'blocker'],
    ['runs any SQL', effect({ verb: 'execute', table: '*' }), {}, {}, 'blocker'],
    ['counts a visit', effect({ sets: [], columns: ['views', 'last_seen'] }), {}, {}, 'low'],
    ['does its upkeep', effect(), { arguments: [] }, {}, 'medium'],
    ['changes published content', effect(), {}, { nature: { kind: 'content', why: 'x' } }, 'medium'],
    ['changes a list of rates', effect(), {}, { nature: { kind: 'reference', why: 'x' } }, undefined],
    ['needs a token to be known', effect({ lookups: ['invite_token'] }), {}, {}, undefined],
    ['hands out customer rows', read({ lookups: [] }), rows, {}, 'blocker'],
    ['hands out rows of a customer named by the caller', read(), rows, {}, 'high'],
    ['hands out one row by its id', read({ lookups: ['id'] }), rows, {}, 'medium'],
    ['hands out rows without delicate columns', read({ lookups: [] }), { ...rows, shows: [] }, {}, 'medium'],
    ['was given to strangers with nothing personal', read(), { ...rows, shows: ['money'], grantedTo: ['anon'] }, {}, undefined],
    ['answers yes or no', read(), { ...rows, returns: 'boolean' }, {}, undefined],
    ['answers with ids', read(), { ...rows, returns: 'table(invoice_id, role)' }, {}, undefined],
    ['answers with JSON', read(), { ...rows, returns: 'jsonb' }, {}, 'high'],
    ['reads content', read(), rows, { nature: { kind: 'content', why: 'x' } }, undefined],
  ])('weighs one that %s', (_, one, change, table, severity) => {
    expect(judge([one], change, table)).toMatchObject([severity === undefined ? { outcome: 'pass' } : { outcome: 'fail', severity }]);
  });

  it('says who can call it and what it does', () => {
    const [found] = judge([effect(), read()], { ...rows, arguments: ['target uuid', 'new_role text'] });
    expect(found).toMatchObject({ subject: 'function supabase:set_role(uuid, text)', place: { line: 60, name: 'set_role()' } });
    expect(found?.message).toBe(
      'Anybody on the internet can call set_role() through the API. It runs past row-level security, does not ask who is calling, and changes invoices and returns rows of invoices.',
    );
    expect(found?.proof).toMatchObject([
      { kind: 'code', place: { line: 60 } },
      { kind: 'step', place, text: 'changes invoices, chosen by customer_id' },
      { kind: 'step' },
    ]);
    expect(found?.fix).toContain('revoke execute on function public.set_role from public, anon, authenticated;');
  });

  it('cannot tell of one that may be gone', () => {
    expect(judge([effect()], { uncertain: 'the types do not list it' })).toMatchObject([
      { outcome: 'unknown', severity: 'high', message: expect.stringContaining('set_role() is there'), toKnow: expect.any(String) },
    ]);
    expect(judge([effect({ anon: 'none', authenticated: 'none' })], { uncertain: 'the types do not list it' })).toMatchObject([
      { outcome: 'pass' },
    ]);
  });

  it('tells strangers from accounts, and sees a check that NULL slips through', () => {
    expect(judge([effect({ anon: 'none' })])[0]?.message).toMatch(/^Everybody with an account can call/);
    expect(judge([effect()], { executableBy: ['authenticated'] })[0]?.message).toMatch(/^Everybody with an account can call/);
    expect(judge([effect({ authenticated: 'role' })])[0]?.message).toContain('auth.uid() is NULL for them, and IF takes NULL for no');
    expect(judge([effect()], { revokedFromPublicOnly: true })[0]?.message).toContain('Revoking EXECUTE from public did not help');
  });

  it.each<[string, readonly FunctionEffect[], Partial<DatabaseFunction>]>([
    ['it asks who is calling', [effect({ anon: 'none', authenticated: 'role' })], {}],
    ['the browser may not call it', [effect()], { executableBy: ['service_role'] }],
    ['it does nothing with stored data', [], {}],
  ])('passes where %s', (_, effects, change) => {
    expect(judge(effects, change)).toMatchObject([{ outcome: 'pass' }]);
  });

  it('lets whoever has an account found an organisation of his own, and nobody without one', () => {
    const root = { tenancy: { kind: 'tenant-root' as const, column: 'id', why: 'x' } };
    const found = (anon: FunctionEffect['anon']) => judge([effect({ verb: 'insert', anon })], {}, root);
    expect(found('none')).toMatchObject([{ outcome: 'pass' }]);
    expect(found('all')).toMatchObject([{ outcome: 'fail', severity: 'medium' }]);
  });

  it('says nothing about functions that run with the rights of the caller, triggers and hidden ones', () => {
    for (const change of [{ definer: false }, { returnsTrigger: true }, { exposed: false }]) expect(judge([effect()], change)).toEqual([]);
  });
});

describe('what somebody who tries it can tell', () => {
  it('is that it reads or writes, never that it does not: a call with other values may get through', () => {
    expect(judge([read(), effect()], rows)[0]?.suspects).toEqual([
      { access: `function supabase:public.${sampleFunction().name} read as anon` },
      { access: `function supabase:public.${sampleFunction().name} write as anon` },
    ]);
  });

  it('is nothing where any SQL can be run, or accounts are changed: nobody looks there', () => {
    for (const danger of [effect({ verb: 'execute', table: '*' }), effect({ table: 'auth.users' })])
      expect(judge([effect(), danger])[0]).toMatchObject({ outcome: 'fail' });
    for (const danger of [effect({ verb: 'execute', table: '*' }), effect({ table: 'auth.users' })])
      expect(judge([effect(), danger])[0]?.suspects).toBeUndefined();
  });

  it('is told apart from others of the same name', () => {
    const functions = [
      sampleFunction({ effects: [effect()], arguments: ['p_id uuid', 'text'] }),
      sampleFunction({ effects: [effect()], arguments: ['p_id integer'] }),
    ];
    const { name } = sampleFunction();
    const seen = [...definerFunctionOpen.evaluate({ database: sampleDatabase({ tables: [sampleTable()], functions }) })];
    expect(seen.flatMap(({ suspects = [] }) => suspects.map(({ access }) => access))).toEqual([
      `function supabase:public.${name}(uuid, text) write as anon`,
      `function supabase:public.${name}(integer) write as anon`,
    ]);
  });
});
