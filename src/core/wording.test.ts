import { describe, expect, it } from 'vitest';
import { andList, firstSentence, placeText, plural, spotText, thousands } from './wording.ts';

describe('wording', () => {
  it('counts with the right noun', () => {
    expect(plural(1, 'route')).toBe('1 route');
    expect(plural(0, 'route')).toBe('0 routes');
    expect(plural(12_345, 'fix', 'fixes')).toBe('12,345 fixes');
    expect(thousands(1_234_567.6)).toBe('1,234,568');
  });

  it('joins lists as people do', () => {
    expect(andList([])).toBe('');
    expect(andList(['a'])).toBe('a');
    expect(andList(['a', 'b', 'c'])).toBe('a, b and c');
  });

  it('names a place by what is known of it', () => {
    expect(placeText(undefined)).toBe('');
    expect(placeText({})).toBe('');
    expect(placeText({ file: 'a.ts' })).toBe('a.ts');
    expect(placeText({ file: 'a.ts', line: 4, name: 'GET /x' })).toBe('GET /x (a.ts:4)');
    expect(placeText({ name: 'invoices' })).toBe('invoices');
    expect(placeText({ url: 'https://a.example/x', name: 'https://a.example/x' })).toBe('https://a.example/x');
    expect(spotText({ file: 'a.ts', line: 4, name: 'GET /x' })).toBe('a.ts:4');
  });

  it('takes the first sentence, not the first dot', () => {
    expect(firstSentence('Set sourcemap to false in vite.config.ts. Then build again.')).toBe('Set sourcemap to false in vite.config.ts.');
    expect(firstSentence('No full stop')).toBe('No full stop');
    expect(firstSentence('alter table x;\nThen go on.')).toBe('alter table x;');
  });
});
