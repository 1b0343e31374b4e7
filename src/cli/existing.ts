import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { reasonOf } from './file-error.ts';
import { UsageError } from './usage-error.ts';

/** Files and folders that the user names, absolute. Throws `UsageError` for one that cannot be opened. */
export const existing = (names: readonly string[]): string[] =>
  names.map((name) => {
    const path = resolve(name);
    try {
      statSync(path);
    } catch (error) {
      throw new UsageError(`${name} cannot be opened: ${reasonOf(error)}.`);
    }
    return path;
  });
