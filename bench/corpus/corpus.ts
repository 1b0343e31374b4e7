import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Severity } from '../../src/core/stage.ts';

/**
 * What the code of public repos says about our findings, read by hand. Facts only: no code of theirs is kept here.
 * `right`: the repo's own senior engineer would mend it before a launch. `depends`: only the owner can know. `wrong`: a false alarm.
 */
export interface Judged {
  readonly check: string;
  readonly subject: string;
  readonly file?: string;
  readonly line?: number;
  readonly severity: Severity;
  readonly verdict: 'right' | 'wrong' | 'depends';
  readonly why: string;
}

/** A flaw that somebody found by reading, not by our audit. */
export interface KnownFlaw {
  readonly file: string;
  readonly line: number;
  readonly class: string;
  /** The check that finds it; `null` when none does. */
  readonly found: string | null;
}

export interface CorpusRepo {
  readonly repo: string;
  /** The commit that was read. */
  readonly commit: string;
  readonly stack: string;
  /** Set where only a part of the findings was read: how it was chosen. */
  readonly sampled?: string;
  /** Set where only the findings of these checks were read; the others count neither way. */
  readonly only?: readonly string[];
  /** Blockers and highs of the last run that were judged. */
  readonly findings: readonly Judged[];
  /** Judged ones that the audit does not report any more: false alarms that were mended must stay away. */
  readonly retired: readonly Judged[];
  /** Blockers and highs of the last run that nobody has judged yet. */
  readonly unjudged: number;
  /** The flaws that recall is measured on. */
  readonly flaws: readonly KnownFlaw[];
  /** Further flaws, found while reading the routes of the repo one by one. */
  readonly more: readonly KnownFlaw[];
}

export interface Corpus {
  readonly about: string;
  readonly repos: readonly CorpusRepo[];
}

const file = join(import.meta.dirname, '../corpus.json');

export const readCorpus = async (): Promise<Corpus> => JSON.parse(await readFile(file, 'utf8')) as Corpus;
export const writeCorpus = (corpus: Corpus): Promise<void> => writeFile(file, `${JSON.stringify(corpus, null, 2)}\n`);
