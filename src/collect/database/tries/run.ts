import type { Queryable } from '../live/catalog.ts';

/** Who runs a step: a role of the browser with the claims of his token, or, when left out, the superuser who sets up and looks. */
export interface Caller {
  readonly role: 'anon' | 'authenticated' | 'service_role';
  readonly claims: Readonly<Record<string, unknown>>;
}

/** One statement of a try. `rows` asks for what it returns, each row as one text; else it counts the rows it touched. */
export interface Step {
  readonly as?: Caller;
  readonly sql: string;
  readonly rows?: boolean;
  /** Foreign keys and triggers are off; only for steps of the superuser. */
  readonly unchecked?: boolean;
}

/** What came of a step: rows or a count, or PostgreSQL's refusal. */
export type StepResult =
  | { readonly ok: true; readonly rows: readonly string[]; readonly count: number }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly context: string };

/** Never raised by PostgreSQL itself: marks the end of a try, which undoes all of it. */
const undo = 'LR000';
const timedOut = '57014';

/**
 * A try is a list of steps that is undone as a whole; a step that fails undoes only itself. It runs inside the database: thousands of tries cost
 * a round trip a hundred, and PGlite and PostgreSQL answer the same.
 */
export const runnerSql = `
CREATE SCHEMA launch_ready;
CREATE FUNCTION launch_ready.run(steps jsonb) RETURNS jsonb LANGUAGE plpgsql AS $run$
DECLARE
  step jsonb;
  results jsonb := '[]';
  rows jsonb;
  count bigint;
  state text;
  said text;
  stack text;
BEGIN
  BEGIN
    FOR step IN SELECT value FROM pg_catalog.jsonb_array_elements(steps) LOOP
      rows := NULL;
      count := 0;
      BEGIN
        PERFORM pg_catalog.set_config('session_replication_role', CASE WHEN step ? 'unchecked' THEN 'replica' ELSE 'origin' END, true);
        PERFORM pg_catalog.set_config('request.jwt.claims', coalesce(step ->> 'claims', ''), true);
        PERFORM pg_catalog.set_config('request.jwt.claim.sub', coalesce((step ->> 'claims')::jsonb ->> 'sub', ''), true);
        PERFORM pg_catalog.set_config('request.jwt.claim.role', coalesce((step ->> 'claims')::jsonb ->> 'role', ''), true);
        PERFORM pg_catalog.set_config('role', coalesce(step ->> 'role', 'none'), true);
        IF step ? 'rows' THEN
          EXECUTE 'SELECT coalesce(pg_catalog.jsonb_agg(q::text), ''[]''), count(*) FROM (' || (step ->> 'sql') || E'\\n) q' INTO rows, count;
        ELSE
          EXECUTE step ->> 'sql';
          GET DIAGNOSTICS count = ROW_COUNT;
          -- What is deferred to the end of the transaction would never be seen: we never get there.
          EXECUTE 'SET CONSTRAINTS ALL IMMEDIATE';
        END IF;
        PERFORM pg_catalog.set_config('role', 'none', true);
        results := results || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('rows', rows, 'count', count));
      EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT, stack = PG_EXCEPTION_CONTEXT;
        results := results || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('code', state, 'message', said, 'context', pg_catalog.left(stack, 600)));
      END;
    END LOOP;
    RAISE EXCEPTION 'undo' USING ERRCODE = '${undo}';
  EXCEPTION WHEN SQLSTATE '${undo}' THEN NULL;
  END;
  RETURN results;
END
$run$;`;

/** How long a batch, and a single try, may take. Milliseconds. */
const batchLimit = 20_000;
const tryLimit = 2_000;
const batchSize = 150;

/** Runs tries, each undone before the next begins. A try that takes too long, or breaks its batch, is run alone and ends as SQLSTATE 57014. */
export async function runTries(db: Queryable, tries: readonly (readonly Step[])[], signal?: AbortSignal): Promise<StepResult[][]> {
  const results: StepResult[][] = [];
  for (let at = 0; at < tries.length; at += batchSize) {
    signal?.throwIfAborted();
    const batch = tries.slice(at, at + batchSize);
    results.push(...((await runBatch(db, batch, batchLimit)) ?? (await singly(db, batch, signal))));
  }
  return results;
}

async function singly(db: Queryable, batch: readonly (readonly Step[])[], signal?: AbortSignal): Promise<StepResult[][]> {
  const results: StepResult[][] = [];
  for (const steps of batch) {
    signal?.throwIfAborted();
    const failed: StepResult = { ok: false, code: timedOut, message: `no answer within ${tryLimit / 1000} seconds`, context: '' };
    const [result] = (await runBatch(db, [steps], tryLimit)) ?? [steps.map(() => failed)];
    results.push(result ?? []);
  }
  return results;
}

interface RawResult {
  readonly rows: string[] | null;
  readonly count: number;
  readonly code?: string;
  readonly message: string;
  readonly context: string;
}

/** `undefined` when the batch as a whole failed. */
async function runBatch(db: Queryable, batch: readonly (readonly Step[])[], limit: number): Promise<StepResult[][] | undefined> {
  const wire = batch.map((steps) => JSON.stringify(steps.map(toWire)));
  try {
    await db.query(`SELECT set_config('statement_timeout', $1, false)`, [String(limit)]);
    const rows = await db.query<{ value: RawResult[] }>(
      'SELECT launch_ready.run(t.steps::jsonb) AS value FROM unnest($1::text[]) WITH ORDINALITY AS t(steps, n) ORDER BY t.n',
      [wire],
    );
    return rows.map(({ value }) => value.map(fromWire));
  } catch (error) {
    if (connectionIsGone(error)) throw error;
    return undefined;
  }
}

const connectionIsGone = (error: unknown): boolean => (error as { code?: string }).code === undefined;

const toWire = ({ as, sql, rows, unchecked }: Step): object => ({
  sql,
  ...(as && { role: as.role, claims: JSON.stringify(as.claims) }),
  ...(rows && { rows: true }),
  ...(unchecked && { unchecked: true }),
});

const fromWire = ({ rows, count, code, message, context }: RawResult): StepResult =>
  code === undefined ? { ok: true, rows: rows ?? [], count } : { ok: false, code, message, context };
