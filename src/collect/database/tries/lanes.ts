import type { Queryable } from '../live/catalog.ts';
import { batchSize, runAfter, type Step, type StepResult } from './run.ts';

/** One connection to the database, or several that share the work; all of the same owner. */
export type Lanes = Queryable | readonly Queryable[];

/** Runs tries, each undone before the next begins. A try that takes too long, or breaks its batch, is run alone and ends as SQLSTATE 57014. */
export async function runTries(lanes: Lanes, tries: readonly (readonly Step[])[], signal?: AbortSignal): Promise<StepResult[][]> {
  const all = Array.isArray(lanes) ? (lanes as readonly Queryable[]) : [lanes as Queryable];
  const results: StepResult[][] = Array.from({ length: tries.length });
  let next = 0;
  const work = async (db: Queryable): Promise<void> => {
    for (let at = next; at < tries.length; at = next) {
      next = at + batchSize;
      const batch = await runAfter(db, [], tries.slice(at, at + batchSize), signal);
      for (const [index, result] of batch.entries()) results[at + index] = result;
    }
  };
  // Both must be done with the database before one's failure is told.
  const ended = await Promise.allSettled(all.map(work));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  await again(all[0]!, tries, results, signal);
  return results;
}

/** Two lanes may have waited for each other: what PostgreSQL broke off for that is run once more, alone. */
async function again(db: Queryable, tries: readonly (readonly Step[])[], results: StepResult[][], signal?: AbortSignal): Promise<void> {
  const broken = results.flatMap((steps, index) => (steps.some((step) => !step.ok && deadlocks.has(step.code)) ? [index] : []));
  const repeated = await runAfter(
    db,
    [],
    broken.map((index) => tries[index] ?? []),
    signal,
  );
  for (const [nth, index] of broken.entries()) results[index] = repeated[nth] ?? [];
}

const deadlocks = new Set(['40P01', '40001', '55P03']);
