import { readJson, type Tree } from '../tree.ts';

/** A dependency as a package.json names it. */
export interface Dependency {
  readonly name: string;
  /** Range as written. */
  readonly range: string;
  /** Version in the lock file beside it, else the lowest the range allows, else `undefined`. */
  readonly version?: string;
  readonly manifest: string;
}

/** Every dependency of every package.json of the repo. */
export function readDependencies(tree: Tree): Dependency[] {
  const result: Dependency[] = [];
  for (const { path, built, ignored } of tree.files) {
    if (built || ignored || !/(^|\/)package\.json$/.test(path)) continue;
    const manifest = readJson(tree, path) as Record<string, unknown> | undefined;
    if (!manifest || typeof manifest !== 'object') continue;
    const lock = lockedVersions(tree, path);
    for (const field of ['dependencies', 'devDependencies']) {
      const block = manifest[field];
      if (block === null || typeof block !== 'object') continue;
      for (const [name, range] of Object.entries(block)) {
        if (typeof range !== 'string') continue;
        const version = lock(name) ?? lowest(range);
        result.push({ name, range, manifest: path, ...(version !== undefined && { version }) });
      }
    }
  }
  return result;
}

/** `^15.1.0` → `15.1.0`; `latest` and the like tell nothing. */
export const lowest = (range: string): string | undefined => /^[~^>=v\s]*(\d+(?:\.\d+){0,2}(?:-[\w.]+)?)/.exec(range)?.[1];

function lockedVersions(tree: Tree, manifest: string): (name: string) => string | undefined {
  const folder = manifest.slice(0, -'package.json'.length);
  const lock = readJson(tree, `${folder}package-lock.json`) as { packages?: Record<string, { version?: unknown }> } | undefined;
  if (lock?.packages) {
    const { packages } = lock;
    return (name) => {
      const version = packages[`node_modules/${name}`]?.version;
      return typeof version === 'string' ? version : undefined;
    };
  }
  const text = tree.text(`${folder}pnpm-lock.yaml`, 8 * 2 ** 20) ?? tree.text(`${folder}yarn.lock`, 8 * 2 ** 20) ?? '';
  if (text === '') return () => undefined;
  return (name) => {
    const escaped = name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    return (
      new RegExp(`(?:^|\\n)\\s+/?'?${escaped}@(\\d+\\.\\d+\\.\\d+)`).exec(text)?.[1] ??
      new RegExp(`(?:^|\\n)"?${escaped}@[^\\n]*\\n\\s+version "?(\\d+\\.\\d+\\.\\d+)`).exec(text)?.[1]
    );
  };
}
