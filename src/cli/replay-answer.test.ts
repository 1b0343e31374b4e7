import { describe, expect, it } from 'vitest';
import type { Finding, Outcome } from '../core/finding.ts';
import { replayAnswer } from './replay-answer.ts';

const finding = (fingerprint: string, outcome: Outcome): Finding =>
  ({
    fingerprint,
    outcome,
    message: `${fingerprint} ${outcome}`,
    fix: 'Do it.',
    toKnow: 'Look.',
    place: { file: 'a.ts', line: 3 },
  }) as Finding;
const answer = (...findings: Finding[]): string => {
  const { status, lines } = replayAnswer(findings, (item) => item.fingerprint === 'same', []);
  return `${status}: ${lines.join(' ')}`;
};

describe('replayAnswer', () => {
  it('is red while the finding fails', () => {
    expect(answer(finding('other', 'pass'), finding('same', 'fail'))).toBe('not-ready: Still there. same fail at a.ts:3  Fix: Do it.');
  });

  it('is green when the same thing passes, whatever else fails or is unknown', () => {
    expect(answer(finding('other', 'fail'), finding('third', 'unknown'), finding('same', 'pass'))).toMatch(/^ready: Fixed\./);
  });

  it('is green when the thing is gone and all else was seen', () => {
    expect(answer(finding('other', 'fail'))).toMatch(/^ready: Gone/);
    expect(answer(finding('nothing', 'not-applicable'))).toMatch(/^ready: Gone: nothing of this kind/);
  });

  it('cannot tell while the thing is unknown, or could hide behind something unknown', () => {
    expect(answer(finding('same', 'unknown'))).toMatch(/^cannot-tell: .*To know: Look\./);
    expect(answer(finding('other', 'pass'), finding('third', 'unknown'))).toMatch(/^cannot-tell/);
  });

  it('cannot tell without what the check needs', () => {
    expect(replayAnswer([], () => false, ['url'])).toEqual({
      status: 'cannot-tell',
      lines: ['Could not tell: this check needs the address of the running app.'],
    });
  });
});
