import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellQuote } from './shell-quote.ts';

describe('shellQuote', () => {
  it('leaves plain words as they are', () => {
    expect(shellQuote('./my-app')).toBe('./my-app');
    expect(shellQuote('https://app.example.com:8443/a?')).toBe("'https://app.example.com:8443/a?'");
    expect(shellQuote('')).toBe("''");
    expect(shellQuote('-rf')).toBe('./-rf');
  });

  it('comes back from a shell as it went in, and never breaks the line', () => {
    const word = fc.string({
      unit: fc.oneof(
        fc.constantFrom("'", '"', '$', '`', '\\', '\n', '\u001b', '\u202e', '!', '#', ' '),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
    });
    const words = fc.sample(word, { numRuns: 150, seed: 7 }).filter((text) => !text.includes('\u0000') && !text.startsWith('-'));
    const quoted = words.map(shellQuote);
    for (const text of quoted) expect(text).not.toMatch(/[\n\u001b\u202e]/);
    const back = execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${quoted.join(' ')}`], {
      encoding: 'utf8',
      env: { LC_ALL: 'C.UTF-8' },
    });
    expect(back.split('\u0000').slice(0, -1)).toEqual(words);
  });
});
