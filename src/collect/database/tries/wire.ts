import type { Caller, Step, StepResult } from './run.ts';

/** Names of prepared statements by what they run. */
export type Plans = ReadonlyMap<string, string>;

/** The same for steps that run the same. */
export const planKey = ({ sql, rows, find }: Step): string => `${rows ? `rows ${find ?? ''}` : 'run'} ${sql}`;

/** What the runner answers of a step; of tries within a step, what it answers of theirs. */
export interface RawResult {
  readonly rows: string[] | null;
  readonly code?: string;
  readonly message: string;
  readonly context: string;
  readonly tries?: RawResult[][];
}

const texts = new WeakMap<Caller, string>();

/** The same few people try everything. */
function textOf(caller: Caller): string {
  const text = texts.get(caller) ?? JSON.stringify(caller.claims);
  texts.set(caller, text);
  return text;
}

/** A step as the runner takes it. */
export function toWire(step: Step, plans: Plans): object {
  const plan = plans.get(planKey(step));
  return {
    ...(plan === undefined ? { sql: step.sql } : { plan }),
    ...(step.as && { role: step.as.role, claims: textOf(step.as) }),
    ...(step.rows && { rows: true, find: step.find }),
    ...(step.unchecked && { unchecked: true }),
    ...(step.vital && { vital: step.vital }),
  };
}

/** What came of it. */
export const fromWire = ({ rows, code, message, context }: RawResult): StepResult =>
  code === undefined ? { ok: true, rows: rows ?? [] } : { ok: false, code, message, context };

/** A batch as it is sent, and the way to read what comes back. */
export interface Wired {
  readonly sent: readonly object[][];
  /** What came of each try of the batch, in its order. */
  read(answers: readonly RawResult[][]): StepResult[][];
}

interface Group {
  /** What all of its tries begin with. */
  readonly before: readonly Step[];
  readonly indexes: number[];
}

/**
 * Tries that begin alike are sent as one, whose beginning is run once, with what is left of each within it: many people try the same, and to count the
 * rows or to make room for a new one costs as much as the try. Turning foreign keys off, and on again, makes PostgreSQL forget every plan.
 */
export function wired(batch: readonly (readonly Step[])[], plans: Plans): Wired {
  const groups = new Map<string, Group>();
  for (const [index, steps] of batch.entries()) {
    const before = beginning(steps);
    const key = before.length === 0 ? String(index) : JSON.stringify(before);
    const group = groups.get(key) ?? { before, indexes: [] };
    group.indexes.push(index);
    groups.set(key, group);
  }
  const all = [...groups.values()]
    .map(({ before, indexes }) => (indexes.length > 1 ? { before, indexes } : { before: [], indexes }))
    // Last, so that the plans of the others are not forgotten in between.
    .toSorted((a, b) => Number(turnsOff(a, batch)) - Number(turnsOff(b, batch)));
  const rest = (index: number, { before }: Group): object[] => (batch[index] ?? []).slice(before.length).map((step) => toWire(step, plans));
  return {
    sent: all.map((group) => {
      const tries = group.indexes.map((index) => rest(index, group));
      return group.before.length === 0 ? (tries[0] ?? []) : [...group.before.map((step) => toWire(step, plans)), { tries }];
    }),
    read(answers) {
      const results: StepResult[][] = batch.map(() => []);
      for (const [nth, { before, indexes }] of all.entries()) {
        const answer = answers[nth] ?? [];
        const begun = answer.slice(0, before.length).map(fromWire);
        const own = before.length === 0 ? [answer] : (answer[before.length]?.tries ?? []);
        for (const [at, index] of indexes.entries()) results[index] = [...begun, ...(own[at] ?? []).map(fromWire)];
      }
      return results;
    },
  };
}

/** Its tries turn foreign keys off in between. */
const turnsOff = ({ indexes }: Group, batch: readonly (readonly Step[])[]): boolean =>
  indexes.some((index) => batch[index]?.some(({ unchecked }) => unchecked));

/** The steps in which the owner of the database sets up, without which nothing follows. */
function beginning(steps: readonly Step[]): readonly Step[] {
  const end = steps.findIndex(({ as, vital }) => as !== undefined || vital === undefined);
  return steps.slice(0, end < 0 ? steps.length : end);
}
