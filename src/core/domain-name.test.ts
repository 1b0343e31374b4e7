import { domainToASCII, domainToUnicode } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bothForms, decodePunycode } from './domain-name.ts';

describe('a name in the letters of its script', () => {
  it.each([
    'münchen.example',
    'bücher.example',
    'пример.example',
    '例え.example',
    '한국.example',
    'उदाहरण.example',
    'straße.example',
    'đại.example',
    'ελλάδα.example',
  ])('%s stands first, and its ASCII form behind it', (name) => {
    const ascii = domainToASCII(name);
    expect(domainToUnicode(ascii)).toBe(name);
    expect(bothForms(ascii)).toBe(`${name} (${ascii})`);
  });

  it.each([
    ['Cyrillic among Latin', 'аpple.example'],
    ['Greek among Latin', 'gοοgle.example'],
    ['a word of Cyrillic letters that all look like Latin', 'аррӏе.example'],
    ['the dotless i', 'paypaı.example'],
    ['a mark upon a letter', 'p\u0323q\u0323x\u0323.example'],
  ])('%s does not stand first', (_, name) => {
    const ascii = domainToASCII(name);
    expect(ascii).toMatch(/^xn--/);
    expect(bothForms(ascii)).toMatch(new RegExp(`^${ascii} \\(shown as `));
  });

  it('is left as it is where it is ASCII, no name, or damaged', () => {
    for (const name of [
      'example.com',
      'xn--.example',
      'xn--a.example',
      'xn--\u0000.example',
      `xn--${'9'.repeat(59)}.example`,
      '_dmarc.example.com',
    ])
      expect(bothForms(name)).toBe(name);
    // What decodes to a slash, a dot or something that cannot be seen is never shown.
    expect(bothForms('xn--a-ecp.example')).toBe('xn--a-ecp.example');
  });

  it('decodes what others encoded', () => {
    // RFC 3492 §7.1 (B), (I).
    expect(decodePunycode('ihqwcrb4cv8a8dqg056pqjye')).toBe('他们为什么不说中文');
    expect(decodePunycode('b1abfaaepdrnnbgefbadotcwatmq2g4l')).toBe('почемужеонинеговорятпорусски');
  });
});
