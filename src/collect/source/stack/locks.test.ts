import { describe, expect, it } from 'vitest';
import type { Tree } from '../tree.ts';
import { createLocks } from './locks.ts';

const treeOf = (files: Record<string, string>): Tree =>
  ({ has: (path: string) => path in files, text: (path: string) => files[path] }) as Partial<Tree> as Tree;
const versionIn = (files: Record<string, string>, manifest = 'package.json', name = 'next', range = '^14.1.0'): string | undefined =>
  createLocks(treeOf(files))(manifest, name, range);

const pnpmLock = `lockfileVersion: '9.0'

importers:

  apps/old:
    dependencies:
      next:
        specifier: ^13.5.0
        version: 13.5.8(react@18.2.0)

  apps/web:
    dependencies:
      '@scope/next':
        specifier: ^1.0.0
        version: 1.0.3
      next:
        specifier: ^14.1.0
        version: 14.2.25(react@18.2.0)

packages:

  '@scope/next@1.0.3':
    resolution: {}

  next@13.5.8:
    resolution: {}

  next@14.2.25:
    resolution: {}
`;

describe('versions of lock files', () => {
  it.each([
    [
      'package-lock.json',
      JSON.stringify({
        packages: { '': {}, 'node_modules/next': { version: '14.2.3' }, 'node_modules/a/node_modules/next': { version: '9.0.0' } },
      }),
    ],
    ['package-lock.json', JSON.stringify({ dependencies: { next: { version: '14.2.3' } } })],
    ['pnpm-lock.yaml', 'lockfileVersion: 5.4\n\npackages:\n\n  /next/14.2.3_react@18.2.0:\n    resolution: {}\n'],
    ['yarn.lock', '# yarn lockfile v1\n\n\nnext@^13.0.0:\n  version "13.5.1"\n\n"next@>=14", next@^14.1.0:\n  version "14.2.3"\n'],
    ['yarn.lock', '__metadata:\n  version: 8\n\n"next@npm:^14.1.0":\n  version: 14.2.3\n'],
    ['bun.lock', '{\n  "packages": {\n    "next": ["next@14.2.3", "", {}],\n    "@next/env": ["@next/env@14.2.9", "", {}],\n  }\n}'],
  ])('%s', (file, text) => {
    expect(versionIn({ [file]: text })).toBe('14.2.3');
  });

  it('climbs to the lock file of the workspace and takes the version of this very range', () => {
    const files = { 'pnpm-lock.yaml': pnpmLock };
    expect(versionIn(files, 'apps/web/package.json')).toBe('14.2.25');
    expect(versionIn(files, 'apps/old/package.json', 'next', '^13.5.0')).toBe('13.5.8');
    expect(versionIn(files, 'apps/web/package.json', '@scope/next', '^1.0.0')).toBe('1.0.3');
    const npm = JSON.stringify({
      packages: { 'node_modules/next': { version: '15.1.0' }, 'apps/web/node_modules/next': { version: '14.2.3' } },
    });
    expect(versionIn({ 'package-lock.json': npm }, 'apps/web/package.json')).toBe('14.2.3');
    expect(versionIn({ 'package-lock.json': npm }, 'apps/other/package.json')).toBe('15.1.0');
  });

  it('does not choose between several versions, and says nothing without a lock file it can read', () => {
    expect(versionIn({ 'pnpm-lock.yaml': pnpmLock }, 'package.json', 'next', '*')).toBeUndefined();
    expect(versionIn({ 'package-lock.json': '{ broken' })).toBeUndefined();
    expect(versionIn({ 'package-lock.json': 'null' })).toBeUndefined();
    expect(versionIn({})).toBeUndefined();
    expect(versionIn({}, 'apps/web/package.json')).toBeUndefined();
  });
});
