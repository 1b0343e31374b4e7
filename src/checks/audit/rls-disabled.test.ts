import { describe, expect, it } from 'vitest';
import type { DatabaseModel, Table } from '../../evidence/database.ts';
import { sampleDatabase, samplePolicy, sampleTable } from '../../evidence/database-samples.ts';
import { rlsDisabled } from './rls-disabled.ts';

const { rlsPlace: _, ...plain } = sampleTable({ rls: 'off', policies: [] });
const judge = (change: Partial<Table>, parts: Partial<DatabaseModel> = {}) => [
  ...rlsDisabled.evaluate({ database: sampleDatabase({ tables: [{ ...plain, ...change }], ...parts }) }),
];

describe('audit/rls-disabled', () => {
  it.each<[string, Partial<Table>, string]>([
    ['customers', {}, 'blocker'],
    ['what somebody did', { nature: { kind: 'log', why: 'its name' }, holds: ['message'] }, 'high'],
    ['what somebody did, with whose address', { nature: { kind: 'log', why: 'its name' }, holds: ['contact'] }, 'blocker'],
    ['rows that only their name calls private', { nature: { kind: 'private', why: 'its name' } }, 'high'],
    ['the list of countries, which anybody can rewrite', { nature: { kind: 'reference', why: 'its columns' } }, 'high'],
    [
      'the list of countries, which can only be read',
      { nature: { kind: 'reference', why: 'its columns' }, grants: { anon: ['select'], authenticated: ['select'], explicit: true } },
      'low',
    ],
  ])('weighs a table of %s', (_, change, severity) => {
    expect(judge(change)).toMatchObject([{ outcome: 'fail', severity, subject: 'table supabase:invoices' }]);
  });

  it('says who can do what, since when, and what stands behind it', () => {
    const [never] = judge({});
    expect(never?.message).toBe(
      'Anybody on the internet can read, add, change and delete every row of invoices: row-level security is never switched on. It holds amounts of money.',
    );
    expect(never?.place).toMatchObject({ line: 12, name: 'invoices' });
    expect(never?.proof?.map(({ kind }) => kind)).toEqual(['step', 'step']);
    expect(never?.fix).toContain('alter table public.invoices enable row level security;');
    const place = { file: 'supabase/migrations/3.sql', line: 4 };
    const [later] = judge({ rlsPlace: place, rlsSql: 'alter table invoices disable row level security' });
    expect(later?.message).toContain('row-level security is switched off');
    expect(later?.proof?.[0]).toEqual({ kind: 'code', place, text: 'alter table invoices disable row level security' });
  });

  it('knows the difference between strangers and accounts', () => {
    const grants = { anon: [], authenticated: ['select'] as const, explicit: true };
    expect(judge({ grants })[0]?.message).toMatch(/^Everybody with an account can read every row of invoices/);
    expect(judge({ grants: { ...grants, authenticated: [] } })).toMatchObject([{ outcome: 'pass' }]);
  });

  it('leaves alone what the browser cannot reach and what extensions bring along', () => {
    expect(judge({ exposed: false })).toEqual([]);
    expect(judge({ name: 'spatial_ref_sys' })).toEqual([]);
    expect(judge({ rls: 'on' })).toMatchObject([{ outcome: 'pass' }]);
  });

  it('asks where it does not know', () => {
    expect(judge({ rls: 'unknown', origin: 'types' })).toMatchObject([
      { outcome: 'unknown', severity: 'high', toKnow: expect.stringContaining('supabase db dump') },
    ]);
    expect(judge({ uncertain: 'a loop switches it on for some tables' })).toMatchObject([
      { outcome: 'unknown', message: expect.stringContaining('a loop switches it on') },
    ]);
    expect(judge({ rls: 'unknown', nature: { kind: 'reference', why: 'x' } })).toMatchObject([{ severity: 'medium' }]);
  });

  it('says once what SQL was not understood, where the browser reaches the database', () => {
    const gaps = Array.from({ length: 5 }, (_, index) => ({ what: `statement ${index}`, why: 'not valid PostgreSQL' }));
    expect(judge({}, { tables: [], gaps })).toMatchObject([{ outcome: 'unknown', severity: 'low', subject: 'database gaps' }]);
    expect(judge({}, { tables: [], gaps })[0]?.message).toMatch(/statement 2 \(not valid PostgreSQL\) and 2 more places\.$/);
    expect(judge({}, { tables: [], gaps, exposure: 'private' })).toEqual([]);
  });
});

describe('what a refused try refutes', () => {
  const suspects = (change: Partial<Table>) => judge(change)[0]?.suspects;
  const access = (family: string, who = 'anon'): string => `table supabase:public.invoices ${family} as ${who}`;

  it('is what the grants open, once for the widest circle', () => {
    expect(suspects({})).toEqual([
      { access: access('read'), refutable: true },
      { access: access('write'), refutable: true },
    ]);
    expect(suspects({ grants: { anon: ['select'], authenticated: ['select', 'update'], explicit: true } })).toEqual([
      { access: access('read'), refutable: true },
      { access: access('write', 'authenticated'), refutable: true },
    ]);
  });

  it('is not that the public reads what belongs to nobody, but where nothing else can be done', () => {
    const nature = { kind: 'reference' as const, why: 'its columns' };
    expect(suspects({ nature })).toEqual([{ access: access('write'), refutable: true }]);
    expect(suspects({ nature, grants: { anon: ['select'], authenticated: ['select'], explicit: true } })).toEqual([
      { access: access('read'), refutable: true },
    ]);
  });

  it('is nothing where policies would let through by a condition if it were on: another row may meet it', () => {
    const flag = samplePolicy({ using: { text: 'is_public', kind: 'public-flag', columns: ['is_public'] } });
    expect(suspects({ policies: [samplePolicy()] })?.every(({ refutable }) => refutable)).toBe(true);
    expect(suspects({ policies: [samplePolicy(), flag] })).toEqual([{ access: access('read') }, { access: access('write') }]);
  });
});
