import pg from 'pg';

/** One connection to a PostgreSQL server: enough to run migrations, look around and prove things. */
export interface Database {
  /**
   * Runs one statement, with `$1`, `$2`, ... filled from `parameters`, and returns its rows.
   * Rejects with an error whose `code` is the SQLSTATE. Connections of a sandbox end it after `limitMs`, or sooner.
   */
  query<Row extends object = Record<string, unknown>>(sql: string, parameters?: unknown[], limitMs?: number): Promise<Row[]>;
  /** Runs a script of any number of statements, in one implicit transaction; no parameters, no rows. */
  exec(sql: string): Promise<void>;
  /** Closes the connection. May be called twice. */
  close(): Promise<void>;
}

/** Connects to a `postgres://` URL. Rejects when the server cannot be reached within ten seconds or refuses us. */
export async function connect(url: string): Promise<Database> {
  return connectWith({ connectionString: url, connectionTimeoutMillis: 10_000 });
}

/** The same with settings of `pg`, such as a stream of one's own. */
export async function connectWith(settings: pg.ClientConfig): Promise<Database> {
  const client = new pg.Client(settings);
  // A connection that breaks while idle (server stopped) must not end our process; the next query reports it.
  client.on('error', () => {});
  await client.connect();
  let closing: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: `pg` will not queue them itself for much longer. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    async query<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
      const { rows } = await inTurn(() => client.query<Row>(sql, parameters));
      return rows;
    },
    async exec(sql) {
      await inTurn(() => client.query(sql));
    },
    close: () => (closing ??= client.end()),
  };
}
