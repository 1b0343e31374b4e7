import { describe, expect, it } from 'vitest';
import type { Cell, ProvedDatabase, ProvedObject } from '../evidence/isolation.ts';
import {
  leakyObject,
  type Reached,
  sampleBroken,
  sampleCell,
  sampleFailure,
  sampleObject,
  sampleProved,
  sampleRebuild,
  soundReach,
} from '../evidence/isolation-samples.ts';
import { trialsOf } from './tried-access.ts';

const rls = (name: string): string => `new row violates row-level security policy for table "${name}" (42501)`;
const denied = (name: string, what = 'table'): string => `permission denied for ${what} ${name} (42501)`;

/** Inserts are refused as PostgreSQL refuses them. */
const real = (object: ProvedObject): ProvedObject => ({
  ...object,
  cells: object.cells.map((cell) => (cell.outcome === 'refused' ? { ...cell, answer: rls(object.name) } : cell)),
});
const sound = (change: Partial<ProvedObject> = {}, reached: Reached = soundReach): ProvedObject => real(sampleObject(change, reached));
/** With some of its cells changed. */
const but = (object: ProvedObject, which: (cell: Cell) => boolean, change: Partial<Cell>): ProvedObject => ({
  ...object,
  cells: object.cells.map((cell) => (which(cell) ? { ...cell, ...change } : cell)),
});

/** `read as anon: refused`. */
const tried = (object: ProvedObject, family: 'read' | 'write', database: Partial<ProvedDatabase> = {}): string[] =>
  [...trialsOf(sampleProved({ objects: [object], ...database }), object, family)].map(
    ({ access, outcome }) => `${access.replace(/^\S+ \S+ /, '')}: ${outcome}`,
  );
const both = (verb: string, outcome: string): string[] => [`${verb} as anon: ${outcome}`, `${verb} as authenticated: ${outcome}`];
const of = (all: readonly string[], verb: string): string[] => all.filter((one) => one.startsWith(`${verb} `));
const selects = (all: readonly string[]): string[] => of(all, 'select');

describe('what was refused', () => {
  it('is told where everybody from outside was refused what somebody who may could do', () => {
    expect(tried(sound(), 'read')).toEqual([
      'select as anon: refused',
      'read as anon: refused',
      'select as authenticated: refused',
      'read as authenticated: refused',
    ]);
    const [first] = trialsOf(sampleProved(), sound(), 'read');
    expect(first).toEqual({
      access: 'table supabase:public.invoices select as anon',
      outcome: 'refused',
      subject: 'table supabase:invoices read',
      text: 'nobody from outside could read invoices (no rows)',
    });
    expect(of(tried(sound(), 'write'), 'write')).toEqual(both('write', 'refused'));
    expect([...trialsOf(sampleProved(), sound(), 'write')].find(({ access }) => access.includes(' write '))?.text).toBe(
      `nobody from outside could add to or change or delete from invoices (${rls('invoices')})`,
    );
  });

  it('is not told where nobody could, unless nothing opens it to any role of the browser', () => {
    const nobody: Reached = { select: [], insert: [], update: [], delete: [] };
    expect(tried(sound({}, nobody), 'read')).toEqual([]);
    expect(tried(sound({ opens: ['select'] }, nobody), 'read')).toEqual([]);
    expect(selects(tried(sound({ opens: [] }, nobody), 'read'))).toEqual(both('select', 'refused'));
    // With another role somebody could: that says nothing of this try.
    expect(tried(sound({ opens: ['select'], controls: [{ verb: 'select' }] }, nobody), 'read')).toEqual([]);
  });

  it.each([
    ['undecided', { outcome: 'undecided' }],
    ['broken', { outcome: 'broken' }],
    ['conditional', { grade: 'conditional', unless: [0] }],
  ] as const)('is not told where one of them is %s', (_, change) => {
    for (const who of ['anon', 'newcomer', 'stranger', 'foreign-admin'] as const) {
      const left = who === 'anon' ? ['select as authenticated: refused'] : [];
      expect(
        selects(
          tried(
            but(sound(), (cell) => cell.verb === 'select' && cell.who === who, change),
            'read',
          ),
        ),
      ).toEqual(left);
    }
  });

  it('is not told where one of them has not tried', () => {
    for (const who of ['newcomer', 'stranger', 'foreign-admin'] as const) {
      const object = sound();
      expect(tried({ ...object, cells: object.cells.filter((cell) => cell.who !== who) }, 'read')).toEqual([]);
    }
  });

  it.each<readonly [string, Partial<ProvedObject>, Partial<ProvedDatabase>]>([
    ['was made from generated types', { reconstructed: true }, {}],
    ['has columns that were', {}, { rebuild: sampleRebuild({ reconstructed: ['public.invoices.state'] }) }],
    ['could not be filled', { unseeded: 'no row could be made' }, {}],
    ['was not finished in time', {}, { cutShort: 'the time was up' }],
    ['is in a database where nobody can sign up', {}, { broken: [sampleBroken({ kind: 'sign-up' })] }],
    [
      'is what a statement that failed speaks of',
      {},
      { rebuild: sampleRebuild({ failures: [sampleFailure({ touches: ['public.invoices'] })] }) },
    ],
    ['may be what it speaks of', {}, { rebuild: sampleRebuild({ failures: [sampleFailure({ touches: ['*'] })] }) }],
    ['is in a database that only a server reaches', {}, { exposure: 'private' }],
  ])('is not told of what %s', (_, object, database) => {
    expect(tried(sound(object), 'read', database)).toEqual([]);
  });

  it('is told though a statement failed that speaks of something else', () => {
    expect(selects(tried(sound(), 'read', { rebuild: sampleRebuild({ failures: [sampleFailure()] }) }))).toHaveLength(2);
  });

  it('is not told where it may have been the key alone that was denied', () => {
    const visitor = (cell: Cell): boolean => cell.verb === 'select' && cell.who === 'anon';
    const all = but(sound(), visitor, {
      outcome: 'refused',
      answer: denied('invoices'),
      sql: 'SELECT * FROM public.invoices WHERE id = 1',
    });
    expect(selects(tried(all, 'read'))).toEqual(both('select', 'refused'));
    const some = but(all, visitor, { sql: 'SELECT number, total FROM public.invoices WHERE id = 1' });
    expect(selects(tried(some, 'read'))).toEqual(['select as authenticated: refused']);
  });

  it('is not told where a trigger said no, or another table did: another row may get through', () => {
    for (const answer of ['Only drafts can be added (P0001)', rls('audit_log'), denied('audit_log'), 'insufficient privilege (42501)'])
      expect(
        of(
          tried(
            but(sound(), (cell) => cell.verb === 'insert' && cell.outcome === 'refused', { answer }),
            'write',
          ),
          'insert',
        ),
      ).toEqual([]);
    const silent = but(sound(), (cell) => cell.verb === 'insert' && cell.outcome === 'refused', {
      outcome: 'nothing',
      answer: 'nothing changed',
    });
    expect(of(tried(silent, 'write'), 'insert')).toEqual([]);
  });

  it('is told of a change only where the row cannot be found, nothing opens it, or the privilege is missing', () => {
    const readable = sound({}, { ...soundReach, select: ['anon', 'newcomer', 'stranger', 'foreign-admin', 'owner'] });
    // A trigger may have put back the one column that was tried.
    expect(of(tried(readable, 'write'), 'update')).toEqual([]);
    const outsider = (cell: Cell): boolean => cell.verb === 'update' && cell.outcome !== 'got';
    const without = but(readable, outsider, { outcome: 'refused', answer: denied('invoices') });
    expect(of(tried(without, 'write'), 'update')).toEqual(both('update', 'refused'));
    const raised = but(sound(), outsider, { outcome: 'refused', answer: 'Not you (P0001)' });
    expect(of(tried(raised, 'write'), 'update')).toEqual([]);
    expect(of(tried(sound(), 'write'), 'update')).toEqual(both('update', 'refused'));
    const shut = sound({ opens: ['select', 'insert'] }, { ...readableBy, insert: ['owner'], update: [], delete: [] });
    expect(of(tried(shut, 'write'), 'update')).toEqual(both('update', 'refused'));
  });

  it('is not told of a change that an ordinary colleague can make: he has an account as well', () => {
    const open = sound({}, { ...soundReach, update: ['peer', 'tenant-admin', 'admin'] });
    expect(of(tried(open, 'write'), 'update')).toEqual([]);
    expect(of(tried(open, 'write'), 'delete')).toEqual(both('delete', 'refused'));
    expect(of(tried(open, 'write'), 'write')).toEqual([]);
  });

  it('is not told where a row of his own among those of others got through', () => {
    const into = sampleCell({
      verb: 'insert',
      variant: 'into',
      who: 'stranger',
      outcome: 'got',
      through: { kind: 'policy', policies: [] },
    });
    const object = sound();
    expect(of(tried({ ...object, cells: [...object.cells, into] }, 'write'), 'insert')).toEqual([]);
  });

  it('is told though everybody has a row of his own', () => {
    const own = sampleCell({ verb: 'insert', variant: 'own', who: 'stranger', outcome: 'got' });
    const object = sound();
    expect(of(tried({ ...object, cells: [...object.cells, own] }, 'write'), 'insert')).toEqual(both('insert', 'refused'));
  });

  it('is not told where only somebody from outside shows that it can be done', () => {
    expect(selects(tried(sound({}, { select: ['anon'] }), 'read'))).toEqual(['select as anon: worked']);
  });

  it('is told of a view where somebody who may sees the rows, or nobody may read it; not of one that is empty', () => {
    const view = (select: Reached['select']): ProvedObject => sound({ kind: 'view', name: 'totals' }, { select: select ?? [] });
    expect(selects(tried(view(['owner']), 'read'))).toEqual(both('select', 'refused'));
    expect(tried(view([]), 'read')).toEqual([]);
  });

  it('is never told of a function: a call with other values may get through', () => {
    for (const [verb, family] of [
      ['select', 'read'],
      ['update', 'write'],
    ] as const) {
      const routine = sound({ kind: 'function', name: 'statement' }, { [verb]: ['owner'] });
      expect(tried(routine, family)).toEqual([]);
      for (const answer of ['Not allowed (P0001)', denied('statement', 'function')])
        expect(
          tried(
            but(routine, (cell) => cell.outcome !== 'got', { outcome: 'refused', answer }),
            family,
          ),
        ).toEqual([]);
    }
  });

  it('is told of files like of rows, and not where a statement about storage failed', () => {
    const bucket = but(
      sound({ kind: 'bucket', schema: 'storage', name: 'papers' }, { download: ['owner'], upload: ['owner'] }),
      (cell) => cell.verb === 'upload' && cell.outcome !== 'got',
      {
        outcome: 'refused',
        answer: rls('objects'),
      },
    );
    expect(of(tried(bucket, 'read'), 'download')).toEqual(both('download', 'refused'));
    expect(of(tried(bucket, 'write'), 'upload')).toEqual(both('upload', 'refused'));
    const failed = { rebuild: sampleRebuild({ failures: [sampleFailure({ touches: ['storage.objects'] })] }) };
    expect([...tried(bucket, 'read', failed), ...tried(bucket, 'write', failed)]).toEqual([]);
  });
});

const readableBy: Reached = { select: ['anon', 'newcomer', 'stranger', 'foreign-admin', 'owner'] };

describe('what worked', () => {
  it('is told of those it worked for, and of wider circles that were refused', () => {
    expect(selects(tried(leakyObject(), 'read'))).toEqual(both('select', 'worked'));
    expect(of(tried(leakyObject(), 'read'), 'read')).toEqual(both('read', 'worked'));
  });

  it('is not told of visitors where it could not be told what they can', () => {
    const visitor = (cell: Cell): boolean => cell.verb === 'select' && cell.who === 'anon';
    expect(selects(tried(but(leakyObject(), visitor, { outcome: 'undecided' }), 'read'))).toEqual(['select as authenticated: worked']);
  });

  it('is not told where it hangs on a statement that failed, or is meant', () => {
    const unsure = but(leakyObject(), () => true, { grade: 'conditional', unless: [0] });
    expect(tried(unsure, 'read')).toEqual([]);
    expect(tried({ ...leakyObject(), reconstructed: true }, 'read')).toEqual([]);
    expect(tried(leakyObject({ nature: 'content', holds: [] }), 'read')).toEqual([]);
  });

  it('is not told of a row of his own among those of others: the finding does not speak of it', () => {
    const into = sampleCell({
      verb: 'insert',
      variant: 'into',
      who: 'stranger',
      outcome: 'got',
      through: { kind: 'no-row-security', policies: [] },
    });
    const object = sound();
    expect(of(tried({ ...object, cells: [...object.cells, into] }, 'write'), 'insert')).toEqual([]);
  });

  it('is told of functions', () => {
    const routine = sound({ kind: 'function', name: 'statement' }, { select: ['anon', 'newcomer', 'stranger', 'foreign-admin', 'owner'] });
    expect(of(tried(routine, 'read'), 'read')).toEqual(both('read', 'worked'));
  });

  it('tells of all writes where one of them worked, and of each by itself', () => {
    const open = sound({}, { ...soundReach, update: ['newcomer', 'stranger', 'foreign-admin', 'admin'] });
    const all = tried(open, 'write');
    expect(of(all, 'update')).toEqual(both('update', 'worked'));
    expect(of(all, 'write')).toEqual(both('write', 'worked'));
    expect(of(all, 'insert')).toEqual(both('insert', 'refused'));
  });
});
