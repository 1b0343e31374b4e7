import { describe, expect, it } from 'vitest';
import { chart, databaseSources } from './access-chart.ts';
import { deedText, type Drift, driftOf, peopleText } from './access-drift.ts';
import { type AccessLock, noLock } from './access-lock.ts';
import { leakyObject, sampleCells, sampleObject, sampleProof, soundReach } from './isolation-samples.ts';
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
