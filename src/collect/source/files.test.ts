import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { evidenceStore } from '../../core/evidence-store.ts';
import { createVault } from '../../core/vault.ts';
import { type SourceFiles, sourceFiles } from '../../evidence/source.ts';
import { type Codebase, codeCollector, sourceCode } from './code/codebase.ts';
import { filesCollector, otherLanguages } from './files.ts';
import { treeCollector } from './tree.ts';

const root = mkdtempSync(join(tmpdir(), 'files-'));
mkdirSync(join(root, 'src'));
writeFileSync(join(root, 'src/a.ts'), 'export const a = 1;\n');
writeFileSync(join(root, 'src/broken.ts'), 'export const = {{{');
writeFileSync(join(root, 'README.md'), 'Hello.\n');
symlinkSync('/etc', join(root, 'src/etc'));
afterAll(() => rmSync(root, { recursive: true }));

describe('the files of a repo', () => {
  it('are counted, and what cannot be read is named, also when that shows later', async () => {
    const target = { root, scope: { hosts: [], requests: 0, history: false } };
    const store = evidenceStore({ collectors: [treeCollector, codeCollector, filesCollector], target }, createVault());
    const result = await store.get(sourceFiles);
    const files = (result.ok ? result.value : undefined) as SourceFiles;
    expect(files).toMatchObject({ files: 3, sources: 2, bytes: 45, git: false });
    expect(files.gaps.map(({ what }) => what)).toEqual(['src/etc']);
    const code = await store.get(sourceCode);
    (code.ok ? (code.value as Codebase) : undefined)?.module('src/broken.ts');
    expect(files.gaps.map(({ what }) => what)).toEqual(['src/etc', 'src/broken.ts']);
  });
});

describe('languages that are not read', () => {
  const named = (...paths: string[]): string[] =>
    otherLanguages({
      files: paths.map((path) => ({ path, bytes: 1, ignored: path.includes('venv'), built: path.startsWith('dist/') })),
    }).map(({ what, why }) => `${what} ${why.split(':')[0]}`);

  it('are named with a count, the most files first', () => {
    expect(named('api/index.php', 'api/user.php', 'tools/a.PY', 'src/app.ts', 'README.md')).toEqual([
      '2 PHP files were not read',
      '1 Python file was not followed',
    ]);
  });

  it('leave out ignored files, build output and the shells of native apps', () => {
    expect(named('venv/a.py', 'dist/b.py', 'android/app/src/Main.kt', 'apps/mobile/ios/AppDelegate.swift')).toEqual([]);
    expect(named('lib/main.dart', 'server/Program.cs')).toEqual(['1 Dart file was not read', '1 C# file was not read']);
  });
});
