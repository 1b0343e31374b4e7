import { describe, expect, it } from 'vitest';
import { contentOf } from './content.ts';

describe('what a body says', () => {
  it('is every scalar of JSON, whatever the header says', () => {
    expect(contentOf('{"a":[{"b":"x"},7,null,true]}').values).toEqual(['x', '7']);
    expect(contentOf(' [1]').json).toEqual([1]);
  });

  it('is the texts of a page and the values of its fields, not its scripts and hidden tokens', () => {
    const { values, json } = contentOf(
      '<!doctype html><title>Inv</title><p>Caf&eacute; &amp; Co</p><script>var t = "secret"</script><input type="hidden" value="token"><input value="typed">',
    );
    expect(json).toBeUndefined();
    expect(values).toEqual(['Inv', 'Caf&eacute; & Co', 'typed']);
  });

  it('is not lost behind a script that is commented out and never closed', () => {
    expect(contentOf('<!--[if lt IE 9]><script src="/old.js"><![endif]--><p>shown</p><script>1</script>').values).toEqual(['shown']);
  });

  it('is the cells of a table of text', () => {
    expect(contentOf('id,title\n7,"Fit-out"\n').values).toEqual(['id', 'title', '7', 'Fit-out']);
  });

  it('does not hang on what only looks like JSON, or nests without end', () => {
    expect(contentOf('{"a":').json).toBeUndefined();
    expect(contentOf(`${'['.repeat(500)}"deep"${']'.repeat(500)}`).values).toEqual([]);
  });
});
