import type { Queryable } from '../live/catalog.ts';
import { batchesFor, type Lanes, lanesOf, overLanes } from './lanes.ts';
import { fromWire, planKey, type Plans, type RawResult, toWire, wired } from './wire.ts';

/**
 * Who runs a step: a role of the browser with the claims of his token, the auth server (which has none, and its own search path), or, when left
 * out, the owner of the database, who sets up and looks.
 */
export interface Caller {
  readonly role: 'anon' | 'authenticated' | 'service_role' | 'supabase_auth_admin';
  readonly claims: Readonly<Record<string, unknown>>;
}

/** One statement of a try. `rows` asks for what it returns, each row as one text. */
export interface Step {
  readonly as?: Caller;
  readonly sql: string;
  readonly rows?: boolean;
  /** Only rows with this text in them are asked for, and not more than some: a function may return a million. */
  readonly find?: string;
  /** Foreign keys and triggers are off. */
  readonly unchecked?: boolean;
  /** The try ends here, with no answers for what follows, when the step is not `done` but fails, or when it also returns no `rows`. */
  readonly vital?: 'done' | 'rows';
}

/** What came of a step: its rows, or PostgreSQL's refusal. */
export type StepResult = { readonly ok: true; readonly rows: readonly string[] } | Refusal;

interface Refusal {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  readonly context: string;
}

const timedOut = '57014';
/** The prepared statement is not there any more: a function of the repo said DEALLOCATE, or the session broke off. */
const planGone = '26000';
/** How long a batch, and a single try, may take; and how long once many had no answer. Milliseconds. */
const patience = { batch: 5_000, single: 2_000, hurriedBatch: 3_000, hurriedSingle: 500 };
/** How many tries may go without an answer until less time is given to each. */
const manyLate = 10;

/** What is known of a database's slowness. */
interface Late {
  /** Tries that had no answer. */
  count: number;
  /** How often a statement had none. */
  readonly statements: Map<string, number>;
}
const lateIn = new WeakMap<Queryable, Late>();

function lateOf(db: Queryable): Late {
  const late = lateIn.get(db) ?? { count: 0, statements: new Map<string, number>() };
  lateIn.set(db, late);
  return late;
}

/** Runs tries, each undone before the next begins. A try that takes too long, or breaks its batch, is run alone and ends as SQLSTATE 57014. */
export async function runTries(lanes: Lanes, tries: Tries, signal?: AbortSignal): Promise<StepResult[][]> {
  const [first] = lanesOf(lanes);
  const results: StepResult[][] = Array.from({ length: tries.length });
  const take = (indexes: readonly number[], answers: readonly StepResult[][]): void => {
    for (const [nth, index] of indexes.entries()) results[index] = answers[nth] ?? [];
  };
  const left: number[] = [];
  await overLanes(lanes, batchesFor(lanes, tries.length), async (db, indexes) => {
    const answers = await whole(db, [], pick(tries, indexes), lateOf(first), signal);
    if (answers) take(indexes, answers);
    else left.push(...indexes);
  });
  // Lanes may have waited for each other: what went wrong as a whole, or was broken off for that, is run again while nobody else works.
  if (left.length > 0) take(left, await singly(first, [], pick(tries, left), signal));
  const broken = results.flatMap((steps, index) => (steps.some((step) => !step.ok && deadlocks.has(step.code)) ? [index] : []));
  take(broken, await runAfter(first, [], pick(tries, broken), signal));
  return results;
}

const deadlocks = new Set(['40P01', '40001', '55P03']);

/** The same after some preparation, which is made once a batch and undone after it. Where it fails, every try ends as its failure. */
export async function runAfter(lanes: Lanes, before: readonly Step[], tries: Tries, signal?: AbortSignal): Promise<StepResult[][]> {
  const results = await overLanes(lanes, batchesFor(lanes, tries.length), async (db, indexes) => {
    const batch = pick(tries, indexes);
    return (await whole(db, before, batch, lateOf(db), signal)) ?? singly(db, before, batch, signal);
  });
  return results.flat();
}

type Tries = readonly (readonly Step[])[];

const pick = (tries: Tries, indexes: readonly number[]): Tries => indexes.map((index) => tries[index] ?? []);

/** A batch in one go, but for what is known to have no answer; `undefined` when it failed as a whole. */
async function whole(
  db: Queryable,
  before: readonly Step[],
  batch: Tries,
  late: Late,
  signal: AbortSignal | undefined,
  planning = true,
): Promise<StepResult[][] | undefined> {
  signal?.throwIfAborted();
  const results: StepResult[][] = batch.map((steps) => (isHopeless(late, steps) ? steps.map(() => noAnswer) : []));
  const open = [...results.keys()].filter((index) => !isHopeless(late, batch[index] ?? []));
  if (open.length === 0) return results;
  const plans = planning ? await planned(db, pick(batch, open)) : new Map<string, string>();
  const limit = late.count < manyLate ? patience.batch : patience.hurriedBatch;
  const answer = await runBatch(db, before, pick(batch, open), plans, limit);
  if (plans.size > 0) await db.query('DEALLOCATE ALL');
  if (!Array.isArray(answer)) return undefined;
  for (const [nth, index] of open.entries()) results[index] = answer[nth] ?? [];
  const planless = open.filter((index) => results[index]?.some((result) => !result.ok && result.code === planGone));
  if (!planning || planless.length === 0) return results;
  const again = await whole(db, before, pick(batch, planless), late, signal, false);
  if (!again) return undefined;
  for (const [nth, index] of planless.entries()) results[index] = again[nth] ?? [];
  return results;
}

async function singly(db: Queryable, before: readonly Step[], batch: Tries, signal?: AbortSignal): Promise<StepResult[][]> {
  const late = lateOf(db);
  const results: StepResult[][] = [];
  for (const steps of batch) {
    signal?.throwIfAborted();
    const limit = late.count < manyLate ? patience.single : patience.hurriedSingle;
    const answer = isHopeless(late, steps) ? noAnswer : await runBatch(db, before, [steps], new Map(), limit);
    if (Array.isArray(answer)) results.push(answer[0] ?? []);
    else results.push(steps.map(() => answer));
    if (Array.isArray(answer) || answer === noAnswer) continue;
    late.count += 1;
    for (const sql of triedIn(steps)) late.statements.set(sql, (late.statements.get(sql) ?? 0) + 1);
  }
  return results;
}

const noAnswer: Refusal = {
  ok: false,
  code: timedOut,
  message: 'it gave no answer in time for others and was not tried again',
  context: '',
};

const triedIn = (steps: readonly Step[]): string[] => steps.flatMap(({ as, sql }) => (as ? [sql] : []));

/** The same statement had no answer for two others, or for one when many have none. */
const isHopeless = ({ count, statements }: Late, steps: readonly Step[]): boolean =>
  count > 0 && triedIn(steps).some((sql) => (statements.get(sql) ?? 0) >= (count < manyLate ? 2 : 1));

/** Plans a statement once where it is run several times: with many policies, planning is most of the work, and of a look at one row as well. */
async function planned(db: Queryable, tries: readonly (readonly Step[])[]): Promise<Plans> {
  const counts = new Map<string, { readonly step: Step; count: number }>();
  for (const steps of tries)
    for (const step of steps) {
      // What sets up is run once for all who begin with it.
      if ((!step.as && step.vital) || !/^\s*(?:select|insert|update|delete|with)\b/i.test(step.sql)) continue;
      const known = counts.get(planKey(step));
      if (known) known.count += 1;
      else counts.set(planKey(step), { step, count: 1 });
    }
  const wanted = [...counts].filter(([, { count }]) => count > 1);
  if (wanted.length === 0 || !(await mayKeepPlans(db))) return new Map();
  const names = wanted.map((_, index) => `launch_ready_${index}`);
  const rows = await db.query<{ ok: boolean }>(
    'SELECT launch_ready.plan(t.name, t.statement, t.asks, t.find, t.who) AS ok FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[], $5::text[]) WITH ORDINALITY AS t(name, statement, asks, find, who, n) ORDER BY t.n',
    [
      names,
      wanted.map(([, { step }]) => step.sql),
      wanted.map(([, { step }]) => step.rows ?? false),
      wanted.map(([, { step }]) => step.find ?? null),
      wanted.map(([, { step }]) => step.as?.role ?? 'none'),
    ],
  );
  return new Map(wanted.flatMap(([key], index) => (rows[index]?.ok ? [[key, names[index] ?? ''] as const] : [])));
}

const allowed = new WeakMap<Queryable, Promise<boolean>>();

/** A function that is declared IMMUTABLE and asks who is calling would be answered for the first caller, and for all that follow. */
function mayKeepPlans(db: Queryable): Promise<boolean> {
  const known =
    allowed.get(db) ??
    db
      .query<{ odd: boolean }>(
        `SELECT EXISTS (SELECT 1 FROM pg_proc WHERE provolatile = 'i' AND prosrc ~* 'auth\\.(uid|jwt|role|email)|current_setting|current_user|\\m(select|from)\\M'
          AND pronamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema', 'launch_ready', 'extensions', 'storage', 'auth', 'realtime'))) AS odd`,
      )
      .then(([row]) => row?.odd === false);
  allowed.set(db, known);
  return known;
}

/** Why, when the batch as a whole failed. */
async function runBatch(
  db: Queryable,
  before: readonly Step[],
  batch: Tries,
  plans: Plans,
  limit: number,
): Promise<StepResult[][] | Refusal> {
  const { sent, read } = wired(batch, plans);
  try {
    await db.query(`SELECT pg_catalog.set_config('statement_timeout', $1, false)`, [String(limit)]);
    if (before.length > 0) {
      const whole = [...before.map((step) => toWire({ ...step, vital: 'done' }, plans)), { tries: sent }];
      const [row] = await db.query<{ value: RawResult[] }>('SELECT launch_ready.run($1::jsonb) AS value', [JSON.stringify(whole)], limit);
      const raw = row?.value ?? [];
      const failed = raw.slice(0, before.length).find(({ code }) => code !== undefined);
      if (failed) return batch.map((steps) => steps.map(() => fromWire(failed)));
      return read(raw.at(-1)?.tries ?? []);
    }
    const rows = await db.query<{ value: RawResult[] }>(
      'SELECT launch_ready.run(t.steps) AS value FROM pg_catalog.jsonb_array_elements($1::jsonb) WITH ORDINALITY AS t(steps, n) ORDER BY t.n',
      [JSON.stringify(sent)],
      limit,
    );
    return read(rows.map(({ value }) => value));
  } catch (error) {
    if (connectionIsGone(error)) throw error;
    const { code, message } = error as { code: string; message: string };
    return { ok: false, code, message: code === timedOut ? `no answer within ${limit / 1000} seconds` : message, context: '' };
  }
}

const connectionIsGone = (error: unknown): boolean => (error as { code?: string }).code === undefined;
