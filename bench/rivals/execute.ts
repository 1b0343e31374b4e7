import { execFile } from 'node:child_process';
import { relative, sep } from 'node:path';

/** Runs a tool with Node in a folder. Scanners exit with 1 when they find something: only the output counts. Throws when there is none. */
export function execute(script: string, args: readonly string[], folder: string, home: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // Its own home: no settings or keys of the user, and nothing of the tool stays behind.
    const env = { PATH: process.env['PATH'], HOME: home, NO_COLOR: '1', CI: '1' };
    const options = { cwd: folder, env, timeout: 300_000, maxBuffer: 2 ** 28 };
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) => {
      if (stdout.trim() !== '') resolve(stdout);
      else reject(new Error(`${script} printed nothing: ${error?.message ?? ''} ${stderr.slice(0, 500)}`));
    });
  });
}

/** Path inside the scanned folder, `/` between folders. */
export const inside = (folder: string, file: string): string => relative(folder, file).split(sep).join('/');
