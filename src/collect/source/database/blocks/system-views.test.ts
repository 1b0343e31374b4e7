import { describe, expect, it } from 'vitest';
import { modelOfSql, tableNamed } from '../fixture.ts';

const app = `
  create table a (id int, owner_id uuid); create table b (id int); create table log_c (id int);
  create view v_all as select * from a; create materialized view m_all as select * from a;
  alter table a enable row level security; alter table b enable row level security;
  create policy everyone on a for select using (true); create policy everyone on b for all to authenticated using (true);
  create type kind as enum ('x'); insert into storage.buckets (id, name, public) values ('docs', 'docs', true);
  create function open_one() returns void language sql security definer as 'delete from a';
  create function open_two(p uuid) returns void language sql security definer as 'delete from a';
  create function plain() returns void language sql as 'delete from a';`;

const after = (block: string) => modelOfSql(`${app} do $do$ declare r record; t text; begin ${block} end $do$;`);
const rls = async (block: string) => (await after(block)).tables.map((table) => `${table.name} ${table.rls}`).join(', ');
const off = (condition: string, from: string, name = 'tablename', schema = name === 'table_name' ? 'table_schema' : 'schemaname') =>
  `for r in select ${name} as n from ${from} where ${schema} = 'public' and ${condition} loop execute format('alter table public.%I disable row level security', r.n); end loop;`;

describe('loops over the system views', () => {
  it.each<[string, string]>([
    [off("tablename in ('a', 'zzz')", 'pg_tables'), 'a off, b on, log_c off'],
    [off("tablename not in ('a')", 'pg_tables'), 'a on, b off, log_c off'],
    [off("tablename = any (array['b'])", 'pg_tables'), 'a on, b off, log_c off'],
    [off("tablename <> all (array['b'])", 'pg_tables'), 'a off, b on, log_c off'],
    [off("tablename ~ '^[a]$'", 'pg_tables'), 'a off, b on, log_c off'],
    [off("tablename !~ '^log' and tablename is distinct from 'b'", 'pg_tables'), 'a off, b on, log_c off'],
    [off("schemaname = 'public' and rowsecurity", 'pg_tables'), 'a off, b off, log_c off'],
    [off("upper(tablename) = 'A' or lower('B') = tablename", 'pg_tables'), 'a off, b off, log_c off'],
    [off("column_name = 'owner_id'", 'information_schema.columns', 'table_name'), 'a off, b on, log_c off'],
    [off("table_type = 'BASE TABLE' and table_name like 'b%'", 'information_schema.tables', 'table_name'), 'a on, b off, log_c off'],
    [off("policyname = 'everyone' and cmd = 'ALL'", 'pg_policies'), 'a on, b off, log_c off'],
    [off("'authenticated' = any (roles)", 'pg_policies'), 'a on, b off, log_c off'],
    [off("tablename in (select tablename from pg_policies where cmd = 'SELECT')", 'pg_tables'), 'a off, b on, log_c off'],
    [
      "foreach t in array array['a', 'b'] loop if exists (select 1 from pg_policies where tablename = t and cmd = 'ALL') then execute 'alter table ' || t || ' disable row level security'; end if; end loop;",
      'a on, b off, log_c off',
    ],
    ["if to_regprocedure('open_one()') is not null then alter table a disable row level security; end if;", 'a off, b on, log_c off'],
    ["if to_regclass('public.nothing') is null then alter table a disable row level security; end if;", 'a off, b on, log_c off'],
    [
      "if not exists (select 1 from pg_type where typname = 'kind') then alter table a disable row level security; end if;",
      'a on, b on, log_c off',
    ],
    [
      "if exists (select from pg_roles where rolname = 'anon') then alter table a disable row level security; end if;",
      'a off, b on, log_c off',
    ],
    [
      "if (select public from storage.buckets where id = 'docs') then alter table a disable row level security; end if;",
      'a off, b on, log_c off',
    ],
    ["t := replace('x_a', 'x_', ''); execute concat('alter table ', t, ' disable row level security');", 'a off, b on, log_c off'],
    ["t := coalesce(null, 'b'); execute 'alter table ' || quote_ident(t) || ' disable row level security';", 'a on, b off, log_c off'],
  ])('%s', async (block, states) => {
    expect(await rls(block)).toBe(states);
  });

  it('drops and makes policies', async () => {
    const model = await after(
      `for r in select policyname, tablename from pg_policies where schemaname = 'public' loop
         execute format('drop policy if exists %I on %I', r.policyname, r.tablename);
         execute format('create policy %I on %I for select using (auth.uid() is not null)', r.tablename || '_read', r.tablename); end loop;`,
    );
    expect(model.tables.flatMap((table) => table.policies.map((policy) => `${policy.name} ${policy.using?.kind}`))).toEqual([
      'a_read authenticated',
      'b_read authenticated',
    ]);
    expect(tableNamed(model, 'a').uncertain).toBeUndefined();
  });

  it('takes rights to functions and views away', async () => {
    const model = await after(
      `for r in select p.oid::regprocedure as sig, p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and p.prosecdef loop
         execute format('revoke all on function %s from public, anon, authenticated', r.sig);
         if r.proname = 'open_two' then execute format('grant execute on function %s to authenticated', r.sig); end if; end loop;
       for r in select viewname from pg_views where schemaname = 'public' loop execute format('alter view public.%I set (security_invoker = on)', r.viewname); end loop;
       for r in select c.relname from pg_class c where c.relkind = 'm' loop execute format('revoke select on %I from anon, authenticated', r.relname); end loop;`,
    );
    expect(model.functions.map(({ name, executableBy }) => [name, executableBy])).toEqual([
      ['open_one', []],
      ['open_two', ['authenticated']],
      ['plain', ['public', 'anon', 'authenticated']],
    ]);
    expect(model.views.map(({ name, securityInvoker, grantedTo }) => [name, securityInvoker, grantedTo])).toEqual([
      ['v_all', true, ['anon', 'authenticated']],
      ['m_all', false, []],
    ]);
  });

  it.each([
    [
      'a table of the app',
      'for r in select owner_id from a loop execute format($$alter table %I disable row level security$$, r.owner_id); end loop;',
    ],
    ['a pattern that could hang', off("tablename ~ '(a+)+$'", 'pg_tables')],
    ['a function it does not know', off('my_own(tablename)', 'pg_tables')],
  ])('does not guess what %s says', async (_, block) => {
    const model = await after(block);
    expect(model.gaps.length + model.tables.filter((table) => table.uncertain !== undefined).length).toBeGreaterThan(0);
  });
});
