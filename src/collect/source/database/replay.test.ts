import { describe, expect, it } from 'vitest';
import { modelOfSql, tableNamed } from './fixture.ts';
import { versionOf } from './replay.ts';

const notes = 'create table notes (id uuid primary key, user_id uuid references auth.users(id), body text);';

describe('the end state of tables', () => {
  it('is told from the last statement, not the first', async () => {
    const model = await modelOfSql({
      'supabase/migrations/20250101000000_a.sql': `${notes} alter table notes enable row level security;`,
      'supabase/migrations/20250102000000_b.sql': '-- temporary\nalter table public.notes disable row level security;',
    });
    const table = tableNamed(model, 'notes');
    expect(table.rls).toBe('off');
    expect(table.rlsPlace).toEqual({ file: 'supabase/migrations/20250102000000_b.sql', line: 2 });
    expect(table.access.anon.delete.rows).toBe('all');
  });
  it('knows drops, renames and moves', async () => {
    const model = await modelOfSql(`${notes} create table old (id int); drop table old; alter table notes rename to memos;
      alter table memos rename column body to text; create schema private; create table hidden (id int); alter table hidden set schema private;`);
    expect(model.tables.map((table) => [table.schema, table.name, table.exposed])).toEqual([
      ['public', 'memos', true],
      ['private', 'hidden', false],
    ]);
    expect(tableNamed(model, 'memos').columns.map((column) => column.name)).toEqual(['id', 'user_id', 'text']);
  });
  it('does not replace a table that exists', async () => {
    const model = await modelOfSql(`${notes} alter table notes enable row level security; create table if not exists notes (other int);`);
    expect(tableNamed(model, 'notes')).toMatchObject({ rls: 'on', columns: [{ name: 'id' }, { name: 'user_id' }, { name: 'body' }] });
  });
  it('takes a plain CREATE TABLE of a later migration as a table that was gone before, its policies too', async () => {
    const first = `${notes} alter table notes enable row level security; create policy old on notes for select using (true);`;
    const later = (create: string) =>
      modelOfSql({
        'supabase/migrations/20250101000000_a.sql': first,
        'supabase/migrations/20250102000000_b.sql': `${create} (id uuid primary key, user_id uuid);
          alter table notes enable row level security; create policy own on notes for select using (user_id = auth.uid());`,
      });
    const anew = await later('create table notes');
    expect(tableNamed(anew, 'notes').policies.map((policy) => policy.name)).toEqual(['own']);
    expect(tableNamed(anew, 'notes').access.anon.select.rows).toBe('none');
    expect(anew.gaps).toMatchObject([{ what: 'CREATE TABLE public.notes', place: { line: 1 } }]);
    const spared = await later('create table if not exists notes');
    expect(tableNamed(spared, 'notes').access.anon.select.rows).toBe('all');
    expect(spared.gaps).toEqual([]);
  });
  it('knows no order of scripts without a date, and keeps the first table', async () => {
    const model = await modelOfSql({
      'database/schema.sql': `${notes} alter table notes enable row level security; create policy old on notes for select using (true);`,
      'database/setup.sql': 'create table notes (id uuid primary key); alter table notes enable row level security;',
    });
    expect(tableNamed(model, 'notes').policies.map((policy) => policy.name)).toEqual(['old']);
  });
  it('enters tables made elsewhere with unknown row-level security', async () => {
    const model = await modelOfSql(`create policy p on made_in_dashboard for select using (user_id = auth.uid());
      alter table protected_in_dashboard enable row level security;`);
    expect(tableNamed(model, 'made_in_dashboard')).toMatchObject({
      rls: 'unknown',
      origin: 'types',
      access: { anon: { select: { rows: 'unknown' } } },
    });
    expect(tableNamed(model, 'protected_in_dashboard').rls).toBe('on');
  });
  it('learns what values a column can take', async () => {
    const model = await modelOfSql(`create type app_role as enum ('user'); alter type app_role add value 'admin';
      create table people (role app_role, kind text check (kind in ('a', 'b')), state text constraint s check (state = any (array['x'])));
      alter table people drop constraint s; alter type app_role rename value 'admin' to 'boss';`);
    expect(tableNamed(model, 'people').columns.map((column) => column.values)).toEqual([['user', 'boss'], ['a', 'b'], undefined]);
  });
  it('lets an event trigger switch row-level security on', async () => {
    const model = await modelOfSql(`create table before (id int);
      create function rls_auto_enable() returns event_trigger language plpgsql as $$ begin execute 'alter table x enable row level security'; end $$;
      create event trigger ensure_rls on ddl_command_end execute function rls_auto_enable();
      create table after (id int);`);
    expect([tableNamed(model, 'before').rls, tableNamed(model, 'after').rls]).toEqual(['off', 'on']);
  });
});

describe('policies', () => {
  const on = `${notes} alter table notes enable row level security;`;
  it('are replaced, changed, renamed and dropped', async () => {
    const model = await modelOfSql(`${on} create policy a on notes for select using (true); drop policy a on notes;
      create policy b on notes for select using (true); alter policy b on notes to authenticated using (user_id = auth.uid());
      create policy c on notes for all using (false); alter policy c on notes rename to d;`);
    const { policies } = tableNamed(model, 'notes');
    expect(policies.map(({ name, command, roles, using }) => [name, command, roles, using?.kind])).toEqual([
      ['b', 'select', ['authenticated'], 'own-row'],
      ['d', 'all', ['public'], 'never'],
    ]);
  });
  it('go with the helper function, table or column they use when that is dropped with CASCADE', async () => {
    const helper = 'create function mine(o uuid) returns boolean language sql as $$ select true $$;';
    const model = await modelOfSql(`${on} ${helper} create table other (id uuid); create policy f on notes using (mine(user_id));
      create policy t on notes using (exists (select 1 from other where other.id = notes.id)); create policy c on notes using (body = 'x');
      drop function mine(uuid) cascade; drop table other cascade; alter table notes drop column body cascade;`);
    expect(tableNamed(model, 'notes').policies).toEqual([]);
  });
  it('acquit when restrictive, accuse when permissive', async () => {
    const model = await modelOfSql(`${on} create policy open on notes using (true);
      create policy mine on notes as restrictive using (user_id = auth.uid());`);
    expect(tableNamed(model, 'notes').access).toMatchObject({
      anon: { select: { rows: 'none' } },
      authenticated: { select: { rows: 'own' } },
    });
  });
});

describe('grants', () => {
  const granted = async (sql: string, name = 'notes', path = 'supabase/migrations/20250101000000_a.sql') =>
    tableNamed(await modelOfSql({ [path]: sql }), name).grants;
  it('are given by default until 2026 and not after', async () => {
    expect((await granted(notes)).anon).toHaveLength(4);
    expect((await granted(notes, 'notes', 'supabase/migrations/20260701000000_a.sql')).anon).toEqual([]);
    const model = await modelOfSql({
      'supabase/migrations/20250101000000_a.sql': 'select 1',
      'supabase/migrations/20261101000000_b.sql': notes,
    });
    expect(tableNamed(model, 'notes').grants.anon).toEqual([]);
  });
  it('follow GRANT, REVOKE and default privileges', async () => {
    expect(await granted(`${notes} revoke all on notes from anon; revoke delete on table notes from authenticated;`)).toMatchObject({
      anon: [],
      authenticated: ['select', 'insert', 'update'],
      explicit: true,
    });
    expect((await granted(`alter default privileges in schema public revoke all on tables from anon; ${notes}`)).anon).toEqual([]);
    expect(
      (await granted(`${notes} revoke all on all tables in schema public from anon, authenticated; grant select (body) on notes to anon;`))
        .anon,
    ).toEqual(['select']);
    expect((await granted(`${notes} revoke all on notes from anon; grant select on notes to public;`)).anon).toEqual(['select']);
  });
  it('of columns do not take away what the table gave, as in PostgreSQL', async () => {
    const own = 'alter table people enable row level security; create policy u on people for all using (id = auth.uid());';
    const people = 'create table people (id uuid primary key references auth.users, name text, role text);';
    const after = async (sql: string) => tableNamed(await modelOfSql(`${people} ${own} ${sql}`), 'people').writable.update.columns;
    expect(await after('revoke update (role) on people from authenticated;')).toEqual(['name', 'role']);
    expect(await after('revoke update on people from authenticated; grant update (name) on people to authenticated;')).toEqual(['name']);
  });
  it('of functions outlive a REVOKE from PUBLIC on Supabase', async () => {
    const work = 'create function work() returns void language sql security definer as $$ delete from notes $$;';
    const callable = async (sql: string, path = 'supabase/migrations/20250101000000_a.sql') =>
      (await modelOfSql({ [path]: `${notes} ${work} ${sql}` })).functions[0];
    expect(await callable('')).toMatchObject({ executableBy: ['public', 'anon', 'authenticated'], revokedFromPublicOnly: false });
    expect(await callable('revoke all on function work() from public;')).toMatchObject({
      executableBy: ['anon', 'authenticated'],
      revokedFromPublicOnly: true,
    });
    expect(await callable('revoke all on function work from public, anon, authenticated;')).toMatchObject({
      executableBy: [],
      revokedFromPublicOnly: false,
    });
    expect(
      await callable(
        'revoke execute on all functions in schema public from public, anon; grant execute on function work() to authenticated;',
      ),
    ).toMatchObject({ executableBy: ['authenticated'], grantedTo: ['authenticated'] });
    expect(
      (await callable('revoke all on function work() from public;', 'supabase/migrations/20260701000000_a.sql'))?.executableBy,
    ).toEqual([]);
  });
  it('of functions are not changed by a default for one schema', async () => {
    const model = await modelOfSql(`alter default privileges in schema public revoke execute on functions from public, anon, authenticated;
      create function a() returns int language sql as $$ select 1 $$; alter default privileges revoke execute on functions from public;
      create function b() returns int language sql as $$ select 1 $$;`);
    expect(model.functions.map((routine) => routine.executableBy)).toEqual([['public', 'anon', 'authenticated'], []]);
  });
});

describe('bad input', () => {
  it('loses one statement, not the file', async () => {
    const model = await modelOfSql(`${notes} alter table notes enable row level securty;\ncreate table b (id int);`);
    expect(model.tables.map((table) => table.name)).toEqual(['notes', 'b']);
    expect(model.gaps).toMatchObject([{ why: expect.stringContaining('not valid PostgreSQL') }]);
    expect(tableNamed(model, 'notes').uncertain).toContain('could not be read');
  });
  it('salvages what follows an unclosed quote', async () => {
    const model = await modelOfSql(
      'create function broken() returns void as $x$ select 1;\ncreate table a (id int);\ncreate table b (id int);',
    );
    expect(model.tables.map((table) => table.name)).toEqual(['a', 'b']);
  });
  it('passes over seed data without parsing it', async () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => `(${index}, 'x''y;')`).join(',\n');
    const model = await modelOfSql(
      `create table a (id int, t text); insert into a values ${rows}; copy a from stdin;\n1\tx;y\n\\.\ncreate table b (id int);`,
    );
    expect(model.tables).toHaveLength(2);
    expect(model.gaps).toEqual([]);
  });
});

it('reads the day of a migration off its name', () => {
  expect(versionOf('supabase/migrations/20250611123000_x.sql')).toBe(20_250_611);
  expect(versionOf('supabase/migrations/0001_x.sql')).toBeUndefined();
  expect(versionOf('supabase/migrations/20259911_x.sql')).toBeUndefined();
});
