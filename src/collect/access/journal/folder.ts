import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from './journal.ts';
import { makeFolder, stateFolder } from '../state.ts';
import { type BrokenOff, readJournal } from './read.ts';

/** Where journals are kept. */
const journalFolder = (): string => join(stateFolder(), 'journals');

/** A journal on the disk. */
export interface JournalFile {
  /** Adds one line; it is out of our hands, and outlives us, when this returns. */
  write(line: string): void;
  /** Nothing is left that could be removed: the file has done its work. */
  remove(): void;
  /** Ends it; the file stays for `launch-ready access cleanup` unless it was removed. */
  close(): void;
}

/**
 * Begins a journal of a run on the app at `origin`, for this user's eyes only. `snapshot`: as `Target.snapshot`. Throws what the file system says where
 * it cannot be written.
 */
export function openJournalFile(origin: string, folder = journalFolder(), snapshot?: string): JournalFile {
  makeFolder(folder);
  const path = join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}-${randomBytes(3).toString('hex')}.jsonl`);
  const file = openSync(path, 'ax', 0o600);
  const write = (line: string): void => void writeSync(file, `${line}\n`);
  const at = new Date().toISOString();
  write(JSON.stringify({ at, is: 'run', origin, pid: process.pid, ...(snapshot !== undefined && { snapshot }) } satisfies Entry));
  return { write, remove: () => rmSync(path, { force: true }), close: () => closeSync(file) };
}

/** What an earlier run left, and the file that tells. */
export interface KeptJournal extends BrokenOff {
  readonly path: string;
}

/** Journals of runs that are over and left something, the oldest first. Files that are none of ours are left alone. */
export function keptJournals(folder = journalFolder()): KeptJournal[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .flatMap((name): KeptJournal[] => {
      const path = join(folder, name);
      const broken = readJournal(readFileSync(path, 'utf8'));
      return broken && !isRunning(broken.pid) ? [{ path, ...broken }] : [];
    });
}

/** Forgets the runs whose database was just put back to this snapshot: nothing that they made is there any more. */
export function forgetRestored(snapshot: string, folder = journalFolder()): void {
  for (const kept of keptJournals(folder)) if (kept.snapshot === snapshot) rmSync(kept.path, { force: true });
}

/** Whether a process of this number runs: our own run counts as over, because it asks when it is. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
