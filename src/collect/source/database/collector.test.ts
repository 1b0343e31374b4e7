import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createVault } from '../../../core/vault.ts';
import { openTree } from '../tree.ts';
import { databaseCollector } from './collector.ts';
import { readConfig } from './sources.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Collects from a repo of these files; also says what was reported while waiting. */
async function collect(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'database-'));
  folders.push(root);
  for (const [path, text] of Object.entries({ 'README.md': '# app', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const reported: string[] = [];
  const context = {
    target: { root, scope: { hosts: [], requests: 0, history: false } },
    signal: new AbortController().signal,
    vault: createVault(),
    progress: (message: string) => void reported.push(message),
  };
  return { model: await databaseCollector.collect({ tree: openTree(root) }, context), reported };
}

const supabaseApp = { 'package.json': '{"dependencies":{"@supabase/supabase-js":"2"}}' };
const migration = 'create table notes (id uuid, user_id uuid references auth.users); alter table notes enable row level security;';

describe('source.database', () => {
  it('reads migrations in order and says so', async () => {
    const { model, reported } = await collect({
      'supabase/migrations/2_b.sql': 'drop table a;',
      'supabase/migrations/1_a.sql': 'create table a (id int); create table b (id int);',
    });
    expect(model.tables.map((table) => table.name)).toEqual(['b']);
    expect(model).toMatchObject({
      exposure: 'supabase',
      databases: [{ folder: 'supabase', kind: 'supabase', files: 2, statements: 3, signUp: 'unknown' }],
    });
    expect(reported.length).toBeGreaterThan(1);
  });
  it('finds nothing where there is nothing', async () => {
    const { model } = await collect({ 'src/app.ts': 'export {}' });
    expect(model).toEqual({
      exposure: 'private',
      databases: [],
      tables: [],
      views: [],
      functions: [],
      buckets: [],
      storagePolicies: [],
      signupTriggers: [],
      gaps: [],
    });
  });
  it('keeps the databases of a monorepo apart', async () => {
    const { model } = await collect({
      'apps/a/supabase/migrations/1.sql': migration,
      'apps/b/supabase/migrations/1.sql': 'create table notes (id int);',
    });
    expect(model.tables.map(({ database, name, rls }) => [database, name, rls])).toEqual([
      ['apps/a/supabase', 'notes', 'on'],
      ['apps/b/supabase', 'notes', 'off'],
    ]);
  });
  it('adds tables that only the generated types know, unless the migrations dropped them', async () => {
    const types =
      'export type Database = { public: { Tables: { notes: { Row: { id: string } }; extra: { Row: { id: string; email: string } }; gone: { Row: { id: string } } } } }';
    const { model } = await collect({
      'supabase/migrations/1.sql': `${migration} create table gone (id int); drop table gone;`,
      'src/integrations/supabase/types.ts': types,
    });
    expect(model.tables.map(({ name, origin, rls }) => [name, origin, rls])).toEqual([
      ['notes', 'migration', 'on'],
      ['extra', 'types', 'unknown'],
    ]);
  });
  it('uses types alone where there is no SQL', async () => {
    const { model } = await collect({
      ...supabaseApp,
      'src/database.types.ts': 'export interface Database { public: { Tables: { leads: { Row: { email: string } } } } }',
    });
    expect(model).toMatchObject({
      databases: [{ kind: 'types', exposure: 'supabase' }],
      tables: [{ name: 'leads', rls: 'unknown', exposed: true }],
    });
  });
  it('reads hand-run scripts where the migrations are a stub, and says that it did', async () => {
    const { model } = await collect({
      ...supabaseApp,
      'supabase/migrations/20250101_fix.sql': 'alter table b enable row level security;',
      'scripts/10-more.sql': 'create table c (id int);',
      'scripts/2-tables.sql': 'create table b (id uuid references auth.users);',
      'scripts/seed-data.sql': 'create table never (id int);',
    });
    expect(model.tables.map(({ name, rls }) => [name, rls])).toEqual([
      ['b', 'on'],
      ['c', 'off'],
    ]);
    expect(model.gaps).toMatchObject([{ why: expect.stringContaining('as if all had been run') }]);
  });
  it('runs scripts by number, a first version before its second, and those with a number whatever they are called', async () => {
    const { model } = await collect({
      ...supabaseApp,
      'scripts/1-create.sql': 'create table a (id int); create table b (id int); create table c (id int);',
      'scripts/3_soft_delete.sql': 'alter table a enable row level security;',
      'scripts/list-users.sql': 'drop table a;',
      'scripts/4-rollback.sql': 'drop table a;',
      'scripts/fix.sql': 'alter table b enable row level security; alter table c disable row level security;',
      'scripts/fix-v2.sql': 'alter table b disable row level security; alter table c enable row level security;',
    });
    expect(model.tables.map(({ name, rls }) => `${name} ${rls}`)).toEqual(['a on', 'b off', 'c on']);
  });
  it('does not take the silence of a schema picture for row-level security being off', async () => {
    const { model } = await collect({ ...supabaseApp, 'schema.sql': 'create table public.notes (id uuid references auth.users(id));' });
    expect(model.tables).toMatchObject([{ name: 'notes', rls: 'unknown', origin: 'dump' }]);
  });
  it('knows Prisma and Drizzle apps without exposing their tables', async () => {
    const prisma = await collect({
      'prisma/schema.prisma': 'model User {\n id String @id\n}',
      'prisma/migrations/1_init/migration.sql': 'CREATE TABLE "User" ("id" TEXT);',
    });
    expect(prisma.model).toMatchObject({
      exposure: 'private',
      databases: [{ kind: 'prisma' }],
      tables: [{ name: 'User', exposed: false }],
    });
    const drizzle = await collect({
      'src/db/schema.ts': "import { pgTable, text } from 'drizzle-orm/pg-core'; export const users = pgTable('users', { id: text('id') });",
    });
    expect(drizzle.model).toMatchObject({ databases: [{ kind: 'drizzle' }], tables: [{ name: 'users', origin: 'drizzle' }] });
  });
  it('survives files that are no SQL', async () => {
    const { model } = await collect({
      'supabase/migrations/1.sql': '\u0000\u0001 binary',
      'supabase/migrations/2.sql': "create table a (id int); '; drop",
      'supabase/migrations/3.sql': '\uFEFFcreate table b (id int);',
    });
    expect(model.tables.map((table) => table.name)).toEqual(['a', 'b']);
  });
});

describe('config.toml', () => {
  it('tells the served schemas and whether strangers can sign up', () => {
    expect(readConfig('[api]\nschemas = ["public", "crm"]\n[auth]\nenable_signup = false\n[auth.email]\nenable_signup = true\n')).toEqual({
      schemas: ['public', 'crm'],
      signUp: 'closed',
    });
    expect(readConfig('[auth]\nsite_url = "x"\n')).toEqual({ schemas: ['public'], signUp: 'unknown' });
    expect(readConfig(undefined)).toEqual({ schemas: ['public'], signUp: 'unknown' });
  });
});
