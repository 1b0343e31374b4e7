import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHtml } from './html.ts';

const attributes = (html: string): [string, string][][] => readHtml(html).tags.map(({ attributes: map }) => [...map]);

describe('readHtml', () => {
  it('reads attributes with, without and in odd quotes', () => {
    expect(attributes(`<a href="/x?a=1&amp;b=2" DATA-K='v' plain=bare disabled/><img\n src = "/a b.png"  alt>`)).toEqual([
      [
        ['href', '/x?a=1&b=2'],
        ['data-k', 'v'],
        ['plain', 'bare'],
        ['disabled', ''],
      ],
      [
        ['src', '/a b.png'],
        ['alt', ''],
      ],
    ]);
  });

  it('takes the first of two equal attributes, as browsers do', () => {
    expect(attributes('<a href="/one" href="/two">')).toEqual([[['href', '/one']]]);
  });

  it('does not see tags in scripts, styles, comments and text', () => {
    const html = readHtml(
      '<!-- <img src=a> --><script>if (a<b) document.write("<img src=b>")</script><style>a<b{}</style><textarea><img src=c></textarea><title>a<b</title><p>1 < 2</p>',
    );
    expect(html.tags.map(({ name }) => name)).toEqual(['script', 'style', 'textarea', 'title', 'p']);
    expect(html.tags[0]?.text).toBe('if (a<b) document.write("<img src=b>")');
    expect(html.comments).toEqual([' <img src=a> ']);
  });

  it('copes with what never ends', () => {
    for (const html of ['<', '<a', '<a href="', '<!--', '<script>', '<script', '</', '<!', '<a b=', "<a b='c"])
      expect(() => readHtml(html)).not.toThrow();
  });

  it('takes time that grows with the length only', () => {
    for (const unit of ['<', '<a ', '<a href="', '<!--', '<script>', '<title', '</', '&amp;'])
      expect(readHtml(unit.repeat(200_000)).tags.length).toBeLessThanOrEqual(20_000);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '/', '=', '"', "'", ' ', 'a', '!', '-', '&', ';', 'script', 'href'), maxLength: 200 }),
        (text) => void readHtml(text),
      ),
    );
  });
});
