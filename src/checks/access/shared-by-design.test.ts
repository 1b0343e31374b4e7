import { noLiveAccess } from '../../evidence/live-access.ts';
import { describe, expect, it } from 'vitest';
import { type AccessLock, noLock } from '../../evidence/access-lock.ts';
import { noRules } from '../../evidence/firebase-proof.ts';
import { sampleObject, sampleProof, soundReach } from '../../evidence/isolation-samples.ts';
import type { ProvedObject, Sharing } from '../../evidence/isolation.ts';
import { sharedByDesign } from './shared-by-design.ts';

const answer = (thing: string, shared: Sharing): AccessLock => ({
  ...noLock,
  found: true,
  answers: [{ source: 'supabase', thing, with: shared, by: 'Jane', on: '2026-11-23', why: 'Teams work together.', line: 30 }],
});
const judge = (objects: readonly ProvedObject[], lock: AccessLock = noLock) => [
  ...sharedByDesign.evaluate({ live: noLiveAccess, proof: sampleProof({ objects }), rules: noRules, lock }),
];

describe('access/shared-by-design', () => {
  it("asks mildly about an organisation's rows, and less so about a person's", () => {
    expect(judge([sampleObject()])).toMatchObject([{ outcome: 'unknown', severity: 'low', subject: 'supabase table invoices' }]);
    expect(judge([sampleObject({ belongs: { to: 'user', path: ['user_id'], told: 'created-by' } })])).toMatchObject([
      { outcome: 'unknown', severity: 'medium' },
    ]);
  });

  it('is one question, however many tables: they share what would answer it', () => {
    const asked = judge([sampleObject(), sampleObject({ name: 'cases' })]);
    expect(new Set(asked.map(({ toKnow }) => toKnow)).size).toBe(1);
  });

  it('takes an answer about everything, unless the thing has one of its own', () => {
    const general = answer('everything', 'members');
    expect(judge([sampleObject()], general)).toMatchObject([{ outcome: 'pass' }]);
    const own = { ...general, answers: [...general.answers, ...answer('table invoices', 'nobody').answers] };
    expect(judge([sampleObject(), sampleObject({ name: 'cases' })], own).map(({ outcome }) => outcome)).toEqual(['pass', 'fail']);
    expect(judge([sampleObject()], answer('everything', 'everyone'))).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('says what they can do, and who had said that they may not', () => {
    const object = sampleObject({}, { ...soundReach, delete: ['peer', 'admin'] });
    expect(judge([object], answer('table invoices', 'nobody'))[0]?.message).toBe(
      'A member of the same organisation can read and delete invoices, though Jane answered that invoices is shared with nobody.',
    );
  });

  it('has nothing to ask where colleagues do not get in, or all are meant to', () => {
    expect(judge([sampleObject({}, { ...soundReach, select: ['owner'] })])).toEqual([]);
    expect(judge([sampleObject({ nature: 'reference' })])).toEqual([]);
  });
});
