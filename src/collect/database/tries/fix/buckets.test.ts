import { describe, expect, it } from 'vitest';
import { sampleCatalog, samplePolicy, sampleRoutine, sampleTable, sampleWorlds } from '../../world/fixture.ts';
import type { Attempt, Tried } from '../attempt.ts';
import { bucketFixes, closingBucket } from './buckets.ts';
import type { Question } from './trial.ts';

const tried = (who: Attempt['who'], verb: Attempt['verb'] = 'select'): Tried => ({ attempt: { verb, who } }) as Tried;
const flat = (all: readonly (readonly string[])[]): string[] => all.map((one) => one.join('; '));

describe('corrections of a bucket', () => {
  const bucket = (isPublic: boolean) => ({ id: `it's`, public: isPublic }) as unknown as Parameters<typeof bucketFixes>[0];
  const culprit = samplePolicy({ name: 'wide', command: 'all' });
  const close = `UPDATE storage.buckets SET public = false WHERE id = 'it''s'`;
  const drop = 'DROP POLICY IF EXISTS wide ON storage.objects';
  const catalog = sampleCatalog([], []);
  const fixes = (
    isPublic: boolean,
    asked: Question,
    at = catalog,
    staff: readonly string[] = [],
    paths: readonly string[] = [],
  ): string[] =>
    flat(
      bucketFixes(
        bucket(isPublic),
        asked,
        { catalog: at, worlds: sampleWorlds(at) },
        staff,
        paths.map((first) => ({ bucket: '', first, place: {} })),
      ),
    );

  it('close it, then drop what let them in, then give everybody a folder of his own', () => {
    const asked = { leaks: [tried('stranger', 'download')], kept: [tried('owner', 'upload')], culprits: [culprit] };
    const own = `bucket_id = 'it''s' AND (storage.foldername(name))[1] = (SELECT auth.uid())::text`;
    expect(fixes(true, asked)).toEqual([
      close,
      `${close}; ${drop}`,
      [
        close,
        drop,
        `CREATE POLICY "it's own files select" ON storage.objects FOR SELECT TO authenticated USING (${own})`,
        `CREATE POLICY "it's own files insert" ON storage.objects FOR INSERT TO authenticated WITH CHECK (${own})`,
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

  describe('go by where the app puts files', () => {
    const organizations = sampleTable('organizations', { id: 'uuid' });
    const members = sampleTable(
      'members',
      { id: 'uuid', user_id: 'uuid', organization_id: 'uuid' },
      { refers: { user_id: 'auth.users', organization_id: 'public.organizations' }, uniques: [['user_id', 'organization_id']] },
    );
    const objects = sampleTable('objects', { id: 'uuid', owner_id: 'text' }, { id: 'storage.objects', schema: 'storage', policies: [] });
    const asked = { leaks: [tried('stranger', 'download')], kept: [tried('owner', 'upload')], culprits: [culprit] };
    const at = sampleCatalog([organizations, members, objects]);
    const using = (paths: readonly string[], around = at): (string | undefined)[] =>
      fixes(false, asked, around, [], paths).map((one) => /USING \(bucket_id = 'it''s' AND (.*?)\)(?:; |$)/.exec(one)?.[1]);
    const folder = '(storage.foldername(name))[1]';
    const [tenant, own, uploader] = [
      `${folder} IN (SELECT t::text FROM public.my_members_tenants() t)`,
      `${folder} = (SELECT auth.uid())::text`,
      'owner_id = (SELECT auth.uid())::text',
    ];

    it.each<[string, string[], (string | undefined)[]]>([
      ['his own folder', ['user_id', 'user_id'], [undefined, own, uploader]],
      ['that of his organisation', ['current_organization_id'], [tenant, uploader, undefined]],
      ['both', ['user_id', 'organization_id'], [`(${own} OR ${tenant})`, uploader, undefined]],
      ['anywhere', [''], [uploader, undefined]],
      ['anywhere, also in his own folder', ['user_id', 'kind'], [uploader, undefined]],
      ['where it is not to be seen', [], [undefined, tenant, own, uploader]],
    ])('%s', (_, paths, expected) => {
      expect(using(paths)).toEqual(expected);
    });

    it('the folder of a row is for those who see the row', () => {
      const tickets = sampleTable('tickets', { id: 'uuid', user_id: 'uuid' }, { refers: { user_id: 'auth.users' } });
      const [seen, mine] = using(['ticket_id'], sampleCatalog([organizations, members, objects, tickets]));
      expect(seen).toBe(`${folder} IN (SELECT one.id::text FROM public.tickets one)`);
      expect(mine).toBe(`${folder} IN (SELECT one.id::text FROM public.tickets one WHERE one.user_id = (SELECT auth.uid()))`);
    });

    it('whoever uploads anywhere does not do it into the folder of others', () => {
      const [first = ''] = fixes(false, asked, at, [], ['']);
      expect(first).toMatch(
        /FUNCTION public\.is_folder_of_others\w*\(text\[\]\) RETURNS boolean .* FROM auth\.users one .* FROM public\.organizations one/,
      );
      expect(first).toMatch(
        /WITH CHECK \(bucket_id = 'it''s' AND owner_id = .* AND NOT public\.is_folder_of_others\w*\(storage\.foldername\(name\)\)\)$/,
      );
    });
  });

  it('close it, where only the server was meant', () => {
    expect(closingBucket(bucket(true), { leaks: [tried('stranger', 'download')], culprits: [culprit] })).toEqual([[close, drop]]);
    expect(closingBucket(bucket(true), { leaks: [tried('stranger', 'upload')], culprits: [] })).toEqual([]);
  });
});
