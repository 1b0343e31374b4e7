import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding, someFindings } from '../../test/contracts/findings.ts';
import type { CheckRecord } from './run.ts';
import { coverage, risk } from './score.ts';
import { severities } from './stage.ts';

const record = (state: CheckRecord['state'], counts: Partial<CheckRecord['counts']> = {}): CheckRecord => ({
  id: 'audit/x',
  title: 'x',
  state,
  counts: { pass: 0, fail: 0, unknown: 0, notApplicable: 0, ...counts },
});
const value = (...findings: ReturnType<typeof finding>[]): number => risk({ findings, checks: [] }).value;

describe('risk', () => {
  it('is 0 with nothing open', () => {
    expect(risk({ findings: [finding({ outcome: 'pass' }), finding({ outcome: 'unknown' })], checks: [] })).toMatchObject({
      value: 0,
      band: 'none found',
      parts: [],
    });
  });

  it('calls one blocker high and three different ones severe', () => {
    const blockers = ['a', 'b', 'c'].map((name) => finding({ check: `audit/${name}` }));
    expect(risk({ findings: blockers.slice(0, 1), checks: [] })).toMatchObject({ value: 30, band: 'high' });
    expect(risk({ findings: blockers, checks: [] }).band).toBe('severe');
  });

  it('counts a tripwire as a blocker, and further places of one check less', () => {
    expect(value(finding({ severity: 'low', tripwire: true }))).toBe(value(finding()));
    expect(value(finding(), finding())).toBeLessThan(value(finding(), finding({ check: 'audit/b' })));
  });

  it('says where its points come from', () => {
    const { value: total, parts } = risk({
      findings: [finding(), finding({ check: 'audit/b', severity: 'high' }), finding({ check: 'audit/b', severity: 'low' })],
      checks: [],
    });
    expect(parts.map(({ check, open }) => [check, open])).toEqual([
      ['audit/rls-off', 1],
      ['audit/b', 2],
    ]);
    const sum = parts.reduce((points, part) => points + part.points, 0);
    expect(Math.abs(sum - total)).toBeLessThan(1);
  });

  it('is a lower bound while something was not looked at', () => {
    expect(risk({ findings: [], checks: [record('out-of-reach')] }).atLeast).toBe(true);
    expect(risk({ findings: [], checks: [record('judged', { unknown: 1 })] }).atLeast).toBe(true);
    expect(risk({ findings: [], checks: [record('judged', { pass: 1 })] }).atLeast).toBe(false);
  });

  it('never rises when a finding is mended, made milder or gone', () => {
    fc.assert(
      fc.property(someFindings, fc.nat(), fc.constantFrom('pass', 'not-applicable', 'gone', 'milder'), (findings, pick, how) => {
        const index = findings.length === 0 ? -1 : pick % findings.length;
        const after = findings.flatMap((item, at) => {
          if (at !== index) return [item];
          if (how === 'gone') return [];
          if (how !== 'milder') return [{ ...item, outcome: how as 'pass' }];
          return [{ ...item, severity: severities[Math.min(3, severities.indexOf(item.severity) + 1)] ?? 'low' }];
        });
        const [before, then] = [risk({ findings, checks: [] }), risk({ findings: after, checks: [] })];
        expect(then.value).toBeLessThanOrEqual(before.value);
        expect(before.value).toBeGreaterThanOrEqual(0);
        expect(before.value).toBeLessThanOrEqual(100);
      }),
    );
  });
});

describe('coverage', () => {
  it('tells answered from partly, not, and not asked', () => {
    const checks = [
      record('judged', { pass: 3 }),
      record('judged', { notApplicable: 1 }),
      record('judged', { pass: 1, unknown: 1 }),
      record('judged', { unknown: 2 }),
      record('out-of-reach'),
      record('off'),
    ];
    expect(coverage({ checks })).toEqual({ total: 6, answered: 2, partly: 1, unanswered: 1, outOfReach: 1, off: 1 });
  });
});
