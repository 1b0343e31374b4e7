import { chmod, copyFile, lstat, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Binaries, Link } from './binaries.ts';
import { PostgresStartError } from './errors.ts';
import { closedToOthers, digestOf, listTree, readableByOthers } from './tree.ts';
import type { TreeEntry } from './tree.ts';

const MARKER = 'complete.json';

/**
 * Returns a folder from which the binaries can be run: the installed one where that works, otherwise a copy made once
 * under the temporary folder. A copy is needed when PostgreSQL runs as another user who may not read the checkout
 * (`asOther`), or when the shared-library links are missing and cannot be made where the package lies.
 *
 * The copy belongs to us, not to the user PostgreSQL runs as: that user has to read it and must not be able to change it.
 * @throws PostgresStartError `denied` when the temporary folder is not safe or not reachable.
 */
export async function placeBinaries(binaries: Binaries, asOther: boolean, temporary = tmpdir()): Promise<string> {
  const tree = await listTree(binaries.folder);
  const reachable = !asOther || (readableByOthers(tree) && (await closedToOthers(binaries.folder)) === undefined);
  if (reachable && (await makeLinks(binaries.folder, binaries.links))) return binaries.folder;

  await assertSafe(temporary, asOther);
  const owner = process.geteuid?.() ?? 0;
  const place = join(temporary, `launch-ready-postgres-${owner}-${process.platform}-${process.arch}-${binaries.version}`);
  const marker = JSON.stringify({ version: binaries.version, digest: digestOf(tree) });
  if (await isOurCompleteCopy(place, marker)) return place;

  // Built under a random name nobody else can enter, then renamed: others see the whole copy or none.
  const building = await mkdtemp(join(temporary, 'launch-ready-postgres-'));
  try {
    await copyTree(tree, binaries.folder, building);
    if (!(await makeLinks(building, binaries.links))) {
      throw new PostgresStartError(
        'denied',
        `The file system of ${temporary} does not allow links, which PostgreSQL needs. Set TMPDIR to another folder.`,
      );
    }
    await writeFile(join(building, MARKER), marker, { mode: 0o644 });
    await chmod(building, 0o755);
    await moveIntoPlace(building, place, marker);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return place;
}

/** Makes the links that are missing; `false` when the folder may not be written. */
async function makeLinks(folder: string, links: Link[]): Promise<boolean> {
  for (const link of links) {
    try {
      await stat(join(folder, link.path));
    } catch {
      try {
        await symlink(basename(link.target), join(folder, link.path));
      } catch (error) {
        // Another process may have made it between the look and the making.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
      }
    }
  }
  return true;
}

/** A world-writable folder without the sticky bit lets anybody swap our copy for theirs. */
async function assertSafe(temporary: string, asOther: boolean): Promise<void> {
  const { mode } = await stat(temporary);
  if (process.platform !== 'win32' && (mode & 0o002) !== 0 && (mode & 0o1000) === 0) {
    throw new PostgresStartError(
      'denied',
      `${temporary} may be written by everybody and has no sticky bit, so it is not safe to run programs from. Set TMPDIR to a folder of your own.`,
    );
  }
  const closed = asOther ? await closedToOthers(temporary) : undefined;
  if (closed !== undefined) {
    throw new PostgresStartError(
      'denied',
      `PostgreSQL does not run as root, and the unprivileged user it runs as may not enter ${closed}. Set TMPDIR to a folder everybody may enter, such as /tmp.`,
    );
  }
}

async function copyTree(tree: TreeEntry[], from: string, to: string): Promise<void> {
  for (const { path, folder } of tree) {
    const target = join(to, path);
    if (folder) {
      if (path !== '') await mkdir(target);
      // The modes are set by name: a strict umask would otherwise close the copy to the user it is made for.
      if (path !== '') await chmod(target, 0o755);
    } else {
      await copyFile(join(from, path), target);
      await chmod(target, path.startsWith('bin/') ? 0o755 : 0o644);
    }
  }
}

async function isOurCompleteCopy(place: string, marker: string): Promise<boolean> {
  const status = await lstat(place).catch(() => undefined);
  if (status === undefined || !status.isDirectory()) return false;
  if (process.geteuid !== undefined && (status.uid !== process.geteuid() || (status.mode & 0o022) !== 0)) return false;
  if ((await readFile(join(place, MARKER), 'utf8').catch(() => '')) !== marker) return false;
  const { digest } = JSON.parse(marker) as { digest: string };
  return digestOf((await listTree(place)).filter(({ path }) => path !== MARKER)) === digest;
}

async function moveIntoPlace(building: string, place: string, marker: string): Promise<void> {
  try {
    await rename(building, place);
    return;
  } catch {
    // Something lies there: a copy another process finished first, a damaged copy of ours, or a stranger's trap.
  }
  if (await isOurCompleteCopy(place, marker)) return;
  const status = await lstat(place);
  if (status.isSymbolicLink() || status.uid !== (process.geteuid?.() ?? status.uid)) {
    throw new PostgresStartError(
      'denied',
      `${place} was not made by you, so PostgreSQL is not run from it. Remove it, or set TMPDIR to a folder of your own.`,
    );
  }
  await rm(place, { recursive: true, force: true });
  await rename(building, place);
}
