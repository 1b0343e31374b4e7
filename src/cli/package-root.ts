import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package: the examples lie there both in a checkout (src/) and in an install (dist/). */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'examples'))) return folder;
    if (folder === dirname(folder)) throw new Error('The package is incomplete: its folder examples is missing.');
  }
}
