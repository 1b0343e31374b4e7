import { escaped } from '../world/literal.ts';

/** What a rebuilt database says of itself, read from PostgreSQL's catalog. Schemas of the platform (auth, storage ...) are left out but for storage.objects and realtime.messages. */
export interface LiveCatalog {
  readonly relations: readonly Relation[];
  readonly routines: readonly Routine[];
  /** Functions that run when an account is made, with their source. */
  readonly signUpTriggers: readonly { readonly routine: string; readonly source: string }[];
  /** `schema.name` of the tables published for Supabase Realtime. */
  readonly published: ReadonlySet<string>;
}

export interface Relation {
  /** `schema.name`. */
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  /** As written in SQL: quoted where it must be. */
  readonly sql: string;
  readonly kind: 'table' | 'view' | 'materialized-view';
  readonly rowSecurity: boolean;
  readonly columns: readonly LiveColumn[];
  /** Names of the primary key's columns; the first unique key of not-null columns where there is none. */
  readonly key: readonly string[];
  readonly uniques: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly { readonly name: string; readonly expression: string }[];
  readonly policies: readonly LivePolicy[];
  /** Roles of the browser that hold a privilege on the whole table or on a column of it. */
  readonly grants: Readonly<Record<BrowserRole, Readonly<Record<'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE', 'all' | readonly string[]>>>>;
}

export const browserRoles = ['anon', 'authenticated'] as const;
export type BrowserRole = (typeof browserRoles)[number];

export interface LiveColumn {
  readonly name: string;
  /** `format_type`, e.g. `character varying(20)`. */
  readonly type: string;
  /** Type without length, domains followed down: `uuid`, `text`, `int4`; `enum` for enums, `array` for arrays, `composite`, `range`. */
  readonly base: string;
  /** Base of the elements of an array. */
  readonly element?: string;
  /** Longest text it takes. */
  readonly length?: number;
  readonly notNull: boolean;
  /** Expression of the default. */
  readonly fallback?: string;
  readonly generated: boolean;
  readonly identity: boolean;
  /** Enum labels in order; of the elements for an array of enums. */
  readonly labels?: readonly string[];
}

export interface ForeignKey {
  readonly columns: readonly string[];
  /** `schema.name`. */
  readonly target: string;
  readonly targetColumns: readonly string[];
}

export interface LivePolicy {
  readonly name: string;
  readonly permissive: boolean;
  readonly command: 'select' | 'insert' | 'update' | 'delete' | 'all';
  /** `public` stands for everybody. */
  readonly roles: readonly string[];
  readonly using?: string;
  readonly check?: string;
}

export interface Routine {
  /** `schema.name`, with the types of its arguments where several have that name. */
  readonly id: string;
  /** The name to show, when it is not the plain one. */
  readonly label?: string;
  readonly schema: string;
  readonly name: string;
  readonly sql: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly type: string;
    readonly base: string;
    /** Base of the elements of an array. */
    readonly element?: string;
    readonly labels?: readonly string[];
    readonly optional: boolean;
  }[];
  readonly returns: string;
  readonly definer: boolean;
  readonly volatile: boolean;
  readonly language: string;
  readonly source: string;
  /** Its source and that of the functions it calls, two steps deep. */
  readonly reaches: string;
  /** Roles of the browser that may call it. */
  readonly callers: readonly BrowserRole[];
}

/** Whatever runs one statement, for no longer than `limitMs`, and returns its rows; of `Database` (connect.ts) this is all that is needed here. */
export interface Queryable {
  query<Row extends object = Record<string, unknown>>(sql: string, parameters?: unknown[], limitMs?: number): Promise<Row[]>;
  /** Keeps the present state as the one that it comes back in when a statement has to be ended with it. */
  checkpoint?(): Promise<void>;
}

/** Reads the catalog of everything in `schemas` of storage.objects and of realtime.messages. Needs a superuser. */
export async function readCatalog(db: Queryable, schemas: readonly string[]): Promise<LiveCatalog> {
  const [relations, routines, signUpTriggers, published] = [
    await rowsOf<Relation>(db, relationsSql, schemas),
    await rowsOf<Routine>(db, routinesSql, schemas),
    await rowsOf<LiveCatalog['signUpTriggers'][number]>(db, signUpSql),
    await rowsOf<string>(db, publishedSql),
  ];
  return { relations, routines: distinct(withReach(routines)), signUpTriggers, published: new Set(published) };
}

function withReach(routines: readonly Routine[]): Routine[] {
  const calls = routines.map(({ name, source }) => ({ call: new RegExp(`(?<![\\w$])${escaped(name)}"?\\s*\\(`, 'i'), source }));
  const called = (text: string): string => calls.flatMap(({ call, source }) => (call.test(text) ? [source] : [])).join('\n');
  return routines.map((routine) => {
    const first = called(routine.source);
    return { ...routine, reaches: [routine.source, first, first === '' ? '' : called(first)].join('\n') };
  });
}

/** Functions of one name are told apart by their arguments. */
function distinct(routines: readonly Routine[]): Routine[] {
  const counts = new Map<string, number>();
  for (const { id } of routines) counts.set(id, (counts.get(id) ?? 0) + 1);
  return routines.map((routine) => {
    if ((counts.get(routine.id) ?? 0) < 2) return routine;
    const signature = `(${routine.arguments.map(({ type }) => type).join(', ')})`;
    return { ...routine, id: `${routine.id}${signature}`, label: `${routine.name}${signature}` };
  });
}

async function rowsOf<T>(db: Queryable, sql: string, schemas?: readonly string[]): Promise<T[]> {
  const [row] = await db.query<{ value: T[] | null }>(sql, schemas === undefined ? [] : [schemas]);
  return row?.value ?? [];
}

const typeFields = `
  'type', format_type(a.atttypid, a.atttypmod),
  'base', b.base,
  'element', b.element,
  'length', CASE WHEN a.atttypmod > 4 AND b.base IN ('varchar', 'bpchar') THEN a.atttypmod - 4 END,
  'labels', b.labels`;

/** Follows domains down to what they are made of. */
const baseOf = (type: string): string => `
  CROSS JOIN LATERAL (
    WITH RECURSIVE down(oid, typtype, typbasetype, typname, typelem, typcategory) AS (
      SELECT oid, typtype, typbasetype, typname, typelem, typcategory FROM pg_type WHERE oid = ${type}
      UNION ALL
      SELECT t.oid, t.typtype, t.typbasetype, t.typname, t.typelem, t.typcategory FROM down d JOIN pg_type t ON t.oid = d.typbasetype WHERE d.typtype = 'd'
    )
    SELECT CASE WHEN typtype = 'e' THEN 'enum' WHEN typcategory = 'A' THEN 'array' WHEN typtype = 'c' THEN 'composite'
                WHEN typtype IN ('r', 'm') THEN 'range' ELSE typname::text END AS base,
           CASE WHEN typcategory = 'A' THEN (SELECT CASE WHEN e.typtype = 'e' THEN 'enum' ELSE e.typname::text END FROM pg_type e WHERE e.oid = down.typelem) END AS element,
           (SELECT jsonb_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid IN (down.oid, down.typelem)) AS labels
    FROM down WHERE typtype <> 'd' LIMIT 1
  ) b`;

const grantOf = (verb: string): string => `
  CASE WHEN has_table_privilege(r.rolname, c.oid, '${verb}') THEN '"all"'::jsonb
       ${
         verb === 'DELETE'
           ? ''
           : `ELSE (SELECT coalesce(jsonb_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(r.rolname, c.oid, a.attnum, '${verb}'))`
       } ${verb === 'DELETE' ? `ELSE '[]'::jsonb` : ''} END`;

const columnNames = (numbers: string, relation: string): string =>
  `(SELECT jsonb_agg(a.attname ORDER BY k.n) FROM unnest(${numbers}) WITH ORDINALITY AS k(attnum, n) JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.attnum)`;

const relationsSql = `
SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
  'id', n.nspname || '.' || c.relname,
  'schema', n.nspname, 'name', c.relname, 'sql', format('%I.%I', n.nspname, c.relname),
  'kind', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized-view' ELSE 'table' END,
  'rowSecurity', c.relrowsecurity,
  'columns', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'name', a.attname, ${typeFields},
      'notNull', a.attnotnull,
      'fallback', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
      'generated', a.attgenerated <> '',
      'identity', a.attidentity <> '') ORDER BY a.attnum), '[]')
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum ${baseOf('a.atttypid')}
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'key', coalesce(
    (SELECT ${columnNames('x.conkey', 'c.oid')} FROM pg_constraint x WHERE x.conrelid = c.oid AND x.contype = 'p'),
    (SELECT ${columnNames('x.conkey', 'c.oid')} FROM pg_constraint x WHERE x.conrelid = c.oid AND x.contype = 'u'
      AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (x.conkey) AND NOT a.attnotnull) LIMIT 1),
    '[]'),
  'uniques', coalesce((SELECT jsonb_agg(${columnNames('i.indkey::int2[]', 'c.oid')}) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND NOT (0 = ANY (i.indkey::int2[]))), '[]'),
  'foreignKeys', coalesce((SELECT jsonb_agg(jsonb_build_object(
      'columns', ${columnNames('x.conkey', 'c.oid')},
      'target', tn.nspname || '.' || t.relname,
      'targetColumns', ${columnNames('x.confkey', 't.oid')}) ORDER BY x.conname)
    FROM pg_constraint x JOIN pg_class t ON t.oid = x.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
    WHERE x.conrelid = c.oid AND x.contype = 'f'), '[]'),
  'checks', coalesce((SELECT jsonb_agg(jsonb_build_object('name', x.conname, 'expression', pg_get_expr(x.conbin, x.conrelid)))
    FROM pg_constraint x WHERE x.conrelid = c.oid AND x.contype = 'c'), '[]'),
  'policies', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'name', p.polname, 'permissive', p.polpermissive,
      'command', CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END,
      'roles', (SELECT jsonb_agg(CASE WHEN o = 0 THEN 'public' ELSE pg_get_userbyid(o)::text END) FROM unnest(p.polroles) o),
      'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))) ORDER BY p.polname)
    FROM pg_policy p WHERE p.polrelid = c.oid), '[]'),
  'grants', (SELECT jsonb_object_agg(r.rolname, jsonb_build_object(${['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map((verb) => `'${verb}', ${grantOf(verb)}`).join(', ')}))
    FROM pg_roles r WHERE r.rolname IN ('anon', 'authenticated'))
)) ORDER BY n.nspname, c.relname) AS value
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
  AND (n.nspname = ANY ($1) OR (n.nspname = 'storage' AND c.relname = 'objects') OR (n.nspname = 'realtime' AND c.relname = 'messages'))
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

const routinesSql = `
SELECT jsonb_agg(jsonb_build_object(
  'id', n.nspname || '.' || p.proname, 'schema', n.nspname, 'name', p.proname, 'sql', format('%I.%I', n.nspname, p.proname),
  'arguments', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'name', coalesce(p.proargnames[k.n], ''), 'type', format_type(k.type, NULL), 'base', b.base, 'element', b.element, 'labels', b.labels,
      'optional', k.n > p.pronargs - p.pronargdefaults)) ORDER BY k.n), '[]')
    FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS k(type, n) ${baseOf('k.type')}),
  'returns', pg_get_function_result(p.oid), 'definer', p.prosecdef, 'volatile', p.provolatile = 'v',
  'language', l.lanname, 'source', p.prosrc,
  -- PostgREST calls functions only.
  'callers', (SELECT coalesce(jsonb_agg(r.rolname), '[]') FROM pg_roles r WHERE r.rolname IN ('anon', 'authenticated') AND p.prokind = 'f'
    AND has_function_privilege(r.rolname, p.oid, 'EXECUTE') AND has_schema_privilege(r.rolname, n.oid, 'USAGE'))
) ORDER BY n.nspname, p.proname, p.oid) AS value
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE n.nspname = ANY ($1) AND p.prokind IN ('f', 'p')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`;

const signUpSql = `
SELECT jsonb_agg(jsonb_build_object('routine', n.nspname || '.' || p.proname, 'source', p.prosrc)) AS value
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE t.tgrelid = to_regclass('auth.users') AND NOT t.tgisinternal`;

const publishedSql = `
SELECT jsonb_agg(schemaname || '.' || tablename) AS value FROM pg_publication_tables WHERE pubname = 'supabase_realtime'`;
