import { describe, expect, it } from 'vitest';
import type { Bucket, Policy, Verb } from '../../evidence/database.ts';
import { sampleBucket, sampleDatabase, samplePolicy, sampleReach } from '../../evidence/database-samples.ts';
import { storageOpen } from './storage-open.ts';

function judge(change: Partial<Bucket>, policies: readonly Policy[] = []) {
  return [...storageOpen.evaluate({ database: sampleDatabase({ buckets: [sampleBucket(change)], storagePolicies: policies }) })];
}
/** Who reaches every object for one verb. */
const open = (who: 'anon' | 'authenticated', verb: Verb): Pick<Bucket, 'access'> => {
  const reach = sampleReach({ [verb]: 'all' }, ['p']);
  return { access: { anon: who === 'anon' ? reach : sampleReach(), authenticated: reach } };
};

describe('audit/storage-open', () => {
  it.each<[string, Partial<Bucket>, string | undefined]>([
    ['contracts, public', { public: true }, 'high'],
    ['avatars, public', { name: 'avatars', public: true }, undefined],
    ['public documents, public', { name: 'public-documents', public: true }, undefined],
    ['contracts strangers read', open('anon', 'select'), 'blocker'],
    ['contracts accounts read', open('authenticated', 'select'), 'high'],
    ['contracts strangers add to', open('anon', 'insert'), 'high'],
    ['contracts strangers overwrite', open('anon', 'update'), 'blocker'],
    ['contracts accounts add to', open('authenticated', 'insert'), 'medium'],
    ['contracts accounts delete', open('authenticated', 'delete'), 'high'],
    ['uploads strangers read', { name: 'uploads', ...open('anon', 'select') }, 'high'],
    ['uploads strangers read, made elsewhere', { name: 'uploads', created: false, ...open('anon', 'select') }, 'medium'],
    ['uploads accounts read', { name: 'uploads', ...open('authenticated', 'select') }, 'medium'],
    ['uploads accounts read, made elsewhere', { name: 'uploads', created: false, ...open('authenticated', 'select') }, undefined],
    ['avatars, public, listed', { name: 'avatars', public: true, ...open('anon', 'select') }, undefined],
    ['avatars strangers delete', { name: 'avatars', public: true, ...open('anon', 'delete') }, 'blocker'],
    ['avatars accounts add to', { name: 'avatars', public: true, ...open('authenticated', 'insert') }, 'low'],
    ['avatars accounts overwrite', { name: 'avatars', public: true, ...open('authenticated', 'update') }, 'medium'],
    ['contracts, own folders', {}, undefined],
  ])('weighs %s: %s', (_, change, severity) => {
    expect(judge(change)).toMatchObject([severity === undefined ? { outcome: 'pass' } : { outcome: 'fail', severity }]);
  });

  it('says who can do what, through which policy', () => {
    const policy = samplePolicy({ name: 'p', command: 'delete', sql: 'create policy p on storage.objects ...' });
    const [found] = judge({ public: true, ...open('anon', 'delete') }, [policy]);
    expect(found).toMatchObject({ subject: 'bucket supabase:contracts', severity: 'blocker', place: { line: 31, name: 'contracts' } });
    expect(found?.message).toBe(
      'Bucket contracts: anybody on the internet can delete any file and it is a public bucket, so every file opens for whoever has or guesses its address, without signing in.',
    );
    expect(found?.proof).toMatchObject([{ text: 'create policy p on storage.objects ...' }, { place: { line: 90 } }]);
    expect(found?.fix).toContain('drop policy "p" on storage.objects;');
    expect(found?.fix).toContain("update storage.buckets set public = false where id = 'contracts';");
  });

  it('calls out a policy for the service role that opens the bucket to everybody', () => {
    const policy = samplePolicy({ name: 'Service role manages files', roles: ['public'] });
    const reach = sampleReach({ delete: 'all' }, [policy.name]);
    expect(judge({ access: { anon: reach, authenticated: reach } }, [policy])[0]?.message).toContain('the service role never needed it');
  });

  it('asks where a policy was not understood', () => {
    expect(judge(open('anon', 'select'), [samplePolicy({ name: 'p', uncertain: 'made by dynamic SQL' })])).toMatchObject([
      { outcome: 'unknown', severity: 'blocker', toKnow: expect.stringContaining('dashboard') },
    ]);
  });

  it('does not take policies of another database for its own', () => {
    const other = samplePolicy({ name: 'p', database: 'other', uncertain: 'x' });
    expect(judge(open('anon', 'select'), [other])).toMatchObject([{ outcome: 'fail' }]);
  });
});

describe('what a refused try refutes', () => {
  const access = (verb: string, who: string): string => `bucket supabase:storage.${sampleBucket().name} ${verb} as ${who}`;

  it('is that everybody reaches every file through a policy', () => {
    expect(judge(open('anon', 'select'))[0]?.suspects).toEqual([{ access: access('download', 'anon'), refutable: true }]);
    expect(judge(open('authenticated', 'delete'))[0]?.suspects).toEqual([{ access: access('delete', 'authenticated'), refutable: true }]);
  });

  it('is not that a public bucket serves every file', () => {
    expect(judge({ public: true })[0]?.suspects).toEqual([{ access: access('download', 'anon') }]);
  });
});
