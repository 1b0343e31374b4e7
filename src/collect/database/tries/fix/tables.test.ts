import { describe, expect, it } from 'vitest';
import type { Relation, Routine } from '../../live/catalog.ts';
import { sampleCatalog, samplePolicy, sampleRoutine, sampleTable, sampleWorlds } from '../../world/fixture.ts';
import type { Attempt, Tried } from '../attempt.ts';
import { adminTests, referenceFixes, tableFixes, tenantTests } from './tables.ts';
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

function fixes(relation: Relation, asked: Question, routines: readonly Routine[] = [], tables: readonly Relation[] = []): string[] {
  const catalog = sampleCatalog([organizations, notes, invoices, lines, parts, ...tables], routines);
  return tableFixes(relation, asked, catalog, sampleWorlds(catalog)).map((statements) => statements.join('; '));
}
const drop = 'DROP POLICY wide ON public.notes';

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

  it('let in who runs the app as well, where a function says so, alone last', () => {
    const isAdmin = sampleRoutine('is_admin');
    expect(fixes(notes, question(), [isAdmin]).map((one) => /USING \((.*)\)$/.exec(one)?.[1])).toEqual([
      undefined,
      `user_id = ${me}`,
      `user_id = ${me} OR public.is_admin()`,
      'public.is_admin()',
    ]);
  });

  it('ask along the keys where the row does not say whose it is', () => {
    const mine = sampleRoutine('my_org', { returns: 'uuid', source: 'SELECT organization_id FROM members WHERE user_id = auth.uid()' });
    const using = (relation: Relation): string | undefined =>
      /USING \((.*)\)$/.exec(fixes(relation, question(), [mine], [members])[1] ?? '')?.[1];
    expect(using(invoices)).toBe('organization_id = public.my_org()');
    expect(using(lines)).toBe(
      'EXISTS (SELECT 1 FROM public.invoices invoices_of WHERE invoices_of.id = public.lines.invoice_id AND invoices_of.organization_id = public.my_org())',
    );
    expect(using(parts)).toBe(
      'EXISTS (SELECT 1 FROM public.lines lines_of WHERE lines_of.id = public.parts.line_id AND EXISTS (SELECT 1 FROM public.invoices invoices_of WHERE invoices_of.id = lines_of.invoice_id AND invoices_of.organization_id = public.my_org()))',
    );
  });
});

describe('whether somebody belongs to a tenant', () => {
  const tests = (...routines: Routine[]): string[] => {
    const catalog = sampleCatalog([organizations, members], routines);
    return tenantTests('organization_id', catalog, sampleWorlds(catalog)).map(({ sql }) => sql);
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
    const [added] = tenantTests('x', catalog, sampleWorlds(catalog));
    expect(added?.helper).toEqual([
      `CREATE OR REPLACE FUNCTION public.my_members_tenants() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS 'SELECT organization_id FROM public.members WHERE user_id = auth.uid()'`,
      'REVOKE EXECUTE ON FUNCTION public.my_members_tenants() FROM PUBLIC, anon',
      'GRANT EXECUTE ON FUNCTION public.my_members_tenants() TO authenticated',
    ]);
  });
});

it('who runs the app is told by a function without arguments, or one that takes a role', () => {
  const labels = ['client', 'super_admin'];
  const role = { name: 'r', type: 'app_role', base: 'enum', labels, optional: false };
  const who = { name: 'who', type: 'uuid', base: 'uuid', optional: false };
  const catalog = sampleCatalog(
    [],
    [
      sampleRoutine('has_role', { arguments: [who, role] }),
      sampleRoutine('i_have_role', { arguments: [role] }),
      sampleRoutine('is_admin'),
      sampleRoutine('is_admin_of', { arguments: [who] }),
      sampleRoutine('is_staff', { callers: ['anon'] }),
      sampleRoutine('admins', { returns: 'SETOF uuid' }),
      sampleRoutine('role_of', { arguments: [{ ...role, labels: ['client'] }] }),
    ],
  );
  expect(adminTests(catalog)).toEqual(['public.is_admin()', `public.has_role(${me}, 'super_admin')`, `public.i_have_role('super_admin')`]);
});

describe("corrections of a table whose rows are nobody's", () => {
  const countries = sampleTable('countries', { id: 'uuid' });
  const change = 'DROP POLICY wide ON public.countries';
  const of = (kept: readonly Tried[], ...routines: Routine[]): string[] =>
    referenceFixes(countries, question({ leaks: [tried('update', 'anon')], kept }), sampleCatalog([countries], routines)).map((one) =>
      one.join('; '),
    );

  it('leave it readable for whom it was, and nobody changes it', () => {
    const read = (roles: string): string =>
      `${change}; CREATE POLICY countries_read ON public.countries FOR SELECT TO ${roles} USING (true)`;
    expect(of([tried('select', 'owner')])).toEqual([change, read('authenticated')]);
    expect(of([tried('select', 'owner'), tried('select', 'anon')])).toEqual([change, read('anon, authenticated')]);
    expect(of([tried('insert', 'anon')])).toEqual([change, read('authenticated')]);
  });

  it('let administrators change it first, where there are some', () => {
    const [, admins, nobody] = of([tried('select', 'owner')], sampleRoutine('is_admin'));
    expect(admins).toMatch(/FOR SELECT .*FOR INSERT TO authenticated WITH CHECK \(public.is_admin\(\)\); .*FOR UPDATE .*; .*FOR DELETE /);
    expect(nobody).not.toContain('is_admin');
  });
});
