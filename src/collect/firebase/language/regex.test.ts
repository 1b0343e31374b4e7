import { describe, expect, it } from 'vitest';
import { compileRegex, sampleOf } from './regex.ts';

const matching: readonly (readonly [string, string, boolean])[] = [
  ['abc', 'abc', true],
  ['abc', 'abcd', false],
  ['.*@domain[.]com', 'user@domain.com', true],
  ['.*@domain[.]com', 'user@domain.org', false],
  ['^[a-z]+$', 'abc', true],
  ['a|bc|d', 'bc', true],
  ['(ab)+', 'ababab', true],
  ['(ab)+', 'aba', false],
  ['a{2,3}', 'aa', true],
  ['a{2,3}', 'aaaa', false],
  ['a{2,}', 'aaaaa', true],
  ['a{0}', '', true],
  ['x*', '', true],
  ['[^0-9]+', 'a1', false],
  ['[\\w-]+', 'a-b_c', true],
  ['\\d{3}-\\d{4}', '555-1234', true],
  ['\\+?[1-9]\\d{1,14}', '+4930123', true],
  ['[[:alpha:]]+', 'abc', true],
  ['(?i)abc', 'aBC', true],
  ['(?i:a)b', 'AB', false],
  ['(?:a|b)c', 'bc', true],
  ['(?P<x>a)', 'a', true],
  ['a.b', 'a\nb', false],
  ['(?s)a.b', 'a\nb', true],
  ['\\Aab\\z', 'ab', true],
  ['foo\\b.*', 'foo bar', true],
  ['\\x41\\u0042', 'AB', true],
  ['[]a]', ']', true],
  ['a{b', 'a{b', true],
  ['(a*)*b', 'aaaa', false],
  ['ü+', 'üü', true],
];

describe('regular expressions', () => {
  it.each(matching)('%s on %s: %s', (pattern, text, expected) => expect(compileRegex(pattern).fullMatch(text)).toBe(expected));

  it.each([
    '(',
    'a)',
    '[a',
    '*',
    '(?=a)',
    '(?<!a)b',
    '\\1',
    'a{1001}',
    '[z-a]',
    '((a{900}){900})',
    '(?x)a',
    '\\pL',
    'a'.repeat(3000),
    '('.repeat(100),
  ])('does not read %s', (pattern) => expect(() => compileRegex(pattern)).toThrow(Error));

  it('takes no longer for a pattern that makes others hang', () => {
    expect(compileRegex('(a+)+(a+)+(a|aa)*c').fullMatch('a'.repeat(2000))).toBe(false);
  });

  it('finds the leftmost match, and the longer or shorter as asked', () => {
    const text = [...'xaab'];
    expect([
      compileRegex('a+').find(text, 0),
      compileRegex('a+?').find(text, 0),
      compileRegex('b|ab').find(text, 0),
      compileRegex('z').find(text, 0),
    ]).toEqual([[1, 3], [1, 2], [2, 4], undefined]);
  });

  it.each(['[A-Z]{3}-\\d+', '.+@.+\\..+', '^(draft|done)$', 'image/.*', '[^ab]x?', '\\w{5,}'])(
    'makes a text that %s matches',
    (pattern) => {
      const regex = compileRegex(pattern);
      expect(regex.fullMatch(sampleOf(regex.pattern))).toBe(true);
    },
  );
});
