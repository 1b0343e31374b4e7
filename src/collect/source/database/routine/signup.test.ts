import { describe, expect, it } from 'vitest';
import { modelOfSql } from '../fixture.ts';

const base = `
  create type app_role as enum ('client', 'admin');
  create table companies (id uuid primary key);
  create table profiles (id uuid primary key references auth.users, full_name text, role text, company_id uuid references companies);
  create table user_roles (user_id uuid references auth.users, role app_role);
  create table invoices (id uuid, company_id uuid); alter table invoices enable row level security;
  create policy a on invoices using (exists (select 1 from user_roles where user_id = auth.uid() and role = 'admin'));
  create policy b on invoices using (company_id = (select company_id from profiles where id = auth.uid()));`;

async function signup(body: string, declare = '') {
  const model = await modelOfSql(`${base} create function handle_new_user() returns trigger language plpgsql security definer as $f$
declare x int; ${declare}
begin
${body}
return new;
end $f$;
    create trigger on_auth_user_created after insert on auth.users for each row execute function handle_new_user();`);
  return model.signupTriggers[0];
}
const trusts = async (body: string, declare = '') =>
  (await signup(body, declare))?.trusts.map(({ key, column, table, kind, values }) => [key, column, table, kind, values]);

describe('sign-up triggers', () => {
  it('that copy the role or the company are found, with their lines', async () => {
    const trigger = await signup(`insert into profiles (id, full_name, company_id)
values (new.id, new.raw_user_meta_data->>'full_name',
  (new.raw_user_meta_data->>'company_id')::uuid);
insert into user_roles (user_id, role) values (new.id, coalesce(nullif(new.raw_user_meta_data->>'role', '')::app_role, 'client'));`);
    expect(trigger?.trusts).toMatchObject([
      {
        key: 'company_id',
        column: 'company_id',
        table: 'public.profiles',
        kind: 'tenant',
        sql: "(new.raw_user_meta_data->>'company_id')::uuid);",
      },
      { key: 'role', column: 'role', table: 'public.user_roles', kind: 'role', values: ['client', 'admin'] },
    ]);
    expect(trigger?.fills).toEqual(['public.profiles', 'public.user_roles']);
    const [first, second] = trigger?.trusts ?? [];
    expect((second?.place.line ?? 0) - (first?.place.line ?? 0)).toBe(1);
  });
  it('are followed through variables', async () => {
    expect(
      await trusts(
        'r := new.raw_user_meta_data->>$$role$$; insert into user_roles (user_id, role) values (new.id, r::app_role);',
        'r text;',
      ),
    ).toMatchObject([['role', 'role', 'public.user_roles', 'role', ['client', 'admin']]]);
  });
  it('that let only listed values through say which', async () => {
    const only =
      "r := new.raw_user_meta_data->>'role'; if r not in ('client', 'guest') then r := 'client'; end if; insert into user_roles (user_id, role) values (new.id, r::app_role);";
    expect(await trusts(only, 'r text;')).toMatchObject([['role', 'role', 'public.user_roles', 'role', ['client', 'guest']]]);
    const chosen =
      "insert into user_roles (user_id, role) values (new.id, case when new.raw_user_meta_data->>'kind' = 'boss' then 'admin' else 'client' end);";
    expect(await trusts(chosen)).toMatchObject([
      ['kind', 'role', 'public.user_roles', 'role', expect.arrayContaining(['admin', 'client'])],
    ]);
    const refused =
      "r := new.raw_user_meta_data->>'role'; if r = 'admin' then raise exception 'no'; end if; insert into user_roles (user_id, role) values (new.id, r::app_role);";
    expect((await trusts(refused, 'r text;'))?.[0]?.[4]).toEqual(['any value but those refused']);
  });
  it('that store constants, names or server-side metadata trust nothing', async () => {
    expect(
      await trusts(
        `insert into profiles (id, full_name, role, company_id) values (new.id, new.raw_user_meta_data->>'full_name', 'client', (new.raw_app_meta_data->>'company_id')::uuid);`,
      ),
    ).toEqual([]);
  });
  it('that make the first account an administrator are found', async () => {
    const first = await signup(
      "select count(*) into x from profiles;\nif x = 0 then r := 'admin'; else r := 'client'; end if;\ninsert into user_roles (user_id, role) values (new.id, r::app_role);",
      'r text; total_count int;',
    );
    expect(first?.firstUserAdmin).toMatchObject({ who: 'first', role: 'admin' });
    const counted = await signup(
      "select count(*) into user_count from profiles;\nif user_count = 0 then r := 'admin'; else r := 'client'; end if;\ninsert into user_roles (user_id, role) values (new.id, r::app_role);",
      'r text; user_count int;',
    );
    expect(counted?.firstUserAdmin).toMatchObject({ who: 'first', role: 'admin' });
    const none = await signup("if not exists (select 1 from user_roles) then insert into user_roles values (new.id, 'admin'); end if;");
    expect(none?.firstUserAdmin).toMatchObject({ who: 'first' });
  });
  it('that make everybody an administrator are found, unless they found an organisation of their own', async () => {
    expect((await signup("insert into user_roles (user_id, role) values (new.id, 'admin');"))?.firstUserAdmin).toMatchObject({
      who: 'everyone',
      role: 'admin',
    });
    expect(
      (await signup("insert into companies (id) values (new.id); insert into user_roles (user_id, role) values (new.id, 'admin');"))
        ?.firstUserAdmin,
    ).toBeUndefined();
    expect((await signup("insert into user_roles (user_id, role) values (new.id, 'client');"))?.firstUserAdmin).toBeUndefined();
  });
});
