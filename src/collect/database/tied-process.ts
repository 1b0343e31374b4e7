import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Account } from './account.ts';

/** A child process that cannot outlive us. */
export interface TiedProcess {
  child: ChildProcessWithoutNullStreams;
  /** Settles when the command has ended and its output was read, with its exit code (`null` if a signal ended it). */
  ended: Promise<number | null>;
  /** Asks the command to end with its stop signal, kills it after `graceMs`, and settles when it is gone. */
  stop(graceMs?: number): Promise<void>;
  /** From now on the child no longer keeps our process running. */
  release(): void;
}

/** How to start a tied process. */
export interface TiedOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  account?: Account | undefined;
  /** Sent to the command when it should end, or when we are gone. */
  stopSignal: 'INT' | 'TERM';
  /** Called with each line the command prints, on either output; without it the output is thrown away. */
  onLine?: ((line: string) => void) | undefined;
  /** Most address space in bytes for the command and each process it starts; not enforced on macOS and Windows. */
  memoryBytes?: number | undefined;
  /** Folder to delete once the command was stopped, by us or because we are gone; kept when it ended by itself. */
  removeAfter?: string;
}

/**
 * Exit handlers do not run when we are killed with SIGKILL, and PostgreSQL does not notice its parent dying. The shell
 * between us can: its standard input is a pipe that only we hold open, so the kernel closes it however we end.
 * The command gets no input; the reading loop never sees data, only the end of the pipe. The watcher ends by itself
 * (status 0) exactly when the pipe was closed, which tells a stop from a command that ended on its own; it ignores TERM
 * from then on, because a command that ends at once has the shell kill the watcher before it could report that. The
 * shell itself says nothing: writing to our closed output would end it before it has cleaned up.
 */
const SHELL = `
signal=$1; remove=$2; memory=$3; shift 3
exec 3<&0
[ -z "$memory" ] || ulimit -v "$memory" 2>/dev/null
"$@" </dev/null 3<&- &
command=$!
exec >/dev/null 2>&1
( while read -r _; do :; done; trap "" TERM; kill -s "$signal" "$command"; exit 0 ) <&3 3<&- &
watcher=$!
wait "$command"; code=$?
kill "$watcher" 2>/dev/null
if wait "$watcher" && [ -n "$remove" ]; then rm -rf -- "$remove"; fi
exit "$code"
`;

/** Starts `command` so that it ends when we do, even when we are killed. It runs in its own session: Ctrl-C reaches us first. */
export function startTied(command: string, args: string[], options: TiedOptions): TiedProcess {
  const { cwd, env, account, stopSignal, onLine = () => {}, removeAfter = '', memoryBytes } = options;
  const memory = memoryBytes === undefined ? '' : String(Math.ceil(memoryBytes / 1024));
  const windows = process.platform === 'win32';
  const child = windows
    ? spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
    : spawn('/bin/sh', ['-c', SHELL, 'sh', stopSignal, removeAfter, memory, command, ...args], {
        cwd,
        env,
        ...account,
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
  // Output nobody reads would fill the pipe and stop the command.
  for (const output of [child.stdout, child.stderr]) createInterface({ input: output }).on('line', onLine);
  const killNow = (): void => killTree(child);
  // Windows has no /bin/sh: there the child is ended on an orderly exit only.
  if (windows) process.once('exit', killNow);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  ended.then(
    () => process.off('exit', killNow),
    () => process.off('exit', killNow),
  );

  return {
    child,
    ended,
    async stop(graceMs = 10_000) {
      child.ref();
      if (windows) killNow();
      else child.stdin.end();
      const deadline = setTimeout(killNow, graceMs);
      await ended.finally(() => clearTimeout(deadline));
      if (removeAfter !== '') await removeAs(account, removeAfter);
    },
    release() {
      child.unref();
      for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as Socket).unref();
    },
  };
}

function killTree(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/f', '/t']);
  else
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
}

/** Deletes a folder with the rights of the account that filled it, so that root never follows what that account put there. */
export async function removeAs(account: Account | undefined, folder: string): Promise<void> {
  if (account === undefined) return rm(folder, { recursive: true, force: true });
  await new Promise<void>((resolve, reject) => {
    const remove = spawn('rm', ['-rf', '--', folder], { ...account, cwd: '/', stdio: 'ignore' });
    remove.once('error', reject);
    remove.once('exit', () => resolve());
  });
}
