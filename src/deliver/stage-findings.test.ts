import { describe, expect, it } from 'vitest';
import { finding } from '../../test/contracts/findings.ts';
import type { Verdict } from '../core/gate.ts';
import type { Finding } from '../core/finding.ts';
import type { Run } from '../core/run.ts';
import { stageParts } from './stage-findings.ts';

const words = { notReady: 'The domain is not ready', ready: 'The domain is ready', question: 'whether it is' };
const one = (stage: 'edge' | 'email', outcome: Finding['outcome'], severity: Finding['severity'] = 'high'): Finding => ({
  ...finding({ check: `${stage}/x`, message: `${stage} ${outcome}` }),
  stage,
  outcome,
  severity,
});

/** The verdict that stands on the document of stage edge, of a run with these findings. */
function told(findings: readonly Finding[]): string {
  const fails = findings.filter(({ outcome }) => outcome === 'fail');
  const unknowns = findings.filter(({ outcome }) => outcome === 'unknown');
  const status = fails.length > 0 ? 'not-ready' : unknowns.length > 0 ? 'cannot-tell' : 'ready';
  const verdict = { status, because: fails.length > 0 ? fails : unknowns, waived: [], known: [], expired: [] } as unknown as Verdict;
  const [block] = stageParts({ findings, checks: [], evidence: [] } as unknown as Run, {}, verdict, 'edge', words).above;
  return block?.kind === 'verdict' ? `${block.status}: ${block.text}` : 'none';
}

describe('the verdict on the document of one stage', () => {
  it('counts its own problems, and not those of another', () => {
    expect(told([one('edge', 'fail'), one('email', 'fail'), one('email', 'fail')])).toBe(
      'not-ready: The domain is not ready: 1 problem stops the launch.',
    );
  });

  it('is ready where only another stage fails', () => {
    expect(told([one('edge', 'pass'), one('email', 'fail')])).toMatch(/^ready: The domain is ready/);
  });

  it('says what could not be told, also where another stage fails', () => {
    expect(told([one('edge', 'pass'), one('edge', 'unknown'), one('email', 'fail')])).toMatch(/^cannot-tell: Nobody can tell yet/);
    expect(told([one('edge', 'pass'), one('edge', 'unknown', 'low'), one('email', 'fail')])).toMatch(/^ready/);
    expect(told([one('email', 'fail')])).toBe('cannot-tell: Nobody can tell yet whether it is: nothing could be judged.');
  });
});
