import { describe, expect, it } from 'vitest';
import { modelOfSql, tableNamed } from './fixture.ts';

const base = `
  create table organizations (id uuid primary key, name text, plan text);
  create table profiles (id uuid primary key references auth.users, email text, role text, organization_id uuid references organizations);
  create table members (user_id uuid references auth.users, organization_id uuid references organizations, role text);
  create table orders (id uuid primary key, organization_id uuid references organizations, amount numeric);
  create table order_items (id uuid, order_id uuid references orders);
  create table notes (id uuid, user_id uuid references auth.users, body text);
  create table countries (code text primary key, name text, created_by uuid references auth.users);
  create table webhooks_inbox (id int, empresa_id uuid);`;

describe('whose rows they are', () => {
  it('is told by foreign keys, over foreign keys, then by names', async () => {
    const model = await modelOfSql(base);
    const tenancy = Object.fromEntries(model.tables.map((table) => [table.name, table.tenancy?.kind]));
    expect(tenancy).toEqual({
      organizations: 'tenant-root',
      profiles: 'profile',
      members: 'membership',
      orders: 'tenant',
      order_items: 'tenant',
      notes: 'owner',
      countries: undefined,
      webhooks_inbox: 'tenant',
    });
    expect(tableNamed(model, 'order_items').tenancy?.why).toContain('order_id refers to public.orders');
  });
  it('is not told by a column of the name of a key that is of another type, in a list that the migrations fill', async () => {
    const areas = (type: string, rows = "insert into delivery_areas (town, shop_id) values ('Rome', 'rome-1');") =>
      modelOfSql(`create table outlets (id uuid primary key); create table hours (shop_id uuid references outlets);
        create table delivery_areas (id uuid, town text, shop_id ${type}); ${rows}`);
    const tenancy = async (...given: Parameters<typeof areas>) => tableNamed(await areas(...given), 'delivery_areas').tenancy;
    expect(await tenancy('text')).toBeUndefined();
    expect(await tenancy('uuid')).toMatchObject({ kind: 'tenant', column: 'shop_id' });
    expect(await tenancy('text', '')).toMatchObject({ kind: 'tenant', column: 'shop_id' });
  });
  it('takes the body of a request for no letter', async () => {
    const model = await modelOfSql('create table cron_calls (id int, body jsonb); create table letters (id int, body text);');
    expect(model.tables.map(({ holds }) => holds)).toEqual([[], ['message']]);
  });
  it('is told by policies where no foreign key says so', async () => {
    const model = await modelOfSql(
      'create table drafts (id uuid, writer uuid); alter table drafts enable row level security; create policy "own drafts" on drafts using (writer = auth.uid());',
    );
    expect(tableNamed(model, 'drafts').tenancy).toMatchObject({
      kind: 'owner',
      column: 'writer',
      why: expect.stringContaining('own drafts'),
    });
  });
});

describe('what is in them', () => {
  it.each([
    ['customers', 'id uuid, full_name text, telefone text, cpf text', ['contact', 'identity'], 'private'],
    ['api_keys', 'id uuid, api_key text', ['secret'], 'private'],
    ['visits_of_patients', 'id uuid, diagnosis text', ['health'], 'private'],
    ['services', 'id uuid, name text, price numeric, symptoms text', [], 'content'],
    ['booked_services', 'id uuid, patient_id uuid, price numeric, symptoms text', ['health'], 'private'],
    ['services', 'id uuid, patient_name text, price numeric, symptoms text', ['contact', 'health'], 'private'],
    ['clinic_settings', 'id uuid, city text, state text, pincode text', ['contact'], 'listing'],
    ['company_settings', 'id uuid, phone text, smtp_password text', ['contact', 'secret'], 'private'],
    ['company_settings', 'id uuid, company_id uuid, phone text', ['contact'], 'private'],
    ['module_rights', 'id uuid, role_id uuid references user_roles (id), module text', [], 'reference'],
    ['module_rights', 'id uuid, holder_id uuid references user_cards (id), module text', [], 'private'],
    ['terminals', 'id uuid, label text, pin_code text', ['secret'], 'private'],
    ['countries', 'code text, name text', [], 'content'],
    ['map_points', 'lat numeric, lng numeric', ['location'], 'reference'],
    ['products', 'id uuid, name text, price numeric', [], 'content'],
    ['stores', 'id uuid, name text, phone text', ['contact'], 'listing'],
    ['newsletter_subscribers', 'email text', ['contact'], 'intake'],
    ['audit_logs', 'id uuid, ip_address text', ['location'], 'log'],
    ['task_categories', 'id uuid, name text', [], 'content'],
    ['contract_extractions', 'id uuid, result jsonb', [], 'private'],
    ['widgets_flags', 'email_verified boolean, phone_visible boolean, total_count int', [], 'reference'],
  ])('%s', async (name, columns, holds, nature) => {
    const table = tableNamed(await modelOfSql(`create table ${name} (${columns});`), name);
    expect([table.holds, table.nature.kind]).toEqual([holds, nature]);
  });
});

describe('power', () => {
  const decided = `${base} alter table profiles enable row level security; alter table orders enable row level security;
    create policy admin on orders using (exists (select 1 from profiles p where p.id = auth.uid() and p.role = 'admin'));
    create policy tenant on orders using (organization_id = (select organization_id from profiles where id = auth.uid()));`;
  const writable = async (sql: string, table = 'profiles') => tableNamed(await modelOfSql(`${decided} ${sql}`), table).writable;
  it('is told by the conditions that decide', async () => {
    const profiles = tableNamed(await modelOfSql(decided), 'profiles');
    expect(profiles.decides.toSorted()).toEqual(['role', 'tenant']);
    expect(profiles.columns.flatMap(({ name, power }) => (power ? [[name, power.kind, power.why]] : []))).toEqual([
      ['role', 'role', 'policy "admin" decides by it'],
      ['organization_id', 'tenant', 'policy "tenant" takes the caller\'s tenant from it'],
    ]);
  });
  const own = 'create policy own on profiles for update using (auth.uid() = id);';
  it('is free in the own row unless something keeps it', async () => {
    expect((await writable(own)).update).toEqual({ columns: ['email', 'role', 'organization_id'], policies: ['own'], demands: [] });
    expect((await writable('')).update.columns).toEqual([]);
    expect(
      (await writable("create policy boss on profiles for update using ((select role from profiles where id = auth.uid()) = 'admin');"))
        .update.columns,
    ).toEqual([]);
  });
  it.each([
    [
      'WITH CHECK',
      'create policy own on profiles for update using (auth.uid() = id) with check (auth.uid() = id and role = (select p.role from profiles p where p.id = auth.uid()));',
    ],
    ['a constant', "create policy own on profiles for update using (auth.uid() = id) with check (auth.uid() = id and role = 'client');"],
    [
      'a refused constant',
      "create policy own on profiles for update using (auth.uid() = id) with check (auth.uid() = id and role <> 'admin');",
    ],
    [
      'a trigger that puts it back',
      `${own} create function keep() returns trigger language plpgsql as $$ begin if not is_admin() then new.role := old.role; end if; return new; end $$; create trigger keep before update on profiles for each row execute function keep();`,
    ],
    [
      'a trigger that refuses',
      `${own} create function keep() returns trigger language plpgsql as $$ begin if new.role is distinct from old.role then raise exception 'no'; end if; return new; end $$; create trigger keep before update on profiles for each row execute function keep();`,
    ],
    ['a restrictive policy', `${own} create policy fixed on profiles as restrictive for update using (true) with check (role = 'client');`],
  ])('of the role is kept by %s', async (_, sql) => {
    expect((await writable(sql)).update.columns).not.toContain('role');
  });
  it.each([
    [
      'a trigger for something else',
      `${own} create function other() returns trigger language plpgsql as $$ begin if new.role = 'x' then new.email := 'y'; end if; return new; end $$; create trigger o before update on profiles for each row execute function other();`,
    ],
    [
      'a trigger that is off',
      `${own} create function keep() returns trigger language plpgsql as $$ begin new.role := old.role; return new; end $$; create trigger keep before update on profiles for each row execute function keep(); alter table profiles disable trigger keep;`,
    ],
    [
      'a comment',
      `${own} create function keep() returns trigger language plpgsql as $$ begin -- new.role := old.role;\n return new; end $$; create trigger keep before update on profiles for each row execute function keep();`,
    ],
  ])('of the role is not kept by %s', async (_, sql) => {
    expect((await writable(sql)).update.columns).toContain('role');
  });
  it('over members of an own tenant counts only where the roles are worth more', async () => {
    const members = `alter table members enable row level security;
      create policy manage on members for update using (exists (select 1 from members m where m.user_id = auth.uid() and m.organization_id = members.organization_id and m.role = 'owner'));`;
    expect((await writable(members, 'members')).update.columns).toEqual([]);
    const global = `${members} create policy ops on orders for delete using (exists (select 1 from members where user_id = auth.uid() and role = 'platform_admin'));`;
    expect((await writable(global, 'members')).update).toMatchObject({ columns: expect.arrayContaining(['role']), demands: ['owner'] });
  });
});

describe('views', () => {
  it('are known by their bases, options and grants', async () => {
    const model =
      await modelOfSql(`${base} create view a as select * from orders; create view b with (security_invoker = on) as select id from orders;
      create view c as select o.id, p.email from a o join profiles p on p.id = auth.uid(); create materialized view d as select sum(amount) as total, date_trunc('month', now()) as month from orders group by 2;
      alter view a set (security_invoker = true); create or replace view a as select * from orders; revoke all on b from anon, authenticated;`);
    expect(
      model.views.map(({ name, securityInvoker, reads, restricted, aggregated, holds, grantedTo, materialized }) => ({
        name,
        securityInvoker,
        reads,
        restricted,
        aggregated,
        holds,
        granted: grantedTo.length,
        materialized,
      })),
    ).toEqual([
      {
        name: 'a',
        securityInvoker: false,
        reads: ['public.orders'],
        restricted: false,
        aggregated: false,
        holds: ['money'],
        granted: 2,
        materialized: false,
      },
      {
        name: 'b',
        securityInvoker: true,
        reads: ['public.orders'],
        restricted: false,
        aggregated: false,
        holds: [],
        granted: 0,
        materialized: false,
      },
      {
        name: 'c',
        securityInvoker: false,
        reads: ['public.orders', 'public.profiles'],
        restricted: true,
        aggregated: false,
        holds: ['contact'],
        granted: 2,
        materialized: false,
      },
      {
        name: 'd',
        securityInvoker: false,
        reads: ['public.orders'],
        restricted: false,
        aggregated: true,
        holds: ['money'],
        granted: 2,
        materialized: true,
      },
    ]);
  });
});

describe('storage', () => {
  it('is judged bucket by bucket', async () => {
    const model =
      await modelOfSql(`insert into storage.buckets (id, name, public) values ('docs', 'docs', false), ('pics', 'pics', true) on conflict (id) do nothing;
      update storage.buckets set public = false where id = 'pics';
      create policy own on storage.objects for all to authenticated using (bucket_id = 'docs' and (storage.foldername(name))[1] = auth.uid()::text);
      create policy open on storage.objects for select using (bucket_id in ('pics', 'elsewhere'));
      create policy removal on storage.objects for delete using (bucket_id = 'docs');`);
    const rows = Object.fromEntries(
      model.buckets.map(({ name, access }) => [
        name,
        [access.anon.select.rows, access.authenticated.select.rows, access.authenticated.delete.rows],
      ]),
    );
    // Deleting needs to see the object first, so the open DELETE policy reaches the own folder only.
    expect(rows).toEqual({ docs: ['none', 'own', 'own'], pics: ['all', 'all', 'none'], elsewhere: ['all', 'all', 'none'] });
    expect(model.buckets.map(({ name, public: open, created }) => [name, open, created])).toEqual([
      ['docs', false, true],
      ['pics', false, true],
      ['elsewhere', false, false],
    ]);
  });
});

describe('live channels', () => {
  const rowsOf = async (using: string) =>
    tableNamed(await modelOfSql(`create policy listen on realtime.messages for select to authenticated using (${using});`), 'messages')
      .access.authenticated.select.rows;

  it('are reached by policies on the table that their messages pass through', async () => {
    expect(await rowsOf('true')).toBe('all');
    expect(await rowsOf(`realtime.topic() = 'user:' || auth.uid()::text`)).toBe('other');
    expect((await modelOfSql('create table notes (id int);')).tables.map(({ name }) => name)).toEqual(['notes']);
  });
});
