import { noLiveAccess } from '../../evidence/live-access.ts';
import { describe, expect, it } from 'vitest';
import type { AccessLock } from '../../evidence/access-lock.ts';
import { noRules } from '../../evidence/firebase-proof.ts';
import { leakyObject, sampleObject, sampleProof, soundReach } from '../../evidence/isolation-samples.ts';
import type { PersonaName, ProvedObject } from '../../evidence/isolation.ts';
import { matrixDrift } from './matrix-drift.ts';

const lines = Object.entries({ read: soundReach.select, add: soundReach.insert, change: soundReach.update, delete: soundReach.delete }).map(
  ([verb, can = []], index) => ({ source: 'supabase', thing: 'table invoices', verb, can, unknown: [] as PersonaName[], line: 14 + index }),
);
const lock: AccessLock = { file: 'access.lock.yaml', found: true, lines, answers: [] };
const judge = (objects: readonly ProvedObject[], change: Partial<AccessLock> = {}) => [
  ...matrixDrift.evaluate({ live: noLiveAccess, proof: sampleProof({ objects }), rules: noRules, lock: { ...lock, ...change } }),
];

describe('access/matrix-drift', () => {
  it.each<[PersonaName[], string, string]>([
    [['anon', 'newcomer', 'stranger', 'foreign-admin'], 'Everybody on the internet can now delete invoices.', 'high'],
    [['newcomer', 'stranger', 'foreign-admin'], 'Everybody with an account can now delete invoices.', 'high'],
    [['stranger'], 'A user of another organisation can now delete invoices.', 'high'],
    [['peer', 'owner'], 'Another member of the same organisation and the owner can now delete invoices.', 'medium'],
    [['tenant-admin'], 'An administrator of the organisation can now delete invoices.', 'low'],
  ])('says who gained: %j', (who, message, severity) => {
    const found = judge([sampleObject({}, { ...soundReach, delete: [...who, 'admin'] })]);
    expect(found).toMatchObject([{ outcome: 'fail', message, severity, subject: 'supabase table invoices delete' }]);
    expect(found[0]?.place?.line).toBe(31);
    expect(found[0]?.proof).toMatchObject([
      { kind: 'code', place: { file: 'access.lock.yaml', line: 17 }, text: 'table invoices delete: [admin]' },
      { kind: 'step', text: expect.stringContaining('DELETE FROM public.invoices') },
    ]);
  });

  it('counts what was unknown and works now as gained', () => {
    const before = lines.map((line) => (line.verb === 'read' ? { ...line, unknown: ['stranger' as const] } : line));
    expect(
      judge([sampleObject({}, { ...soundReach, select: [...(soundReach.select ?? []), 'stranger'] })], { lines: before }),
    ).toMatchObject([{ outcome: 'fail', message: 'A user of another organisation can now read invoices.' }]);
  });

  it('tells a new table from a changed one, and how bad it is', () => {
    expect(judge([sampleObject(), sampleObject({ name: 'payouts' })])).toMatchObject([
      { outcome: 'fail', severity: 'medium', message: 'Table payouts is new: nobody has reviewed who may do what with it.' },
    ]);
    expect(judge([sampleObject(), leakyObject({ name: 'payouts' })])).toMatchObject([
      { severity: 'high', message: expect.stringContaining('Everybody with an account can already get at it.') },
    ]);
  });

  it('does not mind less, nor what is gone, nor a repo without a lock', () => {
    expect(judge([sampleObject({}, { ...soundReach, delete: [] })])).toMatchObject([{ outcome: 'pass' }]);
    expect(judge([sampleObject()], { lines: [...lines, { ...lines[0]!, thing: 'table old' }] })).toMatchObject([{ outcome: 'pass' }]);
    expect(judge([leakyObject()], { found: false, lines: [] })).toEqual([]);
  });
});
