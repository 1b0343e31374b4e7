import { describe, expect, it } from 'vitest';
import { finding } from '../../test/contracts/findings.ts';
import type { Verdict } from '../core/gate.ts';
import type { CheckRecord, Run } from '../core/run.ts';
import { verdictBlock } from './verdict-text.ts';

const checked: CheckRecord = { id: 'audit/a', title: 'A', state: 'judged', counts: { pass: 1, fail: 0, unknown: 0, notApplicable: 0 } };
const waiting: CheckRecord = { ...checked, id: 'audit/b', state: 'out-of-reach', wants: ['url'] };

const run = (target: Run['target'], ...checks: CheckRecord[]): Run => ({
  schema: 1,
  tool: { name: 'launch-ready', version: '0.1.0' },
  startedAt: '2026-11-23T09:30:00.000Z',
  durationMs: 1,
  target,
  findings: [],
  checks,
  evidence: [],
});
const verdict = (over: Partial<Verdict>): Verdict => ({ status: 'ready', because: [], waived: [], known: [], expired: [], ...over });

describe('verdictBlock', () => {
  it('says what a ready rests on and what the missing input would add', () => {
    const block = verdictBlock(run({ root: '/x' }, checked, waiting), verdict({}));
    expect(block.text).toBe(
      'A real customer can use this, as far as 1 answered check can tell from the repo alone: nothing that stops a launch is open.',
    );
    expect(block.detail).toMatch(/^Give the address of the running app too and 1 further check can look at /);
  });

  it('counts causes, not places', () => {
    const because = [finding({ fingerprint: '1'.repeat(16) }), finding({ fingerprint: '2'.repeat(16) })];
    expect(verdictBlock(run({ root: '/x', url: 'https://x.example' }, checked), verdict({ status: 'not-ready', because })).text).toBe(
      'A real customer should not use this yet: 1 problem stops the launch, judged from the repo and the running app.',
    );
  });

  it('never dresses up not knowing', () => {
    const unknown = finding({ outcome: 'unknown', message: 'Could not follow.', toKnow: 'A dump.' });
    expect(verdictBlock(run({ url: 'https://x.example' }, checked), verdict({ status: 'cannot-tell', because: [unknown] })).text).toMatch(
      /^Nobody can tell yet .* 1 question that decides it could not be answered from the running app alone\.$/,
    );
    expect(verdictBlock(run({}), verdict({ status: 'cannot-tell' })).text).toContain(
      'nothing that could be judged was found in saved evidence',
    );
  });

  it('says what was set aside', () => {
    const waiver = { finding: 'audit/a', reason: 'r', name: 'n', expires: '2027-01-01' };
    expect(
      verdictBlock(run({ root: '/x' }, checked), verdict({ waived: [{ finding: finding(), waiver }], known: [finding()] })).detail,
    ).toBe('Not counted against it: 1 accepted by name and 1 known from an earlier run.');
  });

  it('does not call an app fit for customers whose problems are only set aside', () => {
    const known = [finding({ severity: 'blocker' })];
    expect(verdictBlock(run({ root: '/x' }, checked), verdict({ known })).text).toBe(
      'Nothing new stops the launch, but 1 problem that would is only set aside, not mended, judged from the repo alone.',
    );
    expect(verdictBlock(run({ root: '/x' }, checked), verdict({ known: [finding({ severity: 'low' })] })).text).toMatch(
      /^A real customer can use this/,
    );
  });
});
