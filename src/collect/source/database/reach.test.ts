import { describe, expect, it } from 'vitest';
import { modelOfSql, tableNamed } from './fixture.ts';

const base = `
  create table organizations (id uuid primary key, name text);
  create table profiles (id uuid primary key references auth.users, role text, organization_id uuid references organizations, is_active boolean);
  create table members (user_id uuid references auth.users, organization_id uuid references organizations, role text);
  create table user_roles (user_id uuid references auth.users, role text);
  create table invoices (id uuid primary key, organization_id uuid references organizations, user_id uuid, token text, is_public boolean, status text, viewers uuid[], expires_at timestamptz);
  create table lines (id uuid, invoice_id uuid references invoices);
  alter table invoices enable row level security; alter table lines enable row level security;
  create function current_org() returns uuid language sql stable security definer as $$ select organization_id from profiles where id = auth.uid() $$;
  create function my_orgs() returns setof uuid language sql stable security definer as $$ select organization_id from members where user_id = auth.uid() $$;
  create function has_role(_user uuid, _role text) returns boolean language sql stable security definer as $$ select exists (select 1 from user_roles where user_id = _user and role = _role) $$;
  create function is_member(_org uuid) returns boolean language plpgsql security definer as $$
    begin if auth.uid() is null then return false; end if;
      return exists (select 1 from members m where m.organization_id = _org and m.user_id = auth.uid()); end $$;
  create function in_org(_org uuid) returns boolean language plpgsql as $$ declare ok boolean; begin select exists (select 1 from members where user_id = auth.uid() and organization_id = _org) into ok; return ok; end $$;
  create function everyone() returns boolean language plpgsql as $$ begin return true; end $$;
  create function is_boss() returns boolean language plpgsql as $$ declare r text; begin select role into r from profiles where id = auth.uid(); return r = 'admin'; end $$;
  create function owner_of(_id uuid) returns boolean language sql as $$ select case when _id is null then false else exists (select 1 from invoices where id = _id and user_id = auth.uid()) end $$;`;

/** Rows reached by anon and by an account through one SELECT policy, and the word for the condition. */
async function reached(condition: string, to = '', table = 'invoices'): Promise<[string, string, string]> {
  const model = await modelOfSql(`${base} create policy p on ${table} for select ${to} using (${condition});`);
  const { access, policies } = tableNamed(model, table);
  return [access.anon.select.rows, access.authenticated.select.rows, policies[0]?.using?.kind ?? ''];
}

describe('who passes a condition', () => {
  it.each([
    ['true', 'all', 'all', 'always'],
    ['1 = 1', 'all', 'all', 'always'],
    ['user_id = user_id', 'all', 'all', 'always'],
    ['false', 'none', 'none', 'never'],
    ["auth.role() = 'authenticated'", 'none', 'all', 'authenticated'],
    ["auth.role() in ('anon', 'authenticated')", 'all', 'all', 'always'],
    ['auth.uid() is not null', 'none', 'all', 'authenticated'],
    ['(select auth.uid()) is not null', 'none', 'all', 'authenticated'],
    ['auth.uid() is null', 'all', 'none', 'always'],
    ["auth.jwt() ->> 'role' = 'service_role'", 'none', 'none', 'service-role'],
    ["auth.role() = 'service_role'", 'none', 'none', 'service-role'],
    ["current_setting('request.jwt.claims', true)::json ->> 'role' = 'service_role'", 'none', 'none', 'service-role'],
    ['auth.uid() = user_id', 'none', 'own', 'own-row'],
    ['(select auth.uid())::text = user_id::text', 'none', 'own', 'own-row'],
    ['auth.uid() = any (viewers)', 'none', 'own', 'own-row'],
    ['auth.uid() <> user_id', 'none', 'all', 'authenticated'],
    ['is_public = true', 'flagged', 'flagged', 'public-flag'],
    ['is_public', 'flagged', 'flagged', 'public-flag'],
    ["status in ('published', 'draft')", 'flagged', 'flagged', 'public-flag'],
    ['expires_at > now()', 'condition', 'condition', 'row-condition'],
    ['token is not null', 'condition', 'condition', 'row-condition'],
    ["(auth.jwt() -> 'app_metadata' ->> 'org')::uuid = organization_id", 'none', 'tenant', 'tenant'],
    ["(auth.jwt() -> 'user_metadata' ->> 'role') = 'admin'", 'none', 'self-declared', 'user-metadata'],
    ['unknown_function(organization_id)', 'other', 'other', 'other'],
    ['auth.uid() = user_id or is_public', 'flagged', 'flagged', 'public-flag'],
    ['auth.uid() = user_id or true', 'all', 'all', 'always'],
    ['auth.uid() is not null and is_public', 'none', 'flagged', 'public-flag'],
    ['case when is_public then true else auth.uid() = user_id end', 'flagged', 'flagged', 'public-flag'],
    ['coalesce(is_public, false)', 'flagged', 'flagged', 'public-flag'],
    ['not (auth.uid() is distinct from user_id)', 'none', 'own', 'own-row'],
  ])('%s', async (condition, anon, account, kind) => {
    expect(await reached(condition)).toEqual([anon, account, kind]);
  });

  it.each([
    ['organization_id = current_org()', 'tenant'],
    ['organization_id in (select my_orgs())', 'tenant'],
    ['organization_id = any (array(select my_orgs()))', 'tenant'],
    ['organization_id in (select organization_id from members where user_id = auth.uid())', 'tenant'],
    ['auth.uid() in (select user_id from members m where m.organization_id = invoices.organization_id)', 'tenant'],
    ['exists (select 1 from members m where m.organization_id = invoices.organization_id and m.user_id = auth.uid())', 'tenant'],
    [
      'exists (select 1 from members m join organizations o on o.id = m.organization_id where o.id = invoices.organization_id and m.user_id = auth.uid())',
      'tenant',
    ],
    ["(select role from members m where m.user_id = auth.uid() and m.organization_id = invoices.organization_id) = 'owner'", 'tenant'],
    ['is_member(organization_id)', 'tenant'],
    ['in_org(organization_id)', 'tenant'],
    ["has_role(auth.uid(), 'admin')", 'role'],
    ["exists (select 1 from user_roles where user_id = auth.uid() and role = 'admin')", 'role'],
    ["(select role from profiles where id = auth.uid()) = 'admin'", 'role'],
    ['is_boss()', 'role'],
    ["auth.uid() = '00000000-0000-0000-0000-000000000001'", 'role'],
    ['owner_of(id)', 'tenant'],
  ])('%s asks for more than an account', async (condition, account) => {
    expect((await reached(condition)).slice(0, 2)).toEqual(['none', account]);
  });

  it('sees through helpers and comparisons that ask for nothing', async () => {
    expect(await reached('everyone()')).toEqual(['all', 'all', 'always']);
    expect((await reached('exists (select 1 from profiles where profiles.id = auth.uid())'))[1]).toBe('all');
    // Both columns belong to members: any membership will do.
    expect(await reached('exists (select 1 from members where user_id = auth.uid() and organization_id = organization_id)')).toEqual([
      'none',
      'all',
      'authenticated',
    ]);
  });
  it('says what it saw in a comparison with itself', async () => {
    const model = await modelOfSql(
      `${base} create policy p on invoices using (exists (select 1 from members where user_id = auth.uid() and organization_id = organization_id));`,
    );
    expect(tableNamed(model, 'invoices').policies[0]?.using?.note).toContain('members.organization_id is compared with itself');
  });
  it('lets the policies of a parent decide about its children', async () => {
    const child = 'create policy c on lines for select using (exists (select 1 from invoices where invoices.id = lines.invoice_id));';
    const seen = async (parent: string) =>
      tableNamed(await modelOfSql(`${base} ${child} create policy p on invoices for select using (${parent});`), 'lines').access
        .authenticated.select.rows;
    expect(await seen('auth.uid() = user_id')).toBe('own');
    expect(await seen('true')).toBe('condition');
  });
  it('survives helpers and parents that refer to each other', async () => {
    const model = await modelOfSql(`${base} create function loop_a(x uuid) returns boolean language sql as $$ select loop_b(x) $$;
      create function loop_b(x uuid) returns boolean language sql as $$ select loop_a(x) $$;
      create policy a on invoices using (loop_a(id) or exists (select 1 from lines where lines.invoice_id = invoices.id));
      create policy b on lines using (exists (select 1 from invoices where invoices.id = lines.invoice_id));`);
    expect(tableNamed(model, 'invoices').access.anon.select.rows).toBe('other');
  });
});

describe('what a caller reaches', () => {
  it('depends on the TO clause', async () => {
    expect(await reached('true', 'to authenticated')).toEqual(['none', 'all', 'always']);
    expect(await reached('true', 'to service_role')).toEqual(['none', 'none', 'always']);
    expect(await reached('true', 'to anon, authenticated')).toEqual(['all', 'all', 'always']);
  });
  it('is no more by UPDATE and DELETE than SELECT shows', async () => {
    const model =
      await modelOfSql(`${base} create policy u on invoices for update using (true); create policy d on invoices for delete using (true);
      create policy s on invoices for select using (auth.uid() = user_id);`);
    expect(tableNamed(model, 'invoices').access).toMatchObject({
      anon: { update: { rows: 'none' } },
      authenticated: { update: { rows: 'own' }, delete: { rows: 'own' } },
    });
  });
  it('is nothing by a FOR ALL policy that has a WITH CHECK alone, other than adding', async () => {
    const model = await modelOfSql(`${base} create policy i on invoices for all with check (true);`);
    expect(tableNamed(model, 'invoices').access.anon).toMatchObject({ select: { rows: 'none' }, insert: { rows: 'all', policies: ['i'] } });
  });
});

describe('an account without a role', () => {
  const left = async (...policies: string[]): Promise<string[]> => {
    const model = await modelOfSql(`${base} ${policies.join(';\n')};`);
    const { withoutRole: access } = tableNamed(model, 'invoices');
    return [access.select.rows, access.insert.rows, access.update.rows, access.delete.rows];
  };

  it('keeps what any member may do, and loses what a policy asks a role for', async () => {
    const members = 'organization_id in (select organization_id from members where user_id = auth.uid())';
    const owners = "organization_id in (select organization_id from members where user_id = auth.uid() and role = 'owner')";
    expect(
      await left(`create policy a on invoices for select using (${members})`, `create policy b on invoices for delete using (${owners})`),
    ).toEqual(['tenant', 'none', 'none', 'none']);
    expect(
      await left(
        `create policy a on invoices for all using (${members})`,
        `create policy b on invoices for all using (has_role(auth.uid(), 'admin'))`,
      ),
    ).toEqual(['tenant', 'tenant', 'tenant', 'tenant']);
    const marked = (mark: string) =>
      left(
        `alter table members add ${mark} boolean`,
        `create policy a on invoices for select using (${members})`,
        `create policy b on invoices for delete using (exists (select 1 from members m
          where m.user_id = auth.uid() and m.organization_id = invoices.organization_id and m.${mark} = true))`,
      );
    expect((await marked('is_owner'))[3]).toBe('none');
    expect((await marked('is_active'))[3]).toBe('tenant');
    expect(await left("create policy a on invoices for all using (has_role(auth.uid(), 'admin'))")).toEqual([
      'none',
      'none',
      'none',
      'none',
    ]);
    expect(
      await left(
        'create policy a on invoices for all to authenticated using (true)',
        'create policy b on invoices as restrictive for delete using (is_boss())',
      ),
    ).toEqual(['all', 'all', 'all', 'none']);
  });

  it.each([
    ['a thing that names him', 'exists (select 1 from stores s where s.id = invoices.store_id and s.owner_id = auth.uid())', 'own'],
    ['the keys of such things', 'store_id in (select id from stores where owner_id = auth.uid())', 'own'],
    ['its holder asked for', '(select owner_id from stores where id = store_id) = auth.uid()', 'own'],
    [
      'two steps away',
      'exists (select 1 from invoices i join stores s on s.id = i.store_id where i.id = invoices.id and s.owner_id = auth.uid())',
      'own',
    ],
    ['a function that looks it up', 'owns_store(store_id)', 'own'],
    ['what his profile says', 'organization_id = (select organization_id from profiles where id = auth.uid())', 'tenant'],
    [
      'a list of members',
      'exists (select 1 from members m where m.organization_id = invoices.organization_id and m.user_id = auth.uid())',
      'tenant',
    ],
    ['a list of members with keys', 'organization_id in (select organization_id from crew where user_id = auth.uid())', 'tenant'],
  ])('%s', async (_, condition, rows) => {
    const more = `create table stores (id uuid primary key, owner_id uuid references auth.users); alter table invoices add column store_id uuid references stores;
      create table crew (id uuid primary key, user_id uuid, organization_id uuid references organizations);
      create function owns_store(_store uuid) returns boolean language sql security definer as $$ select exists (select 1 from stores where id = _store and owner_id = auth.uid()) $$`;
    expect((await left(more, `create policy a on invoices for all using (${condition})`))[3]).toBe(rows);
  });

  it('inherits from the row’s parent what is left there', async () => {
    const model = await modelOfSql(`${base} create policy a on invoices for select using (has_role(auth.uid(), 'admin'));
      create policy b on lines for all using (exists (select 1 from invoices where invoices.id = lines.invoice_id));`);
    expect(tableNamed(model, 'lines').access.authenticated.delete.rows).toBe('role');
    expect(tableNamed(model, 'lines').withoutRole.delete.rows).toBe('none');
  });
});
