import { describe, expect, it } from 'vitest';
import { blockText, code, prose } from './markdown.ts';

describe('markdown', () => {
  it('keeps names between backticks as code and takes the meaning out of the rest', () => {
    expect(prose('reads `invoices` of *all* <b>')).toBe('reads `invoices` of \\*all\\* &lt;b&gt;');
    expect(prose('1. not a list')).toBe('1\\. not a list');
    expect(prose('- not a list')).toBe('\\- not a list');
    expect(prose('ask @everyone')).toBe('ask @<!-- -->everyone');
    expect(prose('[x](javascript:1)')).toBe('\\[x\\](javascript:1)');
  });

  it('fences code with more backticks than it holds', () => {
    expect(code('a')).toBe('`a`');
    expect(code('a``b')).toBe('```a``b```');
    expect(code('`a`')).toBe('`` `a` ``');
    expect(blockText({ kind: 'code', language: 'ts', text: 'a\n```\nb' })).toBe('````ts\na\n```\nb\n````');
  });

  it('keeps a table a table', () => {
    expect(blockText({ kind: 'table', columns: ['a|b', 'c'], rows: [['x\ny', '`p|q`']] })).toBe(
      '| a\\|b | c |\n| --- | --- |\n| x y | `p\\|q` |',
    );
  });

  it('renders a matrix and a checklist in words', () => {
    expect(
      blockText({
        kind: 'matrix',
        corner: 'Route',
        columns: ['client'],
        rows: [{ name: 'GET /x', cells: [{ state: 'leak', note: 'sees B' }] }],
      }),
    ).toContain('| GET /x | LEAK |');
    expect(
      blockText({
        kind: 'checklist',
        items: [
          { text: 'a', state: 'done' },
          { text: 'b', state: 'open' },
          { text: 'c', state: 'unknown' },
        ],
      }),
    ).toBe('- [x] a\n- [ ] b\n- [ ] (not known) c');
  });
});
