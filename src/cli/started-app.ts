import { AppDidNotStart, type StartedApp, startApp } from '../collect/access/app/start.ts';
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

/** The app, started as the config says. Only on the user's own word: a repo that we look at must not have its commands run. */
export async function startedApp(config: Config, at: URL | undefined, folder: string, signal: AbortSignal): Promise<StartedApp> {
  const { start, url } = startOf(config, at);
  process.stderr.write(`Starting the app: ${start.command}\n`);
  try {
    return await startApp(start, { folder, url, signal });
  } catch (error) {
    if (error instanceof AppDidNotStart)
      throw new UsageError(error.message, error.words === '' ? undefined : `The last it said:\n${error.words}`);
    throw error;
  }
}

/** Does something while the app runs that was started for it, and ends the app whatever comes of it. `app`: gives the app once it was started, if it was. */
export async function withApp<T>(app: () => StartedApp | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await app()?.stop();
  }
}
