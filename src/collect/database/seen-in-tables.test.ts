import { describe, expect, it } from 'vitest';
import type { View } from '../../evidence/database.ts';
import type { Cell, PersonaName, ProvedObject } from '../../evidence/isolation.ts';
import { sampleCell, sampleObject } from '../../evidence/isolation-samples.ts';
import { seenInTables } from './seen-in-tables.ts';
import { sampleCatalog, sampleRoutine, sampleTable } from './world/fixture.ts';

const read = (who: PersonaName, outcome: Cell['outcome'] = 'got', change: Partial<Cell> = {}): Cell =>
  sampleCell({ who, outcome, ...change });
const rights = { through: { kind: 'owner-rights', policies: [] } } as const;
const table = (change: Partial<ProvedObject>): ProvedObject =>
  sampleObject({ name: 'invoices', cells: [read('stranger', 'nothing')], ...change });

describe('a view', () => {
  const view = (cells: readonly Cell[]): ProvedObject =>
    sampleObject({ kind: 'view', name: 'totals', nature: 'reference', natureWhy: '', cells });
  const source = { schema: 'public', name: 'totals', reads: ['public.invoices'], aggregated: false, restricted: false } as unknown as View;
  const nature = (shown: ProvedObject, base: ProvedObject, change: Partial<View> = {}): string | undefined =>
    seenInTables(
      new Map([
        ['public.invoices', base],
        ['public.totals', shown],
      ]),
      sampleCatalog([]),
      { views: [{ ...source, ...change }] },
    ).get('public.totals')?.nature;

  it('that shows strangers rows which they cannot read where they stand is private, whatever it is called', () => {
    expect(nature(view([read('stranger', 'got', rights)]), table({}))).toBe('private');
    expect(nature(view([read('stranger', 'got', rights)]), table({ cells: [read('stranger')] }))).toBe('reference');
    expect(nature(view([read('owner', 'got', rights)]), table({}))).toBe('reference');
    expect(nature(view([read('stranger')]), table({}))).toBe('reference');
    expect(nature(view([read('stranger', 'got', rights)]), table({ nature: 'content' }))).toBe('reference');
  });

  it('of totals, or that asks who is reading, stays what it is', () => {
    expect(nature(view([read('stranger', 'got', rights)]), table({}), { aggregated: true })).toBe('reference');
    expect(nature(view([read('stranger', 'got', rights)]), table({}), { restricted: true })).toBe('reference');
  });
});

describe('a function that gives what its tables give', () => {
  const all = { SELECT: 'all', INSERT: [], UPDATE: [], DELETE: [] } as const;
  const relation = sampleTable('invoices', { id: 'uuid' }, { grants: { anon: all, authenticated: all } });
  const object = sampleObject({ kind: 'function', name: 'find', cells: [read('stranger'), read('anon')] });
  const open = table({ cells: [read('stranger'), read('anon', 'nothing')] });
  const meant = (base: ProvedObject, reaches = 'SELECT * FROM invoices', at = relation): (string | undefined)[] | undefined =>
    seenInTables(
      new Map([
        ['public.invoices', base],
        ['public.find', object],
      ]),
      sampleCatalog([at], [sampleRoutine('find', { reaches })]),
      { views: [] },
    )
      .get('public.find')
      ?.cells.map((cell) => cell.meant);

  it('gives nothing away to whoever reads them', () => {
    expect(meant(open)).toEqual(['he can read the same in its tables', undefined]);
  });

  it.each([
    ['a table was made from types', table({ ...open, reconstructed: true })],
    ['reading hangs on what failed', table({ cells: [read('stranger', 'got', { grade: 'conditional' })] })],
    ['a table was not tried', table({ cells: [] })],
  ])('is not excused where %s', (_, base) => {
    expect(meant(base)).toEqual([undefined, undefined]);
  });

  it('is not excused where it may give more than the tables it names, or only some columns may be read there', () => {
    expect(meant(open, 'SELECT u.email FROM invoices JOIN auth.users u ON true')).toEqual([undefined, undefined]);
    expect(meant(open, `EXECUTE 'SELECT * FROM invoices'`)).toEqual([undefined, undefined]);
    expect(meant(open, 'SELECT * FROM somewhere')).toEqual([undefined, undefined]);
    const some = { ...all, SELECT: ['id'] };
    expect(meant(open, 'SELECT * FROM invoices', { ...relation, grants: { anon: some, authenticated: some } })).toEqual([
      undefined,
      undefined,
    ]);
  });
});
