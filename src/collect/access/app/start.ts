import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';

/** How the user's app is started, as he wrote it down himself. */
export interface StartOfApp {
  /** For a shell, in the folder of the repo. */
  readonly command: string;
  /** Path that answers once the app works, e.g. `/healthz`; `/` when absent. */
  readonly ready?: string;
  /** For a shell, before the start and after the end: puts the database back to what it is to be, so that nothing of a run is left in it. */
  readonly restore?: string;
  /** Seconds to wait for it; 60 when absent. */
  readonly seconds?: number;
  /** Environment variables without which it must not start. */
  readonly required?: readonly string[];
}

export interface StartedApp {
  /** Ends it and all it started, and puts its database back where that is said; throws `AppDidNotStart` where that fails. */
  stop(): Promise<void>;
}

/** Why the app could not be started; `words` is the last of what it printed. */
export class AppDidNotStart extends Error {
  readonly words: string;
  /** It ended by itself; else it is not known whether it would have come up. */
  readonly ended: boolean;
  constructor(message: string, words: string, ended = false) {
    super(message);
    this.words = words;
    this.ended = ended;
  }
}

const lastWords = 2_000;
const between = 150;

/**
 * Runs the user's command and waits until the app answers at `url`: any status below 500, because who asks for a health page may have to be signed in.
 * Throws `AppDidNotStart` where something answers there already (it would be tried instead), where it ends, and where it does not answer in time.
 */
export async function startApp(
  { command, ready = '/', restore, seconds = 60 }: StartOfApp,
  {
    folder,
    url,
    signal,
    env = process.env,
  }: { readonly folder: string; readonly url: URL; readonly signal?: AbortSignal; readonly env?: NodeJS.ProcessEnv },
): Promise<StartedApp> {
  const at = new URL(ready, url);
  if ((await statusOf(at)) !== undefined)
    throw new AppDidNotStart(`Something answers at ${url.origin} already, so the app was not started.`, '');
  const putBack = async (): Promise<void> => {
    if (restore === undefined) return;
    const { child, words } = run(restore, folder, env);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    if (code !== 0) throw new AppDidNotStart(`The command under access.start.restore ended with ${code ?? 'a signal'}.`, words());
  };
  await putBack();
  const { child, words } = run(command, folder, env);
  const stop = (): Promise<void> => end(child);
  for (const until = Date.now() + seconds * 1_000; Date.now() < until;) {
    if (signal?.aborted) {
      await stop();
      signal.throwIfAborted();
    }
    if (child.exitCode !== null || child.signalCode !== null)
      throw new AppDidNotStart(`The app ended before it answered, with ${child.exitCode ?? child.signalCode}.`, words(), true);
    const status = await statusOf(at);
    if (status !== undefined && status < 500) return { stop: () => stop().then(putBack) };
    await setTimeout(between);
  }
  await stop();
  throw new AppDidNotStart(`The app did not answer at ${at.href} within ${seconds} seconds.`, words());
}

/** In a group of its own, so that what a package manager starts can be ended with it. */
function run(command: string, folder: string, env: NodeJS.ProcessEnv): { readonly child: ChildProcess; words(): string } {
  const child = spawn(command, {
    cwd: folder,
    env,
    shell: true,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-lastWords)));
  child.on('error', (error) => (said += error.message));
  // Whatever way this process ends by itself, the app is not left running.
  const last = (): void => kill(child, 'SIGKILL');
  process.once('exit', last);
  child.once('close', () => process.off('exit', last));
  return { child, words: () => said.trim() };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const over = isOver() ? Promise.resolve() : new Promise<void>((resolve) => child.once('exit', () => resolve()));
  kill(child, 'SIGTERM');
  const late = new AbortController();
  await Promise.race([over, setTimeout(5_000, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  // What the shell started may be there though the shell is not.
  kill(child, 'SIGKILL');
  await over;
}

function kill({ pid = 0 }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It is gone.
  }
}

/** The status at an address; `undefined` where nobody answers. */
async function statusOf(url: URL): Promise<number | undefined> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(3_000) });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return undefined;
  }
}
