import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Place } from '../../core/finding.ts';
import { sampleTable } from '../../evidence/database-samples.ts';
import { anyUse, type AppUses } from './app-uses.ts';
import { proved, soundSql } from './fixture.ts';
import { openSandbox, type Sandbox } from './sandbox/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
});
afterAll(() => sandbox.close());

const find = (body: string): string => `${soundSql}
CREATE FUNCTION find(p_user_id uuid) RETURNS SETOF notes LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN ${body} RETURN QUERY SELECT * FROM notes WHERE user_id = p_user_id; END $$;
-- With the rights of its caller it would not work at all.
REVOKE SELECT ON notes FROM authenticated;`;

describe('a correction that holds the text of a function', () => {
  it('is shown whole', async () => {
    const { fix } = (await proved(sandbox, find(''))).object('find');
    expect(fix?.statements.join()).toMatch(/p_user_id = \(SELECT auth\.uid\(\)\)\) IS NOT TRUE THEN RAISE/);
    expect(fix).toMatchObject({ closes: 4 });
  });

  it('is not shown where a secret stands in it: with something else in its place it would be another function', async () => {
    const scrub = (text: string): string => text.replaceAll('sk_live_123', '[hidden]');
    const { fix } = (await proved(sandbox, find(`PERFORM 'sk_live_123';`), { scrub })).object('find');
    expect(fix).toBeUndefined();
  });
});

describe('what the app needs the hole for', () => {
  const app = (folder: readonly Place[]): AppUses => ({ ...anyUse, touchesAt: () => folder, callsAt: () => folder });
  const at = [{ file: 'src/customers.ts', line: 7 }];

  it('is closed all the same, for all but the server, and what stops is named', async () => {
    const sql = `CREATE TABLE customers (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text NOT NULL);
      ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
      CREATE POLICY everybody ON customers FOR ALL TO authenticated USING (true) WITH CHECK (true);`;
    const tables = [sampleTable({ name: 'customers', nature: { kind: 'private', why: 'it holds contact data' }, holds: ['contact'] })];
    const { fix } = (await proved(sandbox, sql, { uses: app(at), tables })).object('customers');
    expect(fix).toMatchObject({ statements: ['DROP POLICY IF EXISTS everybody ON public.customers'], server: true, usedAt: at });
  });

  it('is a function too, where nothing that it is given says who asks', async () => {
    const sql = `${soundSql}
      CREATE FUNCTION newest() RETURNS SETOF notes LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
      BEGIN RETURN QUERY SELECT * FROM notes; END $$;
      REVOKE SELECT ON notes FROM authenticated;`;
    const { fix } = (await proved(sandbox, sql, { uses: app(at) })).object('newest');
    expect(fix?.statements[0]).toBe('REVOKE EXECUTE ON FUNCTION public.newest() FROM PUBLIC, anon, authenticated');
    expect(fix).toMatchObject({ server: true, usedAt: at });
  });
});

describe('files of a bucket', () => {
  const bucket = `INSERT INTO storage.buckets (id, name, public) VALUES ('docs', 'docs', false);
    CREATE POLICY "all files" ON storage.objects FOR ALL TO authenticated USING (bucket_id = 'docs') WITH CHECK (bucket_id = 'docs');`;
  const putting = (...first: string[]): AppUses => ({
    ...anyUse,
    uploads: () => first.map((one) => ({ bucket: 'docs', first: one, place: {} })),
  });

  it('belong to whoever uploaded them, where the app puts them anywhere', async () => {
    const { fix } = (await proved(sandbox, `${soundSql}${bucket}`, { uses: putting('') })).object('docs');
    expect(fix).toMatchObject({ closes: 12 });
    expect(fix).not.toHaveProperty('server');
    expect(fix?.statements.join(';\n')).toMatch(/FOR SELECT .*owner_id = \(SELECT auth\.uid\(\)\)::text/);
    expect(fix?.endsFor ?? []).not.toContain('owner');
  });

  it('stay closed when the correction is part of the repo, whatever tables it names', async () => {
    const admins = `CREATE TABLE staff (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, avatar_url text);
      CREATE FUNCTION is_staff() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT EXISTS (SELECT 1 FROM public.staff WHERE user_id = auth.uid()) $$;`;
    const uses = putting('');
    const { fix } = (await proved(sandbox, `${soundSql}${admins}${bucket}`, { uses })).object('docs');
    const again = await proved(sandbox, `${soundSql}${admins}${bucket}${fix?.statements.join(';\n')};`, { uses });
    const outside = again.object('docs').cells.filter(({ who, outcome }) => who === 'stranger' && outcome === 'got');
    expect(outside.map(({ verb }) => verb)).toEqual([]);
  });

  it('belong to whoever sees the row whose folder they are in', async () => {
    const { fix } = (await proved(sandbox, `${soundSql}${bucket}`, { uses: putting('note_id') })).object('docs');
    expect(fix?.statements.join(';\n')).toMatch(/FOR SELECT .*\[1\] IN \(SELECT one\.id::text FROM public\.notes one\)\)/);
    expect(fix?.endsFor ?? []).not.toContain('owner');
  });
});
