import { describe, expect, it } from 'vitest';
import { modelOfSql, tableNamed } from '../fixture.ts';

const app = `create table notes (id uuid, user_id uuid references auth.users, body text); alter table notes enable row level security;
  create policy own on notes for all using (auth.uid() = user_id);`;

describe('statements that change what is there', () => {
  it('moves and renames functions and views, and forgets dropped ones', async () => {
    const model = await modelOfSql(`${app}
      create function f() returns int language sql security definer as 'select 1'; alter function f() rename to g;
      create function h() returns int language sql as 'select 1'; drop function h();
      create view v as select * from notes; alter view v rename to w; create view x as select * from notes; drop view x;
      create view y as select * from notes with (security_invoker = true);`);
    expect(model.functions.map(({ name }) => name)).toEqual(['g']);
    expect(model.views.map(({ name }) => name)).toEqual(['w']);
  });

  it.each([
    ['create view v with (security_invoker = on) as select * from notes;', true],
    ['create view v with (security_invoker) as select * from notes;', true],
    ["create view v with (security_invoker = '1') as select * from notes;", true],
    ['create view v with (security_barrier = true) as select * from notes;', false],
    ['create view v as select * from notes; alter view v set (security_invoker = true);', true],
    ['create view v with (security_invoker = on) as select * from notes; alter view v set (security_invoker = off);', false],
    ['create view v with (security_invoker = on) as select * from notes; alter view v reset (security_invoker);', false],
    // Replacing a view without the option takes it away, as in PostgreSQL.
    ['create view v with (security_invoker = on) as select * from notes; create or replace view v as select * from notes;', false],
  ])('%s: invoker %s', async (sql, invoker) => {
    expect((await modelOfSql(`${app} ${sql}`)).views.map(({ securityInvoker }) => securityInvoker)).toEqual([invoker]);
  });

  it.each([
    ['create function f() returns void language sql as $$ delete from notes $$;', false, false],
    ['create function f() returns void language sql security definer as $$ delete from notes $$;', true, false],
    ['create function f() returns void language sql security definer set search_path = public as $$ delete from notes $$;', true, true],
    ['create function f() returns void language sql as $$ delete from notes $$; alter function f() security definer;', true, false],
    [
      'create function f() returns void language sql security definer as $$ delete from notes $$; alter function f() security invoker;',
      false,
      false,
    ],
    [
      "create function f() returns void language sql security definer as $$ delete from notes $$; alter function f() set search_path = '';",
      true,
      true,
    ],
    [
      'create function f() returns void language sql security definer as $$ delete from notes $$; create or replace function f() returns void language sql as $$ select 1 $$;',
      false,
      false,
    ],
  ])('%s: definer %s, path %s', async (sql, definer, searchPath) => {
    expect((await modelOfSql(`${app} ${sql}`)).functions).toMatchObject([{ definer, searchPath }]);
  });

  it('forgets a schema with all that was in it', async () => {
    const model = await modelOfSql(`${app} create schema shop; create table shop.orders (id int); create view shop.v as select 1;
      create function shop.f() returns int language sql as 'select 1'; drop schema shop cascade;`);
    expect(model.tables.map(({ name }) => name)).toEqual(['notes']);
    expect([...model.views, ...model.functions]).toEqual([]);
  });

  it('takes views with a table that is dropped with CASCADE, and policies with a column', async () => {
    const model =
      await modelOfSql(`${app} create view v as select * from notes; create table kept (id int, user_id uuid); alter table kept enable row level security;
      create policy own on kept for select using (auth.uid() = user_id); alter table kept drop column user_id cascade; drop table notes cascade;`);
    expect(model.views).toEqual([]);
    expect(tableNamed(model, 'kept').policies).toEqual([]);
  });

  it('finds names by the search path', async () => {
    const model = await modelOfSql(
      `create schema shop; set search_path = shop; create table orders (id int); set search_path = public; create table notes (id int);`,
    );
    expect(model.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual(['shop.orders', 'public.notes']);
  });

  it('knows buckets made, changed and dropped', async () => {
    const model = await modelOfSql(`
      insert into storage.buckets (id, name, public) values ('a', 'a', true), ('b', 'b', false), ('gone', 'gone', true);
      insert into storage.buckets (id, name) values ('c', 'c') on conflict (id) do update set public = true;
      update storage.buckets set public = true where id = 'b'; update storage.buckets set public = false where name in ('a');
      delete from storage.buckets where id = 'gone';
      insert into storage.buckets select 'd', 'd';
      select storage.create_bucket('e');`);
    expect(model.buckets.map(({ name, public: open }) => [name, open])).toEqual(
      expect.arrayContaining([
        ['a', false],
        ['b', true],
        ['c', false],
      ]),
    );
    expect(model.buckets.map(({ name }) => name)).not.toContain('gone');
  });
});
