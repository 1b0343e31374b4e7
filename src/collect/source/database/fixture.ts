import type { DatabaseModel, DatabaseSource, Table } from '../../../evidence/database.ts';
import { createCatalog } from './catalog/catalog.ts';
import { modelOf } from './model.ts';
import { replay, versionOf } from './replay.ts';
import { loadParser } from './sql/parser.ts';

/** For tests: the evidence that SQL gives as one migration of a Supabase project, or as several files by path. */
export async function modelOfSql(
  sql: string | Readonly<Record<string, string>>,
  change: Partial<DatabaseSource> = {},
): Promise<Omit<DatabaseModel, 'exposure' | 'databases'>> {
  const files =
    typeof sql === 'string'
      ? [{ path: 'supabase/migrations/20250101000000_app.sql', text: sql }]
      : Object.entries(sql).map(([path, text]) => ({ path, text }));
  const source: DatabaseSource = {
    folder: 'supabase',
    kind: 'supabase',
    exposure: 'supabase',
    files: files.length,
    statements: 0,
    signUp: 'unknown',
    ...change,
  };
  const parser = await loadParser();
  const catalog = createCatalog(source.exposure === 'supabase', versionOf(files[0]?.path ?? ''));
  replay(parser, catalog, files);
  return modelOf(parser, catalog, source, ['public']);
}

/** The table of that name. Throws when there is none. */
export function tableNamed(model: Pick<DatabaseModel, 'tables'>, name: string): Table {
  const table = model.tables.find((one) => one.name === name);
  if (!table) throw new Error(`no table ${name}`);
  return table;
}
