import type { Database } from '../connect.ts';
import { PostgresStartError } from '../errors.ts';
import { openPgliteSandbox } from './pglite.ts';
import { openPostgresSandbox } from './postgres.ts';

/** What a stranger's SQL may take. Enforced from outside of its session, because it may change its own settings. */
export interface Limits {
  /** Milliseconds for one statement. */
  readonly statementMs: number;
  /** Bytes of one database on disk. */
  readonly databaseBytes: number;
  /** Bytes of address space of one process of the server; for PGlite, of all of it. */
  readonly memoryBytes: number;
}

export const defaultLimits: Limits = { statementMs: 10_000, databaseBytes: 512 * 2 ** 20, memoryBytes: 2 * 2 ** 30 };

export interface SandboxOptions {
  /** `postgresql`: fail where its binaries are not installed. `pglite`: PostgreSQL as WebAssembly in a thread. Default: the first, else the second. */
  readonly kind?: 'postgresql' | 'pglite';
  readonly limits?: Partial<Limits>;
  /** Folder in which a set-up cluster is kept from run to run. Default: the temporary folder. */
  readonly cache?: string;
}

/** A throw-away PostgreSQL in which a stranger's SQL may run. Its superuser is `supabase_admin`; `postgres` is the owner of the repo's objects, and none. */
export interface Sandbox {
  readonly kind: 'postgresql' | 'pglite';
  readonly limits: Limits;
  /** Databases with the platform in them that came with it; left out where they have to be made first. */
  readonly templates?: { readonly supabase: string; readonly plain: string };
  /** Milliseconds it took until the first database could be made. */
  readonly startMs: number;
  /**
   * Makes a database, as a copy of `template` where given, and connects as superuser. Nobody may be connected to the template.
   * Code of the repo (triggers, functions, defaults) runs with the rights of whoever sets it off: never touch its tables through this connection.
   */
  create(name: string, template?: string): Promise<Database>;
  /** Connects to a database of ours as `postgres`, which is no superuser. Statements over the limits are ended; the error says so (57014, 53100). */
  open(name: string): Promise<Database>;
  /** Keeps the database as it is under another name, to `create` others from. Only where a statement that is ended takes its database along. */
  checkpoint?(name: string, as: string): Promise<void>;
  /** Removes a database. */
  drop(name: string): Promise<void>;
  /** Ends everything. May be called twice. */
  close(): Promise<void>;
}

/**
 * Opens a sandbox: embedded PostgreSQL, or PGlite where its binaries are not installed or `kind` asks for it.
 * @throws PostgresStartError when neither can be started.
 */
export async function openSandbox({ kind, limits, cache }: SandboxOptions = {}): Promise<Sandbox> {
  const all = { ...defaultLimits, ...limits };
  if (kind === 'pglite') return openPgliteSandbox(all);
  try {
    return await openPostgresSandbox(all, cache);
  } catch (error) {
    if (kind === undefined && error instanceof PostgresStartError && error.reason === 'absent') return openPgliteSandbox(all);
    throw error;
  }
}
