import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package, in a checkout as in an install. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error('The package is incomplete: it has no package.json.');
  }
}
