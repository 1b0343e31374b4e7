import { homedir } from 'node:os';
import { join } from 'node:path';

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
