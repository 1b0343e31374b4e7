import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { repoOf } from './generate.ts';

const isSource = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);

describe('repoOf', () => {
  const repo = repoOf(400);

  it('has exactly as many source files as it was asked for', () => {
    expect([...repo.keys()].filter(isSource)).toHaveLength(400);
    expect([...repoOf(131).keys()].filter(isSource)).toHaveLength(131);
  });

  it('is the same every time', () => {
    expect([...repoOf(400)]).toEqual([...repo]);
  });

  it('is TypeScript without errors', () => {
    for (const [path, text] of repo) if (isSource(path)) expect(parseSync(path, text).errors, path).toEqual([]);
  });

  it('imports only what is there', () => {
    for (const [path, text] of repo) {
      if (!isSource(path)) continue;
      for (const [, target] of text.matchAll(/from '@\/([^']+)'/g))
        expect(repo.has(`${target}.ts`) || repo.has(`${target}.tsx`), `${path}: ${target}`).toBe(true);
    }
  });

  it('is as large as real ones: about 3 kB a file', () => {
    const sources = [...repo].filter(([path]) => isSource(path));
    const average = sources.reduce((sum, [, text]) => sum + text.length, 0) / sources.length;
    expect(average).toBeGreaterThan(2500);
    expect(average).toBeLessThan(3500);
  });
});
