import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unprivilegedAccount } from '../account.ts';
import { findBinaries } from '../binaries.ts';
import { connect } from '../connect.ts';
import { type PostgresOptions, startPostgres } from '../embedded.ts';
import { plainSql, supabaseSql } from '../supabase/base.ts';
import { ownerSql, rolesSql } from '../supabase/roles.ts';
import { digestOf, listTree } from '../tree.ts';
import { quoted } from './quoted.ts';

const run = promisify(execFile);
const marker = 'complete';

/** Names of the databases in the cached cluster that hold the platform, nobody connected: to be copied. */
export const cachedTemplates = { supabase: 'platform_supabase', plain: 'platform_plain' } as const;

/**
 * A stopped data directory with the roles and the platform in it, made once and kept under the temporary folder: setting up a cluster and running the
 * base is most of what starting costs. It belongs to us and is closed to everybody else, the account PostgreSQL runs as included, so that nothing a
 * stranger's SQL does in one run can reach the next. `undefined` where it cannot be kept safely; then every run makes its own.
 */
export async function cachedCluster(options: PostgresOptions): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  const place = join(tmpdir(), `launch-ready-cluster-${process.geteuid?.() ?? 0}-${keyOf(options)}`);
  if (await isOurs(place)) return join(place, 'data');
  // What lies there instead is somebody else's, or was nibbled at; only an old one of ours is replaced.
  const status = await lstat(place).catch(() => undefined);
  if (status && (!status.isDirectory() || status.uid !== process.geteuid?.() || (status.mode & 0o077) !== 0)) return undefined;
  try {
    await rm(place, { recursive: true, force: true });
    await make(place, options);
    return (await isOurs(place)) ? join(place, 'data') : undefined;
  } catch {
    // No room, no right to write there, or somebody else's folder of that name: a run of its own tells what is wrong, if anything is.
    return undefined;
  }
}

/** Changes with everything the cluster is made of. */
const keyOf = ({ settings, superuser }: PostgresOptions): string =>
  createHash('sha256')
    .update(JSON.stringify([findBinaries().version, process.arch, settings, superuser, rolesSql, ownerSql, supabaseSql, plainSql]))
    .digest('hex')
    .slice(0, 16);

async function isOurs(place: string): Promise<boolean> {
  const status = await lstat(place).catch(() => undefined);
  if (!status?.isDirectory() || status.uid !== process.geteuid?.() || (status.mode & 0o077) !== 0) return false;
  const digest = await readFile(join(place, marker), 'utf8').catch(() => undefined);
  // Cleaners of temporary files take single files, by age.
  return digest !== undefined && digest === (await digestIn(place).catch(() => ''));
}

/** Names and sizes of all files of the cluster. */
const digestIn = async (place: string): Promise<string> => digestOf(await listTree(join(place, 'data')));

async function make(place: string, options: PostgresOptions): Promise<void> {
  const building = await mkdtemp(join(tmpdir(), 'launch-ready-cluster-'));
  try {
    // The account PostgreSQL runs as has to get through to the data while it works on them.
    await chmod(building, 0o711);
    const server = await startPostgres({ ...options, dataDirectory: join(building, 'data') });
    try {
      const main = await connect(server.url);
      await main.exec(`${rolesSql}${ownerSql}`);
      for (const [name, sql] of [
        [cachedTemplates.supabase, supabaseSql],
        [cachedTemplates.plain, plainSql],
      ] as const) {
        await main.exec(`CREATE DATABASE ${quoted(name)} OWNER postgres TEMPLATE template0`);
        const url = new URL(server.url);
        url.pathname = `/${name}`;
        const db = await connect(url.href);
        await db.exec(sql);
        await db.close();
      }
      await main.close();
    } finally {
      await server.stop();
    }
    await chmod(building, 0o700);
    if (unprivilegedAccount()) await run('chown', ['-R', `${process.geteuid?.()}:${process.getegid?.()}`, building]);
    await writeFile(join(building, marker), await digestIn(building), { mode: 0o600 });
    await rename(building, place);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
