import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { basename, isAbsolute, join, relative } from 'node:path';
import { defineCollector } from '../../core/collector.ts';
import { CollectFault } from '../../core/evidence.ts';
import { accessLock, noLock } from '../../evidence/access-lock.ts';
import { LockError, readLock } from './lock-reader.ts';

/** Bytes of the largest lock we read. */
const most = 8 * 1024 * 1024;

/** The text of the lock file; `undefined` when there is none. Throws `LockError` for what is no plain file: the repo is not trusted. */
export function readLockText(file: string, shown: string): string | undefined {
  let stat: Stats;
  try {
    stat = lstatSync(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new LockError(`${shown} cannot be read: ${(error as Error).message}.`, 'Let it be read, or name another with --lock FILE.');
  }
  if (!stat.isFile() || stat.size > most)
    throw new LockError(`${shown} is no plain file of a few megabytes.`, 'Take it away, or name another with --lock FILE.');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new LockError(`${shown} cannot be read: ${(error as Error).message}.`, 'Let it be read, or name another with --lock FILE.');
  }
}

/** Reads `access.lock.yaml`, the reviewed access matrix: where `Target.lock` says, else at the top of the repo. */
export const accessLockCollector = defineCollector({
  provides: accessLock,
  wants: 'lock',
  needs: {},
  effects: 'none',
  timeoutMs: 10_000,
  collect: (_, { target }) =>
    Promise.resolve().then(() => {
      const root = target.root ?? '.';
      const file = target.lock ?? join(root, noLock.file);
      const below = relative(root, file).replaceAll('\\', '/');
      // One that lies elsewhere is known by its name: a way out of the repo says nothing to a reader.
      const shown = below === '' || below.startsWith('../') || isAbsolute(below) ? basename(file) : below;
      try {
        const text = readLockText(file, shown);
        return text === undefined ? { ...noLock, file: shown } : readLock(text, shown);
      } catch (error) {
        if (error instanceof LockError) throw new CollectFault('blocked', error.message, error.remedy);
        throw error;
      }
    }),
});
