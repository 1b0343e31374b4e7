import { describe, expect, it } from 'vitest';
import { beforeOthers, hadItsTime, isOver, patienceOf, timeFor } from './patience.ts';

const minute = 60_000;

describe('the time for all mails', () => {
  it('gives each what it may take, and never more than is left', () => {
    const now = Date.now();
    expect(timeFor(patienceOf(minute, now + 30 * minute))).toBe(minute);
    // Two minutes are kept for what is done with them.
    const close = timeFor(patienceOf(10 * minute, now + 10 * minute));
    expect(close).toBeGreaterThan(8 * minute);
    expect(close).toBeLessThan(9 * minute);
    expect(isOver(patienceOf(minute, now - 1))).toBe(true);
  });

  it('is over when the run is', () => {
    const run = new AbortController();
    const patience = patienceOf(minute, Date.now() + 30 * minute, run.signal);
    expect(isOver(patience)).toBe(false);
    run.abort();
    expect(isOver(patience)).toBe(true);
  });

  it('leaves other boxes some of it', () => {
    const { until } = patienceOf(minute, Date.now() + 30 * minute);
    const all = { usual: minute, until };
    expect(beforeOthers(all, false).until).toBe(until);
    expect(beforeOthers(all, true).until).toBe(until - 2 * minute);
    const left = beforeOthers({ usual: 10 * minute, until }, true).until - Date.now();
    expect(left).toBeGreaterThan(7 * minute);
  });

  it('tells a mail that did not come from one that was not waited for', () => {
    const patience = { usual: minute, until: Infinity };
    expect(hadItsTime(patience, Date.now() - minute)).toBe(true);
    expect(hadItsTime(patience, Date.now() - minute / 2)).toBe(false);
  });
});
