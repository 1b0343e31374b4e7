import { describe, expect, it } from 'vitest';
import { sampleCatalog, samplePolicy, sampleRoutine, sampleTable } from '../world/fixture.ts';
import { openedIn } from './opened.ts';

const owned = { row: () => ({}), ownership: { belonging: () => ({ to: 'user' }) } } as unknown as Parameters<typeof openedIn>[1];
const nobodys = { row: () => undefined, ownership: { belonging: () => undefined } } as unknown as Parameters<typeof openedIn>[1];
const none = { SELECT: [], INSERT: [], UPDATE: [], DELETE: [] };
const all = { SELECT: 'all', INSERT: 'all', UPDATE: 'all', DELETE: 'all' } as const;
const invoices = (...policies: Parameters<typeof samplePolicy>[0][]) =>
  sampleTable(
    'invoices',
    { id: 'uuid', user_id: 'uuid' },
    { policies: policies.map((policy) => samplePolicy(policy)), grants: { anon: none, authenticated: all } },
  );
const tableOpens = (...policies: Parameters<typeof samplePolicy>[0][]) =>
  openedIn(sampleCatalog([invoices(...policies)], []), owned, []).get('public.invoices')?.opens;

describe('a table', () => {
  it.each([
    [{ command: 'select', using: 'user_id = auth.uid()' }, ['select']],
    [{ command: 'all', using: 'is_admin()' }, ['select', 'insert', 'update', 'delete']],
    [{ command: 'all', using: 'true', roles: ['service_role'] }, []],
    [{ command: 'all', using: `(auth.role() = 'service_role'::text)` }, []],
    [{ command: 'select', using: `((auth.role() = 'service_role'::text) OR (user_id = auth.uid()))` }, ['select']],
    [{ command: 'select', using: 'false' }, []],
    [{ command: 'select', using: 'true', permissive: false }, []],
  ] as const)('with %j opens %j', (policy, opens) => {
    expect(tableOpens(policy as Parameters<typeof samplePolicy>[0])).toEqual(opens);
  });

  it('opens what is granted where it has no row-level security, and withholds what is not', () => {
    const table = { ...invoices(), rowSecurity: false, grants: { anon: none, authenticated: { ...none, SELECT: 'all' as const } } };
    expect(openedIn(sampleCatalog([table], []), owned, []).get('public.invoices')).toEqual({
      opens: ['select'],
      withheld: { anon: ['select', 'insert', 'update', 'delete'], authenticated: ['insert', 'update', 'delete'] },
    });
  });
});

describe('a function', () => {
  const routine = (reaches: string, change: Partial<ReturnType<typeof sampleRoutine>> = {}) => ({
    ...sampleRoutine('f'),
    returns: 'SETOF text',
    volatile: true,
    callers: ['authenticated' as const],
    source: reaches,
    reaches,
    ...change,
  });
  const opens = (one: ReturnType<typeof routine>, worlds = owned) =>
    openedIn(sampleCatalog([invoices()], [one]), worlds, []).get('public.f');

  it('opens what it may read and change of customers', () => {
    expect(opens(routine('SELECT body FROM invoices'))?.opens).toEqual(['select']);
    expect(opens(routine('UPDATE invoices SET body = 1'))?.opens).toEqual(['select', 'update']);
    expect(opens(routine('UPDATE invoices SET body = 1', { returns: 'boolean' }))?.opens).toEqual(['update']);
    expect(
      opens(routine('SELECT count(*) FROM invoices', { returns: 'TABLE(id uuid, total numeric(10,2), days integer[])' }))?.opens,
    ).toEqual([]);
    expect(opens(routine('SELECT 1 FROM invoices', { returns: 'TABLE(id uuid, "full name" text)' }))?.opens).toEqual(['select']);
    expect(opens(routine('SELECT 1 FROM invoices FOR UPDATE; UPDATE counters SET n = 1'))?.opens).toEqual(['select']);
    expect(opens(routine('delete from only "public"."invoices"'))?.opens).toEqual(['select', 'update']);
    expect(opens(routine(`EXECUTE 'SELECT 1'`))?.opens).toEqual(['select', 'update']);
  });

  it('opens nothing where it touches no rows of customers', () => {
    expect(opens(routine('SELECT now()'))?.opens).toEqual([]);
    expect(opens(routine('SELECT body FROM invoices'), nobodys)?.opens).toEqual([]);
  });

  it('opens what a view may show', () => {
    const view = { ...invoices(), id: 'public.overview', name: 'overview', kind: 'view' as const };
    const catalog = sampleCatalog([view], [routine('SELECT * FROM overview')]);
    expect(openedIn(catalog, nobodys, []).get('public.f')?.opens).toEqual(['select']);
  });

  it('is withheld from who may not call it', () => {
    expect(opens(routine('SELECT body FROM invoices'))?.withheld).toEqual({ anon: ['select', 'update'], authenticated: [] });
  });
});

describe('a bucket', () => {
  const files = (...policies: Parameters<typeof samplePolicy>[0][]) => ({
    ...sampleTable('objects', { id: 'uuid' }, { policies: policies.map((policy) => samplePolicy(policy)) }),
    id: 'storage.objects',
    schema: 'storage',
  });
  const opens = (isPublic: boolean, ...policies: Parameters<typeof samplePolicy>[0][]) =>
    openedIn(sampleCatalog([files(...policies)], []), owned, [{ id: 'receipts', public: isPublic }]).get('storage.receipts')?.opens;

  it('opens what policies say of it or of all files', () => {
    expect(opens(false, { command: 'select', using: `(bucket_id = 'receipts'::text)` })).toEqual(['download']);
    expect(opens(false, { command: 'insert', using: undefined, check: 'is_staff()' } as never)).toEqual(['upload']);
    expect(opens(false, { command: 'delete', using: `(bucket_id = 'logos'::text)` })).toEqual([]);
    expect(opens(true, { command: 'delete', using: `(bucket_id = 'logos'::text)` })).toEqual(['download']);
  });
});
