import { describe, expect, it } from 'vitest';
import type { View } from '../../evidence/database.ts';
import type { Cell, PersonaName, ProvedObject } from '../../evidence/isolation.ts';
import { sampleCell, sampleObject } from '../../evidence/isolation-samples.ts';
import { seenInTables } from './seen-in-tables.ts';
import { sampleCatalog, sampleRoutine } from './world/fixture.ts';

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

it('a function that gives what its tables give gives nothing away', () => {
  const routine = sampleRoutine('find', { reaches: 'SELECT * FROM invoices' });
  const object = sampleObject({ kind: 'function', name: 'find', cells: [read('stranger'), read('anon')] });
  const meant = (base: ProvedObject): (string | undefined)[] | undefined =>
    seenInTables(
      new Map([
        ['public.invoices', base],
        ['public.find', object],
      ]),
      sampleCatalog([], [routine]),
      { views: [] },
    )
      .get('public.find')
      ?.cells.map((cell) => cell.meant);
  expect(meant(table({ cells: [read('stranger'), read('anon', 'nothing')] }))).toEqual(['he can read the same in its tables', undefined]);
  expect(meant(table({ name: 'others' }))).toEqual([undefined, undefined]);
});
