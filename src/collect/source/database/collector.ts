import { defineCollector } from '../../../core/collector.ts';
import { databaseModel, type DatabaseModel, type DatabaseSource } from '../../../evidence/database.ts';
import type { Gap } from '../../../evidence/source.ts';
import { maxSourceBytes, readJson, sourceTree, type Tree } from '../tree.ts';
import { type Catalog, createCatalog, defaultGrants, isBuiltin, newTable } from './catalog/catalog.ts';
import { key } from './catalog/state.ts';
import { doubtGone } from './gone.ts';
import { modelOf } from './model.ts';
import { replay, type SqlFile, versionOf } from './replay.ts';
import { readDrizzle } from './schema/drizzle.ts';
import { readPrisma } from './schema/prisma.ts';
import { type DescribedSchema, type DescribedTable, readGeneratedTypes } from './schema/types.ts';
import { type DatabaseFiles, findDatabases, readConfig } from './sources.ts';
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
    const found = findDatabases(tree);
    const types = generatedTypes(tree);
    const parser =
      found.some((files) => files.base.length + files.migrations.length > 0) || types.tables.length > 0 ? await loadParser() : undefined;
    const databases: DatabaseSource[] = [];
    const parts: Omit<DatabaseModel, 'exposure' | 'databases'>[] = [];
    const usesSupabase = dependsOnSupabase(tree) || found.some((files) => files.kind === 'supabase');
    for (const files of found) {
      const read = await readDatabase(tree, parser ?? (await loadParser()), files, {
        types: found.length === 1 ? types : typesNear(types, files.folder),
        usesSupabase,
        progress,
      });
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

interface Around {
  readonly types: DescribedSchema;
  readonly usesSupabase: boolean;
  readonly progress: Progress;
}

function dependsOnSupabase(tree: Tree): boolean {
  return tree.files.some((file) => {
    if (file.ignored || !/(?:^|\/)package\.json$/.test(file.path)) return false;
    const manifest = readJson(tree, file.path) as { dependencies?: object; devDependencies?: object } | undefined;
    return Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies }).some((name) => name.startsWith('@supabase/'));
  });
}

const noTypes: DescribedSchema = { tables: [], generated: false };

function generatedTypes(tree: Tree): DescribedSchema {
  const candidates = tree.files.filter(
    (file) =>
      !file.ignored && !file.built && file.bytes <= maxSourceBytes && /(?:types|database|supabase|schema)[^/]*\.ts$/i.test(file.path),
  );
  const read = candidates.flatMap((file) => {
    const text = tree.text(file.path, maxSourceBytes);
    const schema = text === undefined ? undefined : readGeneratedTypes(file.path, text);
    return schema ? [schema] : [];
  });
  // Several copies describe one database: the largest is the newest more often than not.
  return read.toSorted((a, b) => b.tables.length - a.tables.length)[0] ?? noTypes;
}

const typesNear = (types: DescribedSchema, folder: string): DescribedSchema => {
  const [top = ''] = folder.split('/');
  return folder === 'supabase' || types.tables[0]?.place.file?.startsWith(`${top}/`) ? types : noTypes;
};

async function readDatabase(tree: Tree, parser: SqlParser, files: DatabaseFiles, around: Around) {
  const config = readConfig(files.config === undefined ? undefined : tree.text(files.config));
  const migrations = texts(tree, files.migrations);
  const loose = texts(tree, files.base);
  const firstVersion = migrations.map((file) => versionOf(file.path)).find((version) => version !== undefined);
  const speaksSupabase = migrations.some((file) => /\bauth\.(?:uid|users|role|jwt)\b|\bto\s+authenticated\b/i.test(file.text));
  const supabase = files.kind === 'supabase' || (around.usesSupabase && (speaksSupabase || around.types.tables.length > 0));
  const catalog = createCatalog(supabase, firstVersion);
  const sequence = baseFirst(loose, migrations) ? [...loose, ...migrations] : migrations;
  let last = 0;
  const statements = replay(parser, catalog, sequence, (done) => {
    if (done - last < 25 && done > 0) return;
    last = done;
    around.progress(`reading SQL in ${files.folder || 'the repo'}`, done, sequence.length);
  });
  forgetSilence(catalog, sequence);
  if (sequence === migrations && loose.length > 0) catalog.gaps.push(leftOut(loose));
  const scripts =
    sequence === migrations ? (files.kind === 'supabase' ? [] : migrations.filter((file) => !/migrations?\//i.test(file.path))) : loose;
  if (scripts.length > 1) catalog.gaps.push(byHand(scripts));
  const described = files.described.flatMap((path) => {
    const text = tree.text(path, maxSourceBytes);
    return text === undefined ? [] : path.endsWith('.prisma') ? readPrisma(path, text) : readDrizzle(path, text);
  });
  enter(catalog, described, files.kind === 'prisma' ? 'prisma' : 'drizzle');
  if (supabase) {
    doubtGone(catalog, around.types, migrations);
    enter(catalog, around.types.tables, 'types');
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
  around.progress(`judging ${catalog.tables.size} tables`);
  return { source, part: modelOf(parser, catalog, source, config.schemas) };
}

const texts = (tree: Tree, paths: readonly string[]): SqlFile[] =>
  paths.flatMap((path) => {
    const text = tree.text(path);
    return text === undefined ? [] : [{ path, text: text.replace(/^\uFEFF/, '') }];
  });

const createsTable = /^\s*create\s+table\b/gim;
const tablesIn = (files: readonly SqlFile[]): number => files.reduce((sum, file) => sum + (file.text.match(createsTable)?.length ?? 0), 0);

/** Migrations that hardly make a table are the tail of a history that stands in scripts elsewhere in the repo. */
const baseFirst = (loose: readonly SqlFile[], migrations: readonly SqlFile[]): boolean => tablesIn(loose) > 3 * tablesIn(migrations);

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
