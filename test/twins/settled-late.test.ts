import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseChecks, proveFolder } from '../../bench/database/prove.ts';
import { examples, withTwin } from '../../bench/twins/examples.ts';
import { chooseFlaws } from '../../examples/flaws.ts';
import { rlsAlwaysTrue } from '../../src/checks/audit/rls-always-true.ts';
import { rlsDisabled } from '../../src/checks/audit/rls-disabled.ts';
import { definerView } from '../../src/checks/audit/definer-view.ts';
import { storageOpen } from '../../src/checks/audit/storage-open.ts';
import { openSandbox, type Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import type { Finding } from '../../src/core/finding.ts';

const audit = [rlsAlwaysTrue, rlsDisabled, definerView, storageOpen];
const example = examples.find(({ name }) => name === 'supabase-portal')!;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

/** All that is said of the portal with these flaws and a last migration, in a run that reads and tries. */
async function found(flaws: readonly string[], sql: string): Promise<readonly Finding[]> {
  const { findings } = await withTwin(example, chooseFlaws(example.flaws, flaws), (folder) => {
    writeFileSync(join(folder, 'supabase/migrations/20270101000000_late.sql'), sql);
    return proveFolder(folder, sandbox, [...audit, ...databaseChecks]);
  });
  return findings;
}

/** What the audit says of it: all but what it passes by reading. */
async function said(flaws: readonly string[], sql: string): Promise<Finding[]> {
  const ofAudit = (await found(flaws, sql)).filter(({ check }) => check.startsWith('audit/'));
  return ofAudit.filter(({ outcome, message }) => outcome === 'fail' || message.startsWith('Tried and refused: '));
}

describe('what only running the SQL shows', () => {
  it('acquits a policy for everybody on a table from which a statement made of data took all grants', async () => {
    const sql = `CREATE TABLE public.tidy (what text);
      INSERT INTO public.tidy VALUES ('cases');
      DO $$ DECLARE t text; BEGIN SELECT what INTO t FROM public.tidy; EXECUTE 'REVOKE ALL ON public.' || t || ' FROM anon, authenticated'; END $$;
      DROP TABLE public.tidy;`;
    expect(await said(['rls-using-true-cases'], sql)).toMatchObject([
      {
        outcome: 'pass',
        check: rlsAlwaysTrue.id,
        message: expect.stringContaining('read cases (permission denied for table cases (42501))'),
      },
    ]);
  });

  it('acquits a table for which a loop over the catalog switched row-level security on', async () => {
    const sql = `DO $$ DECLARE r record; BEGIN
      FOR r IN SELECT oid::regclass AS t FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relrowsecurity LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', r.t);
      END LOOP; END $$;`;
    expect(await said(['rls-disabled-invoices'], sql)).toMatchObject([
      { outcome: 'pass', check: rlsDisabled.id, message: expect.stringContaining('could read invoices (no rows)') },
    ]);
  });

  it('acquits a view whose query asks who is calling in a function that cannot be followed', async () => {
    const sql = `CREATE FUNCTION public.mine() RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
        BEGIN RETURN QUERY EXECUTE 'SELECT organization_id FROM public.memberships WHERE user_id = $1' USING auth.uid(); END $$;
      DROP VIEW public.invoice_overview;
      CREATE VIEW public.invoice_overview AS SELECT i.* FROM public.invoices i WHERE i.organization_id IN (SELECT public.mine());
      GRANT SELECT ON public.invoice_overview TO anon, authenticated;`;
    expect(await said([], sql)).toMatchObject([
      { outcome: 'pass', check: definerView.id, message: 'Tried and refused: nobody from outside could read invoice_overview (no rows).' },
    ]);
  });
});

describe('what looks like a refusal and is none', () => {
  it.each<readonly [string, string, readonly string[], string]>([
    [
      'a trigger said no to the row that was tried',
      rlsAlwaysTrue.id,
      ['anonymous-write-policy'],
      `CREATE FUNCTION public.only_short() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF auth.uid() IS DISTINCT FROM NEW.author_id AND length(NEW.body) > 3 THEN RAISE EXCEPTION 'too long'; END IF;
         RETURN NEW; END $$;
       CREATE TRIGGER only_short BEFORE INSERT ON public.case_comments FOR EACH ROW EXECUTE FUNCTION public.only_short();`,
    ],
    [
      'the policy could not be made, because its name was taken: in the running database it may have been',
      rlsAlwaysTrue.id,
      [],
      `CREATE POLICY "Members can view cases they are part of" ON public.cases FOR SELECT TO authenticated USING (true);`,
    ],
    [
      'the same of files',
      storageOpen.id,
      [],
      `CREATE POLICY "Members can download files they can see" ON storage.objects FOR SELECT TO authenticated USING (bucket_id = 'client-files');`,
    ],
    [
      'the view shows rows, but not the one that was looked for',
      definerView.id,
      [],
      `CREATE VIEW public.paid AS SELECT id, organization_id, status FROM public.invoices WHERE status::text = 'paid';
       GRANT SELECT ON public.paid TO anon, authenticated;`,
    ],
  ])('acquits nothing where %s', async (_, check, flaws, sql) => {
    expect(await said(flaws, sql)).toMatchObject([{ outcome: 'fail', check }]);
  });
});

it('names that visitors read without the key are told once, by who tried it', async () => {
  const findings = await found(
    [],
    `REVOKE ALL ON public.profiles FROM anon;
     GRANT SELECT (full_name) ON public.profiles TO anon;
     CREATE POLICY "names" ON public.profiles FOR SELECT TO anon USING (true);`,
  );
  const told = findings.filter(({ check, outcome }) => outcome === 'fail' && check !== 'access/matrix-drift');
  expect(told).toMatchObject([{ check: 'access/stranger-reads', place: { name: 'profiles' } }]);
});
