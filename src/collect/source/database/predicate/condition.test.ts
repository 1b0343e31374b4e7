import { describe, expect, it } from 'vitest';
import { modelOfSql, tableNamed } from '../fixture.ts';

const base = `
  create table organizations (id uuid primary key, owner_id uuid references auth.users);
  create table members (user_id uuid references auth.users, organization_id uuid references organizations, role text);
  create table teams (id uuid primary key, organization_id uuid references organizations);
  create table folders (id uuid primary key, organization_id uuid, is_public boolean); alter table folders enable row level security;
  create table invoices (id uuid primary key, user_id uuid references auth.users, organization_id uuid references organizations,
    team_id uuid references teams, folder_id uuid references folders, total numeric, status text, shared_with uuid[], meta jsonb);
  alter table invoices enable row level security;`;

async function reached(condition: string, more = '') {
  const { anon, authenticated } = tableNamed(
    await modelOfSql(`${base} ${more} create policy p on invoices for select using (${condition});`),
    'invoices',
  ).access;
  return `${anon.select.rows} ${authenticated.select.rows}`;
}
const mine = 'select organization_id from members where user_id = auth.uid()';

describe('conditions of policies', () => {
  it.each([
    ['membership through a WITH', `organization_id in (with mine as (${mine}) select organization_id from mine)`, 'none tenant'],
    ['membership through a sub-select in FROM', `organization_id in (select m.organization_id from (${mine}) m)`, 'none tenant'],
    ['renamed columns', `organization_id in (select o from (${mine}) m(o))`, 'none tenant'],
    ['member or owner', `organization_id in (${mine} union select id from organizations where owner_id = auth.uid())`, 'none tenant'],
    ['membership of all', `organization_id in (${mine} intersect select id from organizations)`, 'none tenant'],
    [
      'membership by way of a team',
      `exists (select 1 from teams t join members m on m.organization_id = t.organization_id where t.id = invoices.team_id and m.user_id = auth.uid())`,
      'none tenant',
    ],
    [
      'membership by way of a team, with USING',
      `exists (select 1 from teams t join members m using (organization_id) where t.id = team_id and m.user_id = auth.uid())`,
      'none tenant',
    ],
    [
      'a left join that demands nothing',
      `exists (select 1 from teams t left join members m on m.user_id = auth.uid() where t.id = team_id)`,
      'condition condition',
    ],
    ['somebody is a member of something', `exists (${mine})`, 'none role'],
    ['an administrator of something', `exists (select 1 from members where user_id = auth.uid() and role = 'admin')`, 'none role'],
    [
      'a count of memberships',
      `(select count(*) from members m where m.user_id = auth.uid() and m.organization_id = invoices.organization_id) > 0`,
      'none tenant',
    ],
    ['any member at all', `exists (select 1 from members m where m.organization_id = invoices.organization_id)`, 'condition condition'],
  ])('membership: %s', async (_, condition, rows) => {
    expect(await reached(condition)).toBe(rows);
  });

  it.each([
    ['a claim the server sets', "organization_id::text = auth.jwt() -> 'app_metadata' ->> 'org_id'", 'none tenant'],
    ['a claim the server sets, by path', "organization_id::text = auth.jwt() #>> '{app_metadata,org_id}'", 'none tenant'],
    ['a role the server sets', "(auth.jwt() -> 'app_metadata' ->> 'role') = 'admin'", 'none role'],
    ['a role users set themselves', "(auth.jwt() -> 'user_metadata' ->> 'role') = 'admin'", 'none self-declared'],
    ['the database role in the token', "auth.jwt() ->> 'role' = 'service_role'", 'none none'],
    ['the subject of the token', "user_id::text = auth.jwt() ->> 'sub'", 'none own'],
    ['the subject by setting', "user_id = current_setting('request.jwt.claim.sub', true)::uuid", 'none own'],
    ['the claims by setting', "user_id = (current_setting('request.jwt.claims', true)::json ->> 'sub')::uuid", 'none own'],
    ['one written-out user', "auth.uid() = '00000000-0000-0000-0000-000000000001'", 'none role'],
    ['one written-out address', "auth.email() = 'boss@example.com'", 'none role'],
    ['addresses of a domain', "auth.email() like '%@example.com'", 'other other'],
    ['postgres alone', "current_user = 'postgres'", 'none none'],
  ])('tokens: %s', async (_, condition, rows) => {
    expect(await reached(condition)).toBe(rows);
  });

  it.each([
    ['a list in the row', 'auth.uid() = any (shared_with)', 'none own'],
    ['a list in the row, by operator', 'shared_with @> array[auth.uid()]', 'none own'],
    ['a key of JSON', "meta ->> 'owner' = auth.uid()::text", 'none own'],
    ['one of two', 'auth.uid() in (user_id, id)', 'none own'],
    ['neither of two', 'auth.uid() not in (user_id, id)', 'none all'],
    ['statuses', "status in ('draft', 'void')", 'condition condition'],
    ['statuses that mean published', "status in ('published', 'live')", 'flagged flagged'],
    ['a time', 'id is not null and total > 0', 'condition condition'],
    ['nothing at all', 'null', 'none none'],
    ['a constant', "'a' = 'a'", 'all all'],
    ['a constant that differs', "'a' = 'b'", 'none none'],
    ['the row’s folder, which is public', 'exists (select 1 from folders f where f.id = folder_id and f.is_public)', 'none none'],
    ['a boolean test', '(user_id = auth.uid()) is true', 'none own'],
    ['a boolean test that is negated', '(user_id = auth.uid()) is not false', 'none own'],
    ['COALESCE to false', 'coalesce(user_id = auth.uid(), false)', 'none own'],
    ['COALESCE to true', 'coalesce(user_id = auth.uid(), true)', 'all other'],
    ['COALESCE of a flag', "coalesce(meta ->> 'visible' = 'yes', true)", 'condition condition'],
    ['two times not', 'not (not (user_id = auth.uid()))', 'none own'],
    ['De Morgan', 'not (user_id <> auth.uid() or status is null)', 'none own'],
  ])('rows: %s', async (_, condition, rows) => {
    expect(await reached(condition)).toBe(rows);
  });

  it('looks into functions: SQL, PL/pgSQL with branches, default arguments, nested ones', async () => {
    const sql = (body: string) => `create function ok(o uuid) returns boolean language sql security definer as $f$ ${body} $f$;`;
    const pl = (body: string) => `create function ok(o uuid) returns boolean language plpgsql security definer as $f$ ${body} $f$;`;
    const member = `exists (select 1 from members where organization_id = o and user_id = auth.uid())`;
    const use = 'ok(organization_id)';
    expect(await reached(use, sql(`select ${member}`))).toBe('none tenant');
    expect(await reached(use, pl(`begin return ${member}; end`))).toBe('none tenant');
    expect(await reached(use, pl(`begin if ${member} then return true; end if; return false; end`))).toBe('none tenant');
    expect(
      await reached(
        use,
        pl(
          `declare n int; begin select count(*) into n from members where organization_id = o and user_id = auth.uid(); return n > 0; end`,
        ),
      ),
    ).toBe('none tenant');
    expect(
      await reached(use, pl(`begin perform 1 from members where organization_id = o and user_id = auth.uid(); return found; end`)),
    ).toBe('none tenant');
    expect(await reached(use, pl(`begin if auth.uid() is null then return false; end if; return true; end`))).toBe('none all');
    expect(await reached(use, pl(`begin return true; exception when others then return false; end`))).toBe('all all');
    expect(await reached(use, sql('select true'))).toBe('all all');
    expect(await reached(use, sql('select false'))).toBe('none none');
    const named = (where: string) =>
      pl(`declare user_id uuid := auth.uid(); begin return exists (select 1 from members m where m.user_id = user_id and ${where}); end`);
    expect(await reached(use, named('m.organization_id = o'))).toBe('none tenant');
    expect(await reached(use, named('m.organization_id = o').replace('declare', '#variable_conflict use_column declare'))).toBe(
      'condition condition',
    );
    expect(await reached(use, `${sql(`select ${member}`).replace('ok(o', 'inner_ok(o')} ${sql('select inner_ok(o)')}`)).toBe('none tenant');
  });

  it('follows a list of organizations through WITH, UNION and functions in FROM', async () => {
    const list = (body: string) => `
      create function group_of(o uuid) returns setof uuid language sql as $f$
        with recursive down as (select id from organizations where id = o union all select t.id from teams t join down on t.organization_id = down.id)
        select id from down $f$;
      create function mine() returns setof uuid language sql stable security definer as $f$ ${body} $f$;`;
    const both = `select m.organization_id from members m where m.user_id = auth.uid() union select o.id from organizations o where o.owner_id = auth.uid()`;
    const use = 'organization_id in (select mine())';
    const anybody = 'select m.organization_id from members m';
    expect(await reached(use, list(`with a as (${both}) select a.organization_id from a`))).toBe('none tenant');
    expect(
      await reached(use, list(`with a as (${both}), b as (select a.organization_id from a) select distinct organization_id from b`)),
    ).toBe('none tenant');
    expect(await reached(use, list(`with a as (${both}) select fid from a, lateral group_of(a.organization_id) as fid`))).toBe(
      'none tenant',
    );
    expect(
      await reached(
        use,
        list(`with a as (${both}) select organization_id from a union select o.id from organizations o join a on a.organization_id = o.id`),
      ),
    ).toBe('none tenant');
    expect(await reached(use, list(`with a as (${anybody}) select a.organization_id from a`))).not.toContain('tenant');
    expect(await reached(use, list(`with a as (${both} union ${anybody}) select a.organization_id from a`))).not.toContain('tenant');
  });
});
