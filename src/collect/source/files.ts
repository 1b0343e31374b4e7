import { defineCollector } from '../../core/collector.ts';
import { sourceFiles } from '../../evidence/source.ts';
import { sourceCode } from './code/codebase.ts';
import { sourceTree } from './tree.ts';

/** Counts what is on disk, and names what could not be read. */
export const filesCollector = defineCollector({
  provides: sourceFiles,
  wants: 'repo',
  needs: { tree: sourceTree, code: sourceCode },
  effects: 'none',
  timeoutMs: 60_000,
  collect: ({ tree, code }) =>
    Promise.resolve({
      files: tree.files.length,
      sources: code.sources.length,
      bytes: tree.files.reduce((sum, file) => sum + file.bytes, 0),
      git: tree.git,
      // The tree's own list, not a copy: other collectors still add to it while they read, and reports are made after all of them.
      gaps: tree.gaps,
    }),
});
