import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { findExecutable } from './executable.ts';

/** A git checkout that we only ever read. */
export interface GitRepo {
  readonly program: string;
  /** The `.git` folder or file. */
  readonly gitDir: string;
  /** Top folder of the checkout. */
  readonly top: string;
  /** The audited folder below the top, `''` or `a/b/`. */
  readonly prefix: string;
}

/** Why git cannot be read, as a whole sentence. */
export class GitFailure extends Error {}

/** The checkout a folder belongs to: `.git` there or in a folder above. `undefined` when there is none; throws GitFailure without a git program. */
export function openGit(root: string, path?: string): GitRepo | undefined {
  for (let top = root; ; top = dirname(top)) {
    if (exists(join(top, '.git'))) {
      const program = findExecutable('git', top, path);
      if (program === undefined) throw new GitFailure('The git program is not installed here.');
      const below = relative(top, root).split(sep).join('/');
      return { program, gitDir: join(top, '.git'), top, prefix: below === '' ? '' : `${below}/` };
    }
    if (dirname(top) === top) return undefined;
  }
}

/*
 * The repo's own .git/config is hostile until shown otherwise. Of the settings that run programs, those the commands below could reach
 * are switched off: fsmonitor (reading the index), hooks, transports and lazy fetches of partial clones (a missing object would call a
 * remote helper or ssh), signature checks (gpg.program). Text conversion, filters and external diffs need a patch or a checkout, which we
 * never ask for; aliases cannot replace built-in commands. GIT_DIR is given, so that git neither searches nor refuses by owner.
 */
const safeConfig = [
  'core.fsmonitor=false',
  `core.hooksPath=${devNull}`,
  'core.sshCommand=false',
  'core.gitProxy=',
  'credential.helper=',
  'protocol.allow=never',
  'log.showSignature=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'safe.directory=*',
].flatMap((setting) => ['-c', setting]);

function safeEnvironment({ gitDir, top }: GitRepo): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP, TMPDIR } = process.env;
  return {
    ...(PATH !== undefined && { PATH }),
    ...(SystemRoot !== undefined && { SystemRoot }),
    ...(TEMP !== undefined && { TEMP }),
    ...(TMPDIR !== undefined && { TMPDIR }),
    LC_ALL: 'C',
    HOME: devNull,
    GIT_DIR: gitDir,
    GIT_WORK_TREE: top,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_SSH_COMMAND: 'false',
    GIT_ASKPASS: 'false',
    GIT_PAGER: 'cat',
  };
}

/** A running git command. `done` settles when it ended: the reason when it failed, else `undefined`. */
export interface GitProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly done: Promise<string | undefined>;
  stop(): void;
}

/** Starts a read-only git command with everything switched off that could run a program of the repo's choice. */
export function startGit(repo: GitRepo, args: readonly string[], signal?: AbortSignal): GitProcess {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    repo.program,
    ['--no-pager', '--literal-pathspecs', ...safeConfig, ...args],
    {
      cwd: repo.top,
      env: safeEnvironment(repo),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (complaint.length < 500 && (complaint += text)));
  // A command that ends early closes its input; what it has to say comes with its exit.
  child.stdin.on('error', () => undefined);
  // Unread output would keep the streams open, and with them the end of the process unreported.
  const stop = (): void => {
    child.kill('SIGKILL');
    child.stdin.destroy();
    child.stdout.destroy();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const done = new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop);
      resolve(code === 0 ? undefined : (complaint.trim().split('\n').pop() ?? '').slice(0, 200) || `git ended with code ${code}`);
    });
  });
  return { stdin: child.stdin, stdout: child.stdout, done, stop };
}

/** The output of a git command, whole. Throws GitFailure when it fails or says more than `limit` bytes. */
export async function gitOutput(
  repo: GitRepo,
  args: readonly string[],
  options: { signal?: AbortSignal; limit?: number; input?: string } = {},
): Promise<string> {
  const run = startGit(repo, args, options.signal);
  run.stdin.end(options.input ?? '');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of run.stdout as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > (options.limit ?? 64 * 2 ** 20)) {
      run.stop();
      throw new GitFailure(`git ${args[0]} said more than we read`);
    }
    chunks.push(chunk);
  }
  const failure = await run.done;
  if (failure !== undefined) throw new GitFailure(failure);
  return Buffer.concat(chunks).toString('utf8');
}

function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}
