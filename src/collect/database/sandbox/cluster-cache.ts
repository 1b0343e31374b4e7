import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findBinaries } from '../binaries.ts';
import { connect } from '../connect.ts';
import { type PostgresOptions, startPostgres } from '../embedded.ts';
import { memoryFolder } from '../memory-folder.ts';
import { plainSql, supabaseSql } from '../supabase/base.ts';
import { ownerSql, rolesSql } from '../supabase/roles.ts';
import { quoted } from './quoted.ts';

const run = promisify(execFile);
const marker = 'complete';
const archiveName = 'data.tar';

/** Names of the databases in the cached cluster that hold the platform, nobody connected: to be copied. */
export const cachedTemplates = { supabase: 'platform_supabase', plain: 'platform_plain' } as const;

/**
 * The archive of a stopped data directory with the roles and the platform in it, made once and kept under the temporary folder: setting up a cluster and
 * running the base is most of what starting costs, and one file is read faster than the thousands in it. It belongs to us and is closed to everybody
 * else, the account PostgreSQL runs as included, so that nothing a stranger's SQL does in one run can reach the next. `undefined` where it cannot be
 * kept safely; then every run makes its own.
 * @param folder where it is kept: the temporary folder by default.
 */
export async function cachedCluster(options: PostgresOptions, folder = tmpdir()): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  const place = join(folder, `launch-ready-cluster-${process.geteuid?.() ?? 0}-${keyOf(options)}`);
  const archive = join(place, archiveName);
  if (await isOurs(place)) return archive;
  // What lies there instead is somebody else's, or was nibbled at; only an old one of ours is replaced.
  const status = await lstat(place).catch(() => undefined);
  if (status && (!status.isDirectory() || status.uid !== process.geteuid?.() || (status.mode & 0o077) !== 0)) return undefined;
  try {
    await rm(place, { recursive: true, force: true });
    await make(place, options);
    return (await isOurs(place)) ? archive : undefined;
  } catch {
    // No room, no right to write there, or somebody else's folder of that name: a run of its own tells what is wrong, if anything is.
    return undefined;
  }
}

/** Changes with everything the cluster is made of. */
const keyOf = ({ settings, superuser }: PostgresOptions): string =>
  createHash('sha256')
    .update(
      JSON.stringify([archiveName, findBinaries().version, process.arch, settings, superuser, rolesSql, ownerSql, supabaseSql, plainSql]),
    )
    .digest('hex')
    .slice(0, 16);

async function isOurs(place: string): Promise<boolean> {
  const status = await lstat(place).catch(() => undefined);
  if (!status?.isDirectory() || status.uid !== process.geteuid?.() || (status.mode & 0o077) !== 0) return false;
  const digest = await readFile(join(place, marker), 'utf8').catch(() => undefined);
  return digest !== undefined && digest === (await digestOf(join(place, archiveName)).catch(() => ''));
}

/** Tells a whole archive from one that was cut short. */
const digestOf = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

async function make(place: string, options: PostgresOptions): Promise<void> {
  // Beside the place, to be renamed; its thousands of files where they are made fastest.
  const building = await mkdtemp(`${place}-`);
  const scratch = await mkdtemp(join((await memoryFolder()) ?? tmpdir(), 'launch-ready-cluster-'));
  try {
    // The account PostgreSQL runs as has to get through to the data while it works on them.
    await chmod(scratch, 0o711);
    const server = await startPostgres({ ...options, dataDirectory: join(scratch, 'data') });
    try {
      await fill(server.url);
    } finally {
      await server.stop();
    }
    await run('tar', ['-C', scratch, '-cf', join(building, archiveName), 'data']);
    await writeFile(join(building, marker), await digestOf(join(building, archiveName)), { mode: 0o600 });
    await rename(building, place);
  } finally {
    for (const folder of [building, scratch]) await rm(folder, { recursive: true, force: true });
  }
}

/** Makes the roles, and a database for each platform. */
async function fill(address: string): Promise<void> {
  const main = await connect(address);
  await main.exec(`${rolesSql}${ownerSql}`);
  for (const [name, sql] of [
    [cachedTemplates.supabase, supabaseSql],
    [cachedTemplates.plain, plainSql],
  ] as const) {
    await main.exec(`CREATE DATABASE ${quoted(name)} OWNER postgres TEMPLATE template0 STRATEGY FILE_COPY`);
    const url = new URL(address);
    url.pathname = `/${name}`;
    const db = await connect(url.href);
    await db.exec(sql);
    await db.close();
  }
  await main.close();
}
