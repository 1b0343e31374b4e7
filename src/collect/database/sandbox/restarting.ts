import type { Database } from '../connect.ts';
import type { Sandbox } from './sandbox.ts';

/** A database that comes back as it was when a statement had to be ended with it. */
export interface Restarting extends Database {
  /** Keeps its present state as the one it comes back in. Absent where a statement can be ended without its database. */
  checkpoint?(): Promise<void>;
}

/** True when the database was lost with the statement and is back as of the last checkpoint: what was made since is gone. */
export const wasLost = (error: unknown): boolean => (error as { lost?: boolean } | undefined)?.lost === true;

/**
 * Wraps the owner's connection `db` to the sandbox's database `name`. A statement that takes it along rejects as on any other sandbox (57014, 53200);
 * the next one finds the database as of the last checkpoint, the first of which is made here.
 */
export async function restarting(sandbox: Sandbox, name: string, db: Database): Promise<Restarting> {
  const { checkpoint } = sandbox;
  if (!checkpoint) return db;
  const kept = `${name}_kept`;
  await checkpoint(name, kept);
  let current = db;
  const again = async (): Promise<void> => {
    await sandbox.drop(name);
    await (await sandbox.create(name, kept)).close();
    current = await sandbox.open(name);
  };
  const run = async <T>(work: (at: Database) => Promise<T>): Promise<T> => {
    try {
      return await work(current);
    } catch (error) {
      if (wasLost(error)) await again();
      throw error;
    }
  };
  return {
    query: (sql, parameters, limitMs) => run((at) => at.query(sql, parameters, limitMs)),
    exec: (sql) => run((at) => at.exec(sql)),
    checkpoint: () => checkpoint(name, kept),
    close: () => current.close(),
  };
}
