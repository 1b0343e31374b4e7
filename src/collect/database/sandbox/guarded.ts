import type { Database } from '../connect.ts';
import { LimitError } from './limit-error.ts';
import type { Limits } from './sandbox.ts';

interface Watch {
  /** A superuser's connection to another database of the same server. */
  readonly watcher: Database;
  readonly name: string;
  readonly limits: Limits;
}

/** To measure a database is to look at each of its files, which are thousands: five times a second costs little. */
const LOOK_MS = 200;
const GRACE_MS = 1500;

/**
 * A connection whose statements are ended from outside when they take too long or write too much: first cancelled, then, as SQL can catch that,
 * its session is terminated. A new session is opened for the next statement.
 */
export async function guarded(connect: () => Promise<Database>, { watcher, name, limits }: Watch): Promise<Database> {
  let current = await session();
  async function session(): Promise<{ db: Database; pid: number }> {
    const db = await connect();
    const [row] = await db.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
    return { db, pid: row?.pid ?? 0 };
  }
  /** After a crash the server takes a moment to be back. */
  async function again(): Promise<{ db: Database; pid: number }> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await session();
      } catch (error) {
        if (attempt >= 50 || (error as { code?: string }).code === '3D000') throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
  const run = async <T>(work: (db: Database) => Promise<T>, wanted?: number): Promise<T> => {
    // PostgreSQL's own timeout comes first; this one is for statements that catch it.
    const limitMs = Math.min(limits.statementMs, wanted === undefined ? Infinity : wanted + GRACE_MS);
    const { db, pid } = current;
    let why: LimitError | undefined;
    let gone = false;
    let done = false;
    let looking: Promise<void> = Promise.resolve();
    const begun = performance.now();
    let timer: NodeJS.Timeout;
    const lookSoon = (ms: number): void => {
      timer = setTimeout(() => {
        looking = look().catch(() => {});
      }, ms);
    };
    const look = async (): Promise<void> => {
      const ran = performance.now() - begun;
      if (ran > limitMs) why ??= new LimitError('57014', `ran longer than ${limitMs / 1000} s and was ended`);
      else if (why === undefined) {
        const [row] = await watcher.query<{ bytes: string }>('SELECT pg_catalog.pg_database_size($1) AS bytes', [name]);
        if (Number(row?.bytes) > limits.databaseBytes)
          why = new LimitError(
            '53100',
            `the database grew over ${Math.round(limits.databaseBytes / 2 ** 20)} MB and the statement was ended`,
          );
      }
      if (done) return;
      if (why !== undefined) await watcher.query(`SELECT pg_catalog.${gone ? 'pg_terminate_backend' : 'pg_cancel_backend'}($1)`, [pid]);
      const grace = why !== undefined ? GRACE_MS : LOOK_MS;
      if (why !== undefined) gone = true;
      if (!done) lookSoon(grace);
    };
    lookSoon(LOOK_MS);
    try {
      return await work(db).finally(() => (done = true));
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || code === '57P01') {
        // The connection itself broke: the session was terminated, or ran out of memory for good.
        await db.close().catch(() => {});
        current = await again();
        throw why ?? new LimitError('57P01', 'its session broke off');
      }
      throw why ?? error;
    } finally {
      clearTimeout(timer!);
      // What is on its way to end this statement must not reach the next one.
      await looking;
    }
  };
  return {
    query: (sql, parameters, limitMs) => run((db) => db.query(sql, parameters), limitMs),
    exec: (sql) => run((db) => db.exec(sql)),
    close: () => current.db.close(),
  };
}
