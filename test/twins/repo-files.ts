import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Flaw } from '../../examples/flaws.ts';

/** The text files of an example repository by their path inside it, always with forward slashes. */
export type RepoFiles = ReadonlyMap<string, string>;

/** The list of flaws lies beside the repository it belongs to, but is no part of it. */
const isPartOfRepo = (path: string): boolean => path !== 'flaws.ts' && !path.startsWith('flaws/');

/** Reads a clean example repository into memory. */
export async function readRepo(folder: string): Promise<RepoFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const full = join(entry.parentPath, entry.name);
    const path = relative(folder, full).split(sep).join('/');
    if (isPartOfRepo(path)) files.set(path, await readFile(full, 'utf8'));
  }
  return files;
}

/**
 * The repository with one more flaw. In memory and apart from `materialise`, so that it tells what is wrong with the data.
 * @throws Error naming the flaw when a text to replace is not there exactly once, or a file to add is there already.
 */
export function withFlaw(files: RepoFiles, flaw: Flaw): RepoFiles {
  const result = new Map(files);
  for (const { file, find, replace } of flaw.edits) {
    const before = result.get(file);
    if (before === undefined) throw new Error(`${flaw.id}: there is no ${file}`);
    const [head, tail, ...more] = before.split(find);
    if (head === undefined || tail === undefined || more.length > 0) {
      throw new Error(`${flaw.id}: its text occurs ${before.split(find).length - 1} times in ${file}, not once:\n${find}`);
    }
    result.set(file, head + replace + tail);
  }
  for (const { file, text } of flaw.adds ?? []) {
    if (result.has(file)) throw new Error(`${flaw.id}: ${file} is there already`);
    result.set(file, text);
  }
  return result;
}

/** Paths whose text differs between two states of a repository, new ones included. */
export const changedFiles = (before: RepoFiles, after: RepoFiles): string[] =>
  [...after.keys()].filter((path) => before.get(path) !== after.get(path));
