import { randomBytes } from 'node:crypto';
import { connect, type Database } from '../connect.ts';
import { type PostgresOptions, startPostgres } from '../embedded.ts';
import { ownerSql, rolesSql } from '../supabase/roles.ts';
import { cachedCluster, cachedTemplates } from './cluster-cache.ts';
import { guarded } from './guarded.ts';
import { quoted } from './quoted.ts';
import type { Limits, Sandbox } from './sandbox.ts';

/** Nothing is worth keeping here, and one connection at a time does the work. */
const settings: Readonly<Record<string, string>> = {
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  autovacuum: 'off',
  jit: 'off',
  shared_buffers: '64MB',
  max_connections: '30',
  max_parallel_workers_per_gather: '0',
  max_worker_processes: '0',
  temp_file_limit: '256MB',
  max_stack_depth: '1MB',
  log_min_messages: 'log',
  log_statement: 'none',
};

/** Embedded PostgreSQL as a sandbox: on a Unix socket, unprivileged, not durable. */
export async function openPostgresSandbox(limits: Limits, cache?: string): Promise<Sandbox> {
  const begun = performance.now();
  const options: PostgresOptions = {
    durable: false,
    listen: process.platform === 'win32' ? 'tcp' : 'socket',
    superuser: 'supabase_admin',
    settings,
  };
  const cluster = await cachedCluster(options, cache);
  const server = await startPostgres({ ...options, memoryBytes: limits.memoryBytes, ...(cluster !== undefined && { archive: cluster }) });
  const urlOf = (database: string, login?: { user: string; password: string }): string => {
    const url = new URL(server.url);
    url.pathname = `/${encodeURIComponent(database)}`;
    if (login) Object.assign(url, { username: login.user, password: login.password });
    return url.href;
  };
  try {
    const password = randomBytes(24).toString('base64url');
    const main = await connect(server.url);
    await main.exec(
      `${cluster === undefined ? `${rolesSql}${ownerSql}` : ''}ALTER ROLE postgres PASSWORD '${password}'; ALTER ROLE supabase_admin SET event_triggers = off;`,
    );
    const opened = new Set<Database>([main]);
    const keep = (db: Database): Database => {
      opened.add(db);
      return { ...db, close: () => (opened.delete(db), db.close()) };
    };
    let closing: Promise<void> | undefined;
    return {
      kind: 'postgresql',
      ...(cluster !== undefined && { templates: cachedTemplates }),
      limits,
      startMs: performance.now() - begun,
      async create(name, template = 'template0') {
        await main.exec(`CREATE DATABASE ${quoted(name)} OWNER postgres TEMPLATE ${quoted(template)} STRATEGY FILE_COPY`);
        return keep(await connect(urlOf(name)));
      },
      open: async (name) =>
        keep(await guarded(() => connect(urlOf(name, { user: 'postgres', password })), { watcher: main, name, limits })),
      drop: (name) => main.exec(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`),
      close: () => (closing ??= end(opened, () => server.stop())),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function end(opened: ReadonlySet<Database>, stop: () => Promise<void>): Promise<void> {
  // The server ends every session at once; connections that wait for an answer get an error.
  const closed = [...opened].map((db) => db.close().catch(() => {}));
  await stop();
  await Promise.race([Promise.all(closed), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
}
