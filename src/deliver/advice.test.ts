import { describe, expect, it } from 'vitest';
import { finding } from '../../test/contracts/findings.ts';
import { estimate } from '../core/estimate.ts';
import type { VerdictStatus } from '../core/gate.ts';
import { rank } from '../core/rank.ts';
import type { Finding } from '../core/finding.ts';
import { type Advice, advise } from './advice.ts';

const many = (check: string, count: number, over: Partial<Finding> = {}): Finding[] =>
  Array.from({ length: count }, (_, index) =>
    finding({ check, message: 'Open.', fingerprint: `${check.length}${index}`.padStart(16, '0'), ...over }),
  );

function ask(status: VerdictStatus, ...findings: Finding[]): Advice {
  const blocking = rank(findings);
  return advise(status, blocking, estimate(blocking));
}

describe('advise', () => {
  it('sends nobody shopping for what they can do with a prompt', () => {
    const advice = ask('not-ready', ...many('audit/secret-in-client', 1, { effort: 'minutes' }), ...many('audit/webhook-unverified', 1));
    expect(advice.kind).toBe('yourself');
    expect(advice.text).toContain('2 fixes');
  });

  it('asks for a second pair of eyes where a gap would stay unseen', () => {
    const advice = ask('not-ready', ...many('audit/rls-always-true', 14), ...many('audit/secret-in-client', 1, { effort: 'minutes' }));
    expect(advice.kind).toBe('mixed');
    expect(advice.text).toMatch(/^The other 1 you can do yourself .* One changes who sees whose data/);
  });

  it('says get help when it is more than a week of it', () => {
    expect(ask('not-ready', ...many('audit/tenant-missing', 30, { effort: 'days' })).kind).toBe('help');
  });

  it('does not call two weeks of small fixes an evening', () => {
    const small = Array.from({ length: 12 }, (_, index) => many(`audit/webhook-${index}`, 1)).flat();
    expect(ask('not-ready', ...small)).toMatchObject({ kind: 'mixed', text: expect.stringContaining('all 12 together') as string });
  });

  it('says so when there is nothing to do, or nothing known', () => {
    expect(ask('ready').kind).toBe('nothing');
    expect(ask('cannot-tell').kind).toBe('find-out');
  });
});
