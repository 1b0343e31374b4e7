import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemWith } from './new-check.ts';
import { root } from './generate.ts';

const copy = mkdtempSync(join(tmpdir(), 'new-check-'));
const run = (program: string, ...args: string[]): string =>
  execFileSync(join(root, 'node_modules/.bin', program), args, { cwd: copy, encoding: 'utf8', stdio: 'pipe' });

beforeAll(() => {
  for (const part of ['src', 'scripts', 'examples', 'docs', 'schema', 'package.json', 'tsconfig.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true, filter: (path) => !/\.twins|\.test\.ts$/.test(path) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true }));

describe('npm run new-check', () => {
  it('refuses names that are none', () => {
    expect(problemWith(undefined)).toContain('Name the check');
    expect(problemWith('audits/some-name')).toContain('no stage "audits"');
    for (const id of ['audit', 'audit/', 'audit/Some', 'audit/some_name', 'audit/-a', 'audit/a/b', 'audit/../x', 'audit/1a'])
      expect(problemWith(id)).toContain('no name');
    expect(problemWith('audit/some-name')).toBeUndefined();
  });

  it('writes a check that compiles, stands in the index, and is refused by the generic test until it is filled in', () => {
    const said = run('tsx', 'scripts/new-check.ts', 'handover/planted-check');
    expect(said).toContain('wrote src/checks/handover/planted-check.ts');
    expect(readFileSync(join(copy, 'src/checks/index.ts'), 'utf8')).toContain("from './handover/planted-check.ts'");
    expect(readFileSync(join(copy, 'docs/checks/handover/planted-check.md'), 'utf8')).toContain('handover/planted-check');
    expect(run('tsc', '--noEmit', '--ignoreConfig', ...compilerFlags, 'src/checks/handover/planted-check.ts')).toBe('');
    const print =
      "import('./src/checks/handover/planted-check.ts').then(({ plantedCheck: c }) => console.log([c.doc.title, ...c.examples.fails, ...c.examples.passes].join('')))";
    expect(run('tsx', '-e', print).trim()).toBe('');
    expect(() => run('tsx', 'scripts/new-check.ts', 'handover/planted-check')).toThrow(/exists already/);
  });
});

const compilerFlags = [
  '--strict',
  '--target',
  'es2023',
  '--module',
  'nodenext',
  '--allowImportingTsExtensions',
  '--skipLibCheck',
  '--types',
  'node',
];
