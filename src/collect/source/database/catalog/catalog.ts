import type { Place } from '../../../../core/finding.ts';
import type { Gap } from '../../../../evidence/source.ts';
import type { QualifiedName } from '../sql/nodes.ts';
import {
  browserRoles,
  key,
  verbs,
  type BrowserRole,
  type BucketState,
  type Defaults,
  type RoleGrants,
  type RoutineState,
  type Source,
  type TableState,
  type ViewState,
} from './state.ts';

/** The simulated database: what PostgreSQL's own catalog would hold after the statements read so far. */
export interface Catalog {
  readonly tables: Map<string, TableState>;
  readonly views: Map<string, ViewState>;
  /** Overloads by `schema.name`. */
  readonly routines: Map<string, RoutineState[]>;
  readonly buckets: Map<string, BucketState>;
  readonly enums: Map<string, readonly string[]>;
  /** `schema.name` of tables that existed and were dropped. */
  readonly dropped: Set<string>;
  /** `schema.name` of tables that the migrations put rows into. */
  readonly seeded: Set<string>;
  readonly schemas: Set<string>;
  readonly gaps: Gap[];
  /** Schema of unqualified names. */
  searchPath: string;
  /** True for a Supabase project: browser roles exist and get default grants. */
  readonly supabase: boolean;
  readonly defaults: Defaults;
  /** The event trigger that switches row-level security on for every new table, when there is one. */
  enablesRls?: Source;
  /** Day of the migration that is being read (YYYYMMDD), when its name tells. */
  version: number | undefined;
}

/** New projects stopped granting new tables to the browser's roles on this day (supabase.com/changelog/45329). */
export const newProjectsGrantNothing = 20_260_530;
/** From this day the same holds for new tables of existing projects. */
export const nobodyGrantsNothing = 20_261_030;

/** An empty database; with `supabase` the tables of its auth and storage schemas are there. */
export function createCatalog(supabase: boolean, firstVersion: number | undefined): Catalog {
  const legacy = supabase && (firstVersion === undefined || firstVersion < newProjectsGrantNothing);
  const catalog: Catalog = {
    tables: new Map(),
    views: new Map(),
    routines: new Map(),
    buckets: new Map(),
    enums: new Map(),
    dropped: new Set(),
    seeded: new Set(),
    schemas: new Set(['public']),
    gaps: [],
    searchPath: 'public',
    supabase,
    version: firstVersion,
    defaults: {
      tables: { public: new Set(), anon: new Set(legacy ? verbs : []), authenticated: new Set(legacy ? verbs : []) },
      // PUBLIC's EXECUTE is PostgreSQL's own default; the named grants are Supabase's.
      functions: new Set<BrowserRole>(legacy ? browserRoles : ['public']),
    },
  };
  if (!supabase) return catalog;
  for (const name of ['users', 'identities', 'sessions'])
    addBuiltin(catalog, 'auth', name, ['id', 'email', 'raw_user_meta_data', 'raw_app_meta_data']);
  addBuiltin(catalog, 'storage', 'buckets', ['id', 'name', 'public', 'owner']);
  const objects = addBuiltin(catalog, 'storage', 'objects', [
    'id',
    'bucket_id',
    'name',
    'owner',
    'owner_id',
    'metadata',
    'path_tokens',
    'created_at',
  ]);
  // What is sent through private channels: policies on it say who may listen (SELECT) and send (INSERT).
  const messages = addBuiltin(catalog, 'realtime', 'messages', ['id', 'topic', 'extension', 'event', 'payload', 'private']);
  for (const role of ['anon', 'authenticated'] as const) {
    for (const verb of verbs) objects.grants[role].verbs.add(verb);
    for (const verb of ['select', 'insert', 'update'] as const) messages.grants[role].verbs.add(verb);
  }
  return catalog;
}

/** True for tables that the platform brings along. */
export const isBuiltin = (table: TableState): boolean => table.place.file === '';

function addBuiltin(catalog: Catalog, schema: string, name: string, columns: readonly string[]): TableState {
  const table = newTable(schema, name, { file: '' });
  table.rls = 'on';
  table.primaryKey = ['id'];
  for (const column of columns) table.columns.set(column, { name: column, type: column === 'id' ? 'uuid' : 'text', hasDefault: true });
  catalog.tables.set(key(schema, name), table);
  return table;
}

/** A table without columns, row-level security or grants. */
export function newTable(schema: string, name: string, place: Place): TableState {
  return {
    schema,
    name,
    place,
    origin: 'migration',
    columns: new Map(),
    primaryKey: [],
    rls: 'off',
    policies: new Map(),
    triggers: new Map(),
    grants: { public: noGrants(), anon: noGrants(), authenticated: noGrants() },
    explicitGrants: false,
  };
}

export const noGrants = (): RoleGrants => ({ verbs: new Set(), columns: new Map() });

/** Grants a new table or view of `schema` gets without being asked. */
export function defaultGrants(catalog: Catalog, schema: string): Record<BrowserRole, RoleGrants> {
  const nothing = schema !== 'public' || (catalog.version !== undefined && catalog.version >= nobodyGrantsNothing);
  const grantsOf = (role: BrowserRole): RoleGrants => ({
    verbs: new Set(nothing ? [] : catalog.defaults.tables[role]),
    columns: new Map(),
  });
  return { public: grantsOf('public'), anon: grantsOf('anon'), authenticated: grantsOf('authenticated') };
}

/** `schema.name` with the search path applied: an unqualified name means a table that exists, else the first schema of the path. */
export function resolve(catalog: Catalog, { schema, name }: QualifiedName): { schema: string; name: string } {
  if (schema !== undefined) return { schema, name };
  return { schema: catalog.searchPath, name };
}

export function findTable(catalog: Catalog, name: QualifiedName): TableState | undefined {
  const { schema, name: table } = resolve(catalog, name);
  return catalog.tables.get(key(schema, table));
}

export function findView(catalog: Catalog, name: QualifiedName): ViewState | undefined {
  const { schema, name: view } = resolve(catalog, name);
  return catalog.views.get(key(schema, view));
}

/**
 * The table a statement changes. One the repo never creates (made in the dashboard) is entered with unknown row-level security,
 * so that what the repo says about it is kept.
 */
export function touchTable(catalog: Catalog, name: QualifiedName, source: Source): TableState {
  const known = findTable(catalog, name);
  if (known) return known;
  const { schema, name: table } = resolve(catalog, name);
  const made: TableState = {
    ...newTable(schema, table, source.place),
    origin: 'types',
    rls: 'unknown',
    grants: defaultGrants(catalog, schema),
  };
  catalog.tables.set(key(schema, table), made);
  return made;
}

/** Overloads of a function; searches `public` for unqualified names. */
export function findRoutines(catalog: Catalog, name: QualifiedName): RoutineState[] {
  const { schema, name: routine } = resolve(catalog, name);
  return catalog.routines.get(key(schema, routine)) ?? [];
}
