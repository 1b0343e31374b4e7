import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { Gap } from './source.ts';

/** The state of the databases after all migrations, read without running them. */
export interface DatabaseModel {
  /** `supabase` when PostgREST exposes tables to the browser, `private` otherwise. Per database: see `databases`. */
  readonly exposure: 'supabase' | 'private';
  readonly databases: readonly DatabaseSource[];
  readonly tables: readonly Table[];
  readonly views: readonly View[];
  readonly functions: readonly DatabaseFunction[];
  readonly buckets: readonly Bucket[];
  /** Policies on storage.objects. */
  readonly storagePolicies: readonly Policy[];
  readonly signupTriggers: readonly SignupTrigger[];
  /** Statements that were not understood, with file and line. A table touched by one is `uncertain`. */
  readonly gaps: readonly Gap[];
}

/** One database of the repo. Names of tables are unique within it. */
export interface DatabaseSource {
  /** Folder that describes it, e.g. `supabase` or `packages/db/prisma`; what `database` refers to elsewhere. */
  readonly folder: string;
  readonly kind: 'supabase' | 'sql' | 'prisma' | 'drizzle' | 'types';
  readonly exposure: 'supabase' | 'private';
  /** SQL files and statements read. */
  readonly files: number;
  readonly statements: number;
  /** Whether strangers can open an account, as far as `config.toml` tells. */
  readonly signUp: 'open' | 'closed' | 'unknown';
}

/** Who can reach which rows of a table with the browser's key, after grants, row-level security and all policies. */
export type Access = Readonly<Record<Verb, Reach>>;

/**
 * Rows reached, narrowest first. `role`: any row, for callers with a certain role. `other`: a condition we did not understand.
 * `flagged`: rows marked public or active. `condition`: rows that meet a condition which does not ask who is calling.
 * `self-declared`: any row, for callers who wrote the right thing into their own metadata. `unknown`: row-level security is not known.
 */
export type Rows = 'none' | 'own' | 'tenant' | 'role' | 'other' | 'flagged' | 'condition' | 'self-declared' | 'all' | 'unknown';

export interface Reach {
  readonly rows: Rows;
  /** Names of the policies that let it through; empty when row-level security is off. */
  readonly policies: readonly string[];
}

export interface Table {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly origin: 'migration' | 'dump' | 'types' | 'prisma' | 'drizzle';
  readonly place: Place;
  readonly columns: readonly Column[];
  /** `unknown` for tables only known from generated types, or when a statement that may change it was not understood. */
  readonly rls: 'on' | 'off' | 'unknown';
  /** The statement that decided `rls` (e.g. the last DISABLE). */
  readonly rlsPlace?: Place;
  readonly rlsSql?: string;
  /** Set when a statement that may change who reaches the table was not understood. */
  readonly uncertain?: string;
  readonly policies: readonly Policy[];
  /** True when the browser's roles can address it: its schema is served by PostgREST. */
  readonly exposed: boolean;
  /** Verbs granted to the browser's roles; Supabase granted all by default until 2026. `explicit` when statements of the repo decided. */
  readonly grants: { readonly anon: readonly Verb[]; readonly authenticated: readonly Verb[]; readonly explicit: boolean };
  readonly access: { readonly anon: Access; readonly authenticated: Access };
  /** What is left of `access.authenticated` for a caller who holds no role: neither one of the app nor one within his tenant. */
  readonly withoutRole: Access;
  /** What a signed-in caller without a special role can choose freely in rows he may insert or update. */
  readonly writable: { readonly insert: Writable; readonly update: Writable };
  readonly tenancy?: Tenancy;
  /** Decisions about callers are taken from its rows: who has which role, who belongs to which tenant. */
  readonly decides: readonly ('role' | 'tenant')[];
  /** Kinds of sensitive data guessed from column names: `contact`, `money`, `secret`, `health`, `identity`, `message`, `location`. */
  readonly holds: readonly string[];
  readonly nature: Nature;
}

/**
 * What a table is for, with what told. `private`: rows of tenants, owners or persons. `log`: what somebody did. `intake`: rows strangers
 * are meant to add. `listing`: shown to visitors, with contact data of a business. `content`: shown to visitors. `reference`: nobody's.
 */
export interface Nature {
  readonly kind: 'private' | 'log' | 'intake' | 'listing' | 'content' | 'reference';
  readonly why: string;
}

export interface Writable {
  readonly columns: readonly string[];
  /** Names of the policies that leave them free. */
  readonly policies: readonly string[];
  /** Roles or permissions within his own tenant that the caller needs for it; empty when every account will do. */
  readonly demands: readonly string[];
}

export type Verb = 'select' | 'insert' | 'update' | 'delete';

export interface Column {
  readonly name: string;
  readonly type: string;
  /** `schema.table` it references. */
  readonly references?: string;
  /** Values it can take: enum labels or the list of a CHECK. */
  readonly values?: readonly string[];
  /** What whoever writes it gains, with what told us (a function or policy that decides by it, else its name). */
  readonly power?: { readonly kind: 'role' | 'tenant' | 'billing'; readonly why: string };
}

/** What ties a row to its tenant or owner, with the evidence that told. */
export interface Tenancy {
  readonly kind: 'tenant' | 'owner' | 'membership' | 'tenant-root' | 'profile';
  readonly column: string;
  readonly why: string;
  /** The table of tenants, when known. */
  readonly tenantTable?: string;
}

/** What a policy's expression asks for; `authenticated` lets every signed-in caller through. */
export type PredicateKind =
  | 'always'
  | 'never'
  | 'authenticated'
  | 'own-row'
  | 'tenant'
  | 'role'
  | 'service-role'
  | 'public-flag'
  | 'row-condition'
  | 'user-metadata'
  | 'other';

export interface Predicate {
  /** SQL as written, at most 300 characters. */
  readonly text: string;
  readonly kind: PredicateKind;
  /** Columns of the row it reads. */
  readonly columns: readonly string[];
  /** Something odd seen in it, in words: a column compared with itself, a helper that lets everyone through. */
  readonly note?: string;
}

export interface Policy {
  readonly database: string;
  readonly name: string;
  readonly place: Place;
  /** The statement as written, at most 600 characters. */
  readonly sql: string;
  readonly permissive: boolean;
  readonly command: Verb | 'all';
  /** Roles as written; `public` when there is no TO clause. */
  readonly roles: readonly string[];
  readonly using?: Predicate;
  readonly check?: Predicate;
  /** Set when the statement stands in dynamic SQL or depends on something not understood. */
  readonly uncertain?: string;
}

export interface View {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly place: Place;
  /** The statement as written, at most 600 characters. */
  readonly sql: string;
  readonly securityInvoker: boolean;
  readonly materialized: boolean;
  readonly exposed: boolean;
  /** Base tables `schema.table`, views resolved. */
  readonly reads: readonly string[];
  /** Set when it may be gone from the running database. */
  readonly uncertain?: string;
  /** Names of the columns it shows; `*` when it shows all of a table. */
  readonly columns: readonly string[];
  /** True when the query itself restricts to the caller (`auth.uid()` and the like). */
  readonly restricted: boolean;
  /** True when it only shows totals, not rows. */
  readonly aggregated: boolean;
  /** Kinds of sensitive data among its columns, as in `Table.holds`. */
  readonly holds: readonly string[];
  readonly grantedTo: readonly string[];
}

/** One thing a function does with stored data when it is called. */
export interface FunctionEffect {
  /** `execute` runs SQL that the caller hands in. */
  readonly verb: Verb | 'execute';
  /** `schema.table`; `*` for `execute`. */
  readonly table: string;
  readonly place: Place;
  /** Rows a caller without and with an account reaches through it. */
  readonly anon: Rows;
  readonly authenticated: Rows;
  /** Columns compared with an argument: the caller has to know (or guess) the value. */
  readonly lookups: readonly string[];
  /** Columns written from arguments. */
  readonly sets: readonly string[];
  /** All columns written, but for those of which only empty ones are filled. */
  readonly columns: readonly string[];
  /** Set when an UPDATE fills what is empty and changes nothing that is there. */
  readonly fills?: true;
}

export interface DatabaseFunction {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly arguments: readonly string[];
  readonly returns: string;
  readonly place: Place;
  /** The head of the statement as written, at most 600 characters. */
  readonly sql: string;
  readonly definer: boolean;
  readonly returnsTrigger: boolean;
  readonly exposed: boolean;
  /** Roles that may call it. On Supabase `anon` and `authenticated` have grants of their own that revoking from `public` does not take away. */
  readonly executableBy: readonly string[];
  /** Set when EXECUTE was revoked from `public` only, so that anon or authenticated kept theirs. */
  readonly revokedFromPublicOnly: boolean;
  /** Roles of the browser that a GRANT of the repo names. */
  readonly grantedTo: readonly string[];
  /** True when the body asks who is calling (`auth.uid()`, `auth.jwt()`, `current_user`, or a function that does). */
  readonly asksCaller: boolean;
  readonly effects: readonly FunctionEffect[];
  /** Kinds of sensitive data in what it returns, as in `Table.holds`. */
  readonly shows: readonly string[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Set when it may be gone from the running database. */
  readonly uncertain?: string;
  /** True when `search_path` is fixed. */
  readonly searchPath: boolean;
  readonly language: string;
}

export interface Bucket {
  readonly database: string;
  readonly name: string;
  readonly public: boolean;
  /** False for a bucket that only policies name (made in the dashboard): whether it is public is not known then. */
  readonly created: boolean;
  readonly place: Place;
  readonly sql: string;
  /** Who reaches its objects through the policies on storage.objects; a public bucket serves every object to whoever knows its path besides. */
  readonly access: { readonly anon: Access; readonly authenticated: Access };
}

/** A trigger that runs on sign-up, and what it takes from the caller's own metadata. */
export interface SignupTrigger {
  readonly database: string;
  readonly function: string;
  readonly place: Place;
  /** Keys of `raw_user_meta_data` stored into privilege or tenant columns. `values`: what gets through, when the code restricts it. */
  readonly trusts: readonly SignupTrust[];
  /** Tables it adds the new account's rows to. */
  readonly fills: readonly string[];
  /** True when the first (or any) user becomes an administrator. */
  readonly firstUserAdmin?: FirstUserAdmin;
}

export interface SignupTrust {
  readonly key: string;
  readonly column: string;
  readonly table: string;
  readonly kind: 'role' | 'tenant';
  readonly place: Place;
  readonly sql: string;
  /** Values that get through, when the code or the column's type restricts them. */
  readonly values?: readonly string[];
}

export interface FirstUserAdmin {
  readonly who: 'first' | 'everyone';
  readonly role: string;
  readonly place: Place;
  readonly sql: string;
}

export const databaseModel = evidence<DatabaseModel>()('source.database', 'the database as the migrations leave it');
