import { describe, expect, it } from 'vitest';
import { fixParts, targetName } from './words.ts';

describe('a fix', () => {
  it('is words, and what is to be pasted behind a first line with a colon: whole, as it is', () => {
    const body = Array.from({ length: 40 }, (_, nth) => `    line ${nth}`);
    const { text, code } = fixParts(['As a migration:', 'CREATE FUNCTION f() AS $$', ...body, '', '$$;', ''].join('\n'));
    expect(text).toEqual(['As a migration:']);
    expect(code).toEqual(['CREATE FUNCTION f() AS $$', ...body, '', '$$;']);
    const long = `SELECT '${'x'.repeat(3000)}';`;
    expect(fixParts(`As a migration:\n${long}`).code).toEqual([long]);
  });

  it('is words alone without one', () => {
    expect(fixParts('Do this.\nThen that.')).toEqual({ text: ['Do this.', 'Then that.'], code: [] });
  });

  it('shows what would not show', () => {
    expect(fixParts('Paste:\nDROP\u202e x').code).toEqual(['DROP‹U+202E› x']);
  });
});

describe('what was looked at', () => {
  it('is named in the letters of its language too, once', () => {
    const target = { url: 'https://xn--mnchen-3ya.example/', domain: 'xn--mnchen-3ya.example' };
    expect(targetName({ target })).toBe('https://xn--mnchen-3ya.example/ · münchen.example (xn--mnchen-3ya.example)');
    expect(targetName({ target: { root: '/srv/portal', domain: 'xn--mnchen-3ya.example' } })).toBe(
      'portal · münchen.example (xn--mnchen-3ya.example)',
    );
    expect(targetName({ target: { url: 'https://app.example.com/', domain: 'example.com' } })).toBe('https://app.example.com/');
  });

  it('is never named first by letters that pass for others', () => {
    const url = 'https://xn--80ak6aa92e.com/';
    expect(targetName({ target: { url } })).toMatch(/^https:\/\/xn--80ak6aa92e\.com\/ · xn--80ak6aa92e\.com \(shown as /);
  });
});
