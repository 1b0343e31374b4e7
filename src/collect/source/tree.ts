import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { defineCollector } from '../../core/collector.ts';
import { CollectFault, evidence } from '../../core/evidence.ts';
import type { Gap } from '../../evidence/source.ts';

/** One regular file of the repo. */
export interface TreeFile {
  /** Relative to the root, `/` between folders. */
  readonly path: string;
  readonly bytes: number;
  /** Matched by a .gitignore of the repo: not part of the product, yet on this disk. */
  readonly ignored: boolean;
  /** Below a build output folder (dist, .next, build ...). */
  readonly built: boolean;
}

/** The repo's files and their contents, shared by all source collectors so that each file is read once. */
export interface Tree {
  readonly root: string;
  readonly git: boolean;
  readonly files: readonly TreeFile[];
  readonly gaps: readonly Gap[];
  /** Whole content; `undefined` (and a gap) when it cannot be read or is over `limit` bytes. */
  read(path: string, limit?: number): Buffer | undefined;
  /** Content as UTF-8 text; `undefined` also for binary content (a NUL in the first 8 KiB). */
  text(path: string, limit?: number): string | undefined;
  has(path: string): boolean;
  /** Adds to the gaps. */
  gap(gap: Gap): void;
}

export const sourceTree = evidence<Tree>()('source.tree', 'the files of the repo');

const skippedFolders = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '.pnpm-store',
  '.yarn',
  'bower_components',
  '.venv',
  'venv',
  '__pycache__',
  '.dart_tool',
  'Pods',
  '.gradle',
  '.turbo',
  '.cache',
  '.parcel-cache',
  'coverage',
  '.twins',
]);
const builtFolders = new Set([
  'dist',
  'build',
  'out',
  '.next',
  '.nuxt',
  '.output',
  '.svelte-kit',
  '.vercel',
  '.netlify',
  'storybook-static',
  'public/build',
  'www',
]);
const maxFiles = 200_000;
const maxDepth = 40;
/** Contents kept in memory between collectors; beyond it files are read again. */
const cacheBytes = 200 * 2 ** 20;
/** Largest file any collector reads whole. */
export const maxFileBytes = 32 * 2 ** 20;
/** Largest source file that is parsed. */
export const maxSourceBytes = 2 * 2 ** 20;

/** Walks the folder once. Symbolic links are never followed out of the root and folders reached by links are not entered, so loops end. */
export function openTree(root: string): Tree {
  const files: TreeFile[] = [];
  const gaps: Gap[] = [];
  const real = checkRoot(root);
  const stack: { path: string; depth: number; rules: readonly { base: string; rules: Ignore }[]; built: boolean }[] = [
    { path: '', depth: 0, rules: [], built: false },
  ];
  for (let folder = stack.pop(); folder; folder = stack.pop()) {
    let entries;
    try {
      entries = readdirSync(join(real, folder.path), { withFileTypes: true });
    } catch (error) {
      gaps.push({ what: folder.path || '.', why: `folder cannot be read (${codeOf(error)})`, place: { file: folder.path || '.' } });
      continue;
    }
    const rules = [
      ...folder.rules,
      ...ignoreRules(
        real,
        folder.path,
        entries.some((entry) => entry.name === '.gitignore' && entry.isFile()),
      ),
    ];
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (skippedFolders.has(entry.name)) continue;
        if (folder.depth >= maxDepth)
          gaps.push({ what: path, why: `folder is nested deeper than ${maxDepth} levels`, place: { file: path } });
        else
          stack.push({
            path,
            depth: folder.depth + 1,
            rules,
            built: folder.built || (builtFolders.has(entry.name) && isBuild(real, path)),
          });
        continue;
      }
      const bytes = sizeOf(real, path, entry.isSymbolicLink(), gaps);
      if (bytes === undefined) continue;
      if (files.length >= maxFiles) {
        gaps.push({ what: path, why: `more than ${maxFiles} files; the rest was not read` });
        stack.length = 0;
        break;
      }
      files.push({ path, bytes, ignored: rules.some((rule) => rule.rules.ignores(path.slice(rule.base.length))), built: folder.built });
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return treeOf(real, files, gaps);
}

function treeOf(root: string, files: TreeFile[], gaps: Gap[]): Tree {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const cache = new Map<string, Buffer>();
  let cached = 0;
  const read = (path: string, limit = maxFileBytes): Buffer | undefined => {
    const file = byPath.get(path);
    if (!file) return undefined;
    const known = cache.get(path);
    if (known) return known.length <= limit ? known : undefined;
    if (file.bytes > limit) {
      gaps.push({ what: path, why: `larger than ${Math.round(limit / 2 ** 20)} MB; not read`, place: { file: path } });
      return undefined;
    }
    try {
      const content = readBounded(join(root, path), limit);
      if (cached + content.length <= cacheBytes) {
        cache.set(path, content);
        cached += content.length;
      }
      return content;
    } catch (error) {
      gaps.push({ what: path, why: `cannot be read (${codeOf(error)})`, place: { file: path } });
      return undefined;
    }
  };
  return {
    root,
    git: isGit(root),
    files,
    gaps,
    read,
    text(path, limit) {
      const content = read(path, limit);
      if (!content || content.subarray(0, 8192).includes(0)) return undefined;
      return content.toString('utf8');
    },
    has: (path) => byPath.has(path),
    gap: (gap) => void gaps.push(gap),
  };
}

function checkRoot(root: string): string {
  let stat;
  try {
    stat = statSync(root);
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be opened (${codeOf(error)})`;
    throw new CollectFault('absent', `The folder ${root} ${why}.`, 'Name the folder that holds the code.');
  }
  if (!stat.isDirectory()) throw new CollectFault('absent', `${root} is a file, not a folder.`, 'Name the folder that holds the code.');
  return realpathSync(root);
}

function ignoreRules(root: string, folder: string, present: boolean): { base: string; rules: Ignore }[] {
  if (!present) return [];
  try {
    const text = readBounded(join(root, folder, '.gitignore'), 2 ** 20).toString('utf8');
    return [{ base: folder === '' ? '' : `${folder}/`, rules: ignore({ allowRelativePaths: true }).add(text) }];
  } catch {
    return [];
  }
}

// A folder named `build` or `out` may hold sources; it counts as output only without TypeScript sources at its top.
function isBuild(root: string, path: string): boolean {
  try {
    return !readdirSync(join(root, path)).some((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'));
  } catch {
    return true;
  }
}

function sizeOf(root: string, path: string, link: boolean, gaps: Gap[]): number | undefined {
  try {
    if (link) {
      const target = realpathSync(join(root, path));
      if (target !== root && !target.startsWith(root + sep)) {
        gaps.push({ what: path, why: 'symbolic link that leads out of the repo; not followed', place: { file: path } });
        return undefined;
      }
    }
    const stat = statSync(join(root, path));
    return stat.isFile() ? stat.size : undefined;
  } catch (error) {
    gaps.push({ what: path, why: `cannot be read (${codeOf(error)})`, place: { file: path } });
    return undefined;
  }
}

// The size is checked on the open file: a file that grows or is swapped while we read cannot exceed the limit.
function readBounded(path: string, limit: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size > limit) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
    if (size === 0) return Buffer.alloc(0);
    const content = Buffer.allocUnsafeSlow(size);
    let filled = 0;
    while (filled < size) {
      const count = readSync(file, content, filled, size - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return content.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

function isGit(root: string): boolean {
  try {
    statSync(join(root, '.git'));
    return true;
  } catch {
    return false;
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error';

/** Reads a small JSON file of the repo; `undefined` when absent or broken. */
export function readJson(tree: Tree, path: string): unknown {
  const text = tree.text(path, maxSourceBytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

export const treeCollector = defineCollector({
  provides: sourceTree,
  wants: 'repo',
  needs: {},
  effects: 'none',
  timeoutMs: 120_000,
  transient: true,
  async collect(_given, { target, progress }) {
    progress('listing files');
    const tree = openTree(target.root ?? '.');
    if (tree.files.length === 0)
      throw new CollectFault(
        'absent',
        `The folder ${target.root ?? '.'} holds no files we can read.`,
        'Name the folder that holds the code.',
      );
    return tree;
  },
});
