import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Where what outlives a run is kept: `LAUNCH_READY_STATE` where that is set, else the usual folder for state of the system (XDG base directory
 * specification). Not in the repo: it holds passwords of accounts that were signed up, and sessions.
 */
export function stateFolder({ env, platform }: Pick<NodeJS.Process, 'env' | 'platform'> = process): string {
  const home = homedir();
  const usual =
    platform === 'darwin'
      ? join(home, 'Library', 'Application Support')
      : platform === 'win32'
        ? (env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'))
        : (env['XDG_STATE_HOME'] ?? join(home, '.local', 'state'));
  return env['LAUNCH_READY_STATE'] ?? join(usual, 'launch-ready');
}

/** Makes a folder and those above it, for this user's eyes only. Throws what the file system says; `mkdirSync` with `recursive` never ends below `/proc`. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another run may have made it a moment ago.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
