import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { openCodebase } from './codebase.ts';
import { importersOf } from './importers.ts';
import { type Files, memoryTree } from './routes/fixture.ts';

const open = (files: Files) => {
  const tree = memoryTree(files);
  return { tree, code: openCodebase(tree, (path, text) => parseSync(path, text, { preserveParens: false })) };
};
const moduleOf = (text: string, path = 'a.ts') => open({ [path]: text }).code.module(path);

describe('the modules of a repo', () => {
  it('are parsed once', () => {
    let parsed = 0;
    const code = openCodebase(memoryTree({ 'a.ts': 'export const a = 1;' }), (path, text) => (parsed++, parseSync(path, text)));
    expect(code.module('a.ts')).toBe(code.module('a.ts'));
    expect(parsed).toBe(1);
    expect(code.module('gone.ts')).toBeUndefined();
  });

  it('leave a gap when they cannot be parsed', () => {
    const { tree, code } = open({ 'a.ts': 'export const = ;', 'b.ts': 'export const b = 1;' });
    code.module('a.ts');
    expect(tree.gaps.map((gap) => gap.what)).toEqual(['a.ts']);
    expect(code.module('b.ts')?.exports.has('b')).toBe(true);
  });

  it('are told from tests', () => {
    const { code } = open({ 'src/a.ts': '', 'src/a.test.ts': '', 'src/__tests__/b.ts': '', 'src/a.d.ts': '', 'readme.md': '' });
    expect(code.sources).not.toContain('readme.md');
    expect(code.product).toEqual(['src/a.ts']);
  });

  it('keep the lines of Vue and Svelte files', () => {
    const module = moduleOf('<template>\n<b/>\n</template>\n<script setup lang="ts">\nexport const a: number = 1;\n</script>', 'a.vue');
    const statement = module?.declarations.get('a');
    expect(statement && module?.placeOf(statement)).toEqual({ file: 'a.vue', line: 5 });
  });
});

describe('names of a module', () => {
  it('lead to where they come from', () => {
    const module = moduleOf(
      `import a, { b as c } from './x'; import * as d from './y'; export { c as e } from './z'; export * from './w'; export const f = 1; export default function g() {}`,
    );
    expect(Object.fromEntries(module?.imports ?? [])).toMatchObject({
      a: { source: './x', name: 'default' },
      c: { source: './x', name: 'b' },
      d: { source: './y', name: '*' },
    });
    expect(module?.exports.get('e')).toMatchObject({ kind: 'from', source: './z', name: 'c' });
    expect(module?.exportAll).toEqual(['./w']);
    expect([...(module?.exports.keys() ?? [])]).toEqual(expect.arrayContaining(['e', 'f', 'default']));
  });

  it('include directives, only at the top', () => {
    expect([...(moduleOf(`'use server';\nexport const a = 1;`)?.directives ?? [])]).toEqual(['use server']);
    expect([...(moduleOf(`export function a() { 'use server'; }`)?.directives ?? [])]).toEqual([]);
  });
});

describe('who imports a file', () => {
  it('is found through barrels, tests left out, circles and all', () => {
    const { code } = open({
      'lib/a.ts': `import './page'; export const a = 1;`,
      'lib/index.ts': `export * from './a'; export * from './again';`,
      'lib/again.ts': `export * from './index';`,
      'app/page.tsx': `import { a } from '../lib';`,
      'app/lazy.ts': `const { a } = await import('../lib/a');`,
      'app/page.test.tsx': `import { a } from '../lib';`,
    });
    const importers = importersOf(code);
    expect(importers('lib/a.ts').toSorted()).toEqual(['app/lazy.ts', 'app/page.tsx', 'lib/again.ts', 'lib/index.ts']);
    expect(importers('app/page.tsx')).toEqual([]);
  });
});
