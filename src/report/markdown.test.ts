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

  it('draws a map, whose texts are nothing but texts', () => {
    const box = { column: 0, state: 'fine' } as const;
    const map = {
      kind: 'map',
      label: 'x',
      columns: ['A', 'B'],
      boxes: [
        { ...box, id: 'a', text: 'a"]; click a "javascript:1"' },
        { ...box, id: 'b', column: 1, text: '<b>`', note: '```', state: 'broken' },
      ],
      links: [{ from: 'a', to: 'b' }],
    } as const;
    const [, first, second, link] = blockText(map).split('\n').slice(1);
    expect(first).toBe('  b0["a#34;]#59; click a #34;javascript:1#34;"]');
    expect(second).toBe('  b1["#60;b#62;#96;<br/>#96;#96;#96;"]:::broken');
    expect(link).toBe('  b0 --> b1');
    expect(blockText(map)).toMatch(/^```mermaid\nflowchart LR\n[\s\S]+\n```$/);
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
