import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Judged } from '../corpus/corpus.ts';

/** What the SQL of a public repo says about our proofs, read by hand. Facts only. */
export interface RecordedRepo {
  readonly repo: string;
  /** The commit that was read. */
  readonly commit: string;
  /** What the first run said, before anything was mended for this repo: the honest figure. Absent for repos that were worked with from the start. */
  readonly firstLook?: Readonly<Record<Judged['verdict'], number>>;
  /** Findings of the last run that were judged. */
  readonly findings: readonly Judged[];
  /** Judged ones that are not proved any more: false alarms that were mended must stay away. */
  readonly retired: readonly Judged[];
  /** Findings of the last run that nobody has judged yet. */
  readonly unjudged: number;
  /** What an earlier trial had proved by execution, and what became of it. */
  readonly earlier?: readonly Earlier[];
}

/** A flaw that an earlier trial proved. */
export interface Earlier {
  readonly what: string;
  /** The finding that proves it again, as check and subject; `null` where it was refuted or is left undecided, which `why` explains. */
  readonly again: { readonly check: string; readonly subject: string } | null;
  readonly why?: string;
}

export interface Recorded {
  readonly about: string;
  readonly repos: readonly RecordedRepo[];
}

const file = join(import.meta.dirname, '../database-corpus.json');

export const readRecorded = async (): Promise<Recorded> => JSON.parse(await readFile(file, 'utf8')) as Recorded;
export const writeRecorded = (recorded: Recorded): Promise<void> => writeFile(file, `${JSON.stringify(recorded, null, 2)}\n`);
