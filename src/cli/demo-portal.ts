import { freePort } from '../collect/access/app/free-port.ts';
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../collect/database/embedded.ts';
import { startTied } from '../collect/database/tied-process.ts';
import type { GivenPerson } from '../core/target.ts';
import { packageRoot } from './package-root.ts';

/** The broken portal of the demo while it runs. */
export interface DemoPortal {
  readonly url: URL;
  /** An owner of each of the two firms in its example data. */
  readonly people: readonly GivenPerson[];
  /** Ends it; its database is thrown away. */
  stop(): Promise<void>;
}

/** Starts the portal that the build bundled (scripts/build.mjs), with its example data in a PostgreSQL of its own. Throws what keeps it from starting; nothing is left running then. */
export async function startDemoPortal(): Promise<DemoPortal> {
  const folder = join(packageRoot(), 'dist/portal');
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).toReversed()) await step();
  };
  try {
    const database = await startPostgres({ database: 'portal', durable: false });
    stops.push(() => database.stop());
    const port = await freePort();
    const password = `demo-${randomBytes(9).toString('hex')}`;
    const uploads = await mkdtemp(join(tmpdir(), 'launch-ready-portal-'));
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      APP_URL: `http://127.0.0.1:${port}`,
      // Nobody listens there: the demo sends no mails.
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'Fieldwork <portal@fieldwork.example>',
      PAYMENTS_WEBHOOK_SECRET: randomBytes(24).toString('hex'),
      HOST: '127.0.0.1',
      PORT: String(port),
      UPLOAD_DIR: uploads,
      SEED_PASSWORD: password,
    };
    const said: string[] = [];
    const start = (program: string, onLine: (line: string) => void) =>
      startTied(process.execPath, [join(folder, 'src', program)], { cwd: folder, env, stopSignal: 'TERM', onLine, removeAfter: uploads });
    if ((await start('seed.mjs', (line) => said.push(line)).ended) !== 0) throw new Error(`its example data: ${said.join(' ')}`);
    await listening((onLine) => {
      const server = start('server.mjs', onLine);
      stops.push(() => server.stop());
      return server.ended;
    });
    const people = [
      { name: 'nora', tenant: 'Northwind Interiors', email: 'nora@northwind.example' },
      { name: 'priya', tenant: 'Harbour Legal', email: 'priya@harbourlegal.example' },
    ].map((one) => ({ ...one, role: 'owner', password }));
    return { url: new URL(env.APP_URL), people, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until the server says that it listens; rejects with what it said where it ends before. */
async function listening(start: (onLine: (line: string) => void) => Promise<unknown>): Promise<void> {
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const ended = start((line) => {
      said.push(line);
      if (line.includes('"event":"listening"')) resolve();
    });
    void ended.then(() => reject(new Error(said.join(' '))));
  });
}
