import pg from 'pg';
import { config } from './config.ts';

export const db = new pg.Pool({ connectionString: config.databaseUrl, max: 10 });

// A connection that breaks while idle (database restarted) is replaced by the pool; it must not end the process.
db.on('error', () => {});

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
