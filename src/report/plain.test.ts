import { describe, expect, it } from 'vitest';
import { harmful, hostileTexts } from '../../test/contracts/hostile.ts';
import { clip, gist, oneLine, quotation, sentence, verbatim, visible } from './plain.ts';

describe('plain', () => {
  it('names what would not show', () => {
    expect(visible('a\u0000b\u001b[31mc\u202ed')).toBe('a‹U+0000›b‹U+001B›[31mc‹U+202E›d');
    expect(visible('lone \ud800')).toBe('lone ‹U+D800›');
    expect(visible('\u{e0041}')).toBe('‹U+E0041›');
  });

  it('leaves letters of any language, emoji and newlines alone', () => {
    const text = 'Überweisung 請求書 فاتورة 🙂\nnext';
    expect(visible(text)).toBe(text);
  });

  it.each(hostileTexts.map((text, index) => [index, text]))('leaves nothing harmful of hostile text %i', (_, text) => {
    for (const make of [visible, oneLine, sentence, quotation, verbatim]) expect(make(text)).not.toMatch(harmful);
    expect(oneLine(text)).not.toContain('\n');
  });

  it('cuts long texts and says how much is missing', () => {
    expect(clip('abcdef', 4)).toBe('abcd… (2 more characters)');
    expect(clip('🙂🙂🙂', 2)).toBe('🙂🙂… (1 more characters)');
    expect(sentence('x'.repeat(5000)).length).toBeLessThan(650);
    expect(quotation('y\n'.repeat(100)).split('\n')).toHaveLength(31);
  });

  it('gives the gist of a long sentence', () => {
    expect(gist('one two three four', 12)).toBe('one two…');
    expect(gist('one two', 12)).toBe('one two');
  });

  it('never cuts lines off a text that is to be copied', () => {
    expect(verbatim('z\n'.repeat(200)).split('\n')).toHaveLength(201);
  });
});
