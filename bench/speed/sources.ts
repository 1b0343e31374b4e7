import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const skipped = new Set(['node_modules', '.git', '.next', '.turbo', 'coverage', 'dist', 'build', 'out']);

/** The JavaScript and TypeScript sources of a repo, and how many bytes they are. */
export async function sourcesOf(root: string): Promise<{ readonly files: readonly string[]; readonly bytes: number }> {
  const files: string[] = [];
  let bytes = 0;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) folders.push(path);
      } else if (entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name) && !entry.name.endsWith('.d.ts')) {
        files.push(path);
        bytes += (await stat(join(root, path))).size;
      }
    }
  }
  return { files: files.toSorted(), bytes };
}
