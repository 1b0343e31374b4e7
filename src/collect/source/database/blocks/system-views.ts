import type { Catalog } from '../catalog/catalog.ts';
import { key } from '../catalog/state.ts';
import type { Known } from './values.ts';

type Fields = Record<string, Known>;

const commands = {
  select: ['SELECT', 'r'],
  insert: ['INSERT', 'a'],
  update: ['UPDATE', 'w'],
  delete: ['DELETE', 'd'],
  all: ['ALL', '*'],
} as const;

/** Rows of a system view as the simulated catalog has them; `undefined` for anything that holds data. */
export function systemView(catalog: Catalog, schema: string | undefined, name: string): Fields[] | undefined {
  if (schema !== undefined && !['pg_catalog', 'information_schema', 'storage'].includes(schema)) return undefined;
  const view = views[schema === 'information_schema' || schema === 'storage' ? `${schema}.${name}` : name];
  return view?.(catalog);
}

const views: Readonly<Record<string, (catalog: Catalog) => Fields[]>> = {
  pg_tables: ({ tables }) =>
    [...tables.values()].map((table) => ({
      schemaname: table.schema,
      tablename: table.name,
      tableowner: 'postgres',
      rowsecurity: table.rls === 'on',
    })),
  'information_schema.tables': ({ tables, views: others }) => [
    ...[...tables.values()].map((table) => ({ table_schema: table.schema, table_name: table.name, table_type: 'BASE TABLE' })),
    ...[...others.values()].map((view) => ({ table_schema: view.schema, table_name: view.name, table_type: 'VIEW' })),
  ],
  'information_schema.columns': ({ tables }) =>
    [...tables.values()].flatMap((table) =>
      [...table.columns.values()].map((column) => ({
        table_schema: table.schema,
        table_name: table.name,
        column_name: column.name,
        data_type: column.type,
        udt_name: column.type,
      })),
    ),
  pg_policies: (catalog) =>
    policies(catalog).map(({ table, policy }) => ({
      schemaname: table.schema,
      tablename: table.name,
      policyname: policy.name,
      cmd: commands[policy.command][0],
      permissive: policy.permissive ? 'PERMISSIVE' : 'RESTRICTIVE',
      roles: policy.roles.slice(),
      qual: policy.sql,
      with_check: policy.sql,
    })),
  pg_policy: (catalog) =>
    policies(catalog).map(({ table, policy }) => ({
      polname: policy.name,
      polrelid: key(table.schema, table.name),
      polcmd: commands[policy.command][1],
    })),
  pg_class: ({ tables, views: others }) => [
    ...[...tables.values()].map((table) => ({
      oid: key(table.schema, table.name),
      relname: table.name,
      relnamespace: `schema ${table.schema}`,
      relkind: 'r',
      relrowsecurity: table.rls === 'on',
    })),
    ...[...others.values()].map((view) => ({
      oid: key(view.schema, view.name),
      relname: view.name,
      relnamespace: `schema ${view.schema}`,
      relkind: view.materialized ? 'm' : 'v',
      relrowsecurity: false,
    })),
  ],
  pg_namespace: ({ schemas }) =>
    [...schemas, 'auth', 'storage', 'extensions'].map((schema) => ({ oid: `schema ${schema}`, nspname: schema })),
  pg_proc: ({ routines }) =>
    [...routines.values()].flat().map((routine) => ({
      oid: `${key(routine.schema, routine.name)}(${routine.parameters.map((parameter) => parameter.type).join(', ')})`,
      proname: routine.name,
      pronamespace: `schema ${routine.schema}`,
      prosecdef: routine.definer,
      prokind: 'f',
      prorettype: routine.returns,
    })),
  pg_views: ({ views: all }) =>
    [...all.values()].filter((view) => !view.materialized).map((view) => ({ schemaname: view.schema, viewname: view.name })),
  'information_schema.views': ({ views: all }) => [...all.values()].map((view) => ({ table_schema: view.schema, table_name: view.name })),
  pg_type: ({ enums }) => [...enums.keys()].map((name) => ({ typname: name, typtype: 'e' })),
  pg_roles: () =>
    ['anon', 'authenticated', 'service_role', 'postgres', 'authenticator', 'supabase_admin'].map((name) => ({ rolname: name })),
  'storage.buckets': ({ buckets }) =>
    [...buckets.values()].map((bucket) => ({ id: bucket.name, name: bucket.name, public: bucket.public })),
};

const policies = (catalog: Catalog) =>
  [...catalog.tables.values()].flatMap((table) => [...table.policies.values()].map((policy) => ({ table, policy })));
