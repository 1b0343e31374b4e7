import { maxSourceBytes, readJson, type Tree } from '../tree.ts';
import type { SqlFile } from './replay.ts';
import { readDrizzle } from './schema/drizzle.ts';
import { readPrisma } from './schema/prisma.ts';
import { type DescribedSchema, type DescribedTable, readGeneratedTypes } from './schema/types.ts';
import { type DatabaseFiles, findDatabases } from './sources.ts';

/** All that a repo says about one database, read but not understood yet. */
export interface DatabaseInput {
  readonly files: DatabaseFiles;
  readonly migrations: readonly SqlFile[];
  /** SQL beside the migrations. */
  readonly loose: readonly SqlFile[];
  /** What is applied, in order: the migrations (then it is the same list), or the loose files and then the migrations. */
  readonly sequence: readonly SqlFile[];
  /** Tables of Prisma or Drizzle. */
  readonly described: readonly DescribedTable[];
  /** Generated types of this database. */
  readonly types: DescribedSchema;
  readonly supabase: boolean;
}

/** The databases of a repo. */
export function databaseInputs(tree: Tree): DatabaseInput[] {
  const found = findDatabases(tree);
  const types = generatedTypes(tree);
  const usesSupabase = dependsOnSupabase(tree) || found.some((files) => files.kind === 'supabase');
  return found.map((files) => readInput(tree, files, found.length === 1 ? types : typesNear(types, files.folder), usesSupabase));
}

/** What sources other than SQL describe: Prisma or Drizzle, and for Supabase the generated types. */
export const describedBy = ({ described, types, supabase }: DatabaseInput): Pick<DescribedSchema, 'tables' | 'enums'> => ({
  tables: [...described, ...(supabase ? types.tables : [])],
  ...(supabase && types.enums && { enums: types.enums }),
});

function readInput(tree: Tree, files: DatabaseFiles, types: DescribedSchema, usesSupabase: boolean): DatabaseInput {
  const migrations = texts(tree, files.migrations);
  const loose = texts(tree, files.base);
  const speaksSupabase = migrations.some((file) => /\bauth\.(?:uid|users|role|jwt)\b|\bto\s+authenticated\b/i.test(file.text));
  const described = files.described.flatMap((path) => {
    const text = tree.text(path, maxSourceBytes);
    return text === undefined ? [] : path.endsWith('.prisma') ? readPrisma(path, text) : readDrizzle(path, text);
  });
  return {
    files,
    migrations,
    loose,
    sequence: baseFirst(loose, migrations) ? [...loose, ...migrations] : migrations,
    described,
    types,
    supabase: files.kind === 'supabase' || (usesSupabase && (speaksSupabase || types.tables.length > 0)),
  };
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

const texts = (tree: Tree, paths: readonly string[]): SqlFile[] =>
  paths.flatMap((path) => {
    const text = tree.text(path);
    return text === undefined ? [] : [{ path, text: text.replace(/^\uFEFF/, '') }];
  });

const createsTable = /^\s*create\s+table\b/gim;
const tablesIn = (files: readonly SqlFile[]): number => files.reduce((sum, file) => sum + (file.text.match(createsTable)?.length ?? 0), 0);

/** Migrations that hardly make a table are the tail of a history that stands in scripts elsewhere in the repo. */
const baseFirst = (loose: readonly SqlFile[], migrations: readonly SqlFile[]): boolean => tablesIn(loose) > 3 * tablesIn(migrations);
