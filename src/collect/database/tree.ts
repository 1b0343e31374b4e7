import { createHash } from 'node:crypto';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** One folder or regular file below a root; links and special files are left out. */
export interface TreeEntry {
  /** Relative to the root, with "/" between names; "" is the root itself. */
  path: string;
  folder: boolean;
  /** Bytes; 0 for a folder. */
  size: number;
  /** Permission bits. */
  mode: number;
}

/** Every folder and regular file under `root`, parents before children, sorted by name. */
export async function listTree(root: string, path = ''): Promise<TreeEntry[]> {
  const status = await lstat(join(root, path));
  const entry = { path, folder: status.isDirectory(), size: status.isFile() ? status.size : 0, mode: status.mode & 0o777 };
  if (status.isFile()) return [entry];
  if (!status.isDirectory()) return [];
  const names = (await readdir(join(root, path))).sort();
  const below = await Promise.all(names.map((name) => listTree(root, path === '' ? name : `${path}/${name}`)));
  return [entry, ...below.flat()];
}

/** Digest of names and sizes: tells a complete copy from one that a cleaner of temporary files has nibbled at. */
export function digestOf(tree: TreeEntry[]): string {
  const hash = createHash('sha256');
  for (const entry of tree) if (!entry.folder) hash.update(`${entry.path}\n${entry.size}\n`);
  return hash.digest('hex');
}

/** Whether a user who is neither owner nor in the group may read everything in the tree and run what is in `bin/`. */
export function readableByOthers(tree: TreeEntry[]): boolean {
  return tree.every(({ path, folder, mode }) => {
    const needed = folder || path.startsWith('bin/') ? 0o005 : 0o004;
    return (mode & needed) === needed;
  });
}

/** The first folder on the way to `folder` that such a user may not enter, or `undefined` if all may be entered. */
export async function closedToOthers(folder: string): Promise<string | undefined> {
  let closed: string | undefined;
  for (let at = await realpath(folder); ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) closed = at;
    if (at === dirname(at)) return closed;
  }
}
