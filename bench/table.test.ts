import { describe, expect, it } from 'vitest';
import { share, table, verdict } from './table.ts';

describe('table', () => {
  it('puts texts left and numbers right', () => {
    expect(
      table(
        ['check', 'found'],
        [
          ['a', 5],
          ['longer', 12],
        ],
      ),
    ).toBe('check   found\n------  -----\na           5\nlonger     12');
  });

  it('works without rows', () => {
    expect(table(['check'], [])).toBe('check\n-----');
  });
});

describe('share', () => {
  it('says that there is nothing to share', () => {
    expect(share(1, 2)).toBe('0.500');
    expect(share(0, 0)).toBe('–');
  });
});

describe('verdict', () => {
  it('compares in the right direction', () => {
    expect(verdict('recall', 0.9, 0.9, 'more')).toEqual({ met: true, line: 'ok   recall: 0.900 (target ≥ 0.9)' });
    expect(verdict('time', 3, 2.5, 'less', 1)).toEqual({ met: false, line: 'MISS time: 3.0 (target ≤ 2.5)' });
  });

  it('does not take a figure that was not measured for a good one', () => {
    expect(verdict('recall', NaN, 0.9, 'more').met).toBe(false);
    expect(verdict('time', NaN, 2.5, 'less').line).toContain('not measured');
  });
});
