import { createHash } from 'node:crypto';
import { AppDidNotStart, type StartedApp, startApp, type StartOfApp } from '../collect/access/app/start.ts';
import { forgetRestored } from '../collect/access/journal/folder.ts';
import { isLocal } from '../collect/http/client.ts';
import type { Config } from './config.ts';
import { UsageError } from './usage-error.ts';

/** How the app is started, and where it will answer; throws `UsageError` where the config or the call does not say. */
export function startOf(config: Config, url: URL | undefined) {
  const start = config.access?.start;
  if (!start)
    throw new UsageError(
      '--start needs to know how the app is started.',
      'Write the command under access.start in launch-ready.yaml, e.g. start: { command: npm start, ready: /healthz }.',
    );
  if (!url || !isLocal(url))
    throw new UsageError('--start needs the address at which the app will answer on this machine.', 'Give it, e.g. http://localhost:3000.');
  return { start, url };
}

/** The name of the snapshot that the config says how to put back; `undefined` where it says none. A command may hold a password: it is not in it. */
export const snapshotOf = ({ restore }: Pick<StartOfApp, 'restore'>, folder: string): string | undefined =>
  restore === undefined ? undefined : createHash('sha256').update(`${folder}\0${restore}`).digest('hex').slice(0, 32);

/**
 * The app, started as the config says. Only on the user's own word: a repo that we look at must not have its commands run. What runs left in a database
 * that was put back is forgotten: it is not there any more.
 */
export async function startedApp(config: Config, at: URL | undefined, folder: string, signal: AbortSignal): Promise<StartedApp> {
  const { start, url } = startOf(config, at);
  const snapshot = snapshotOf(start, folder);
  process.stderr.write(`Starting the app: ${start.command}\n`);
  const app = await startApp(start, { folder, url, signal }).catch(asUsage());
  if (snapshot !== undefined) forgetRestored(snapshot);
  return {
    async stop() {
      await app.stop().catch(asUsage('What was made in the app for the test may still be in its database.'));
      if (snapshot !== undefined) forgetRestored(snapshot);
    },
  };
}

/** What keeps the app from being started, or its database from being put back, is of the user's own commands. `then`: what follows from it. */
const asUsage =
  (then?: string) =>
  (error: unknown): never => {
    if (!(error instanceof AppDidNotStart)) throw error;
    const words = error.words === '' ? [] : [`The last it said:\n${error.words}`];
    const remedy = [...(then === undefined ? [] : [then]), ...words];
    throw new UsageError(error.message, remedy.length === 0 ? undefined : remedy.join('\n'));
  };

/** Does something while the app runs that was started for it, and ends the app whatever comes of it. `app`: gives the app once it was started, if it was. */
export async function withApp<T>(app: () => StartedApp | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await app()?.stop();
  }
}
