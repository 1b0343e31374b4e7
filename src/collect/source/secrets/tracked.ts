import { type GitRepo, gitOutput } from './git.ts';

/**
 * Paths that git tracks, relative to the audited folder. `undefined` when the checkout does not know the folder at all: an unpacked
 * archive that happens to lie inside somebody's checkout is not "untracked".
 */
export async function trackedFiles(repo: GitRepo, signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
  const listed = await gitOutput(repo, ['ls-files', '-z', '--cached', '--full-name'], { signal });
  const tracked = new Set<string>();
  for (const path of listed.split('\0')) if (path !== '' && path.startsWith(repo.prefix)) tracked.add(path.slice(repo.prefix.length));
  return tracked.size > 0 || repo.prefix === '' ? tracked : undefined;
}
