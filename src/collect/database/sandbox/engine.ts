import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PostgresStartError } from '../errors.ts';

/** PGlite in a thread of its own, spoken to in PostgreSQL's wire protocol. The thread can be ended while it loops. */
export interface Engine {
  /** Sends whole messages and returns the whole answer. Rejects once the engine ended. */
  send(messages: Uint8Array): Promise<Uint8Array>;
  /** All of its data, to start other engines from. */
  snapshot(): Promise<Uint8Array>;
  /** True once it ended, by itself or by `end`. */
  readonly dead: boolean;
  end(): Promise<void>;
}

/** Modules of PGlite that are extensions, as PostgreSQL names them. */
const extensions =
  'btree_gin btree_gist citext cube dict_int earthdistance fuzzystrmatch hstore intarray isn lo ltree moddatetime pg_stat_statements pg_trgm pgcrypto seg tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid_ossp'.split(
    ' ',
  );

/** Runs in the thread: plain JavaScript, because a thread takes no TypeScript and a bundle has one file only. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { createRequire } = require('node:module');
const load = createRequire(workerData.from);
const { PGlite } = load('@electric-sql/pglite');
const extensions = {};
for (const name of workerData.extensions) extensions[name] = load('@electric-sql/pglite/contrib/' + name)[name];
const started = PGlite.create({ extensions, ...(workerData.snapshot && { loadDataDir: new Blob([workerData.snapshot]) }) });
const answer = async ({ messages }) => {
  const db = await started;
  if (messages) return db.execProtocolRaw(messages, { syncToFs: false });
  return new Uint8Array(await (await db.dumpDataDir('none')).arrayBuffer());
};
started.then(() => parentPort.postMessage({ id: 0 }), (error) => parentPort.postMessage({ id: 0, error: String(error) }));
parentPort.on('message', (request) => {
  answer(request).then(
    (bytes) => parentPort.postMessage({ id: request.id, bytes }),
    (error) => parentPort.postMessage({ id: request.id, error: String(error) }),
  );
});
`;

interface Reply {
  readonly id: number;
  readonly bytes?: Uint8Array;
  readonly error?: string;
}

/**
 * What the data of an engine depend on: the version of PGlite, and its extensions.
 * @throws PostgresStartError `absent` where PGlite is not installed.
 */
export function engineVersion(): string {
  try {
    const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
    const { version } = JSON.parse(readFileSync(join(dirname(main), '..', 'package.json'), 'utf8')) as { version: string };
    return `${version} ${extensions.join(' ')}`;
  } catch {
    throw new PostgresStartError('absent', 'PGlite is not installed. Run "npm install @electric-sql/pglite".');
  }
}

/**
 * Starts an engine, empty or from a snapshot.
 * @throws PostgresStartError `absent` where PGlite is not installed, `failed` when it gives up.
 */
export async function startEngine(snapshot?: Uint8Array): Promise<Engine> {
  engineVersion();
  const worker = new Worker(THREAD, {
    eval: true,
    workerData: { from: import.meta.url, extensions, snapshot },
    stdout: true,
    stderr: true,
  });
  const waiting = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }>();
  let last = 0;
  let dead = false;
  const stop = (why: string): void => {
    dead = true;
    for (const { reject } of waiting.values()) reject(new Error(why));
    waiting.clear();
  };
  worker.on('message', ({ id, bytes, error }: Reply) => {
    const one = waiting.get(id);
    waiting.delete(id);
    // Like a socket, it keeps the process going only while an answer is awaited.
    if (waiting.size === 0) worker.unref();
    if (error === undefined) one?.resolve(bytes ?? new Uint8Array());
    else one?.reject(new Error(error));
  });
  worker.on('error', (error) => stop(String(error)));
  worker.on('exit', () => stop('PGlite ended'));
  const request = (id: number, message?: object): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(new Error('PGlite ended'));
      waiting.set(id, { resolve, reject });
      worker.ref();
      if (message) worker.postMessage({ id, ...message });
    });
  try {
    await request(0);
  } catch (error) {
    await worker.terminate();
    throw new PostgresStartError('failed', `PGlite did not start: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {
    send: (messages) => request(++last, { messages }),
    snapshot: () => request(++last, {}),
    get dead() {
      return dead;
    },
    async end() {
      stop('PGlite was ended');
      await worker.terminate();
    },
  };
}
