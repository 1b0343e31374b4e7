import type { Database } from '../connect.ts';

/** `BEGIN NEW.updated_at = now(); RETURN NEW; END;` and the like, as a regular expression of PostgreSQL. */
const body = String.raw`^\s*begin\s+(new\.\w+\s*:?=\s*(now\(\)|current_timestamp|clock_timestamp\(\)|statement_timestamp\(\)|timezone\('utc'(::text)?,\s*now\(\)\)|now\(\)\s+at\s+time\s+zone\s+'utc')\s*;\s*)+return\s+new\s*;\s*end\s*;?\s*$`;

/** `schema.name` of trigger functions that only write when a row was changed: nobody reaches more or less by such a trigger. */
export async function stampingFunctions(db: Database): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ name: string }>(
    `SELECT n.nspname || '.' || p.proname AS name FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     WHERE p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype GROUP BY 1 HAVING bool_and(p.prosrc ~* $1)`,
    [body],
  );
  return new Set(rows.map(({ name }) => name));
}
