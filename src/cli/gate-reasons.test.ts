import { describe, expect, it } from 'vitest';
import type { Finding } from '../core/finding.ts';
import { defaultPolicy, type Verdict } from '../core/gate.ts';
import { gateReasons } from './gate-reasons.ts';

const finding = (id: string): Finding => ({ id, message: `What ${id} is.`, place: { file: 'a.ts', line: 1 } }) as Finding;
const nothing: Verdict = { status: 'ready', because: [], waived: [], known: [], expired: [] };
const said = (verdict: Partial<Verdict>): string => gateReasons({ ...nothing, ...verdict }, defaultPolicy).join('\n');

describe('gateReasons', () => {
  it('says why it is open', () => {
    expect(said({})).toBe('Gate open: nothing new of severity high or worse.');
  });

  it('names what closes it, twenty at most', () => {
    expect(said({ status: 'not-ready', because: [finding('a')] })).toBe(
      'Gate closed: 1 new finding of severity high or worse.\n  a  What a is.  [a.ts:1]',
    );
    expect(said({ status: 'not-ready', because: Array.from({ length: 25 }, (_, n) => finding(`f${n}`)) })).toMatch(
      /f19 .*\n {2}and 5 more$/s,
    );
  });

  it('says that unknown is no pass', () => {
    expect(said({ status: 'cannot-tell', because: [finding('a')] })).toContain('an unanswered question is no pass');
    expect(said({ status: 'cannot-tell' })).toBe('Gate closed: nothing could be judged.');
  });

  it('shows what is known, accepted, and no longer accepted', () => {
    const waiver = { finding: 'a', reason: 'VPN', name: 'Jane', expires: '2027-01-31' };
    expect(
      said({
        known: [finding('k')],
        waived: [{ finding: finding('a'), waiver }],
        expired: [{ ...waiver, finding: 'b', expires: '2026-01-31' }],
      }),
    ).toBe(
      [
        'Gate open: nothing new of severity high or worse.',
        'Known from the baseline: 1.',
        'Accepted by Jane until 2027-01-31: a (VPN)',
        'No longer accepted since 2026-01-31: b (Jane: VPN)',
      ].join('\n'),
    );
  });
});
