import { describe, expect, it } from 'vitest';
import { finding } from '../../test/contracts/findings.ts';
import { costText, defaultRates, estimate, hoursFor, hoursText } from './estimate.ts';
import type { Group } from './group.ts';
import type { Effort } from './stage.ts';

const group = (effort: Effort, also = 0): Group => ({
  lead: finding({ effort }),
  also: Array.from({ length: also }, () => finding({ effort })),
});

describe('estimate', () => {
  it('adds up hours and multiplies both ends with both rates', () => {
    const { hours, cost, rates } = estimate([group('minutes'), group('hours'), group('days')]);
    expect(hours).toEqual({ low: 9.25, high: 29 });
    expect(cost).toEqual({ low: 9.25 * defaultRates.low, high: 29 * defaultRates.high, currency: 'USD' });
    expect(rates).toBe(defaultRates);
  });

  it("takes the reader's own rates", () => {
    expect(estimate([group('hours')], { low: 40, high: 50, currency: 'EUR' }).cost).toEqual({ low: 40, high: 200, currency: 'EUR' });
  });

  it('counts a further place of one cause as a fraction', () => {
    expect(hoursFor(group('hours', 10)).high).toBeCloseTo(7);
    expect(hoursFor(group('hours', 10)).high).toBeLessThan(11 * hoursFor(group('hours')).high);
  });

  it('is nothing for nothing', () => {
    expect(estimate([]).hours).toEqual({ low: 0, high: 0 });
  });
});

describe('words for an estimate', () => {
  it.each([
    [{ low: 0, high: 0 }, 'no work'],
    [{ low: 0.25, high: 1 }, '15 to 60 minutes'],
    [{ low: 1, high: 4 }, '1 to 4 hours'],
    [{ low: 0.3, high: 1.2 }, '1 to 2 hours'],
    [{ low: 9.25, high: 29 }, '1 to 4 days'],
  ])('%j is %s', (range, text) => {
    expect(hoursText(range)).toBe(text);
  });

  it('rounds money so that it does not look exact', () => {
    expect(costText({ low: 412, high: 4321, currency: 'USD' })).toBe('about 400 to 4,300 USD');
    expect(costText({ low: 15, high: 150, currency: 'EUR' })).toBe('about 20 to 150 EUR');
    expect(costText({ low: 0, high: 0, currency: 'EUR' })).toBe('0 EUR');
  });
});
