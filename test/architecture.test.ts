import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { breaches, readSource, readSources, rules } from './architecture.ts';

const root = join(import.meta.dirname, '..');
const sources = readSources(root, ['src', 'test', 'scripts', 'examples', 'bench']);
const core = (text: string, file = 'src/core/planted.ts'): string[] => breaches([readSource(file, text)]);

describe('the house', () => {
  it('was read: a test that looks at nothing cannot fail', () => {
    const inSource = sources.filter(({ file }) => file.startsWith('src/'));
    expect(inSource.length).toBeGreaterThan(60);
    expect(inSource.flatMap(({ imports }) => imports).length).toBeGreaterThan(150);
    const layers = new Set(inSource.filter(({ file }) => file.split('/').length > 2).map(({ file }) => file.split('/')[1] ?? ''));
    expect([...layers].sort()).toEqual(Object.keys(rules).sort());
  });

  it('keeps its layers, names and sizes, and has no circles', () => {
    expect(breaches(sources)).toEqual([]);
  });
});

describe('the guard of the house', () => {
  it.each([
    ['core reaching for the disk', "import { readFileSync } from 'node:fs';", 'src/core/x.ts'],
    ['core reaching for a collector', "import { openTree } from '../collect/source/tree.ts';", 'src/core/x.ts'],
    ['core using a package', "import { parse } from 'yaml';", 'src/core/x.ts'],
    ['a check using Node', "import { join } from 'path';", 'src/checks/audit/x.ts'],
    ['a check using a collector, later', "export const load = () => import('../../collect/source/tree.ts');", 'src/checks/audit/x.ts'],
    ['a check using another check', "import { other } from './other.ts';", 'src/checks/audit/x.ts'],
    ['a report using a deliverable', "export { riskList } from '../deliver/risk-list.ts';", 'src/report/x.ts'],
    ['a collector using a check', "import { checks } from '../checks/index.ts';", 'src/collect/x.ts'],
    ['somebody using cli', "import type { Config } from '../cli/config.ts';", 'src/report/x.ts'],
  ])('catches %s', (_, text, file) => {
    expect(core(text, file)).toHaveLength(1);
  });

  it('lets pass what the design allows', () => {
    expect(core("import { createHash } from 'node:crypto';\nimport { stages } from './stage.ts';")).toEqual([]);
    expect(
      core(
        "import { sourceRoutes } from '../../evidence/routes.ts';\nimport { defineCheck } from '../../core/check.ts';",
        'src/checks/audit/x.ts',
      ),
    ).toEqual([]);
  });

  it('catches names that say nothing, long files and circles', () => {
    expect(core('', 'src/core/utils/text.ts')).toHaveLength(1);
    expect(core('', 'src/core/helpers.ts')).toHaveLength(1);
    expect(core('\n'.repeat(301))).toHaveLength(1);
    expect(core('\n'.repeat(300))).toEqual([]);
    const circle = [readSource('src/core/a.ts', "import { b } from './b.ts';"), readSource('src/core/b.ts', "import { a } from './a.ts';")];
    expect(breaches(circle)).toEqual(['circle: src/core/a.ts → src/core/b.ts → src/core/a.ts']);
    const typesOnly = [
      readSource('src/core/a.ts', "import type { B } from './b.ts';"),
      readSource('src/core/b.ts', "import { a } from './a.ts';"),
    ];
    expect(breaches(typesOnly)).toEqual([]);
  });

  it('does not pass over a file it cannot parse', () => {
    expect(() => readSource('src/core/x.ts', 'import {')).toThrow('src/core/x.ts');
  });
});
