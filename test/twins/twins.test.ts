import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyFlaws, readExample } from '../../examples/flaws.ts';
import type { Flaw } from '../../examples/flaws.ts';
import { flaws as supabaseFlaws } from '../../examples/supabase-portal/flaws.ts';
import { flaws as firebaseFlaws } from '../fixtures/firebase-portal/flaws.ts';
import { flaws as nextFlaws } from '../fixtures/next-portal/flaws.ts';
import { syntaxErrors } from './syntax.ts';

const root = join(import.meta.dirname, '../..');

/** `parsed`: how many files of code, SQL and JSON there must be at least, so that the test cannot pass on none. */
const twins = [
  { name: 'supabase-portal', folder: join(root, 'examples/supabase-portal'), flaws: supabaseFlaws, parsed: 60 },
  { name: 'next-portal', folder: join(root, 'test/fixtures/next-portal'), flaws: nextFlaws, parsed: 60 },
  { name: 'firebase-portal', folder: join(root, 'test/fixtures/firebase-portal'), flaws: firebaseFlaws, parsed: 8 },
];

type Files = ReadonlyMap<string, Buffer>;

const isParsed = (path: string): boolean => /\.([cm]?[jt]sx?|sql|json)$/.test(path);
const problemsIn = async (files: Files, paths: Iterable<string>): Promise<string[]> => {
  const problems: string[] = [];
  for (const path of paths) problems.push(...(await syntaxErrors(path, files.get(path)!.toString())));
  return problems;
};
const changed = (before: Files, after: Files): string[] => [...after.keys()].filter((path) => before.get(path) !== after.get(path));
const exclude = (one: Flaw, other: Flaw): boolean =>
  one.conflictsWith?.includes(other.id) === true || other.conflictsWith?.includes(one.id) === true;

describe.each(twins)('$name', ({ folder, flaws, parsed }) => {
  let clean: Files;
  beforeAll(async () => {
    clean = await readExample(folder);
  });

  it('parses as it is', async () => {
    const code = [...clean.keys()].filter(isParsed);
    expect(code.length).toBeGreaterThanOrEqual(parsed);
    expect(await problemsIn(clean, code)).toEqual([]);
  });

  it('names each flaw once, with a title, a stage and the check that finds it', () => {
    expect(new Set(flaws.map(({ id }) => id)).size).toBe(flaws.length);
    for (const { id, title, stages, checks, conflictsWith = [] } of flaws) {
      expect(id).toMatch(/^[a-z][a-z0-9-]+$/);
      expect(title.length).toBeGreaterThan(20);
      expect(stages.length).toBeGreaterThan(0);
      expect(checks.length).toBeGreaterThan(0);
      for (const check of checks) expect(check).toMatch(/^(?:audit|access)\/[a-z-]+$/);
      for (const other of conflictsWith) expect(flaws.map((flaw) => flaw.id)).toContain(other);
    }
  });

  it.each(flaws)('$id applies once and leaves files that parse', async (flaw) => {
    const broken = applyFlaws(clean, [flaw]);
    const paths = changed(clean, broken);
    expect(paths.length).toBeGreaterThan(0);
    expect(await problemsIn(broken, paths)).toEqual([]);
  });

  it('takes any two flaws that do not exclude each other', async () => {
    for (const [index, first] of flaws.entries()) {
      for (const second of flaws.slice(index + 1)) {
        if (exclude(first, second)) {
          expect(() => applyFlaws(clean, [first, second]), `${first.id} and ${second.id}`).toThrow();
          continue;
        }
        const both = applyFlaws(clean, [first, second]);
        expect(await problemsIn(both, changed(clean, both))).toEqual([]);
      }
    }
  });
});
