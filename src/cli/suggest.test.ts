import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from './suggest.ts';

describe('nearest', () => {
  it('finds what was meant', () => {
    expect(nearest('audti', ['audit', 'gate', 'init'])).toBe('audit');
    expect(nearest('failon', ['failOn', 'unknown'])).toBe('failOn');
    expect(nearest('webhook', ['audit/webhook-unverified', 'audit/rls-disabled'])).toBe('audit/webhook-unverified');
  });

  it('keeps silent when nothing is near', () => {
    expect(nearest('teleport', ['audit', 'gate', 'init'])).toBeUndefined();
    expect(nearest('x'.repeat(5000), ['audit'])).toBeUndefined();
    expect(didYouMean('zzz', [])).toBeUndefined();
  });
});
