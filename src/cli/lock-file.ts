import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { readLockText } from '../collect/answers/collector.ts';
import { LockError, readLock } from '../collect/answers/lock-reader.ts';
import { type AccessLock, noLock } from '../evidence/access-lock.ts';
import type { ChartRow } from '../evidence/access-chart.ts';
import { reasonOf } from './file-error.ts';
import { lockText } from './lock-text.ts';
import { checkFile } from './output.ts';
import { UsageError } from './usage-error.ts';

/** The reviewed access matrix on disk. */
export interface LockFile {
  /** Absolute path. */
  readonly file: string;
  /** As the user knows it. */
  readonly shown: string;
  /** As it is; absent when there is none. */
  readonly text?: string;
  readonly value?: AccessLock;
}

/**
 * The lock that the user named, else the one beside the config. Throws `UsageError` with file and line for one that cannot be read, before any
 * work is done: with a broken lock nothing could be compared, and writing it would lose what stands in it.
 */
export function findLock(named: string | undefined, base: string, usual: boolean): LockFile | undefined {
  if (named === undefined && !usual) return undefined;
  const file = resolve(named ?? join(base, noLock.file));
  const shown = named ?? (relative(process.cwd(), file) || noLock.file);
  try {
    const text = readLockText(file, shown);
    return { file, shown, ...(text !== undefined && { text, value: readLock(text, shown) }) };
  } catch (error) {
    if (error instanceof LockError) throw new UsageError(error.message, error.remedy);
    throw error;
  }
}

/** Makes sure that the lock can be written, without touching it. */
export const checkLock = ({ shown }: LockFile): void => checkFile(shown);

/** Writes the lock anew: whole or not at all, never through a link. Gives the number of lines. */
export function writeLock({ file, shown, text }: LockFile, rows: readonly ChartRow[]): number {
  const next = lockText(rows, text, shown);
  const draft = join(dirname(file), `.${noLock.file}.${process.pid}`);
  try {
    writeFileSync(draft, next, { flag: 'wx' });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new UsageError(`${shown} cannot be written: ${reasonOf(error)}.`, 'It is as it was.');
  }
  return rows.length;
}
