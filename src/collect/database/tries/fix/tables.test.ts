import { describe, expect, it } from 'vitest';
import { anyUse, type AppUses } from '../../app-uses.ts';
import type { Relation, Routine } from '../../live/catalog.ts';
import { sampleCatalog, samplePolicy, sampleRoutine, sampleTable, sampleWorlds } from '../../world/fixture.ts';
import type { Attempt, Tried } from '../attempt.ts';
import { tenantTests } from './tenants.ts';
import { referenceFixes, tableFixes, withoutGrants } from './tables.ts';
import type { Question } from './trial.ts';

const users = 'auth.users';
const me = '(SELECT auth.uid())';
const organizations = sampleTable('organizations', { id: 'uuid' });
const members = sampleTable(
  'members',
  { id: 'uuid', user_id: 'uuid', organization_id: 'uuid' },
  { refers: { user_id: users, organization_id: 'public.organizations' }, uniques: [['user_id', 'organization_id']] },
);
const notes = sampleTable('notes', { id: 'uuid', user_id: 'uuid' }, { refers: { user_id: users } });
const invoices = sampleTable('invoices', { id: 'uuid', organization_id: 'uuid' }, { refers: { organization_id: 'public.organizations' } });
const lines = sampleTable('lines', { id: 'uuid', invoice_id: 'uuid' }, { refers: { invoice_id: 'public.invoices' } });
const parts = sampleTable('parts', { id: 'uuid', line_id: 'uuid' }, { refers: { line_id: 'public.lines' } });

const tried = (verb: Attempt['verb'], who: Attempt['who'] = 'stranger'): Tried => ({ attempt: { verb, who } }) as Tried;
const question = (change: Partial<Question> = {}): Question => ({
  leaks: [tried('select')],
  kept: [tried('select', 'owner')],
  culprits: [samplePolicy({ name: 'wide', command: 'select' })],
  ...change,
});

interface Around {
  readonly routines?: readonly Routine[];
  readonly tables?: readonly Relation[];
  readonly staff?: readonly string[];
  readonly uses?: AppUses;
}

function fixes(relation: Relation, asked: Question, { routines = [], tables = [], staff = [], uses = anyUse }: Around = {}): string[] {
  const catalog = sampleCatalog([organizations, notes, invoices, lines, parts, ...tables], routines);
  return tableFixes(relation, asked, { catalog, worlds: sampleWorlds(catalog), uses }, staff).map(({ statements }) =>
    statements.join('; '),
  );
}
const drop = 'DROP POLICY IF EXISTS wide ON public.notes';

describe('corrections of a table', () => {
  it('begin with what takes least: without what let them through, then for whose rows they are', () => {
    expect(fixes(notes, question())).toEqual([
      drop,
      `${drop}; CREATE POLICY notes_own_select ON public.notes FOR SELECT TO authenticated USING (user_id = ${me})`,
    ]);
  });

  it('give back only what somebody is meant to do and the dropped policies were about', () => {
    const all = [tried('select', 'owner'), tried('insert', 'owner'), tried('update', 'owner')];
    const [, one] = fixes(notes, question({ kept: all }));
    expect(one).toBe(`${drop}; CREATE POLICY notes_own_select ON public.notes FOR SELECT TO authenticated USING (user_id = ${me})`);
    const wide = question({ kept: all, culprits: [samplePolicy({ name: 'wide', command: 'all' })] });
    expect(fixes(notes, wide)[1]).toBe(
      [
        drop,
        `CREATE POLICY notes_own_select ON public.notes FOR SELECT TO authenticated USING (user_id = ${me})`,
        `CREATE POLICY notes_own_insert ON public.notes FOR INSERT TO authenticated WITH CHECK (user_id = ${me})`,
        `CREATE POLICY notes_own_update ON public.notes FOR UPDATE TO authenticated USING (user_id = ${me}) WITH CHECK (user_id = ${me})`,
      ].join('; '),
    );
  });

  it('say anew what leaked where no policy is known to have let them through', () => {
    expect(fixes(notes, question({ culprits: [] }))[1]).toBe(
      `CREATE POLICY notes_own_select ON public.notes FOR SELECT TO authenticated USING (user_id = ${me})`,
    );
  });

  it('turn row-level security on, and then let in all who are meant to', () => {
    const open = fixes(
      { ...notes, rowSecurity: false },
      question({ culprits: [], kept: [tried('select', 'owner'), tried('delete', 'owner')] }),
    );
    expect(open[0]).toBe('ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY');
    expect(open[1]).toMatch(/^ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY; .*FOR SELECT .*; .*FOR DELETE /);
  });

  it('leave open what was meant for all and never leaked', () => {
    const kept = [tried('select', 'anon'), tried('select', 'owner'), tried('update', 'owner'), tried('insert', 'newcomer')];
    const [, own] = fixes({ ...notes, rowSecurity: false }, question({ leaks: [tried('update')], culprits: [], kept }));
    expect(own?.split('; ').slice(1)).toEqual([
      'CREATE POLICY notes_public_select ON public.notes FOR SELECT TO anon, authenticated USING (true)',
      'CREATE POLICY notes_public_insert ON public.notes FOR INSERT TO authenticated WITH CHECK (true)',
      `CREATE POLICY notes_own_update ON public.notes FOR UPDATE TO authenticated USING (user_id = ${me}) WITH CHECK (user_id = ${me})`,
    ]);
  });

  it('drop with row-level security turned on what would then let everybody in', () => {
    const policies = [
      samplePolicy({ name: 'all', using: 'true' }),
      samplePolicy({ name: 'adding', command: 'insert', check: 'true' }),
      samplePolicy({ name: 'own', using: 'user_id = auth.uid()' }),
      samplePolicy({ name: 'narrow', permissive: false, using: 'true' }),
      samplePolicy({ name: 'server', roles: ['service_role'], using: 'true' }),
    ];
    const open = fixes({ ...notes, rowSecurity: false, policies }, question({ culprits: [] }));
    const enable = 'ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY';
    expect(open.slice(0, 2)).toEqual([enable, `${enable}; DROP POLICY IF EXISTS "all" ON public.notes`]);
    expect(open[2]).toMatch(/^ALTER TABLE \S+ ENABLE ROW LEVEL SECURITY; DROP POLICY IF EXISTS "all"/);
  });

  it('ask without a subselect where a policy reads the table itself, which PostgreSQL would take for recursion', () => {
    const policies = [samplePolicy({ name: 'role', command: 'update', check: '(role = ( SELECT n.role FROM notes n))' })];
    expect(fixes({ ...notes, policies }, question())[1]).toMatch(/USING \(user_id = auth\.uid\(\)\)$/);
  });

  it('let in who runs the app as well, where a function says so, alone last', () => {
    expect(fixes(notes, question(), { staff: ['public.is_admin()'] }).map((one) => /USING \((.*)\)$/.exec(one)?.[1])).toEqual([
      undefined,
      `user_id = ${me}`,
      `user_id = ${me} OR public.is_admin()`,
      'public.is_admin()',
    ]);
  });

  it('ask along the keys where the row does not say whose it is', () => {
    const mine = sampleRoutine('my_org', { returns: 'uuid', source: 'SELECT organization_id FROM members WHERE user_id = auth.uid()' });
    const using = (relation: Relation): string | undefined =>
      /USING \((.*)\)$/.exec(fixes(relation, question(), { routines: [mine], tables: [members] })[1] ?? '')?.[1];
    expect(using(invoices)).toBe('organization_id = public.my_org()');
    expect(using(lines)).toBe(
      'EXISTS (SELECT 1 FROM public.invoices invoices_of WHERE invoices_of.id = public.lines.invoice_id AND invoices_of.organization_id = public.my_org())',
    );
    expect(using(parts)).toBe(
      'EXISTS (SELECT 1 FROM public.lines lines_of WHERE lines_of.id = public.parts.line_id AND EXISTS (SELECT 1 FROM public.invoices invoices_of WHERE invoices_of.id = lines_of.invoice_id AND invoices_of.organization_id = public.my_org()))',
    );
  });

  it('ask in a function of ours last, because row-level security may keep the parent from the owner', () => {
    const projects = sampleTable('projects', { id: 'uuid', created_by: 'uuid', user_id: 'uuid' }, { refers: { user_id: users } });
    const plans = sampleTable(
      'plans',
      { id: 'uuid', project_id: 'uuid' },
      { refers: { project_id: 'public.projects' }, rowSecurity: false },
    );
    const items = sampleTable('items', { id: 'uuid', plan_id: 'uuid' }, { refers: { plan_id: 'public.plans' } });
    const all = fixes(items, question(), { tables: [projects, plans] });
    expect(all.at(-2)?.split('; ')).toEqual([
      `CREATE OR REPLACE FUNCTION public.owns_plans_by_user_id(uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS 'SELECT EXISTS (SELECT 1 FROM public.plans plans_of WHERE plans_of.id = $1 AND EXISTS (SELECT 1 FROM public.projects projects_of WHERE projects_of.id = plans_of.project_id AND projects_of.user_id = ${me}))'`,
      'REVOKE EXECUTE ON FUNCTION public.owns_plans_by_user_id(uuid) FROM PUBLIC, anon',
      'GRANT EXECUTE ON FUNCTION public.owns_plans_by_user_id(uuid) TO authenticated',
      'DROP POLICY IF EXISTS wide ON public.items',
      'CREATE POLICY items_own_select ON public.items FOR SELECT TO authenticated USING (public.owns_plans_by_user_id(public.items.plan_id))',
    ]);
    const bare = fixes(items, question(), { tables: [{ ...projects, rowSecurity: false }, plans] });
    expect(bare.join()).not.toContain('owns_');
  });
});

describe('whether somebody belongs to a tenant', () => {
  const tests = (...routines: Routine[]): string[] => {
    const catalog = sampleCatalog([organizations, members], routines);
    return tenantTests('organization_id', { catalog, worlds: sampleWorlds(catalog) }).map(({ sql }) => sql);
  };
  const source = 'SELECT 1 FROM members WHERE user_id = auth.uid()';
  const org = { name: 'org', type: 'uuid', base: 'uuid', optional: false };

  it('says a function of the repo, else one that we add', () => {
    expect(tests(sampleRoutine('is_member', { source, arguments: [org] }), sampleRoutine('my_org', { source, returns: 'uuid' }))).toEqual([
      'public.is_member(organization_id)',
      'organization_id = public.my_org()',
      'organization_id IN (SELECT public.my_members_tenants())',
    ]);
  });

  it('says none that does not ask who calls, that policies could not call, or that would ask the policies again', () => {
    const odd = [
      sampleRoutine('a', { source: 'SELECT 1 FROM members', arguments: [org] }),
      sampleRoutine('b', { source, arguments: [org], callers: [] }),
      sampleRoutine('c', { source, arguments: [org], definer: false }),
      sampleRoutine('d', { source: 'SELECT auth.uid() IS NOT NULL', arguments: [org] }),
      sampleRoutine('e', { source, arguments: [{ ...org, name: 'invoice' }] }),
    ];
    expect(tests(...odd)).toEqual(['organization_id IN (SELECT public.my_members_tenants())']);
  });

  it('is told by a function of ours that nobody but those signed in may call', () => {
    const catalog = sampleCatalog([organizations, members]);
    const [added] = tenantTests('x', { catalog, worlds: sampleWorlds(catalog) });
    expect(added?.helper).toEqual([
      `CREATE OR REPLACE FUNCTION public.my_members_tenants() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS 'SELECT organization_id FROM public.members WHERE user_id = auth.uid()'`,
      'REVOKE EXECUTE ON FUNCTION public.my_members_tenants() FROM PUBLIC, anon',
      'GRANT EXECUTE ON FUNCTION public.my_members_tenants() TO authenticated',
    ]);
  });
});

describe("corrections of a table whose rows are nobody's", () => {
  const countries = sampleTable('countries', { id: 'uuid' });
  const change = 'DROP POLICY IF EXISTS wide ON public.countries';
  const of = (kept: readonly Tried[], staff: readonly string[] = [], leaks = [tried('update', 'anon')]): string[] =>
    referenceFixes(countries, question({ leaks, kept }), staff).map((one) => one.join('; '));

  const everything = { ...countries, rowSecurity: false };
  const ofAll = (kept: readonly Tried[], staff: readonly string[] = []): string[] =>
    referenceFixes(everything, question({ leaks: [tried('update', 'anon')], kept, culprits: [] }), staff).map((one) => one.join('; '));
  const enable = 'ALTER TABLE public.countries ENABLE ROW LEVEL SECURITY';

  it('leave it readable for those from outside who were meant to read it, and open it to nobody else', () => {
    const read = (roles: string): string =>
      `${enable}; CREATE POLICY countries_public_select ON public.countries FOR SELECT TO ${roles} USING (true)`;
    expect(ofAll([tried('select', 'owner'), tried('select', 'newcomer')])).toEqual([enable, read('authenticated')]);
    expect(ofAll([tried('select', 'owner'), tried('select', 'anon')])).toEqual([enable, read('anon, authenticated')]);
    expect(ofAll([tried('select', 'owner')])).toEqual([enable]);
  });

  it('let administrators change it, where there are some', () => {
    const kept = [tried('select', 'newcomer'), tried('update', 'admin'), tried('delete', 'admin')];
    const [, , admins] = ofAll(kept, ['public.is_admin()']);
    expect(admins).toMatch(/countries_public_select .*FOR UPDATE TO authenticated USING \(public\.is_admin\(\)\).*; .*FOR DELETE /);
    expect(admins).not.toMatch(/FOR INSERT/);
  });

  it('leave them to administrators alone where reading is what leaked', () => {
    const leaks = [tried('select', 'stranger')];
    const kept = [tried('select', 'owner'), tried('update', 'admin')];
    expect(of(kept, ['public.is_admin()'], leaks)).toEqual([
      change,
      `${change}; CREATE POLICY countries_own_select ON public.countries FOR SELECT TO authenticated USING (public.is_admin())`,
    ]);
    expect(of(kept, [], leaks)).toEqual([change]);
  });
});

it('the last thing that closes a table is to take what leaked from the browser', () => {
  const leaks = [tried('update'), tried('select'), tried('select', 'anon')];
  expect(withoutGrants(notes, question({ leaks }))).toEqual(['REVOKE SELECT, UPDATE ON public.notes FROM PUBLIC, anon, authenticated']);
});

describe('what a correction asks of new rows', () => {
  const asked = question({
    leaks: [tried('insert')],
    kept: [tried('insert', 'owner')],
    culprits: [samplePolicy({ name: 'wide', command: 'insert' })],
  });
  const sending = (...rows: (string[] | undefined)[]): AppUses => ({
    ...anyUse,
    inserts: (table) =>
      rows.map((columns, line) => ({ table, columns: columns && new Set(columns), upsert: false, place: { file: 'a.ts', line } })),
  });
  const posts = sampleTable(
    'posts',
    { id: 'uuid', handled_by: 'uuid', created_by: 'uuid' },
    { refers: { handled_by: users, created_by: users } },
  );
  const checks = (uses: AppUses, at = posts) =>
    fixes(at, asked, { uses, tables: [at] }).map((one) => /SET DEFAULT \S+|WITH CHECK \(\w+ = /.exec(one)?.[0]);

  it('is what the code sends, first', () => {
    expect(checks(sending(['created_by']))).toEqual([undefined, 'WITH CHECK (created_by = ', 'WITH CHECK (handled_by = ']);
    expect(checks(sending(['handled_by', 'created_by']))).toEqual([undefined, 'WITH CHECK (handled_by = ', 'WITH CHECK (created_by = ']);
    // What is not to be seen says nothing.
    expect(checks(sending(undefined))).toEqual([undefined, 'WITH CHECK (handled_by = ', 'WITH CHECK (created_by = ']);
  });

  it('is no column that no code names, where the rest of what is sent is not to be seen', () => {
    const uses = { ...sending(undefined), names: (column: string) => column !== 'handled_by' };
    expect(checks(uses)).toEqual([undefined, 'WITH CHECK (created_by = ', 'WITH CHECK (handled_by = ']);
  });

  it('is filled by who is signed in where it says who made the row, and nothing fills it yet', () => {
    expect(checks(sending(['title']))).toEqual([undefined, 'SET DEFAULT auth.uid();', 'WITH CHECK (handled_by = ']);
    const filled = { ...posts, columns: posts.columns.map((one) => (one.name === 'id' ? one : { ...one, fallback: 'auth.uid()' })) };
    expect(checks(sending(['title']), filled)).toEqual([undefined, 'WITH CHECK (handled_by = ', 'WITH CHECK (created_by = ']);
  });

  it('is told with the place where the code does not send it', () => {
    const catalog = sampleCatalog([organizations, posts]);
    const all = tableFixes(posts, asked, { catalog, worlds: sampleWorlds(catalog), uses: sending(['title']) }, []);
    expect(all.map(({ unsent }) => unsent)).toEqual([undefined, undefined, { column: 'handled_by', places: [{ file: 'a.ts', line: 0 }] }]);
  });
});
