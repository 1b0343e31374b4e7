import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { flaws as supabaseFlaws } from '../../examples/supabase-portal/flaws.ts';
import { flaws as firebaseFlaws } from '../fixtures/firebase-portal/flaws.ts';
import { flaws as nextFlaws } from '../fixtures/next-portal/flaws.ts';
import { changedFiles, readRepo, withFlaw } from './repo-files.ts';
import type { RepoFiles } from './repo-files.ts';
import { syntaxErrors } from './syntax.ts';

const root = join(import.meta.dirname, '../..');

const twins = [
  { name: 'supabase-portal', folder: join(root, 'examples/supabase-portal'), flaws: supabaseFlaws, parsed: 70 },
  { name: 'next-portal', folder: join(root, 'test/fixtures/next-portal'), flaws: nextFlaws, parsed: 60 },
  { name: 'firebase-portal', folder: join(root, 'test/fixtures/firebase-portal'), flaws: firebaseFlaws, parsed: 8 },
];

const problemsIn = async (files: RepoFiles, paths: Iterable<string>): Promise<string[]> => {
  const problems: string[] = [];
  for (const path of paths) problems.push(...(await syntaxErrors(path, files.get(path) ?? '')));
  return problems;
};

describe.each(twins)('$name', ({ folder, flaws, parsed }) => {
  let clean: RepoFiles;
  beforeAll(async () => {
    clean = await readRepo(folder);
  });

  it('parses as it is', async () => {
    const code = [...clean.keys()].filter((path) => /\.([cm]?[jt]sx?|sql|json)$/.test(path));
    expect(code.length).toBeGreaterThanOrEqual(parsed);
    expect(await problemsIn(clean, code)).toEqual([]);
  });

  it('names each flaw once, with a title, a stage and the check that finds it', () => {
    expect(new Set(flaws.map(({ id }) => id)).size).toBe(flaws.length);
    for (const { id, title, stages, checks, edits, adds = [] } of flaws) {
      expect(id).toMatch(/^[a-z][a-z0-9-]+$/);
      expect(title.length).toBeGreaterThan(20);
      expect(stages).toContain('audit');
      expect(checks.length).toBeGreaterThan(0);
      for (const check of checks) expect(check).toMatch(/^audit\/[a-z-]+$/);
      expect(edits.length + adds.length).toBeGreaterThan(0);
    }
  });

  it('says on both sides which flaws exclude each other', () => {
    for (const { id, conflictsWith = [] } of flaws) {
      for (const other of conflictsWith) {
        expect(flaws.find((flaw) => flaw.id === other)?.conflictsWith).toContain(id);
      }
    }
  });

  it.each(flaws)('$id applies once and leaves code that parses', async (flaw) => {
    const broken = withFlaw(clean, flaw);
    const changed = changedFiles(clean, broken);
    expect(changed.length).toBeGreaterThan(0);
    expect(await problemsIn(broken, changed)).toEqual([]);
  });

  it('takes any two flaws that do not exclude each other, in either order', async () => {
    for (const [index, first] of flaws.entries()) {
      for (const second of flaws.slice(index + 1)) {
        if (first.conflictsWith?.includes(second.id)) continue;
        const one = withFlaw(withFlaw(clean, first), second);
        const other = withFlaw(withFlaw(clean, second), first);
        expect([...one]).toEqual(expect.arrayContaining([...other]));
        expect(await problemsIn(one, changedFiles(clean, one))).toEqual([]);
      }
    }
  });
});
