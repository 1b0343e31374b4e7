import type { Node, SelectStmt } from 'libpg-query';
import type { Place } from '../../../../core/finding.ts';
import type { Verb } from '../../../../evidence/database.ts';

/** Where a statement stands, as handlers need it. */
export interface Source {
  readonly place: Place;
  /** The statement as written. */
  readonly sql: string;
  /** Set when the statement was put together at run time or stands under a condition we could not decide. */
  readonly uncertain?: string;
}

export interface ColumnState {
  name: string;
  type: string;
  references?: string;
  values?: readonly string[];
  /** Name of the CHECK that lists the values. */
  valuesBy?: string;
  hasDefault: boolean;
}

export interface PolicyState extends Source {
  name: string;
  readonly permissive: boolean;
  readonly command: Verb | 'all';
  roles: readonly string[];
  using?: Node;
  check?: Node;
}

export interface TriggerState extends Source {
  readonly name: string;
  /** `schema.name` of the function it runs. */
  readonly function: string;
  readonly before: boolean;
  readonly events: readonly ('insert' | 'update' | 'delete')[];
  readonly when?: Node;
  enabled: boolean;
}

/** What one role holds on a table: whole-table verbs and verbs on single columns. */
export interface RoleGrants {
  readonly verbs: Set<Verb>;
  readonly columns: Map<Verb, Set<string>>;
}

export type BrowserRole = 'public' | 'anon' | 'authenticated';
export const browserRoles: readonly BrowserRole[] = ['public', 'anon', 'authenticated'];
export const verbs: readonly Verb[] = ['select', 'insert', 'update', 'delete'];

export interface TableState {
  schema: string;
  name: string;
  origin: 'migration' | 'dump' | 'types' | 'prisma' | 'drizzle';
  place: Place;
  readonly columns: Map<string, ColumnState>;
  /** Columns of the primary key. */
  primaryKey: readonly string[];
  rls: 'on' | 'off' | 'unknown';
  rlsSource?: Source;
  readonly policies: Map<string, PolicyState>;
  readonly triggers: Map<string, TriggerState>;
  readonly grants: Record<BrowserRole, RoleGrants>;
  /** True when a GRANT or REVOKE of the repo named it. */
  explicitGrants: boolean;
  /** Why its protection cannot be told. */
  uncertain?: string;
}

export interface ViewState extends Source {
  schema: string;
  name: string;
  readonly materialized: boolean;
  readonly query: SelectStmt;
  /** Why it may be gone from the running database. */
  gone?: string;
  securityInvoker: boolean;
  readonly grants: Record<BrowserRole, RoleGrants>;
}

export interface ParameterState {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
}

export interface RoutineState extends Source {
  schema: string;
  name: string;
  /** Input parameters. */
  readonly parameters: readonly ParameterState[];
  readonly returns: string;
  readonly language: string;
  readonly body: string;
  /** Line of the file on which the body starts. */
  readonly bodyLine: number;
  definer: boolean;
  searchPath: boolean;
  readonly execute: Set<BrowserRole>;
  /** True when a REVOKE took EXECUTE from PUBLIC. */
  publicRevoked: boolean;
  /** Why it may be gone from the running database. */
  gone?: string;
  /** Roles that a GRANT of the repo names. */
  readonly named: Set<BrowserRole>;
  /** Set when ALTER FUNCTION ... OWNER TO gave it to a role that is not the migrations' own: row-level security applies to that role. */
  owner?: string;
}

export interface BucketState extends Source {
  readonly name: string;
  public: boolean;
}

/** Default privileges for objects made later in `public`. */
export interface Defaults {
  readonly tables: Record<BrowserRole, Set<Verb>>;
  readonly functions: Set<BrowserRole>;
}

export const key = (schema: string, name: string): string => `${schema}.${name}`;
