import type { Queryable } from '../live/catalog.ts';

/** Who runs a step: a role of the browser with the claims of his token, or, when left out, the owner of the database, who sets up and looks. */
export interface Caller {
  readonly role: 'anon' | 'authenticated' | 'service_role';
  readonly claims: Readonly<Record<string, unknown>>;
}

/** One statement of a try. `rows` asks for what it returns, each row as one text. */
export interface Step {
  readonly as?: Caller;
  readonly sql: string;
  readonly rows?: boolean;
  /** Foreign keys and triggers are off. */
  readonly unchecked?: boolean;
}

/** What came of a step: its rows, or PostgreSQL's refusal. */
export type StepResult =
  | { readonly ok: true; readonly rows: readonly string[] }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly context: string };

const timedOut = '57014';
/** How long a batch, and a single try, may take. Milliseconds. */
const batchLimit = 8_000;
const tryLimit = 2_000;
const batchSize = 96;

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
  await Promise.all(all.map(work));
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

/** The same after some preparation, which is made once a batch and undone after it. Where it fails, every try ends as its failure. */
export async function runAfter(
  db: Queryable,
  before: readonly Step[],
  tries: readonly (readonly Step[])[],
  signal?: AbortSignal,
): Promise<StepResult[][]> {
  const results: StepResult[][] = [];
  for (let at = 0; at < tries.length; at += batchSize) {
    signal?.throwIfAborted();
    const batch = tries.slice(at, at + batchSize);
    const plans = await planned(db, batch);
    try {
      results.push(...((await runBatch(db, before, batch, plans, batchLimit)) ?? (await singly(db, before, batch, plans, signal))));
    } finally {
      if (plans.size > 0) await db.query('DEALLOCATE ALL');
    }
  }
  return results;
}

async function singly(
  db: Queryable,
  before: readonly Step[],
  batch: readonly (readonly Step[])[],
  plans: Plans,
  signal?: AbortSignal,
): Promise<StepResult[][]> {
  const results: StepResult[][] = [];
  for (const steps of batch) {
    signal?.throwIfAborted();
    const failed: StepResult = { ok: false, code: timedOut, message: `no answer within ${tryLimit / 1000} seconds`, context: '' };
    const [result] = (await runBatch(db, before, [steps], plans, tryLimit)) ?? [steps.map(() => failed)];
    results.push(result ?? []);
  }
  return results;
}

/** Names of prepared statements by what they run. */
type Plans = ReadonlyMap<string, string>;

const planKey = ({ sql, rows }: Step): string => `${rows ? 'rows' : 'run'} ${sql}`;

/** Plans a statement once where several people run it: with many policies, planning is most of the work. */
async function planned(db: Queryable, tries: readonly (readonly Step[])[]): Promise<Plans> {
  const counts = new Map<string, { readonly step: Step; count: number }>();
  for (const steps of tries)
    for (const step of steps) {
      if (!step.as || !/^\s*(?:select|insert|update|delete|with)\b/i.test(step.sql)) continue;
      const known = counts.get(planKey(step));
      if (known) known.count += 1;
      else counts.set(planKey(step), { step, count: 1 });
    }
  const wanted = [...counts].filter(([, { count }]) => count > 1);
  if (wanted.length === 0 || !(await mayKeepPlans(db))) return new Map();
  const names = wanted.map((_, index) => `launch_ready_${index}`);
  const rows = await db.query<{ ok: boolean }>(
    'SELECT launch_ready.plan(t.name, t.statement, t.asks) AS ok FROM unnest($1::text[], $2::text[], $3::boolean[]) WITH ORDINALITY AS t(name, statement, asks, n) ORDER BY t.n',
    [names, wanted.map(([, { step }]) => step.sql), wanted.map(([, { step }]) => step.rows ?? false)],
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

interface RawResult {
  readonly rows: string[] | null;
  readonly code?: string;
  readonly message: string;
  readonly context: string;
  readonly tries?: RawResult[][];
}

/** `undefined` when the batch as a whole failed. */
async function runBatch(
  db: Queryable,
  before: readonly Step[],
  batch: readonly (readonly Step[])[],
  plans: Plans,
  limit: number,
): Promise<StepResult[][] | undefined> {
  const wire = batch.map((steps) => steps.map((step) => toWire(step, plans)));
  try {
    await db.query(`SELECT set_config('statement_timeout', $1, false)`, [String(limit)]);
    if (before.length > 0) {
      const whole = [...before.map((step) => toWire(step, plans)), { tries: wire }];
      const [row] = await db.query<{ value: RawResult[] }>('SELECT launch_ready.run($1::jsonb) AS value', [JSON.stringify(whole)]);
      const raw = row?.value ?? [];
      const failed = raw.slice(0, before.length).find(({ code }) => code !== undefined);
      if (failed) return batch.map((steps) => steps.map(() => fromWire(failed)));
      return raw.at(-1)?.tries?.map((results) => results.map(fromWire));
    }
    const rows = await db.query<{ value: RawResult[] }>(
      'SELECT launch_ready.run(t.steps::jsonb) AS value FROM unnest($1::text[]) WITH ORDINALITY AS t(steps, n) ORDER BY t.n',
      [wire.map((steps) => JSON.stringify(steps))],
    );
    return rows.map(({ value }) => value.map(fromWire));
  } catch (error) {
    if (connectionIsGone(error)) throw error;
    return undefined;
  }
}

const connectionIsGone = (error: unknown): boolean => (error as { code?: string }).code === undefined;

function toWire(step: Step, plans: Plans): object {
  const plan = step.as && plans.get(planKey(step));
  return {
    ...(plan === undefined ? { sql: step.sql } : { plan }),
    ...(step.as && { role: step.as.role, claims: JSON.stringify(step.as.claims) }),
    ...(step.rows && { rows: true }),
    ...(step.unchecked && { unchecked: true }),
  };
}

const fromWire = ({ rows, code, message, context }: RawResult): StepResult =>
  code === undefined ? { ok: true, rows: rows ?? [] } : { ok: false, code, message, context };
