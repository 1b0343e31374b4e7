import { execFile } from 'node:child_process';
import { chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { PostgresStartError } from './errors.ts';

/** What `initialise` needs to know. */
export interface InitialiseOptions {
  /** Folder with `bin/initdb`. */
  binaries: string;
  dataDirectory: string;
  /** Private folder the account may enter; the password passes through a file in it. */
  runFolder: string;
  superuser: string;
  password: string;
  account: Account | undefined;
  /** Wait until everything is on disk. */
  durable: boolean;
}

/**
 * Runs initdb: UTF-8, one collation that is the same on every machine (PostgreSQL's own C.UTF-8, so no system locale is
 * asked), passwords demanded from everybody.
 * @throws PostgresStartError `failed`, with what initdb said.
 */
export async function initialise(options: InitialiseOptions): Promise<void> {
  const { binaries, dataDirectory, runFolder, superuser, password, account, durable } = options;
  const passwordFile = join(runFolder, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
  const args = [
    `--pgdata=${dataDirectory}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    // Small segments: a data directory that is thrown away is copied more often than filled.
    ...(durable ? [] : ['--no-sync', '--wal-segsize=4']),
  ];
  try {
    await new Promise<void>((resolve, reject) => {
      const settings = { cwd: runFolder, env: bareEnvironment(), ...account };
      execFile(join(binaries, 'bin', 'initdb'), args, settings, (error, stdout, stderr) => {
        if (error === null) resolve();
        else
          reject(
            new PostgresStartError('failed', `PostgreSQL could not set up ${dataDirectory}: ${(stderr || stdout || error.message).trim()}`),
          );
      });
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** The environment of PostgreSQL's programs: nothing of ours that could steer them (PG*, LD_*) or that they should not see. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = process.platform === 'win32' ? ['PATH', 'SystemRoot', 'TEMP', 'TMP'] : [];
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };
  for (const name of kept) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}
