import { describe, expect, it } from 'vitest';
import { inlineMap, namedMap, readSourceMap } from './source-map.ts';

const url = 'https://portal.example.com/assets/index.js.map';
const map = (sources: (string | null)[], sourcesContent?: (string | null)[]): string =>
  JSON.stringify({ version: 3, mappings: 'AAAA', names: [], sources, ...(sourcesContent && { sourcesContent }) });

describe('readSourceMap', () => {
  it('tells own sources from packages and the bundler', () => {
    const read = readSourceMap(
      map(
        [
          '../../src/App.tsx',
          'webpack://_N_E/./app/page.tsx',
          '../../node_modules/react/index.js',
          'webpack://_N_E/webpack/runtime/chunk loaded',
          '\0vite/preload-helper',
        ],
        ['export const a = 1', null, 'x', 'y', 'z'],
      ),
      url,
    );
    expect(read?.map).toEqual({ url, sources: 5, own: ['src/App.tsx', '_N_E/./app/page.tsx'], ownCount: 2, content: true });
    expect(read?.texts).toEqual([{ name: 'src/App.tsx', text: 'export const a = 1' }]);
  });

  it('knows a map without texts, with sections, and with the guard', () => {
    expect(readSourceMap(map(['src/a.ts']), url)?.map.content).toBe(false);
    expect(
      readSourceMap(
        JSON.stringify({ version: 3, sections: [{ offset: {}, map: JSON.parse(map(['src/a.ts', 'src/b.ts'], ['1', '2'])) as unknown }] }),
        url,
      )?.map.ownCount,
    ).toBe(2);
    expect(readSourceMap(`)]}'\n${map(['src/a.ts'])}`, url)?.map.ownCount).toBe(1);
  });

  it.each([
    '',
    '<!doctype html><title>Not found</title>',
    '{}',
    '{"version":3}',
    '{"version":3,"sources":["a"]}',
    '[]',
    '{"sections":null}',
    '{"version":3,"mappings":"","sources":"x"}',
    '{',
  ])('is not fooled by %j', (text) => {
    expect(readSourceMap(text, url)).toBeUndefined();
  });

  it('copes with sections in sections without end', () => {
    expect(readSourceMap(`${'{"sections":[{"map":'.repeat(500)}{}${'}]}'.repeat(500)}`, url)).toBeUndefined();
  });
});

describe('where the map is', () => {
  it('is told by the last comment, else by a header', () => {
    expect(namedMap('a;\n//# sourceMappingURL=index.js.map', {})).toBe('index.js.map');
    expect(namedMap('//# sourceMappingURL=old.map\na;\n/*# sourceMappingURL=new.map */', {})).toBe('new.map');
    expect(namedMap('a;', { sourcemap: '/m.map' })).toBe('/m.map');
    expect(namedMap('a;', {})).toBeUndefined();
  });

  it('may be the script itself', () => {
    const text = map(['src/a.ts'], ['const a = 1']);
    expect(inlineMap(`a;\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${Buffer.from(text).toString('base64')}\n`)).toBe(
      text,
    );
    expect(inlineMap(`a;\n//# sourceMappingURL=data:application/json,${encodeURIComponent(text)}`)).toBe(text);
    expect(inlineMap('a;//# sourceMappingURL=data:application/json,%E0%A4%A')).toBeUndefined();
    expect(inlineMap('a')).toBeUndefined();
  });
});
