import type { Rebuild } from '../../../evidence/isolation.ts';
import type { Database } from '../connect.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { rebuild, type RebuildInput } from './rebuild.ts';

/** For tests: a database rebuilt from SQL as one Supabase migration, or from several files in order. */
export async function rebuilt(
  sandbox: Sandbox,
  sql: string | readonly string[],
  change: Partial<RebuildInput> = {},
): Promise<{ db: Database; record: Rebuild; cutShort?: string; codes: string[] }> {
  const texts = typeof sql === 'string' ? [sql] : sql;
  const files = texts.map((text, index) => ({ path: `supabase/migrations/${index + 1}.sql`, text }));
  const { db, record, cutShort } = await rebuild(sandbox, { files, supabase: true, grants: 'default', ...change });
  return { db, record, codes: record.failures.map(({ code }) => code), ...(cutShort !== undefined && { cutShort }) };
}
