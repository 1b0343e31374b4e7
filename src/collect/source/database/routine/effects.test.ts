import { describe, expect, it } from 'vitest';
import { modelOfSql } from '../fixture.ts';

const base = `
  create table members (user_id uuid, organization_id uuid, role text);
  create table profiles (id uuid primary key references auth.users, role text, email text);
  create table orders (id uuid primary key, organization_id uuid, token text, total numeric);`;

async function effects(signature: string, body: string, language = 'plpgsql', more = '') {
  const model = await modelOfSql(`${base} ${more} create function f${signature} language ${language} security definer as $f$ ${body} $f$;`);
  const routine = model.functions.find((one) => one.name === 'f');
  return (
    routine?.effects.map(({ verb, table, anon, authenticated, lookups, sets }) => ({
      verb,
      table: table.replace('public.', ''),
      anon,
      authenticated,
      lookups,
      sets,
    })) ?? []
  );
}

describe('what a definer function does for its caller', () => {
  it('reads and writes rows the caller names', async () => {
    expect(await effects('(p uuid) returns setof orders', 'select * from orders where id = p', 'sql')).toEqual([
      { verb: 'select', table: 'orders', anon: 'all', authenticated: 'all', lookups: ['id'], sets: [] },
    ]);
    expect(
      await effects(
        '(p uuid, r text) returns void',
        'begin update members set role = r where user_id = p; delete from orders where id = p; end',
      ),
    ).toEqual([
      { verb: 'update', table: 'members', anon: 'all', authenticated: 'all', lookups: ['user_id'], sets: ['role'] },
      { verb: 'delete', table: 'orders', anon: 'all', authenticated: 'all', lookups: ['id'], sets: [] },
    ]);
  });
  it.each([
    ['FOREACH', '(ids uuid[])', 'declare x uuid; begin foreach x in array ids loop delete from orders where id = x; end loop; end'],
    [
      'a loop over JSON',
      '(items jsonb)',
      "declare i jsonb; begin for i in select * from jsonb_array_elements(items) loop delete from orders where id = (i->>'id')::uuid; end loop; end",
    ],
    ['CASE', '(kind text, p uuid)', "begin case kind when 'a', 'b' then delete from orders where id = p; else null; end case; end"],
    ['CASE with conditions', '(kind text, p uuid)', "begin case when kind = 'a' then delete from orders where id = p; end case; end"],
  ])('follows %s', async (_, signature, body) => {
    expect(await effects(`${signature} returns void`, body)).toMatchObject([
      { verb: 'delete', table: 'orders', anon: 'all', lookups: ['id'] },
    ]);
  });
  it('sees a guard within CASE', async () => {
    const body = "begin case when auth.uid() is null then raise exception 'no'; else delete from orders where id = p; end case; end";
    expect(await effects('(p uuid) returns void', body)).toMatchObject([{ anon: 'none', authenticated: 'all' }]);
  });
  it('sees rows handed out one by one', async () => {
    const body = 'declare o orders; begin for o in select * from orders loop return next o; end loop; return; end';
    expect(await effects('() returns setof orders', body)).toMatchObject([{ verb: 'select', table: 'orders', anon: 'all' }]);
  });
  it.each([
    ['a sum', 'select sum(total) from orders', 0],
    ['a sum for each status', 'select token as status, count(*) from orders group by 1', 0],
    ['totals of a part', 'with part as (select * from orders where total > 0) select count(*) from part', 0],
    ['a sum for each customer', 'select organization_id as customer_id, sum(total) from orders group by 1', 1],
    ['a list in one value', 'select jsonb_agg(o) from orders o', 1],
    ['a list beside a sum', 'select count(*), (select jsonb_agg(o) from orders o) from members', 1],
  ])('knows how many rows %s gives away', async (_, query, count) => {
    expect((await effects('() returns setof record', query, 'sql')).filter(({ verb }) => verb === 'select')).toHaveLength(count);
  });
  it.each([
    [
      'rows of the caller',
      'begin return query select * from orders o where o.organization_id in (select organization_id from members where user_id = auth.uid()); end',
    ],
    [
      'a guard by membership',
      'begin if not exists (select 1 from members m where m.user_id = auth.uid() and m.organization_id = p) then raise exception $$no$$; end if; return query select * from orders where organization_id = p; end',
    ],
    [
      'a guard by NULL-safe role',
      "declare r text; begin select coalesce(m.role, '') into r from members m where m.user_id = auth.uid(); if r is distinct from 'admin' then raise exception $$no$$; end if; return query select * from orders; end",
    ],
  ])('is limited by %s', async (_, body) => {
    const [effect] = await effects('(p uuid) returns setof orders', body);
    expect(['own', 'tenant', 'role']).toContain(effect?.authenticated);
    expect(effect?.anon).toBe('none');
  });
  it.each([
    ['auth.uid() <> p', 'raise exception $$no$$'],
    ['not is_boss(auth.uid())', 'raise exception $$no$$'],
    ["(select role from profiles where id = auth.uid()) != 'admin'", 'raise exception $$no$$'],
  ])('lets callers without an account past IF %s, which is NULL for them', async (condition, then) => {
    const boss = "create function is_boss(u uuid) returns boolean language sql as $$ select role = 'admin' from profiles where id = u $$;";
    const [effect] = await effects(
      '(p uuid) returns void',
      `begin if ${condition} then ${then}; end if; delete from orders where id = p; end`,
      'plpgsql',
      boss,
    );
    expect(effect).toMatchObject({ verb: 'delete', anon: 'all' });
    expect(effect?.authenticated).not.toBe('all');
  });
  it.each([
    'auth.uid() is null or auth.uid() <> p',
    "coalesce((select role from profiles where id = auth.uid()), '') <> 'admin'",
    'not coalesce(is_boss(auth.uid()), false)',
    'not exists (select 1 from profiles where id = auth.uid() and role = $$admin$$)',
  ])('stops everybody else by IF %s', async (condition) => {
    const boss = "create function is_boss(u uuid) returns boolean language sql as $$ select role = 'admin' from profiles where id = u $$;";
    const [effect] = await effects(
      '(p uuid) returns void',
      `begin if ${condition} then raise exception $$no$$; end if; delete from orders where id = p; end`,
      'plpgsql',
      boss,
    );
    expect(effect?.anon).toBe('none');
  });
  it('ties an invitation to the mail address it was sent to', async () => {
    const [effect] = await effects(
      '(t text) returns void',
      'declare o orders; begin select * into o from orders where token = t; if o.id is distinct from (select id from profiles where id = auth.uid()) then raise exception $$no$$; end if; update orders set total = 0 where id = o.id; end',
    );
    expect(effect).toMatchObject({ verb: 'update', anon: 'none', lookups: ['token'] });
  });
  it('is not a read when only totals or nothing of it come back', async () => {
    expect(await effects('() returns bigint', 'select count(*) from orders', 'sql')).toEqual([]);
    expect(await effects('() returns void', 'declare n int; begin select total into n from orders; end')).toEqual([]);
    expect(
      await effects('() returns jsonb', 'declare r jsonb; begin select jsonb_agg(o) into r from orders o; return r; end'),
    ).toMatchObject([{ verb: 'select', table: 'orders', anon: 'all' }]);
  });
  it('includes what the functions it calls do', async () => {
    const inner = 'create function inner_work(x uuid) returns void language sql security definer as $$ delete from orders where id = x $$;';
    expect(await effects('(p uuid) returns void', 'begin perform inner_work(p); end', 'plpgsql', inner)).toMatchObject([
      { verb: 'delete', table: 'orders', anon: 'all', lookups: ['id'] },
    ]);
  });
  it('runs SQL that the caller hands in, unless it is quoted', async () => {
    expect(await effects('(q text) returns void', 'begin execute q; end')).toMatchObject([{ verb: 'execute', table: '*', anon: 'all' }]);
    expect(await effects('(q text) returns void', "begin execute format('select %s', q); end")).toMatchObject([{ verb: 'execute' }]);
    expect(await effects('(q text) returns void', "begin execute format('select * from %I where a = %L', q, q); end")).toEqual([]);
  });
  it('of somebody else than the migrations is held by policies for that role', async () => {
    const model = await modelOfSql(
      `${base} create function f(p uuid) returns void language sql security definer as $$ delete from orders where id = p $$; alter function f(uuid) owner to app_rpc;`,
    );
    expect(model.functions[0]?.effects).toEqual([]);
  });
  it('takes IN over a set that can be empty for no, and over one value for NULL', async () => {
    const guard = (returns: string) => `
      create function mine() returns ${returns} language sql stable security definer as $m$ select organization_id from members where user_id = auth.uid() $m$;`;
    for (const list of ['select * from mine()', 'select mine()']) {
      const body = `begin if not (p in (${list})) then raise exception 'no'; end if; delete from orders where organization_id = p; end`;
      expect(await effects('(p uuid) returns void', body, 'plpgsql', guard('setof uuid'))).toMatchObject([{ anon: 'none' }]);
      expect(await effects('(p uuid) returns void', body, 'plpgsql', guard('uuid'))).toMatchObject([{ anon: 'all' }]);
    }
  });
  it('takes an empty array for a list nobody is in', async () => {
    const body = (guard: string) => `declare v uuid[] := array[]::uuid[]; begin
      if ${guard} then select array_agg(organization_id) into v from members where user_id = auth.uid(); end if;
      return query select * from orders o where o.organization_id = any(v); end`;
    const reads = async (guard: string, signature = '(p boolean) returns setof orders') =>
      (await effects(signature, body(guard))).find((effect) => effect.table === 'orders');
    expect(await reads('p')).toMatchObject({ anon: 'none', authenticated: 'tenant' });
  });
  it('finds a variable past a WITH that has no column of its name', async () => {
    const body = (names: string) => `#variable_conflict use_column
      declare v_all boolean := false; begin
      select m.role = 'admin' into v_all from members m where m.user_id = auth.uid();
      return query with t as (select m.organization_id as org${names} from members m) select o.* from orders o left join t on true where v_all; end`;
    const reads = async (names: string) =>
      (await effects('() returns setof orders', body(names))).find((effect) => effect.table === 'orders');
    expect(await reads('')).toMatchObject({ anon: 'none', authenticated: 'role' });
    expect(await reads(', true as v_all')).not.toMatchObject({ authenticated: 'role' });
  });
  it('does not take what is handed to a function in FROM for shown', async () => {
    const more = 'create function listed(r text) returns setof orders language sql as $l$ select * from orders where token = r $l$;';
    const body = (where: string) => `select * from ${where}`;
    const shown = async (where: string) =>
      (await effects('(p uuid) returns setof orders', body(where), 'sql', more)).map(({ table }) => table);
    expect(await shown('listed((select role from profiles where id = p))')).not.toContain('profiles');
    expect(await shown('(select role from profiles where id = p) s')).toContain('profiles');
  });
  it('tells keys that are handed out from rows', async () => {
    const body = (columns: string) =>
      `declare v text; begin select ${columns} into v from orders where total = p; return json_build_object('v', v); end`;
    expect(await effects('(p numeric) returns json', body('id'))).toEqual([]);
    expect(await effects('(p numeric) returns json', body('token'))).toMatchObject([{ verb: 'select', table: 'orders' }]);
  });
  it('marks updates that only fill what is empty', async () => {
    const model = await modelOfSql(`${base} create function f(p uuid, t text) returns void language plpgsql security definer as $f$ begin
      update orders set token = coalesce(token, t) where id = p; update profiles set email = coalesce(t, email), role = coalesce(role, t) where id = p; end $f$;`);
    expect(model.functions[0]?.effects).toMatchObject([
      { table: 'public.orders', fills: true, sets: ['token'], columns: [] },
      { table: 'public.profiles', columns: ['email'] },
    ]);
    expect(model.functions[0]?.effects[1]).not.toHaveProperty('fills');
  });
});
