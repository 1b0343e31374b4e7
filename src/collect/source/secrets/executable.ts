import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';

/**
 * Absolute path of a program on PATH. Relative entries and entries inside `outside` (the repo under audit) are passed over: a repo must
 * not be able to bring its own `git`.
 */
export function findExecutable(name: string, outside: string, path = process.env['PATH'] ?? ''): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder) || folder === outside || folder.startsWith(outside + sep)) continue;
    for (const ending of endings) {
      const file = join(folder, name + ending);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // Not here: the next folder may have it.
      }
    }
  }
  return undefined;
}
