import { describe, expect, it } from 'vitest';
import type { Relation, Routine } from '../../live/catalog.ts';
import { sampleCatalog, samplePolicy, sampleRoutine, sampleTable, sampleWorlds } from '../../world/fixture.ts';
import type { Attempt, Tried } from '../attempt.ts';
import { bucketFixes, functionFixes, functionForServer, narrowedViews, viewFixes, viewForServer } from './objects.ts';
import type { Question } from './trial.ts';

const tried = (who: Attempt['who'], verb: Attempt['verb'] = 'select'): Tried => ({ attempt: { verb, who } }) as Tried;
const question = (...leaks: Tried[]): Question => ({ leaks, kept: [], culprits: [] });
const flat = (all: readonly (readonly string[])[]): string[] => all.map((one) => one.join('; '));

describe('corrections of a view', () => {
  const view: Relation = sampleTable('seen', { id: 'uuid' }, { kind: 'view' });

  it('run it with the rights of the caller, or take it from visitors where only they got in', () => {
    expect(flat(viewFixes(view, question(tried('anon'))))).toEqual([
      'ALTER VIEW public.seen SET (security_invoker = on)',
      'REVOKE ALL ON public.seen FROM PUBLIC, anon',
    ]);
    expect(flat(viewFixes({ ...view, kind: 'materialized-view' }, question(tried('anon'), tried('stranger'))))).toEqual([]);
    expect(viewForServer(view)).toEqual([
      'REVOKE ALL ON public.seen FROM PUBLIC, anon, authenticated',
      'GRANT SELECT ON public.seen TO service_role',
    ]);
  });

  it('narrow it to the rows of whoever asks, and keep its settings', () => {
    const owned: Relation = sampleTable('seen', { id: 'uuid', user_id: 'uuid' }, { kind: 'view' });
    const catalog = sampleCatalog([owned]);
    const definition = { text: 'SELECT 1', options: ['security_invoker=on', 'security_barrier=off'] };
    const narrowed = (at: Relation, told = definition): string[] =>
      flat(narrowedViews(at, told, { catalog, worlds: sampleWorlds(catalog) }, ['public.is_admin()']));
    const made =
      'CREATE OR REPLACE VIEW public.seen WITH (security_invoker=on, security_barrier=on) AS SELECT whole.* FROM (SELECT 1) whole WHERE';
    expect(narrowed(owned)).toEqual([
      `${made} whole.user_id = (SELECT auth.uid())`,
      `${made} whole.user_id = (SELECT auth.uid()) OR public.is_admin()`,
      `${made} public.is_admin()`,
    ]);
    expect(narrowed({ ...owned, kind: 'materialized-view' })).toEqual([]);
    expect(narrowed(owned, { text: '', options: [] })).toEqual([]);
  });
});

describe('corrections of a function', () => {
  const routine: Routine = sampleRoutine('find', {
    callers: ['anon', 'authenticated'],
    arguments: [
      { name: 'a', type: 'uuid', base: 'uuid', optional: false },
      { name: 'b', type: 'character varying', base: 'varchar', optional: true },
    ],
  });
  const name = 'FUNCTION public.find(uuid, character varying)';

  it('take it from visitors where only they got in, and leave it to those who had it', () => {
    const [first] = flat(functionFixes(routine, question(tried('anon'))));
    expect(first).toBe(`REVOKE EXECUTE ON ${name} FROM PUBLIC, anon; GRANT EXECUTE ON ${name} TO authenticated, service_role`);
    const [onlyServer] = flat(functionFixes({ ...routine, callers: ['anon'] }, question(tried('anon'))));
    expect(onlyServer).toMatch(/TO service_role$/);
  });

  it('run it with the rights of its caller, where it has others', () => {
    expect(flat(functionFixes(routine, question(tried('stranger'))))).toEqual([`ALTER ${name} SECURITY INVOKER`]);
    expect(flat(functionFixes({ ...routine, definer: false }, question(tried('stranger'))))).toEqual([]);
  });

  it('leave it to the server', () => {
    expect(functionForServer(routine)).toEqual([
      `REVOKE EXECUTE ON ${name} FROM PUBLIC, anon, authenticated`,
      `GRANT EXECUTE ON ${name} TO service_role`,
    ]);
  });
});

describe('corrections of a bucket', () => {
  const bucket = (isPublic: boolean) => ({ id: `it's`, public: isPublic }) as unknown as Parameters<typeof bucketFixes>[0];
  const culprit = samplePolicy({ name: 'wide', command: 'all' });
  const close = `UPDATE storage.buckets SET public = false WHERE id = 'it''s'`;
  const drop = 'DROP POLICY IF EXISTS wide ON storage.objects';
  const catalog = sampleCatalog([], []);
  const fixes = (isPublic: boolean, asked: Question, at = catalog, staff: readonly string[] = []): string[] =>
    flat(bucketFixes(bucket(isPublic), asked, { catalog: at, worlds: sampleWorlds(at) }, staff));

  it('close it, then drop what let them in, then give everybody a folder of his own', () => {
    const asked = { leaks: [tried('stranger', 'download')], kept: [tried('owner', 'upload')], culprits: [culprit] };
    const own = `bucket_id = 'it''s' AND (storage.foldername(name))[1] = (SELECT auth.uid())::text`;
    expect(fixes(true, asked)).toEqual([
      close,
      `${close}; ${drop}`,
      [
        close,
        drop,
        `CREATE POLICY "it's own folder select" ON storage.objects FOR SELECT TO authenticated USING (${own})`,
        `CREATE POLICY "it's own folder insert" ON storage.objects FOR INSERT TO authenticated WITH CHECK (${own})`,
      ].join('; '),
    ]);
    expect(fixes(false, asked)[0]).toBe(drop);
  });

  it('leave a public bucket public where only writing to it leaks', () => {
    const asked = { leaks: [tried('anon', 'upload')], kept: [], culprits: [culprit] };
    expect(fixes(true, asked)[0]).toBe(drop);
  });

  it('give back only what the dropped policies were about', () => {
    const asked = {
      leaks: [tried('stranger', 'download')],
      kept: [tried('owner', 'upload')],
      culprits: [{ ...culprit, command: 'select' as const }],
    };
    expect(fixes(false, asked).at(-1)).toMatch(/FOR SELECT/);
    expect(fixes(false, asked).at(-1)).not.toMatch(/FOR INSERT/);
    expect(fixes(true, { ...asked, culprits: [] })).toEqual([close]);
  });

  it('compare folders, which are texts, with the tenant as text', () => {
    const members = sampleTable(
      'members',
      { id: 'uuid', user_id: 'uuid', organization_id: 'uuid' },
      { refers: { user_id: 'auth.users', organization_id: 'public.organizations' }, uniques: [['user_id', 'organization_id']] },
    );
    const mine = sampleRoutine('my_org', { returns: 'uuid', source: 'SELECT organization_id FROM members WHERE user_id = auth.uid()' });
    const asks = sampleRoutine('is_member', {
      source: mine.source,
      arguments: [{ name: 'org', type: 'uuid', base: 'uuid', optional: false }],
    });
    const at = sampleCatalog([sampleTable('organizations', { id: 'uuid' }), members], [mine, asks]);
    const asked = { leaks: [tried('stranger', 'download')], kept: [], culprits: [culprit] };
    const using = fixes(false, asked, at, ['public.is_admin()']).map((one) => /USING \(bucket_id = 'it''s' AND (.*)\)$/.exec(one)?.[1]);
    const folder = '(storage.foldername(name))[1]';
    const [tenant, added, own] = [
      `${folder} = public.my_org()::text`,
      `${folder} IN (SELECT t::text FROM public.my_members_tenants() t)`,
      `${folder} = (SELECT auth.uid())::text`,
    ];
    expect(using).toEqual([
      undefined,
      tenant,
      added,
      own,
      `(${tenant} OR public.is_admin())`,
      `(${added} OR public.is_admin())`,
      `(${own} OR public.is_admin())`,
    ]);
  });
});
