import type { Cell, CellVerb, PersonaName } from '../../../evidence/isolation.ts';
import type { Queryable } from '../live/catalog.ts';
import type { Lanes } from './lanes.ts';
import { type Caller, runAfter, runTries, type Step, type StepResult } from './run.ts';

/** One thing somebody tries, with further ways to try it where the first ends in an error that decides nothing. */
export interface Attempt {
  readonly object: string;
  readonly verb: CellVerb;
  readonly variant?: Cell['variant'];
  readonly who: PersonaName;
  readonly as: Caller;
  readonly ways: readonly Way[];
}

/** One way to try it: preparation, the statement itself, and the look at what came of it. */
export interface Way {
  readonly before?: readonly Step[];
  readonly step: Step;
  /** Which rows of the step show that it worked; left out: any. */
  readonly shows?: (rows: readonly string[]) => boolean;
  /** Looks as the superuser: it worked when `worked` says so of the rows. Left out: it worked when the step returned rows. */
  readonly proof?: Look;
  /** Column that is changed. */
  readonly column?: string;
  /** Said of it when it worked, because something was set aside for it. */
  readonly caveat?: string;
}

/** A look at what came of it. `names`: its rows are the columns that changed, as `schema.table.column`. */
export interface Look {
  readonly sql: string;
  /** Who looks; left out: the owner of the database. */
  readonly as?: Caller;
  readonly worked: (rows: readonly string[]) => boolean;
  readonly names?: true;
}

/** What came of it. */
export interface Tried {
  readonly attempt: Attempt;
  readonly way: Way;
  readonly outcome: Cell['outcome'];
  readonly answer: string;
  readonly code?: string;
  /** Columns that changed, where the look named them. */
  readonly columns?: readonly string[];
}

const noAnswer = '57014';
/** Errors that say no. P0001 is the app's own RAISE, in a trigger or function that guards. */
const refusals = new Set(['42501', 'P0001', '28000', '0LP01', 'P0002', '44000']);
/** Errors of the app itself: infinite recursion, things that are not there, wrong types in a policy. */
const faults = new Set(['42P17', '42703', '42883', '42P01', '42704', '3F000', '54001', '42P13', '42804', '22P02']);
/** The same in the body of a function or trigger, which another row may not run into: names not to be told apart, clauses that do not fit. */
const faultsOnTheWay = new Set(['42702', '42725', '42803', '42P10', '42P02']);

/** Tries all of them, each undone; a way that ends in a constraint's error gives way to the next. */
export async function tryAll(db: Lanes, attempts: readonly Attempt[], { signal, until = Infinity }: Trying = {}): Promise<Tried[]> {
  const tried = new Map<Attempt, Tried>();
  let open = attempts.map((attempt) => ({ attempt, nth: 0 }));
  while (open.length > 0) {
    const now = open.slice(0, atOnce);
    const next = open.slice(atOnce);
    if (performance.now() > until) break;
    const results = await runTries(
      db,
      now.map(({ attempt, nth }) => stepsOf(attempt, attempt.ways[nth]!)),
      signal,
    );
    for (const [index, { attempt, nth }] of now.entries()) {
      const came = outcomeOf(attempt, attempt.ways[nth]!, results[index] ?? []);
      const before = tried.get(attempt);
      if (!before || certainty(came.outcome) > certainty(before.outcome)) tried.set(attempt, came);
      if (came.code !== noAnswer && mayDecideOtherwise(came) && attempt.ways[nth + 1]) next.push({ attempt, nth: nth + 1 });
    }
    open = next;
  }
  return attempts.map((attempt) => tried.get(attempt) ?? { attempt, way: attempt.ways[0]!, outcome: 'undecided', answer: timeIsUp });
}

/** What is said of what was not tried any more. */
export const timeIsUp = 'The time was up before it was tried.';

/** Attempts between two looks at the clock. */
const atOnce = 2_000;

export interface Trying {
  readonly signal?: AbortSignal | undefined;
  /** When to leave the rest undecided, as `performance.now()` counts. */
  readonly until?: number | undefined;
}

/** The same statements again after a change that is made once for all of them and undone afterwards. */
export async function tryAfter(lanes: Lanes, before: readonly Step[], again: readonly Tried[], signal?: AbortSignal): Promise<Tried[]> {
  const results = await runAfter(
    lanes,
    before,
    again.map(({ attempt, way }) => stepsOf(attempt, way)),
    signal,
  );
  return again.map(({ attempt, way }, index) => outcomeOf(attempt, way, results[index] ?? []));
}

/** The same; `undefined` where the change itself cannot be made. */
export async function tryAfterChange(
  db: Queryable,
  change: readonly Step[],
  again: readonly Tried[],
  signal?: AbortSignal,
): Promise<Tried[] | undefined> {
  // What cannot fail by itself tells whether the change was made.
  const harmless: Step = { sql: 'SELECT 1', rows: true };
  const [made, ...results] = await runAfter(db, change, [[harmless], ...again.map(({ attempt, way }) => stepsOf(attempt, way))], signal);
  if (!made?.[0]?.ok) return undefined;
  return again.map(({ attempt, way }, index) => outcomeOf(attempt, way, results[index] ?? []));
}

const certainty = (outcome: Cell['outcome']): number => ['undecided', 'broken', 'refused', 'nothing', 'got'].indexOf(outcome);

/** Another column or row may still get through where a constraint or the app's own trigger said no; row-level security says no to all alike. */
const mayDecideOtherwise = ({ outcome, code }: Tried): boolean =>
  outcome === 'undecided' || code === 'P0001' || (code !== undefined && faultsOnTheWay.has(code));

/** What is run, in its order. Nothing is read of what follows a step that failed. */
export const stepsOf = ({ as }: Pick<Attempt, 'as'>, { before = [], step, proof }: Way): Step[] => [
  ...before.map((one): Step => ({ ...one, vital: 'done' })),
  { ...step, as, vital: 'done' },
  ...(proof ? [{ sql: proof.sql, rows: true, ...(proof.as && { as: proof.as }) }] : []),
];

function outcomeOf(attempt: Attempt, way: Way, results: readonly StepResult[]): Tried {
  const at = way.before?.length ?? 0;
  const result = results[at];
  const shown = { attempt, way };
  const stopped = results.slice(0, at).find((one) => !one.ok);
  if (stopped?.ok === false) return { ...shown, ...unprepared(stopped) };
  if (!result) return { ...shown, outcome: 'undecided', answer: 'No answer came.' };
  if (!result.ok) return { ...shown, ...ofError(result) };
  if (!way.proof) {
    const worked = way.shows ? way.shows(result.rows) : result.rows.length > 0;
    if (worked) return { ...shown, outcome: 'got', answer: result.rows[0] ?? '' };
    return { ...shown, outcome: 'nothing', answer: result.rows.length === 0 ? 'no rows' : 'nothing of the owner' };
  }
  const look = results[at + 1];
  if (!look?.ok)
    return {
      ...shown,
      outcome: 'undecided',
      answer: `What came of it could not be looked at${look ? `: ${look.message} (${look.code})` : ''}`,
    };
  if (way.proof.worked(look.rows)) {
    const caveat = way.caveat === undefined ? '' : ` (${way.caveat})`;
    if (!way.proof.names) return { ...shown, outcome: 'got', answer: `it stayed changed${caveat}` };
    const columns = look.rows.map((row) => row.replace(/^\("?|"?\)$/g, ''));
    return { ...shown, outcome: 'got', answer: `changed: ${columns.slice(0, 5).join(', ')}${caveat}`, columns };
  }
  return { ...shown, outcome: 'nothing', answer: 'no error, and nothing had changed' };
}

/** The preparation failed, or, when there was no answer in time, everything did. */
const unprepared = ({ code, message }: Extract<StepResult, { ok: false }>): Pick<Tried, 'outcome' | 'answer' | 'code'> => ({
  outcome: 'undecided',
  answer: `${code === noAnswer ? '' : 'It could not be set up: '}${message} (${code})`,
  code,
});

function ofError({ code, message, context }: Extract<StepResult, { ok: false }>): Pick<Tried, 'outcome' | 'answer' | 'code'> {
  const answer = `${message} (${code})`;
  if (refusals.has(code)) return { outcome: 'refused', answer, code };
  // An error out of the middle of a function that checks its arguments is no fault of a policy.
  if (faultsOnTheWay.has(code)) return { outcome: 'broken', answer, code };
  if (faults.has(code)) return { outcome: code === '22P02' && context === '' ? 'undecided' : 'broken', answer, code };
  return { outcome: 'undecided', answer, code };
}
