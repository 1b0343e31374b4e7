import { describe, expect, it } from 'vitest';
import { modelOfSql, tableNamed } from '../fixture.ts';
import { format, likePattern } from './values.ts';

const tables = 'create table a (id int); create table b (id int); create table log_x (id int);';
const rls = async (sql: string) => {
  const model = await modelOfSql(`${tables} ${sql}`);
  return { states: model.tables.map((table) => table.rls).join(' '), model };
};

describe('DO blocks', () => {
  it.each([
    [
      'tables of a schema',
      `do $$ declare r record; begin for r in select tablename from pg_tables where schemaname = 'public' loop
      execute format('alter table public.%I enable row level security', r.tablename); end loop; end $$;`,
      'on on on',
    ],
    [
      'tables by name pattern',
      `do $$ declare t text; begin for t in select table_name from information_schema.tables where table_schema = 'public' and table_name not like 'log%' loop
      execute 'alter table ' || quote_ident(t) || ' enable row level security;'; end loop; end $$;`,
      'on on off',
    ],
    [
      'a list',
      `do $$ declare t text; begin foreach t in array array['a', 'log_x'] loop execute format('alter table %I enable row level security', t); end loop; end $$;`,
      'on off on',
    ],
    [
      'unnest',
      `do $$ declare r record; begin for r in select unnest(array['b']) as name loop execute format('alter table %I enable row level security', r.name); end loop; end $$;`,
      'off on off',
    ],
    [
      'unnest in FROM',
      `do $$ declare n text; begin for n in select x from unnest(array['b']) as x loop execute format('alter table %I enable row level security', n); end loop; end $$;`,
      'off on off',
    ],
    [
      'the catalog',
      `do $$ declare r record; begin for r in select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r' and not c.relrowsecurity loop
      execute format('alter table public.%I enable row level security', r.relname); end loop; end $$;`,
      'on on on',
    ],
    [
      'a guard that holds',
      `do $$ begin if exists (select 1 from pg_tables where tablename = 'a') then alter table a enable row level security; end if; end $$;`,
      'on off off',
    ],
    [
      'a guard that does not hold',
      `do $$ begin if to_regclass('public.zzz') is not null then alter table a enable row level security; else alter table b enable row level security; end if; end $$;`,
      'off on off',
    ],
    ['an exception handler', `do $$ begin alter table a enable row level security; exception when others then null; end $$;`, 'on off off'],
  ])('loops over %s', async (_, sql, states) => {
    expect((await rls(sql)).states).toBe(states);
  });
  it('drops what a loop over policies names', async () => {
    const { model } = await rls(`create policy "p one" on a using (true); create policy two on b using (true);
      do $$ declare p record; begin for p in select policyname, tablename from pg_policies where schemaname = 'public' and tablename = 'a' loop
        execute format('drop policy if exists %I on public.%I', p.policyname, p.tablename); end loop; end $$;`);
    expect([tableNamed(model, 'a').policies.length, tableNamed(model, 'b').policies.length]).toEqual([0, 1]);
  });
  it('creates a policy once, guarded by its own absence', async () => {
    const block = `do $$ begin if not exists (select 1 from pg_policies where tablename = 'a' and policyname = 'p') then create policy p on a for select using (true); end if; end $$;`;
    const { model } = await rls(`${block} alter policy p on a using (false); ${block}`);
    expect(tableNamed(model, 'a').policies[0]?.using?.kind).toBe('never');
  });
  it('marks what depends on data, and says what it could not put together', async () => {
    const { model } = await rls(`create table settings (v text);
      do $$ begin if (select v from settings) = 'strict' then create policy p on a using (id > 0); end if; end $$;
      do $$ declare n text; begin select v into n from settings; execute 'alter table ' || n || ' disable row level security'; end $$;`);
    expect(tableNamed(model, 'a').policies[0]?.uncertain).toContain('it runs only if');
    expect(model.gaps.map((gap) => gap.what)).toEqual([expect.stringContaining('EXECUTE')]);
  });
  it('walks through functions that a migration calls', async () => {
    const { states } = await rls(
      `create function protect(t text) returns void language plpgsql as $$ begin execute format('alter table %I enable row level security', t); end $$; select protect('b');`,
    );
    expect(states).toBe('off on off');
  });
  it('changes functions chosen from the catalog', async () => {
    const { model } = await rls(`create function f() returns void language sql security definer as $$ delete from a $$;
      do $$ declare r record; begin for r in select p.oid::regprocedure as sig from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and p.prosecdef loop
        execute format('revoke all on function %s from public, anon', r.sig); end loop; end $$;`);
    expect(model.functions[0]?.executableBy).toEqual(['authenticated']);
  });
  it('ends on loops without end', async () => {
    const { states } = await rls(
      `do $$ begin loop alter table a enable row level security; end loop; while true loop null; end loop; end $$;`,
    );
    expect(states).toBe('on off off');
  });
});

describe('format', () => {
  it('quotes as PostgreSQL does', () => {
    expect(format('alter table %I.%I set x = %L, %2$s %%', ['public', 'My Table', "it's"])).toBe(
      `alter table public."My Table" set x = 'it''s', My Table %`,
    );
    expect(format('%I', [undefined])).toBeUndefined();
  });
  it('turns LIKE into an anchored pattern', () => {
    expect(likePattern('a_b%', false).test('axbcc')).toBe(true);
    expect(likePattern('a.b', true).test('axb')).toBe(false);
  });
});
