import type { Tree } from '../tree.ts';

/** One database a repo describes, with its files in the order in which they are applied. */
export interface DatabaseFiles {
  readonly folder: string;
  readonly kind: 'supabase' | 'sql' | 'prisma' | 'drizzle';
  /** SQL files applied first: schemas and scripts kept beside the migrations. */
  readonly base: readonly string[];
  readonly migrations: readonly string[];
  /** schema.prisma or Drizzle sources. */
  readonly described: readonly string[];
  readonly config?: string;
}

const setAside = /(?:^|\/)(?:[^/]*backup[^/]*|[^/]*discarded[^/]*|archived?|deprecated|old|node_modules|fixtures?|__tests__|tests?|e2e)\//i;
/** SQL that is no part of the schema, told by its name. */
const noSchema =
  /(?:^|[/_\-.])(?:seed|seeds|sample|samples|demo|test|tests|fixture|rollback|down|revert|undo|backup|reset|dummy|mock|drop-all)(?:[/_\-.]|$)/i;
/** What people run by hand to look or to tidy up. A number in front makes it a step of the schema all the same. */
const byHand =
  /(?:^|[/_\-.])(?:check|verify|debug|diagnos\w*|quer(?:y|ies)|cleanup|clean|import|backfill|data|delete|truncate|analy[sz]e|find|list|show|inspect|count|fix-data)(?:[/_\-.]|$)/i;
const isAside = (path: string): boolean => noSchema.test(path) || (byHand.test(path) && !/^\d/.test(baseName(path)));

const folderOf = (path: string): string => path.replace(/\/?[^/]*$/, '');
const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** Without its ending, so that `fix` comes before `fix-v2`. */
const stepName = (path: string): string => baseName(path).replace(/\.sql$/i, '');
const byNumber = new Intl.Collator('en', { numeric: true });

/** Finds the databases of a repo. Build output and folders set aside do not count. */
export function findDatabases(tree: Tree): DatabaseFiles[] {
  const present = tree.files.filter((file) => !file.built && !setAside.test(file.path));
  // SQL counts even where .gitignore names it: repos ignore *.sql after the migrations were committed.
  const sql = present.filter((file) => file.path.toLowerCase().endsWith('.sql')).map((file) => file.path);
  const files = present.filter((file) => !file.ignored).map((file) => file.path);
  const databases = supabaseFolders(files, sql);
  const claimed = new Set(databases.flatMap((database) => [...database.base, ...database.migrations]));
  const loose = sql.filter((path) => !claimed.has(path) && !isAside(path) && !/(?:^|\/)supabase\//.test(path));
  const prisma = files.filter(
    (path) => baseName(path) === 'schema.prisma' || /(?:^|\/)prisma\/(?:schema|models)\/[^/]+\.prisma$/.test(path),
  );
  const drizzle = files.filter(
    (path) =>
      /\.(?:ts|mts|js)$/.test(path) &&
      /(?:schema|table|model|\bdb\b|database|drizzle)/i.test(path) &&
      !/\.(?:test|spec|d)\.\w+$/.test(path),
  );
  const [first] = databases;
  if (first && databases.length === 1) return [{ ...first, base: [...first.base, ...ordered(loose)] }];
  if (databases.length > 0) return databases;
  const found: DatabaseFiles[] = [];
  if (prisma.length > 0)
    found.push({ folder: folderOf(prisma[0] ?? ''), kind: 'prisma', base: [], migrations: ordered(loose), described: prisma });
  else
    found.push({
      folder: folderOf(loose[0] ?? drizzle[0] ?? ''),
      kind: loose.length > 0 ? 'sql' : 'drizzle',
      base: [],
      migrations: ordered(loose),
      described: drizzle,
    });
  return found;
}

function supabaseFolders(files: readonly string[], sql: readonly string[]): DatabaseFiles[] {
  const folders = new Map<string, string[]>();
  for (const path of sql) {
    const folder = /^((?:.*\/)?supabase)\/migrations\/[^/]+\.sql$/i.exec(path)?.[1];
    if (folder !== undefined) folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  if (folders.size === 0)
    for (const path of sql) {
      const folder = /^((?:.*\/)?supabase)\/(?:schemas?\/)?[^/]+\.sql$/i.exec(path)?.[1];
      if (folder !== undefined && !isAside(path)) folders.set(folder, [...(folders.get(folder) ?? []), path]);
    }
  return [...folders].map(([folder, migrations]) => {
    const config = `${folder}/config.toml`;
    const order = migrations.toSorted((a, b) => (baseName(a) < baseName(b) ? -1 : 1));
    return { folder, kind: 'supabase', base: [], migrations: order, described: [], ...(files.includes(config) && { config }) };
  });
}

/** Scripts in the order in which people run them: whole schemas first, then folder by folder by number. */
function ordered(paths: readonly string[]): string[] {
  const rank = (path: string): number => {
    const name = baseName(path);
    if (/^\d/.test(name) || /(?:^|\/)migrations?\//i.test(path)) return 1;
    return /schema|init|setup|dump|structure|create|tables/i.test(name) ? 0 : 2;
  };
  return paths.toSorted(
    (a, b) => rank(a) - rank(b) || byNumber.compare(folderOf(a), folderOf(b)) || byNumber.compare(stepName(a), stepName(b)),
  );
}

/** What a Supabase config.toml says about served schemas and sign-up. */
export function readConfig(text: string | undefined): { schemas: string[]; signUp: 'open' | 'closed' | 'unknown' } {
  const section = (name: string): string =>
    new RegExp(`^\\[${name}\\]\\s*$([\\s\\S]*?)(?=^\\[|$(?![\\s\\S]))`, 'm').exec(text ?? '')?.[1] ?? '';
  const list = /^\s*schemas\s*=\s*\[([^\]]*)\]/m.exec(section('api'))?.[1];
  const schemas = list === undefined ? ['public'] : [...list.matchAll(/["']([^"']+)["']/g)].map((match) => match[1] ?? '');
  const enabled = /^\s*enable_signup\s*=\s*(true|false)/m.exec(section('auth'))?.[1];
  return { schemas, signUp: enabled === undefined ? 'unknown' : enabled === 'true' ? 'open' : 'closed' };
}
