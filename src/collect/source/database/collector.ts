import { defineCollector } from '../../../core/collector.ts';
import { databaseModel, type DatabaseModel, type DatabaseSource } from '../../../evidence/database.ts';
import type { Gap } from '../../../evidence/source.ts';
import { sourceTree, type Tree } from '../tree.ts';
import { type Catalog, createCatalog, defaultGrants, isBuiltin, newTable } from './catalog/catalog.ts';
import { key } from './catalog/state.ts';
import { doubtGone } from './gone.ts';
import { type DatabaseInput, databaseInputs } from './input.ts';
import { modelOf } from './model.ts';
import { replay, type SqlFile, versionOf } from './replay.ts';
import type { DescribedTable } from './schema/types.ts';
import { readConfig } from './sources.ts';
import { loadParser, type SqlParser } from './sql/parser.ts';

type Progress = (message: string, done?: number, total?: number) => void;

/** Reads the databases a repo describes, without running anything. */
export const databaseCollector = defineCollector({
  provides: databaseModel,
  wants: 'repo',
  needs: { tree: sourceTree },
  effects: 'none',
  timeoutMs: 120_000,
  async collect({ tree }, { progress }): Promise<DatabaseModel> {
    progress('looking for migrations and schemas');
    const inputs = databaseInputs(tree);
    const databases: DatabaseSource[] = [];
    const parts: Omit<DatabaseModel, 'exposure' | 'databases'>[] = [];
    const parser = inputs.length > 0 ? await loadParser() : undefined;
    for (const input of inputs) {
      const read = parser && (await readDatabase(tree, parser, input, progress));
      if (!read) continue;
      databases.push(read.source);
      parts.push(read.part);
    }
    const all = <K extends keyof Omit<DatabaseModel, 'exposure' | 'databases'>>(name: K) =>
      parts.flatMap((part) => part[name] as readonly unknown[]) as unknown as DatabaseModel[K];
    return {
      exposure: databases.some((database) => database.exposure === 'supabase') ? 'supabase' : 'private',
      databases,
      tables: all('tables'),
      views: all('views'),
      functions: all('functions'),
      buckets: all('buckets'),
      storagePolicies: all('storagePolicies'),
      signupTriggers: all('signupTriggers'),
      gaps: all('gaps'),
    };
  },
});

async function readDatabase(tree: Tree, parser: SqlParser, input: DatabaseInput, progress: Progress) {
  const { files, sequence, loose, migrations, described, supabase, types } = input;
  const config = readConfig(files.config === undefined ? undefined : tree.text(files.config));
  const firstVersion = migrations.map((file) => versionOf(file.path)).find((version) => version !== undefined);
  const catalog = createCatalog(supabase, firstVersion);
  let last = 0;
  const statements = replay(parser, catalog, sequence, (done) => {
    if (done - last < 25 && done > 0) return;
    last = done;
    progress(`reading SQL in ${files.folder || 'the repo'}`, done, sequence.length);
  });
  forgetSilence(catalog, sequence);
  if (sequence === migrations && loose.length > 0) catalog.gaps.push(leftOut(loose));
  const scripts =
    sequence === migrations ? (files.kind === 'supabase' ? [] : migrations.filter((file) => !/migrations?\//i.test(file.path))) : loose;
  if (scripts.length > 1) catalog.gaps.push(byHand(scripts));
  enter(catalog, described, files.kind === 'prisma' ? 'prisma' : 'drizzle');
  if (supabase) {
    doubtGone(catalog, types, migrations);
    enter(catalog, types.tables, 'types');
  }
  if ([...catalog.tables.values()].every(isBuiltin) && catalog.routines.size === 0 && catalog.buckets.size === 0) return undefined;
  const kind = sequence.length === 0 && described.length === 0 ? 'types' : files.kind;
  const source: DatabaseSource = {
    folder: files.folder,
    kind,
    exposure: supabase ? 'supabase' : 'private',
    files: sequence.length,
    statements,
    signUp: config.signUp,
  };
  progress(`judging ${catalog.tables.size} tables`);
  return { source, part: modelOf(parser, catalog, source, config.schemas) };
}

/** A picture of the schema that never mentions row-level security says nothing about it: such exports leave it out. */
function forgetSilence(catalog: Catalog, files: readonly SqlFile[]): void {
  const silent = new Set(
    files
      .filter(
        (file) => /(?:^|\/)[^/]*(?:schema|dump|structure|database)[^/]*\.sql$/i.test(file.path) && !/\/migrations?\//i.test(file.path),
      )
      .filter((file) => !/row\s+level\s+security|\bcreate\s+policy\b/i.test(file.text))
      .map((file) => file.path),
  );
  for (const table of catalog.tables.values())
    if (table.rls === 'off' && table.rlsSource === undefined && silent.has(table.place.file ?? ''))
      Object.assign(table, { rls: 'unknown', origin: 'dump' });
}

const byHand = (scripts: readonly SqlFile[]): Gap => ({
  what: `${scripts.length} SQL scripts outside of a migrations folder, e.g. ${scripts[0]?.path}`,
  why: 'they were read in the order of their names, as if all had been run',
  place: { file: scripts[0]?.path ?? '' },
});

const leftOut = (loose: readonly SqlFile[]): Gap => ({
  what: `${loose.length} SQL files outside of the migrations, e.g. ${loose[0]?.path}`,
  why: 'the migrations describe the database; scripts that were run by hand are not in them',
  place: { file: loose[0]?.path ?? '' },
});

/** Adds tables another source knows and the migrations do not, and columns of tables the migrations only touch. */
function enter(catalog: Catalog, tables: readonly DescribedTable[], origin: 'prisma' | 'drizzle' | 'types'): void {
  for (const described of tables) {
    const id = key('public', described.name);
    if (catalog.views.has(id) || (origin === 'types' && catalog.dropped.has(id) && !catalog.tables.has(id))) continue;
    const known = catalog.tables.get(id);
    if (known && known.origin !== 'types') continue;
    const table = known ?? {
      ...newTable('public', described.name, described.place),
      rls: catalog.supabase ? 'unknown' : 'off',
      grants: defaultGrants(catalog, 'public'),
    };
    table.origin = origin;
    catalog.tables.set(id, table);
    for (const column of described.columns)
      if (!table.columns.has(column.name)) table.columns.set(column.name, { ...column, hasDefault: false });
  }
}
