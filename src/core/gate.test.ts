import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding, Outcome } from './finding.ts';
import { defaultPolicy, exitCodes, type GatePolicy, judge, type Verdict } from './gate.ts';
import { severities, type Severity } from './stage.ts';

const finding = (id: string, outcome: Outcome, severity: Severity = 'high', tripwire = false): Finding =>
  ({ id, check: id.split('#', 1)[0] ?? id, fingerprint: `f-${id}`, outcome, severity, tripwire }) as Finding;
const pass = finding('audit/p#1', 'pass');
const verdict = (findings: readonly Finding[], policy: Partial<GatePolicy> = {}): Verdict =>
  judge(findings, { ...defaultPolicy, ...policy }, '2026-11-23');

describe('judge', () => {
  it('is ready when something was looked at and nothing stands against it', () => {
    expect(verdict([pass]).status).toBe('ready');
    expect(verdict([pass, finding('audit/a#1', 'fail', 'medium')]).status).toBe('ready');
  });

  it('cannot tell when nothing was looked at', () => {
    expect(verdict([]).status).toBe('cannot-tell');
    expect(verdict([finding('audit/a#1', 'not-applicable')]).status).toBe('cannot-tell');
  });

  it('stops at a fail, worst first, and at a tripwire of any severity', () => {
    const findings = [finding('audit/h#1', 'fail', 'high'), finding('audit/b#1', 'fail', 'blocker'), pass];
    expect(verdict(findings)).toMatchObject({ status: 'not-ready', because: [{ id: 'audit/b#1' }, { id: 'audit/h#1' }] });
    expect(verdict([pass, finding('audit/t#1', 'fail', 'low', true)]).status).toBe('not-ready');
  });

  it('does not take an unanswered question for a pass', () => {
    const findings = [pass, finding('audit/u#1', 'unknown')];
    expect(verdict(findings)).toMatchObject({ status: 'cannot-tell', because: [{ id: 'audit/u#1' }] });
    expect(verdict(findings, { unknown: 'warn' }).status).toBe('ready');
    expect(verdict([...findings, finding('audit/f#1', 'fail')]).status).toBe('not-ready');
  });

  it('blocks on the severity it is told', () => {
    const findings = [pass, finding('audit/m#1', 'fail', 'medium')];
    expect(verdict(findings, { blockOn: 'medium' }).status).toBe('not-ready');
    expect(verdict([pass, finding('audit/h#1', 'fail', 'high')], { blockOn: 'blocker' }).status).toBe('ready');
  });

  it('accepts a waiver of a finding or of a whole check, until its last day', () => {
    const findings = [pass, finding('audit/a#1', 'fail'), finding('audit/a#2', 'fail')];
    const waiver = (target: string, expires: string): Partial<GatePolicy> => ({
      waivers: [{ finding: target, reason: 'r', name: 'n', expires }],
    });
    expect(verdict(findings, waiver('audit/a#1', '2026-11-23'))).toMatchObject({
      status: 'not-ready',
      because: [{ id: 'audit/a#2' }],
      waived: [{ finding: { id: 'audit/a#1' } }],
    });
    expect(verdict(findings, waiver('audit/a', '2026-11-23')).status).toBe('ready');
    expect(verdict(findings, waiver('audit/a', '2026-11-22'))).toMatchObject({ status: 'not-ready', expired: [{ finding: 'audit/a' }] });
  });

  it('lets known findings be, and only these', () => {
    const findings = [pass, finding('audit/a#1', 'fail'), finding('audit/b#1', 'fail')];
    expect(verdict(findings, { baseline: new Set(['f-audit/a#1']) })).toMatchObject({
      status: 'not-ready',
      because: [{ id: 'audit/b#1' }],
      known: [{ id: 'audit/a#1' }],
    });
  });

  it('never gets better by one more fail or unknown', () => {
    const some = fc.record({
      outcome: fc.constantFrom<Outcome>('pass', 'fail', 'unknown', 'not-applicable'),
      severity: fc.constantFrom(...severities),
      tripwire: fc.boolean(),
    });
    const rank = { ready: 0, 'cannot-tell': 1, 'not-ready': 2 };
    const property = fc.property(
      fc.array(some),
      fc.constantFrom<Outcome>('fail', 'unknown'),
      fc.constantFrom(...severities),
      (list, outcome, severity) => {
        const findings = list.map((item, index) => finding(`audit/x#${index}`, item.outcome, item.severity, item.tripwire));
        const worse = verdict([...findings, finding('audit/new#1', outcome, severity)]);
        expect(rank[worse.status]).toBeGreaterThanOrEqual(rank[verdict(findings).status]);
      },
    );
    fc.assert(property, { seed: 1 });
  });

  it('has an exit code for each answer', () => {
    expect(exitCodes).toEqual({ ready: 0, 'not-ready': 1, usage: 2, 'cannot-tell': 3, bug: 70 });
  });
});
