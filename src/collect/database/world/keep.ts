import type { Queryable } from '../live/catalog.ts';
import { wasLost } from '../sandbox/restarting.ts';
import type { Caller } from '../tries/run.ts';
import { runnerSql } from '../tries/runner-sql.ts';

/** Statements that stay, each undone alone when it fails, and a question to PostgreSQL which texts a condition takes. */
const seederSql = `
CREATE FUNCTION launch_ready.keep(statement text, who text, mode text) RETURNS jsonb LANGUAGE plpgsql AS $keep$
DECLARE state text; said text; limits text; field text; result jsonb;
BEGIN
  PERFORM launch_ready.search_as(who);
  PERFORM pg_catalog.set_config('session_replication_role', mode, true);
  PERFORM pg_catalog.set_config('role', who, true);
  EXECUTE statement INTO result;
  PERFORM pg_catalog.set_config('role', 'none', true);
  RETURN pg_catalog.jsonb_build_object('row', result);
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT, limits = CONSTRAINT_NAME, field = COLUMN_NAME;
  RETURN pg_catalog.jsonb_build_object('code', state, 'message', said, 'constraint', limits, 'column', field);
END
$keep$;
CREATE FUNCTION launch_ready.fits(question text, candidates text[]) RETURNS text LANGUAGE plpgsql AS $fits$
DECLARE candidate text; taken boolean;
BEGIN
  FOREACH candidate IN ARRAY candidates LOOP
    BEGIN
      EXECUTE question INTO taken USING candidate;
      -- A condition that is NULL holds, as in a CHECK.
      IF taken IS NOT FALSE THEN RETURN coalesce(candidate, '\\N'); END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  RETURN NULL;
END
$fits$;`;

/** All that we put into the database. A default or trigger of the repo may take it out again: it runs with the owner's rights. */
export const machinerySql = `DROP SCHEMA IF EXISTS launch_ready CASCADE; ${runnerSql}${seederSql}`;

const isOurs = ({ code, message = '' }: Kept): boolean => (code === '3F000' || code === '42883') && message.includes('launch_ready');

/** What came of such a statement: the row it returned, or PostgreSQL's refusal. */
export interface Kept {
  readonly row?: Record<string, unknown> | null;
  readonly code?: string;
  readonly message?: string;
  readonly constraint?: string;
  readonly column?: string;
}

/** Statements that stay, at most, in one go. */
const chunk = 500;
/** How many of a database's statements had to be ended. */
const ended = new WeakMap<Queryable, number>();

/** How long so many statements may take; less once several had no answer. Milliseconds. */
export function patienceFor(db: Queryable, count: number): number {
  const hurried = (ended.get(db) ?? 0) > 2;
  return Math.min(hurried ? 500 + 10 * count : 1_500 + 20 * count, 9_000);
}

interface Keeping {
  /** The owner of the database when left out. */
  readonly as?: Caller['role'];
  /** Foreign keys and triggers are off. */
  readonly unchecked?: boolean;
}

/** Runs statements that stay. Each must return at most one row with one jsonb column. What takes too long is undone and answers 57014. */
export async function keep(db: Queryable, statements: readonly string[], how: Keeping = {}): Promise<Kept[]> {
  const answers: Kept[] = [];
  for (let at = 0; at < statements.length; at += chunk) answers.push(...(await keepChunk(db, statements.slice(at, at + chunk), how)));
  return answers;
}

const mostMendings = 3;

async function keepChunk(db: Queryable, statements: readonly string[], how: Keeping, mended = 0): Promise<Kept[]> {
  await db.checkpoint?.();
  const limit = patienceFor(db, statements.length);
  try {
    const answers = await ask(db, statements, how, limit);
    const cut = answers.flatMap((answer, index) => (isOurs(answer) ? [index] : []));
    if (cut.length === 0 || mended === mostMendings) return answers;
    await db.query(machinerySql);
    const missing = cut.map((index) => statements[index] ?? '');
    const again = await keepChunk(db, missing, how, mended + 1);
    return answers.map((answer, index) => again[cut.indexOf(index)] ?? answer);
  } catch (error) {
    const { code, message = '' } = error as { code?: string; message?: string };
    // Without a checkpoint of this moment, more than these statements is gone.
    if (code === undefined || (wasLost(error) && !db.checkpoint)) throw error;
    if (isOurs({ code, message }) && mended < mostMendings) {
      await db.query(machinerySql);
      return keepChunk(db, statements, how, mended + 1);
    }
    if (statements.length > 1) {
      const half = statements.length >> 1;
      return [...(await keepChunk(db, statements.slice(0, half), how)), ...(await keepChunk(db, statements.slice(half), how))];
    }
    ended.set(db, (ended.get(db) ?? 0) + 1);
    return [{ code, message: code === '57014' ? `no answer within ${limit / 1000} seconds` : message }];
  }
}

async function ask(db: Queryable, statements: readonly string[], how: Keeping, limit: number): Promise<Kept[]> {
  await db.query(`SELECT pg_catalog.set_config('statement_timeout', $1, false)`, [String(limit)]);
  const rows = await db.query<{ value: Kept }>(
    'SELECT launch_ready.keep(t.statement, $2, $3) AS value FROM unnest($1::text[]) WITH ORDINALITY AS t(statement, n) ORDER BY t.n',
    [statements, how.as ?? 'none', how.unchecked ? 'replica' : 'origin'],
    limit,
  );
  return rows.map(({ value }) => value);
}
