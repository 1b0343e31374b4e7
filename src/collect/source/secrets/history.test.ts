import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commit, folderOf, git, scan, write } from './fixtures/folder.ts';
import { forge, samples } from './fixtures/synthetic.ts';
import { openGit } from './git.ts';
import { searchHistory } from './history.ts';

const key = samples[0]?.make(forge(51)) ?? '';
const other = samples.find(({ kind }) => kind === 'github-token')?.make(forge(52)) ?? '';
const repoOf = (files: Record<string, string>): { root: string; first: string } => {
  const root = folderOf(files);
  git(root, 'init', '-q');
  return { root, first: commit(root) };
};
const inHistory = async (root: string) => {
  const { scan: result } = await scan(root, { history: true });
  return { ...result, found: result.secrets.filter(({ location }) => location === 'history') };
};

describe('the git history', () => {
  it('keeps what was deleted, with the file, line and first commit', async () => {
    const { root } = repoOf({ 'readme.txt': 'x' });
    write(root, { 'src/.env': `A=1\nKEY=${key}\n` });
    const second = commit(root);
    write(root, { 'src/.env': `A=2\nKEY=${key}\n` });
    commit(root);
    rmSync(join(root, 'src'), { recursive: true });
    commit(root);
    const { found, history, scanned } = await inHistory(root);
    expect(history).toBe('scanned');
    expect(scanned.commits).toBe(4);
    expect(found.length).toBe(1);
    expect(found[0]).toMatchObject({ kind: 'supabase-service-role', commit: second.slice(0, 12) });
    expect(found[0]?.places.map(({ file, line }) => `${file}:${line}`)).toContain('src/.env:2');
  });

  it('reaches other branches, tags, the stash and what was amended away', async () => {
    const { root } = repoOf({ 'a.txt': 'x' });
    const values = [1, 2, 3, 4].map((seed) => samples[0]?.make(forge(60 + seed)) ?? '');
    git(root, 'checkout', '-qb', 'side');
    write(root, { 'b.txt': values[0] ?? '' });
    commit(root);
    git(root, 'checkout', '-q', 'main');
    write(root, { 'c.txt': values[1] ?? '' });
    commit(root);
    git(root, 'tag', 'old');
    git(root, 'reset', '-q', '--hard', 'HEAD~1');
    write(root, { 'a.txt': values[2] ?? '' });
    git(root, 'stash', '-q');
    write(root, { 'd.txt': values[3] ?? '' });
    commit(root);
    git(root, 'reset', '-q', '--hard', 'HEAD~1');
    const { found } = await inHistory(root);
    expect(found.flatMap(({ places }) => places.map(({ file }) => file)).toSorted()).toEqual(['a.txt', 'b.txt', 'c.txt', 'd.txt']);
  });

  it('says of a secret still in the tree that it is in both', async () => {
    const { root, first } = repoOf({ 'a.ts': `const k = "${key}"` });
    const { secrets } = await inHistory(root);
    expect(secrets.map(({ location, commit: since, tracked }) => [location, since, tracked])).toEqual([
      ['source', undefined, true],
      ['history', first.slice(0, 12), undefined],
    ]);
  });

  it('counts the versions that are clean in the tree as searched', async () => {
    const { scanned, history } = await inHistory(repoOf({ 'a.ts': '1', 'b.ts': '2' }).root);
    expect([history, scanned.blobs, scanned.where.find(({ location }) => location === 'history')?.files]).toEqual(['scanned', 0, 2]);
  });

  it('of a package in a larger checkout is that package’s only', async () => {
    const { root } = repoOf({ 'apps/a/x.txt': key, 'apps/b/y.txt': other });
    rmSync(join(root, 'apps/a/x.txt'));
    rmSync(join(root, 'apps/b/y.txt'));
    write(root, { 'apps/a/z.txt': 'z' });
    commit(root);
    const { found } = await inHistory(join(root, 'apps/a'));
    expect(found.flatMap(({ places }) => places.map(({ file }) => file))).toEqual(['x.txt']);
  });
});

describe('what cannot be read whole', () => {
  it('a shallow clone is a part', async () => {
    const { root } = repoOf({ 'a.txt': '1' });
    write(root, { 'a.txt': '2' });
    commit(root);
    const clone = folderOf({});
    git(clone, 'clone', '-q', '--depth', '1', `file://${root}`, '.');
    const { history, historyWhy } = await inHistory(clone);
    expect(history).toBe('partial');
    expect(historyWhy).toMatch(/shallow clone/);
  });

  it('no git, not asked, a repo without commits, a broken one', async () => {
    expect((await scan(folderOf({ 'a.txt': 'x' }), { history: true })).scan.history).toBe('no-git');
    const { root } = repoOf({ 'a.txt': 'x' });
    expect((await scan(root)).scan.history).toBe('not-asked');
    const empty = folderOf({ 'a.txt': 'x' });
    git(empty, 'init', '-q');
    expect((await scan(empty, { history: true })).scan).toMatchObject({ history: 'scanned', scanned: { commits: 0 } });
    writeFileSync(join(root, '.git/HEAD'), 'garbage');
    writeFileSync(join(root, '.git/packed-refs'), Buffer.from([0, 1, 2, 255]));
    rmSync(join(root, '.git/refs'), { recursive: true });
    const { scan: broken } = await scan(root, { history: true });
    expect(broken.history).toBe('failed');
    expect(broken.historyWhy).toMatch(/^The git history could not be read: .+\.$/);
    expect(broken.scanned.files).toBe(1);
  });

  it('missing objects are counted, the rest is read', async () => {
    const { root, first } = repoOf({ 'a.txt': 'lost', 'b.txt': `k=${key}` });
    const lost = git(root, 'rev-parse', `${first}:a.txt`);
    rmSync(join(root, '.git/objects', lost.slice(0, 2), lost.slice(2)), { force: true });
    rmSync(join(root, 'a.txt'));
    const { history, historyWhy, found } = await inHistory(root);
    expect([history, historyWhy]).toEqual(['partial', '1 old file is not in this clone.']);
    expect(found.length).toBe(1);
  });

  it('bounds are said', async () => {
    const { root } = repoOf({ 'a.txt': 'x'.repeat(1000), 'b.txt': 'y'.repeat(1000) });
    const repo = openGit(root);
    if (!repo) throw new Error('no git');
    const options = { signal: new AbortController().signal, clean: new Set<string>(), now: 0, budgetMs: 60_000 };
    expect((await searchHistory(repo, { ...options, maxBytes: 500 })).missing).toEqual([
      'Only the newest 1 of 2 old versions were read in the time allowed.',
    ]);
    expect((await searchHistory(repo, options)).missing).toEqual([]);
  });

  it('stops when the run is cancelled', async () => {
    const { root } = repoOf({ 'a.txt': 'x' });
    await expect(scan(root, { history: true, signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow();
  });
});
