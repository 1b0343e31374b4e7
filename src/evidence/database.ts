import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { Gap } from './source.ts';

/** The state of the database after all migrations, read without running them. */
export interface DatabaseModel {
  /** `supabase` when PostgREST exposes the tables to the browser; `sql`, `prisma`, `drizzle`, `types` otherwise (where the tables were read from). */
  readonly exposure: 'supabase' | 'private';
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

export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly origin: 'migration' | 'dump' | 'types' | 'prisma' | 'drizzle';
  readonly place: Place;
  readonly columns: readonly Column[];
  /** `unknown` for tables only known from generated types, or when a statement that may change it was not understood. */
  readonly rls: 'on' | 'off' | 'unknown';
  /** The statement that decided `rls` (e.g. the last DISABLE). */
  readonly rlsPlace?: Place;
  readonly policies: readonly Policy[];
  /** Verbs granted to the browser's roles; Supabase granted all by default until 2026. */
  readonly grants: { readonly anon: readonly Verb[]; readonly authenticated: readonly Verb[]; readonly explicit: boolean };
  readonly tenancy?: Tenancy;
  /** Kinds of sensitive data guessed from column names: `contact`, `money`, `secret`, `health`, `identity`, `message`, `location`. */
  readonly holds: readonly string[];
}

export type Verb = 'select' | 'insert' | 'update' | 'delete';

export interface Column {
  readonly name: string;
  readonly type: string;
  /** `schema.table` it references. */
  readonly references?: string;
}

/** What ties a row to its tenant or owner, with the evidence that told. */
export interface Tenancy {
  readonly kind: 'tenant' | 'owner' | 'membership' | 'tenant-root' | 'profile';
  readonly column: string;
  readonly why: string;
  /** The table of tenants, when known. */
  readonly tenantTable?: string;
}

/** What a policy's expression asks for. */
export type PredicateKind =
  | 'always' | 'never' | 'authenticated' | 'own-row' | 'tenant' | 'role' | 'service-role' | 'public-flag' | 'other';

export interface Predicate {
  /** SQL as written, at most 300 characters. */
  readonly text: string;
  readonly kind: PredicateKind;
  /** Columns of the row it reads. */
  readonly columns: readonly string[];
}

export interface Policy {
  readonly name: string;
  readonly place: Place;
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
  readonly schema: string;
  readonly name: string;
  readonly place: Place;
  readonly securityInvoker: boolean;
  readonly materialized: boolean;
  /** Base tables `schema.table`, views resolved. */
  readonly reads: readonly string[];
  /** True when the query itself restricts to the caller (`auth.uid()` and the like). */
  readonly restricted: boolean;
  readonly grantedTo: readonly string[];
}

export interface DatabaseFunction {
  readonly schema: string;
  readonly name: string;
  readonly arguments: readonly string[];
  readonly place: Place;
  readonly definer: boolean;
  readonly returnsTrigger: boolean;
  /** Roles that may call it: `public` until revoked. */
  readonly executableBy: readonly string[];
  /** True when the body asks who is calling (`auth.uid()`, `auth.jwt()`, `current_user`, or a function that does). */
  readonly asksCaller: boolean;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** True when `search_path` is fixed. */
  readonly searchPath: boolean;
  readonly language: string;
}

export interface Bucket {
  readonly name: string;
  readonly public: boolean;
  readonly place: Place;
}

/** A trigger that runs on sign-up, and what it takes from the caller's own metadata. */
export interface SignupTrigger {
  readonly function: string;
  readonly place: Place;
  /** Keys of `raw_user_meta_data` stored into privilege or tenant columns. */
  readonly trusts: readonly { readonly key: string; readonly column: string; readonly table: string; readonly kind: 'role' | 'tenant'; readonly place: Place }[];
  /** True when the first (or any) user becomes an administrator. */
  readonly firstUserAdmin?: Place;
}

export const databaseModel = evidence<DatabaseModel>()('source.database', 'the database as the migrations leave it');

/** Rules of Firestore, Storage or Realtime Database, read from the rules files. */
export interface FirebaseRule {
  readonly product: 'firestore' | 'storage' | 'database';
  readonly place: Place;
  /** Path pattern, e.g. `/invoices/{id}`. */
  readonly match: string;
  readonly operations: readonly string[];
  readonly condition: string;
  readonly kind: 'open' | 'any-user' | 'until-date' | 'owner' | 'role' | 'never' | 'other';
}

export const firebaseRules = evidence<{ readonly rules: readonly FirebaseRule[]; readonly gaps: readonly Gap[] }>()('source.firebase-rules', 'the Firebase rules of the repo');
