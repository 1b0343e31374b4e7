import { evidence } from '../core/evidence.ts';
import type { IsolationProof, PersonaName, ProvedObject, Sharing } from './isolation.ts';
import { thingOf } from './isolation-questions.ts';

/** The reviewed access matrix and the answers kept with it, as `access.lock.yaml` holds them. */
export interface AccessLock {
  /** As the user knows it: relative to the repo. */
  readonly file: string;
  /** False when there is none yet: then nothing has been reviewed, and nothing can drift. */
  readonly found: boolean;
  readonly lines: readonly LockLine[];
  readonly answers: readonly LockAnswer[];
}

/** One line: who can do one thing to one object. */
export interface LockLine {
  /** Where the object was found: a database's folder, a file of rules. */
  readonly source: string;
  /** Kind and name, e.g. `table invoices`. */
  readonly thing: string;
  /** As in `ChartRow.verb`. */
  readonly verb: string;
  readonly can: readonly PersonaName[];
  /** Those of whom it could not be told when it was written. */
  readonly unknown: readonly PersonaName[];
  /** Counts from 1. */
  readonly line: number;
}

/** What a person answered to "is this shared by design?". */
export interface LockAnswer {
  readonly source: string;
  readonly thing: string;
  /** Absent: not answered yet. */
  readonly with?: Sharing;
  readonly by: string;
  /** ISO date. */
  readonly on: string;
  readonly why: string;
  readonly line: number;
}

export const accessLock = evidence<AccessLock>()('answers.access', 'the reviewed access matrix (access.lock.yaml)');

/** A repo without the file. */
export const noLock: AccessLock = { file: 'access.lock.yaml', found: false, lines: [], answers: [] };

/** Instead of a thing: the answer for all that has none of its own. It says whether colleagues share; nothing becomes public by it. */
export const everything = 'everything';

/** What was answered about a thing, else about everything of its source; `undefined` when nobody has. */
export function answerOf(lock: Pick<AccessLock, 'answers'>, source: string, thing: string): LockAnswer | undefined {
  const about = (name: string): LockAnswer | undefined =>
    lock.answers.find((answer) => answer.source === source && answer.thing === name && answer.with !== undefined);
  const general = about(everything);
  return about(thing) ?? (general?.with === 'members' || general?.with === 'nobody' ? general : undefined);
}

/** The proof with what was answered about each of its objects: judged after this, what is shared on purpose is no leak. */
export const withAnswers = (proof: IsolationProof, lock: Pick<AccessLock, 'answers'>): IsolationProof => ({
  databases: proof.databases.map((database) => ({
    ...database,
    objects: database.objects.map((object): ProvedObject => {
      const shared = answerOf(lock, database.folder, thingOf(object))?.with;
      return shared === undefined ? object : { ...object, shared };
    }),
  })),
});
