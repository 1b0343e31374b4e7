import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TriedFix } from '../../../../evidence/isolation.ts';
import { anyUse } from '../../app-uses.ts';
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { type Played, played } from '../fixture.ts';
import { escalations } from '../power/escalate.ts';
import { decides, portal, signUp } from '../power/fixture.ts';
import { fixOfPower } from './power.ts';

let sandbox: Sandbox;
let last: Played | undefined;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
});
afterAll(() => sandbox.close());

/** Corrections of all ways to more power that `sql` leaves open. `prepare` runs after the worlds are made. */
async function fixes(sql: string, { calls = true, prepare = '', upsert = false } = {}): Promise<(TriedFix | undefined)[]> {
  await last?.db.close();
  last = await played(sandbox, portal + sql);
  const { db, catalog, worlds, tried } = last;
  if (prepare !== '') await db.exec(prepare);
  const gained = await escalations({ db, catalog, worlds, hints: decides, tried });
  expect(gained.length).toBeGreaterThan(0);
  const meant = tried.filter(({ outcome, attempt: { who } }) => outcome === 'got' && (who === 'owner' || who === 'admin'));
  const found: (TriedFix | undefined)[] = [];
  for (const one of gained)
    found.push(
      await fixOfPower(db, one, {
        catalog,
        worlds,
        staff: ['public.is_admin()'],
        meant,
        uses: {
          ...anyUse,
          inserts: (table) => (upsert ? [{ table, columns: undefined, upsert, place: {} }] : []),
          calls: () => calls,
          callsAt: () => (calls ? [{ file: 'a.ts', line: 1 }] : []),
        },
        gained,
      }),
    );
  return found;
}
const sqlOf = (fix: TriedFix | undefined): string | undefined => fix?.statements.join(';\n');
const change = 'CREATE POLICY change ON profiles FOR UPDATE TO authenticated USING (id = auth.uid());';

describe('a column of his own row that gives power', () => {
  it('is taken from what may be written, where nobody needs that', async () => {
    const [fix] = await fixes(signUp(`'client'`) + change);
    expect(fix).toMatchObject({ closes: 2, keeps: 2 });
    expect(sqlOf(fix)).toBe(
      'REVOKE UPDATE ON public.profiles FROM anon, authenticated;\nGRANT UPDATE (full_name, plan) ON public.profiles TO authenticated',
    );
  });

  it('is kept by a trigger for whoever runs the app, who could change it too', async () => {
    const byAdmin = 'CREATE POLICY admins ON profiles FOR ALL TO authenticated USING (is_admin());';
    const prepare = `UPDATE profiles SET role = 'admin' WHERE id = (SELECT id FROM auth.users WHERE email LIKE 'admin%')`;
    const [fix] = await fixes(signUp(`'client'`) + change + byAdmin, { prepare });
    expect(sqlOf(fix)).toMatch(
      /NEW\.role IS DISTINCT FROM OLD\.role\) AND current_user IN \(''anon'', ''authenticated''\) AND \(public\.is_admin\(\)\) IS NOT TRUE/,
    );
    expect(fix).not.toHaveProperty('ends');
  });
});

describe('a column that he may not change any more', () => {
  const again = `CREATE POLICY away ON profiles FOR DELETE TO authenticated USING (id = auth.uid());
    CREATE POLICY add ON profiles FOR INSERT TO authenticated WITH CHECK (id = auth.uid());`;

  it('is not written into a new row either, where he can delete his own', async () => {
    const [fix] = await fixes(signUp(`'client'`) + change + again);
    expect(sqlOf(fix)).toMatch(/REVOKE UPDATE ON public\.profiles .*BEFORE INSERT ON public\.profiles/s);
    expect(fix).toMatchObject({ closes: 3 });
  });

  it('is kept by a trigger where the app writes rows with their key, which takes a grant on it', async () => {
    const [fix] = await fixes(signUp(`'client'`) + change, { upsert: true });
    expect(sqlOf(fix)).toMatch(/BEFORE UPDATE ON public\.profiles/);
    expect(sqlOf(fix)).not.toMatch(/REVOKE|INSERT/);
  });
});

describe('a row that he adds for himself', () => {
  it('may hold what everybody gets, and no more', async () => {
    const [fix] = await fixes('CREATE POLICY add ON profiles FOR INSERT TO authenticated WITH CHECK (id = auth.uid());');
    expect(sqlOf(fix)).toMatch(/BEFORE INSERT ON public\.profiles/);
    expect(sqlOf(fix)).toContain(`(NEW.role::text IN (''manager'', ''admin''))`);
    expect(fix).not.toHaveProperty('ends');
  });

  it('is added by the server alone, where all who add themselves come in by the same hole', async () => {
    const [fix] = await fixes(
      `${signUp(`'client'`)} CREATE POLICY add ON memberships FOR INSERT TO authenticated WITH CHECK (user_id = auth.uid());`,
    );
    // Whoever adds himself came in by the same hole: nobody but the server is left to add members, and that is said.
    expect(fix).toMatchObject({ statements: ['DROP POLICY IF EXISTS add ON public.memberships'], server: true, endsFor: ['owner'] });
  });
});

describe('a function that gives power', () => {
  const joins = `CREATE FUNCTION join_organization(p_organization_id uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO public.memberships SELECT auth.uid(), p_organization_id; END $$;`;

  it('is left to the server where the app does not call it, else it asks first', async () => {
    const [server] = await fixes(signUp(`'client'`) + joins, { calls: false });
    expect(sqlOf(server)).toMatch(/^REVOKE EXECUTE ON FUNCTION public\.join_organization\(uuid\) FROM PUBLIC, anon, authenticated;/);
    const [asks] = await fixes(signUp(`'client'`) + joins);
    expect(sqlOf(asks)).toMatch(/IF coalesce\(auth\.role\(\), ''\) IN \('anon', 'authenticated'\) AND \(.*\) IS NOT TRUE THEN RAISE/);
  });
});

describe('a sign-up that gives power', () => {
  it('is asked of what only the server can set; everybody still signs up', async () => {
    const [fix] = await fixes(signUp(`coalesce(NEW.raw_user_meta_data ->> 'role', 'client')`));
    expect(fix).toMatchObject({ closes: 1, keeps: 1, invites: { keys: ['role'], places: [] } });
    expect(sqlOf(fix)).toContain(`coalesce(NEW.raw_app_meta_data ->> 'role', 'client')`);
    expect(sqlOf(fix)).toContain(`NEW.raw_user_meta_data ->> 'full_name'`);
  });

  it('as the first one has no correction: once somebody has, it is over', async () => {
    expect(await fixes(signUp(`CASE WHEN EXISTS (SELECT 1 FROM public.profiles) THEN 'client' ELSE 'admin' END`))).toEqual([undefined]);
  });
});
