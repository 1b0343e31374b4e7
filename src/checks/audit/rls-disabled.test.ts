import { describe, expect, it } from 'vitest';
import type { DatabaseModel, Table } from '../../evidence/database.ts';
import { sampleDatabase, sampleTable } from '../../evidence/database-samples.ts';
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
