import { readJson, type Tree } from '../tree.ts';
import { createLocks } from './locks.ts';

/** A dependency as a package.json names it. */
export interface Dependency {
  readonly name: string;
  /** Range as written. */
  readonly range: string;
  /** Version in the lock file beside it or above it, else the lowest the range allows, else `undefined`. */
  readonly version?: string;
  /** True when a lock file named the version. */
  readonly locked: boolean;
  readonly manifest: string;
}

/** Every dependency of every package.json of the repo. */
export function readDependencies(tree: Tree): Dependency[] {
  const result: Dependency[] = [];
  const lockOf = createLocks(tree);
  for (const { path, built, ignored } of tree.files) {
    if (built || ignored || !/(^|\/)package\.json$/.test(path)) continue;
    const manifest = readJson(tree, path) as Record<string, unknown> | undefined;
    if (!manifest || typeof manifest !== 'object') continue;
    for (const field of ['dependencies', 'devDependencies']) {
      const block = manifest[field];
      if (block === null || typeof block !== 'object') continue;
      for (const [name, range] of Object.entries(block)) {
        if (typeof range !== 'string') continue;
        const locked = lockOf(path, name, range);
        const version = locked ?? lowest(range);
        result.push({ name, range, manifest: path, locked: locked !== undefined, ...(version !== undefined && { version }) });
      }
    }
  }
  return result;
}

/** `^15.1.0` → `15.1.0`; `latest` and the like tell nothing. */
export const lowest = (range: string): string | undefined => /^[~^>=v\s]*(\d+(?:\.\d+){0,2}(?:-[\w.]+)?)/.exec(range)?.[1];
