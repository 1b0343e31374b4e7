import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commit, folderOf, git, write } from './fixtures/folder.ts';
import { findExecutable } from './executable.ts';
import { GitFailure, type GitRepo, gitOutput, openGit } from './git.ts';
import { searchHistory } from './history.ts';
import { trackedFiles } from './tracked.ts';

const never = new AbortController().signal;
const open = (root: string): GitRepo => {
  const repo = openGit(root);
  if (!repo) throw new Error('no git');
  return repo;
};
const everything = async (root: string): Promise<unknown> => {
  const repo = open(root);
  await trackedFiles(repo, never);
  return searchHistory(repo, { signal: never, clean: new Set(), now: Date.now(), budgetMs: 60_000 });
};

describe('opening', () => {
  it('finds the checkout above the folder and what it tracks there', async () => {
    const root = folderOf({ 'a.ts': '1', 'apps/web/b.ts': '2', 'apps/web/.env': '3' });
    git(root, 'init', '-q');
    git(root, 'add', 'a.ts', 'apps/web/b.ts');
    git(root, 'commit', '-qm', 'x');
    const repo = open(join(root, 'apps/web'));
    expect(repo).toMatchObject({ top: root, prefix: 'apps/web/' });
    expect([...((await trackedFiles(repo, never)) ?? [])]).toEqual(['b.ts']);
    expect([...((await trackedFiles(open(root), never)) ?? [])]).toEqual(['a.ts', 'apps/web/b.ts']);
  });

  it('a folder that the checkout above knows nothing of is no part of it', async () => {
    const root = folderOf({ 'a.ts': '1', 'unpacked/b.ts': '2' });
    git(root, 'init', '-q');
    git(root, 'add', 'a.ts');
    expect(await trackedFiles(open(join(root, 'unpacked')), never)).toBeUndefined();
  });

  it('says when there is no git program, and never takes one from the repo', () => {
    const root = folderOf({ '.git/HEAD': 'x', 'bin/git': '#!/bin/sh\ntouch ran\n' });
    chmodSync(join(root, 'bin/git'), 0o755);
    expect(() => openGit(root, `${join(root, 'bin')}:bin:.:`)).toThrow(GitFailure);
    expect(findExecutable('git', root, join(root, 'bin'))).toBeUndefined();
    expect(findExecutable('git', '/nowhere', join(root, 'bin'))).toBe(join(root, 'bin/git'));
  });

  it('a broken .git is a failure with a reason', async () => {
    const root = folderOf({ '.git/HEAD': 'garbage', '.git/config': '[[[' });
    await expect(gitOutput(open(root), ['rev-list', '--all'])).rejects.toThrow(GitFailure);
    await expect(everything(root)).rejects.toThrow(/\w/);
    const file = folderOf({ '.git': 'not a gitdir' });
    await expect(everything(file)).rejects.toThrow(GitFailure);
  });
});

describe('a hostile .git/config', () => {
  it('runs nothing', async () => {
    const root = folderOf({ 'a.txt': 'one', '.gitattributes': '* filter=evil diff=evil\n' });
    git(root, 'init', '-q');
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'x');
    write(root, { 'a.txt': 'two' });
    const first = commit(root);
    const trap = join(root, 'trap.sh');
    const sprung = join(root, 'sprung');
    writeFileSync(trap, `#!/bin/sh\necho "$0 $@" >> '${sprung}'\nexit 0\n`);
    chmodSync(trap, 0o755);
    for (const hook of ['post-index-change', 'reference-transaction', 'fsmonitor-watchman', 'post-checkout', 'pre-auto-gc']) {
      write(root, { [`hooks/${hook}`]: `#!/bin/sh\n'${trap}' ${hook}\n` });
      chmodSync(join(root, 'hooks', hook), 0o755);
    }
    const settings = {
      'core.fsmonitor': trap,
      'core.hooksPath': join(root, 'hooks'),
      'core.pager': trap,
      'pager.log': trap,
      'pager.rev-list': trap,
      'core.sshCommand': trap,
      'core.gitProxy': trap,
      'core.editor': trap,
      'core.askPass': trap,
      'core.alternateRefsCommand': trap,
      'credential.helper': trap,
      'diff.external': trap,
      'diff.evil.command': trap,
      'diff.evil.textconv': trap,
      'filter.evil.clean': trap,
      'filter.evil.smudge': trap,
      'filter.evil.process': trap,
      'gpg.program': trap,
      'log.showSignature': 'true',
      'uploadpack.packObjectsHook': trap,
      'extensions.partialClone': 'origin',
      'remote.origin.url': `ext::${trap} %S`,
      'remote.origin.promisor': 'true',
      'remote.origin.uploadpack': trap,
      'protocol.ext.allow': 'always',
      'protocol.allow': 'always',
      'alias.rev-list': `!${trap}`,
      'alias.cat-file': `!${trap}`,
      'core.worktree': '/',
      'core.repositoryFormatVersion': '1',
      'interactive.diffFilter': trap,
      'trailer.x.command': trap,
    };
    for (const [name, value] of Object.entries(settings)) git(root, 'config', name, value);
    // The trap works: git as people run it springs it.
    git(root, 'status');
    expect(existsSync(sprung)).toBe(true);
    // An object that is missing makes a partial clone ask its remote.
    const blob = git(root, 'rev-parse', `${first}:a.txt`);
    rmSync(join(root, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    rmSync(sprung, { force: true });
    const result = await everything(root).catch((error: unknown) => error);
    expect(existsSync(sprung), String(result)).toBe(false);
  });
});
