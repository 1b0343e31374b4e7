import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { evidenceStore } from '../../core/evidence-store.ts';
import { createVault } from '../../core/vault.ts';
import { type SourceFiles, sourceFiles } from '../../evidence/source.ts';
import { type Codebase, codeCollector, sourceCode } from './code/codebase.ts';
import { filesCollector } from './files.ts';
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
