import { describe, expect, it } from 'vitest';
import { portalRoutes } from '../../test/contracts/fixture-routes.ts';
import { chart, type ChartRow, databaseSources } from './access-chart.ts';
import { deedText, type Drift, driftOf, isAppLeftOut, peopleText } from './access-drift.ts';
import { type AccessLock, noLock } from './access-lock.ts';
import { leakyObject, sampleCells, sampleObject, sampleProof, soundReach } from './isolation-samples.ts';
import type { LiveAccess } from './live-access.ts';
import { liveSources } from './live-chart.ts';
import { type PersonaName, personaNames, type ProvedObject } from './isolation.ts';

const lines = Object.entries({ read: soundReach.select, add: soundReach.insert, change: soundReach.update, delete: soundReach.delete }).map(
  ([verb, can = []], index) => ({ source: 'supabase', thing: 'table invoices', verb, can, unknown: [] as PersonaName[], line: 14 + index }),
);
const lock: AccessLock = { ...noLock, found: true, lines };
const drift = (objects: readonly ProvedObject[], change: Partial<AccessLock> = {}): Drift[] =>
  driftOf(chart(databaseSources(sampleProof({ objects })), noLock), { ...lock, ...change });
const texts = (...args: Parameters<typeof drift>): string[] => drift(...args).map(({ text }) => text);

describe('what has changed', () => {
  it('is nothing where everybody can do what was reviewed, and where nothing was', () => {
    expect(drift([sampleObject()])).toEqual([]);
    expect(drift([leakyObject()], { found: false })).toEqual([]);
  });

  it('is told in words, more first', () => {
    const object = sampleObject({}, { ...soundReach, select: [...(soundReach.select ?? []), 'stranger'], delete: [] });
    expect(texts([object, sampleObject({ name: 'payouts' })], { lines: [...lines, { ...lines[0]!, thing: 'table old' }] })).toEqual([
      'A user of another organisation can now read invoices.',
      'Table payouts is new: nobody has reviewed who may do what with it.',
      'An administrator of the app can no longer delete invoices.',
      'Table old is not there any more.',
    ]);
  });

  it('says what can no longer be told', () => {
    const broken = sampleObject({
      cells: [
        ...sampleCells({ delete: [] }, 'invoices', { outcome: 'broken' }),
        ...sampleObject().cells.filter(({ verb }) => verb !== 'delete'),
      ],
    });
    expect(drift([broken])).toMatchObject([
      { kind: 'unclear', text: 'It can no longer be told whether everybody on the internet can delete invoices.' },
    ]);
    const unfilled = sampleObject({ cells: [], unseeded: 'a check refuses every amount' });
    expect(texts([unfilled])).toEqual(['It can no longer be told who can do what with invoices: a check refuses every amount.']);
    expect(drift([unfilled], { lines: [{ ...lines[0]!, can: [], unknown: personaNames }] })).toEqual([]);
  });

  it('is nothing where what was unknown turns out to be closed', () => {
    expect(drift([sampleObject()], { lines: lines.map((line) => ({ ...line, unknown: ['stranger', 'anon'] as const })) })).toEqual([]);
  });
});

describe('routes', () => {
  const at = (change: Partial<LiveAccess> = {}): ChartRow[] => chart(liveSources({ ...portalRoutes, ...change }), noLock);
  const reviewed: AccessLock = {
    ...noLock,
    found: true,
    lines: at().map(({ source, thing, verb, cells }, line) => ({
      source,
      thing,
      verb,
      can: personaNames.filter((name) => cells[name]?.can === 'yes' && name !== 'stranger'),
      unknown: personaNames.filter((name) => cells[name]?.can === 'unknown'),
      line,
    })),
  };
  const told = (rows: ChartRow[], lock: AccessLock = reviewed): string[] => driftOf(rows, lock).map(({ text }) => text);
  const cases = 'GET /api/cases/{id}';

  it('are told by what they answer to whom, and what came and went', () => {
    expect(told(at())).toEqual(['GET /api/invoices/{id} now works for a user of another organisation.']);
    const cells = portalRoutes.cells.flatMap((cell) =>
      cell.route === cases ? (cell.relation === 'own' ? [{ ...cell, outcome: 'refused' as const }] : []) : [cell],
    );
    const routes = [
      ...portalRoutes.routes.filter(({ id }) => id !== 'POST /api/exports'),
      { id: 'POST /api/reports', sources: ['code' as const], tried: false, why: 'nothing in it belongs to one person' },
    ];
    expect(told(at({ cells, routes }))).toEqual([
      'GET /api/invoices/{id} now works for a user of another organisation.',
      'New route: POST /api/reports; nothing could be tried on it: nothing in it belongs to one person.',
      'GET /api/cases/{id} no longer works for the owner.',
      'POST /api/exports is not there any more, or nothing led there this time.',
    ]);
  });

  it('of which only something else was tried are still there', () => {
    const routes = portalRoutes.routes.map((one) =>
      one.id === 'POST /api/exports' ? { id: one.id, sources: one.sources, tried: true } : one,
    );
    expect(told(at({ routes }))).toEqual(['GET /api/invoices/{id} now works for a user of another organisation.']);
  });

  it('that were not tried this time are told in one sentence for each reason', () => {
    const why = 'nothing may be changed in the app';
    const changes = (id: string): boolean => /^P(?:UT|ATCH)/.test(id);
    expect(
      told(
        at({
          cells: portalRoutes.cells.filter(({ route }) => !changes(route) && route !== 'GET /api/invoices/{id}'),
          routes: portalRoutes.routes.flatMap((one) =>
            one.id === 'GET /api/invoices/{id}' ? [] : [changes(one.id) ? { ...one, tried: false, why } : one],
          ),
        }),
        { ...reviewed, lines: reviewed.lines.filter(({ thing }) => !thing.includes('GET /api/invoices')) },
      ),
    ).toEqual([
      'PATCH /api/invoices/{id} and PUT /api/invoices/{id} were tried when the matrix was reviewed, and not this time: nothing may be changed in the app.',
    ]);
  });

  it('are not compared where the app was not looked at, and told once where they never were', () => {
    expect(told([])).toEqual([]);
    expect(isAppLeftOut([], reviewed)).toBe(true);
    expect(told(at(), { ...noLock, found: true, lines })).toContain(
      'The running app is not in the reviewed matrix yet: nobody has reviewed who gets what by its 6 routes.',
    );
  });
});

describe('words', () => {
  it.each<[PersonaName[], string]>([
    [['anon', 'newcomer', 'stranger', 'foreign-admin', 'peer', 'owner'], 'everybody on the internet'],
    [['newcomer', 'stranger', 'foreign-admin', 'admin'], 'everybody with an account'],
    [['anon', 'stranger'], 'anybody on the internet and a user of another organisation'],
    [['owner'], 'the owner'],
  ])('people: %j', (who, text) => {
    expect(peopleText(who)).toBe(text);
  });

  it('people who may or may not', () => {
    expect(peopleText(['anon', 'owner', 'admin'], 'or')).toBe('anybody on the internet, the owner or an administrator of the app');
  });

  it('say what is done to what', () => {
    expect(deedText({ verb: 'read', name: 'export_all', kind: 'function' })).toBe("get somebody's data by calling export_all");
    expect(deedText({ verb: 'delete', name: 'files', kind: 'bucket' })).toBe('delete files of files');
    expect(deedText({ verb: 'add-inside', name: 'notes', kind: 'table' })).toBe(
      'add rows of their own to notes in an organisation that is not theirs',
    );
  });
});
