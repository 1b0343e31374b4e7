import type { Tree } from '../tree.ts';

/** Versions a lock file names, by `name@range` as a manifest asks for it, or by name alone. */
type Versions = Map<string, Set<string>>;

const maxLockBytes = 16 * 2 ** 20;

const formats: readonly { readonly file: string; readonly read: (text: string) => Versions }[] = [
  { file: 'package-lock.json', read: npm },
  { file: 'npm-shrinkwrap.json', read: npm },
  { file: 'pnpm-lock.yaml', read: pnpm },
  { file: 'yarn.lock', read: yarn },
  { file: 'bun.lock', read: bun },
];

/**
 * Answers which version of a package the lock file beside the manifest, or above it in a workspace, gives for a range.
 * `undefined` without a lock file we read, or when it names several versions and does not say which one this range gets.
 */
export function createLocks(tree: Tree): (manifest: string, name: string, range: string) => string | undefined {
  const known = new Map<string, Versions | undefined>();
  const inFolder = (folder: string): Versions | undefined => {
    if (!known.has(folder)) {
      const format = formats.find(({ file }) => tree.has(folder + file));
      known.set(folder, format && format.read(tree.text(folder + format.file, maxLockBytes) ?? ''));
    }
    return known.get(folder);
  };
  return (manifest, name, range) => {
    for (let folder = parent(manifest); ; folder = parent(folder.slice(0, -1))) {
      const versions = inFolder(folder);
      if (versions) {
        // npm keys by place: a workspace's own copy comes before the shared one.
        const own = only(versions.get(`${parent(manifest).slice(folder.length)}node_modules/${name}`));
        return own ?? only(versions.get(`${name}@${range}`)) ?? only(versions.get(name));
      }
      if (folder === '') return undefined;
    }
  };
}

/** Folder of a path with its slash; empty for the root. */
const parent = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

const only = (versions: Set<string> | undefined): string | undefined => (versions?.size === 1 ? [...versions][0] : undefined);

function add(versions: Versions, key: string, version: string): void {
  const known = versions.get(key);
  if (known) known.add(version);
  else versions.set(key, new Set([version]));
}

function npm(text: string): Versions {
  const versions: Versions = new Map();
  let lock: { packages?: Record<string, { version?: unknown }>; dependencies?: Record<string, { version?: unknown }> };
  try {
    lock = JSON.parse(text) as typeof lock;
  } catch {
    return versions;
  }
  for (const [path, entry] of Object.entries(lock?.packages ?? {})) {
    if (typeof entry?.version !== 'string') continue;
    add(versions, path, entry.version);
    if (path.startsWith('node_modules/') && !path.includes('/node_modules/')) add(versions, path.slice(13), entry.version);
  }
  // Lock files of npm 6 list the top level only here.
  if (!lock?.packages)
    for (const [name, entry] of Object.entries(lock?.dependencies ?? {}))
      if (typeof entry?.version === 'string') add(versions, name, entry.version);
  return versions;
}

function pnpm(text: string): Versions {
  const versions: Versions = new Map();
  for (const [, name, range, version] of text.matchAll(
    /\n\s+'?([\w@./-]+)'?:\s*\n\s+specifier: '?([^\n']+)'?\s*\n\s+version: '?(\d[\w.+-]*)/g,
  ))
    add(versions, `${name}@${range}`, version ?? '');
  for (const [, name, version] of text.matchAll(/\n {2}'?\/?(@?[\w./-]+?)[@/](\d+\.\d+\.\d+[\w.+-]*)(?:[(_][^\n]*)?'?:/g))
    add(versions, name ?? '', version ?? '');
  return versions;
}

function yarn(text: string): Versions {
  const versions: Versions = new Map();
  for (const [, keys = '', version = ''] of text.matchAll(/(?:^|\n)(\S[^\n]*):\n\s+version:? "?(\d[\w.+-]*)/g)) {
    for (const key of keys.replaceAll('"', '').split(', ')) {
      const at = key.indexOf('@', 1);
      if (at < 0) continue;
      add(versions, `${key.slice(0, at)}@${key.slice(at + 1).replace(/^npm:/, '')}`, version);
      add(versions, key.slice(0, at), version);
    }
  }
  return versions;
}

function bun(text: string): Versions {
  const versions: Versions = new Map();
  for (const [, name, version] of text.matchAll(/\n\s+"[^"\n]+": \["(@?[^"@\n]+)@(\d+\.\d+\.\d+[\w.+-]*)"/g))
    add(versions, name ?? '', version ?? '');
  return versions;
}
