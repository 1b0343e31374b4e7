import { describe, expect, it } from 'vitest';
import { keepsAnswer } from './edge-cache-control.ts';

// https://developers.cloudflare.com/cache/concepts/cache-control/ and .../cache/how-to/cache-rules/settings/#edge-ttl
describe('an answer with Cache-Control', () => {
  const outcomes = ['kept', 'asked', 'timed', 'marked', 'allowed', 'passed'] as const;
  it.each<[string | undefined, readonly (boolean | undefined)[]]>([
    [undefined, [true, true, false, false, false, false]],
    ['', [true, true, false, false, false, false]],
    ['max-age=600', [true, true, true, false, false, false]],
    ['max-age="600"', [true, true, true, false, false, false]],
    ['Max-Age=600, Must-Revalidate', [true, true, true, true, true, false]],
    ['s-maxage=60', [true, true, true, true, true, false]],
    ['public, max-age=60', [true, true, true, true, true, false]],
    ['public', [true, true, true, true, true, false]],
    ['must-revalidate', [true, true, undefined, true, undefined, false]],
    ['no-transform', [true, true, undefined, false, false, false]],
    ['max-age=600, s-maxage=0', [true, false, false, false, false, false]],
    ['max-age=0, s-maxage=60', [true, true, true, true, true, false]],
    ['public, max-age=0, must-revalidate', [true, false, false, false, false, false]],
    ['private, max-age=600', [true, false, false, false, false, false]],
    ['public, no-cache', [true, false, false, false, false, false]],
    ['no-store', [true, false, false, false, false, false]],
    ['x-max-age=600', [true, true, undefined, false, false, false]],
  ])('%s', (cacheControl, expected) => {
    expect(outcomes.map((one) => keepsAnswer(one, cacheControl === undefined ? {} : { cacheControl }))).toEqual(expected);
  });

  it('and Expires lasts as long as that says where Cache-Control says nothing of how long', () => {
    expect(keepsAnswer('timed', { cacheControl: 'must-revalidate', expiresIn: 60 })).toBe(true);
    expect(keepsAnswer('timed', { cacheControl: 'must-revalidate', expiresIn: 0 })).toBe(false);
    expect(keepsAnswer('timed', { cacheControl: 'max-age=60', expiresIn: 0 })).toBe(true);
    expect(keepsAnswer('asked', { expiresIn: -1 })).toBe(false);
    expect(keepsAnswer('timed', { expiresIn: 60 })).toBe(undefined);
  });
});
