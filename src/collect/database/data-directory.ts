import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, readdir, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import { PostgresStartError } from './errors.ts';
import { closedToOthers } from './tree.ts';

/** The file in a data directory we made that holds its superuser's password; readable by the directory's owner only. */
const PASSWORD_FILE = 'superuser.password';

/** Makes the private folder of one run (password file, socket, and the data when nothing is to be kept). */
export async function makeRunFolder(account: Account | undefined, temporary = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(await realpath(temporary), 'launch-ready-pg-'));
  await mkdir(join(folder, 'socket'), { mode: 0o700 });
  if (account === undefined) return folder;
  const closed = await closedToOthers(dirname(folder));
  if (closed !== undefined) throw cannotEnter(closed, 'Set TMPDIR to a folder everybody may enter, such as /tmp.');
  await chown(join(folder, 'socket'), account.uid, account.gid);
  await chown(folder, account.uid, account.gid);
  return folder;
}

/**
 * Readies a data directory that is to be kept: makes it when it is not there, hands it to the account PostgreSQL runs as,
 * and refuses anything that is neither empty nor a data directory of the same major version that we made.
 * @param major major version of the binaries, for example "18".
 * @returns the real path, and the superuser's password if the directory is in use already.
 * @throws PostgresStartError `denied`
 */
export async function openDataDirectory(
  wanted: string,
  account: Account | undefined,
  major: string,
): Promise<{ path: string; password?: string }> {
  // The mode is for the data directory alone: initdb sets it, and the folders above must stay open to the account.
  await mkdir(resolve(wanted), { recursive: true });
  const path = await realpath(wanted);
  const closed = account === undefined ? undefined : await closedToOthers(dirname(path));
  if (closed !== undefined) throw cannotEnter(closed, 'Choose another data directory.');
  if ((await readdir(path)).length === 0) {
    if (account !== undefined) await chown(path, account.uid, account.gid);
    return { path };
  }
  const version = (await readFile(join(path, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const password = (await readFile(join(path, PASSWORD_FILE), 'utf8').catch(() => '')).trim();
  if (version !== '' && version !== major) {
    throw new PostgresStartError(
      'denied',
      `${path} holds the data of PostgreSQL ${version}, and this is PostgreSQL ${major}. Dump it with the old version and load it into an empty folder.`,
    );
  }
  if (password === '') {
    throw new PostgresStartError('denied', `${path} is not empty and was not made by Launch Ready. Choose an empty folder for the data.`);
  }
  return { path, password };
}

/** Unpacks the archive of a stopped data directory of ours, for one run, and returns the superuser's password in it. */
export async function unpackDataDirectory(archive: string, to: string, account: Account | undefined): Promise<string> {
  const run = promisify(execFile);
  await mkdir(to, { mode: 0o700 });
  // Without preserving owners: it belongs to us first, then to the account that works on it.
  await run('tar', ['-C', to, '--strip-components=1', '-xof', archive]);
  if (account !== undefined) await run('chown', ['-R', `${account.uid}:${account.gid}`, to]);
  return (await readFile(join(to, PASSWORD_FILE), 'utf8')).trim();
}

/** Remembers the password inside the data directory, for the next start. */
export async function keepPassword(dataDirectory: string, password: string, account: Account | undefined): Promise<void> {
  const file = join(dataDirectory, PASSWORD_FILE);
  // "wx" never follows a link somebody put there.
  await writeFile(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (account !== undefined) await chown(file, account.uid, account.gid);
}

function cannotEnter(folder: string, advice: string): PostgresStartError {
  return new PostgresStartError(
    'denied',
    `PostgreSQL does not run as root, and the unprivileged user it runs as may not enter ${folder}. ${advice}`,
  );
}
