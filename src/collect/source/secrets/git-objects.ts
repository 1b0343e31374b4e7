import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { GitFailure, type GitRepo, startGit } from './git.ts';

/** One version of a file. */
export interface Blob {
  readonly oid: string;
  /** One of the paths it was kept under, relative to the top of the checkout. */
  readonly path: string;
  readonly bytes: number;
}

const walk = ['--all', '--reflog', '--ignore-missing'];
const linesOf = (stream: Readable): AsyncIterable<string> => createInterface({ input: stream, crlfDelay: Infinity });

/** Every file version that a ref, the stash or a reflog reaches, newest first, with its size. `absent` counts those the clone lacks. */
export async function blobsOfHistory(
  repo: GitRepo,
  options: { signal: AbortSignal; skip: (oid: string, path: string) => boolean },
): Promise<{ blobs: Blob[]; absent: number }> {
  const list = startGit(repo, ['rev-list', ...walk, '--objects', '--missing=print', ...scopeOf(repo)], options.signal);
  list.stdin.end();
  const sizes = startGit(repo, ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)', '--buffer'], options.signal);
  const paths = new Map<string, string>();
  let absent = 0;
  const feed = (async () => {
    for await (const line of linesOf(list.stdout)) {
      if (line.startsWith('?')) absent++;
      const space = line.indexOf(' ');
      // Commits have no path, the top folder an empty one.
      if (space < 0 || space === line.length - 1) continue;
      const oid = line.slice(0, space);
      const path = line.slice(space + 1);
      if (options.skip(oid, path) || paths.has(oid)) continue;
      paths.set(oid, path);
      if (!sizes.stdin.write(`${oid}\n`)) await drained(sizes.stdin);
    }
    sizes.stdin.end();
  })();
  const blobs: Blob[] = [];
  for await (const line of linesOf(sizes.stdout)) {
    const [oid = '', type, size] = line.split(' ');
    if (type === 'missing') absent++;
    if (type === 'blob') blobs.push({ oid, path: paths.get(oid) ?? '', bytes: Number(size) });
  }
  await feed;
  const failure = (await list.done) ?? (await sizes.done);
  if (failure !== undefined) throw new GitFailure(failure);
  return { blobs, absent };
}

/** The first commit that has each object, 12 hex digits, oldest first. Objects that no commit brings in (stashed index, orphans) are left out. */
export async function introducedBy(repo: GitRepo, oids: ReadonlySet<string>, signal: AbortSignal): Promise<Map<string, string>> {
  const list = startGit(repo, ['rev-list', ...walk, '--topo-order', '--reverse', ...scopeOf(repo)], signal);
  list.stdin.end();
  const trees = startGit(
    repo,
    ['diff-tree', '--stdin', '--root', '-r', '-m', '--raw', '--no-renames', '--no-abbrev', '--diff-filter=AMT'],
    signal,
  );
  list.stdout.pipe(trees.stdin);
  const found = new Map<string, string>();
  let commit = '';
  for await (const line of linesOf(trees.stdout)) {
    if (!line.startsWith(':')) {
      commit = line.slice(0, 12);
      continue;
    }
    // :100644 100644 <old oid> <new oid> M<tab>path
    const oid = line.split(' ', 4)[3] ?? '';
    if (!oids.has(oid) || found.has(oid)) continue;
    found.set(oid, commit);
    if (found.size < oids.size) continue;
    list.stop();
    trees.stop();
    break;
  }
  await Promise.all([list.done, trees.done]);
  return found;
}

// The audited folder may be one package of a larger checkout: only its own history counts.
const scopeOf = ({ prefix }: GitRepo): string[] => (prefix === '' ? [] : ['--', prefix.slice(0, -1)]);

const drained = (stream: NodeJS.WritableStream): Promise<void> =>
  new Promise((resolve) => {
    const settle = (): void => {
      stream.off('drain', settle).off('close', settle).off('error', settle);
      resolve();
    };
    stream.once('drain', settle).once('close', settle).once('error', settle);
  });
