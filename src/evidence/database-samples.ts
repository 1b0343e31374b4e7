import type { Access, Bucket, DatabaseFunction, DatabaseModel, Policy, Reach, Rows, Table, Verb, View, Writable } from './database.ts';

const database = 'supabase';
const file = 'supabase/migrations/20260101000000_portal.sql';

/** A reach of every verb that is not named: nobody gets through. */
export function sampleReach(change: Partial<Record<Verb, Rows>> = {}, policies: readonly string[] = []): Access {
  const reach = (verb: Verb): Reach => ({ rows: change[verb] ?? 'none', policies: change[verb] === undefined ? [] : policies });
  return { select: reach('select'), insert: reach('insert'), update: reach('update'), delete: reach('delete') };
}

/** Columns an ordinary account may choose, through this policy. */
export const sampleWritable = (columns: readonly string[] = [], policy?: string): Writable => ({
  columns,
  policies: policy === undefined ? [] : [policy],
  demands: [],
});

/** A policy for examples and tests: members read the invoices of their own organisation. */
export const samplePolicy = (change: Partial<Policy> = {}): Policy => ({
  database,
  name: 'Members read invoices',
  place: { file, line: 31 },
  sql: 'create policy "Members read invoices" on public.invoices for select to authenticated using (organization_id in (select my_organizations()))',
  permissive: true,
  command: 'select',
  roles: ['authenticated'],
  using: { text: 'organization_id in (select my_organizations())', kind: 'tenant', columns: ['organization_id'] },
  ...change,
});

/** A table for examples and tests: invoices of organisations, row-level security on, readable by members. */
export const sampleTable = (change: Partial<Table> = {}): Table => ({
  database,
  schema: 'public',
  name: 'invoices',
  origin: 'migration',
  place: { file, line: 12 },
  columns: [
    { name: 'id', type: 'uuid' },
    { name: 'organization_id', type: 'uuid', references: 'public.organizations' },
    { name: 'amount', type: 'numeric' },
  ],
  rls: 'on',
  rlsPlace: { file, line: 29 },
  policies: [samplePolicy()],
  exposed: true,
  grants: { anon: ['select', 'insert', 'update', 'delete'], authenticated: ['select', 'insert', 'update', 'delete'], explicit: false },
  access: { anon: sampleReach(), authenticated: sampleReach({ select: 'tenant' }, ['Members read invoices']) },
  withoutRole: sampleReach({ select: 'tenant' }, ['Members read invoices']),
  writable: { insert: sampleWritable(), update: sampleWritable() },
  tenancy: {
    kind: 'tenant',
    column: 'organization_id',
    why: 'organization_id refers to public.organizations',
    tenantTable: 'public.organizations',
  },
  decides: [],
  holds: ['money'],
  nature: { kind: 'private', why: 'it holds money data' },
  ...change,
});

/** A function for examples and tests: anybody may call it, and it changes whose role is what. */
export const sampleFunction = (change: Partial<DatabaseFunction> = {}): DatabaseFunction => ({
  database,
  schema: 'public',
  name: 'set_role',
  arguments: ['target uuid', 'new_role text'],
  returns: 'void',
  place: { file, line: 60 },
  sql: 'create function public.set_role(target uuid, new_role text) returns void language sql security definer as $$ update public.members set role = new_role where user_id = target $$',
  definer: true,
  returnsTrigger: false,
  exposed: true,
  executableBy: ['public', 'anon', 'authenticated'],
  revokedFromPublicOnly: false,
  grantedTo: [],
  asksCaller: false,
  effects: [
    {
      verb: 'update',
      table: 'public.members',
      place: { file, line: 62 },
      anon: 'all',
      authenticated: 'all',
      lookups: ['user_id'],
      sets: ['role'],
      columns: ['role'],
    },
  ],
  shows: [],
  reads: [],
  writes: ['public.members'],
  searchPath: false,
  language: 'sql',
  ...change,
});

/** A view for examples and tests: shows invoices with its owner's rights. */
export const sampleView = (change: Partial<View> = {}): View => ({
  database,
  schema: 'public',
  name: 'invoice_overview',
  place: { file, line: 80 },
  sql: 'create view public.invoice_overview as select id, organization_id, amount from public.invoices',
  securityInvoker: false,
  materialized: false,
  exposed: true,
  reads: ['public.invoices'],
  columns: ['id', 'organization_id', 'amount'],
  restricted: false,
  aggregated: false,
  holds: ['money'],
  grantedTo: ['anon', 'authenticated'],
  ...change,
});

/** A bucket for examples and tests: private, each user in a folder of his own. */
export const sampleBucket = (change: Partial<Bucket> = {}): Bucket => ({
  database,
  name: 'contracts',
  public: false,
  created: true,
  place: { file, line: 90 },
  sql: "insert into storage.buckets (id, name, public) values ('contracts', 'contracts', false)",
  access: { anon: sampleReach(), authenticated: sampleReach({ select: 'own', insert: 'own' }, ['Own folder']) },
  ...change,
});

/** A Supabase database of these parts. */
export const sampleDatabase = (parts: Partial<DatabaseModel> = {}): DatabaseModel => ({
  exposure: 'supabase',
  databases: [{ folder: database, kind: 'supabase', exposure: 'supabase', files: 3, statements: 40, signUp: 'unknown' }],
  tables: [],
  views: [],
  functions: [],
  buckets: [],
  storagePolicies: [],
  signupTriggers: [],
  gaps: [],
  ...parts,
});
