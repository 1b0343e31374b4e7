import { describe, expect, it } from 'vitest';
import type { Table, View } from '../../evidence/database.ts';
import { sampleDatabase, sampleReach, sampleTable, sampleView } from '../../evidence/database-samples.ts';
import { definerView } from './definer-view.ts';

const judge = (change: Partial<View> = {}, table: Partial<Table> = {}) => [
  ...definerView.evaluate({ database: sampleDatabase({ tables: [sampleTable(table)], views: [sampleView(change)] }) }),
];

describe('audit/definer-view', () => {
  it.each<[string, Partial<View>, string]>([
    ['strangers, with delicate columns', {}, 'blocker'],
    ['accounts, with delicate columns', { grantedTo: ['authenticated'] }, 'high'],
    ['strangers, without delicate columns', { holds: [] }, 'medium'],
    ['the public, with its columns listed', { name: 'public_invoices' }, 'low'],
    ['the public, with all columns', { name: 'public_invoices', columns: ['*'] }, 'blocker'],
  ])('weighs one for %s', (_, change, severity) => {
    expect(judge(change)).toMatchObject([{ outcome: 'fail', severity }]);
  });

  it('says whose rows it shows and how to mend it', () => {
    const [found] = judge();
    expect(found).toMatchObject({ subject: 'view supabase:invoice_overview', place: { line: 80, name: 'invoice_overview' } });
    expect(found?.message).toBe(
      "Anybody on the internet can read invoice_overview, a view that runs with its owner's rights: it shows rows of invoices that their policies would hide.",
    );
    expect(found?.fix).toBe('alter view public.invoice_overview set (security_invoker = on);');
    expect(found?.proof).toMatchObject([{ kind: 'code', text: expect.stringContaining('create view') }]);
    const [materialized] = judge({ materialized: true });
    expect(materialized?.message).toContain('a materialized view, which row-level security does not cover');
    expect(materialized?.fix).toBe('revoke select on public.invoice_overview from anon, authenticated;');
  });

  it('cannot tell of one that may be gone', () => {
    expect(judge({ uncertain: 'the types do not list it' })).toMatchObject([
      {
        outcome: 'unknown',
        severity: 'blocker',
        message: expect.stringContaining('invoice_overview is there'),
        toKnow: expect.any(String),
      },
    ]);
    expect(judge({ uncertain: 'the types do not list it', securityInvoker: true })).toMatchObject([{ outcome: 'pass' }]);
  });

  it('counts the accounts of the app as private', () => {
    expect(judge({ reads: ['auth.users'] })).toMatchObject([{ outcome: 'fail', message: expect.stringContaining('auth.users') }]);
  });

  it.each<[string, Partial<View>, Partial<Table>]>([
    ['it runs with the rights of its reader', { securityInvoker: true }, {}],
    ['it is not granted to the browser', { grantedTo: ['service_role'] }, {}],
    ['it asks who is calling', { restricted: true }, {}],
    ['it shows totals only', { aggregated: true }, {}],
    ['nothing behind it is private', {}, { nature: { kind: 'content', why: 'x' } }],
    ['the table is open anyway, which another check says', {}, { rls: 'off' }],
    [
      'whoever reads it reads the table as well',
      {},
      { access: { anon: sampleReach({ select: 'all' }), authenticated: sampleReach({ select: 'all' }) } },
    ],
    ['its tables are not known', { reads: ['public.elsewhere'] }, {}],
  ])('passes where %s', (_, change, table) => {
    expect(judge(change, table)).toMatchObject([{ outcome: 'pass' }]);
  });

  it('says nothing about a view out of reach', () => {
    expect(judge({ exposed: false })).toEqual([]);
  });
});
