import { describe, expect, it } from 'vitest';
import { judgeAttempt } from '../../evidence/isolation-questions.ts';
import { sampleCell } from '../../evidence/isolation-samples.ts';
import { bucketOf, functionOf, type SourceModel } from './describe.ts';
import type { Routine } from './live/catalog.ts';
import { sampleCatalog, sampleRoutine } from './world/fixture.ts';

const model: SourceModel = { tables: [], views: [], functions: [], buckets: [], storagePolicies: [], signupTriggers: [] };
const got = sampleCell({ verb: 'select', who: 'stranger', outcome: 'got' });
const verdict = (routine: Routine, ...others: Routine[]): string => {
  const object = functionOf(routine, sampleCatalog([], [routine, ...others]), model, [got]);
  return judgeAttempt(object, object.cells[0]!).is;
};

describe('a function that gives strangers something', () => {
  it('leaks where it runs with the rights of its owner', () => {
    expect(verdict(sampleRoutine('find', { returns: 'SETOF notes' }))).toBe('leak');
  });

  it('is judged by its tables where it runs with the rights of its caller, and calls none that does not', () => {
    const plain = sampleRoutine('find', { definer: false, returns: 'SETOF notes', reaches: 'SELECT * FROM notes' });
    expect(verdict(plain)).toBe('allowed');
    expect(verdict({ ...plain, reaches: 'SELECT * FROM all_notes()' }, sampleRoutine('all_notes'))).toBe('leak');
  });

  it('keeps things in order where it takes nothing and is called so', () => {
    expect(verdict(sampleRoutine('cleanup_expired_events', { volatile: true, returns: 'integer' }))).toBe('allowed');
    const id = { name: 'id', type: 'uuid', base: 'uuid', optional: false };
    expect(verdict(sampleRoutine('cleanup_events', { volatile: true, returns: 'integer', arguments: [id] }))).toBe('leak');
    expect(verdict(sampleRoutine('purge_events', { volatile: true, returns: 'integer' }))).toBe('leak');
    expect(verdict(sampleRoutine('archive_orders', { volatile: true, returns: 'integer' }))).toBe('leak');
    expect(verdict(sampleRoutine('wipe_events', { volatile: true, returns: 'integer' }))).toBe('leak');
  });

  it('may list the names of what is there to be shown, not those of people', () => {
    expect(verdict(sampleRoutine('shops', { returns: 'TABLE(nome_loja text)' }))).toBe('allowed');
    expect(verdict(sampleRoutine('shops', { returns: 'TABLE(store_name text, category_name text)' }))).toBe('allowed');
    expect(verdict(sampleRoutine('people', { returns: 'TABLE(customer_name text)' }))).toBe('leak');
    expect(verdict(sampleRoutine('shops', { returns: 'TABLE(store_name text, total numeric)' }))).toBe('leak');
  });
});

it('a bucket of pictures around the app is there to be seen, a private one of anything else is not', () => {
  const nature = (id: string, open: boolean): string => bucketOf({ id, public: open } as Parameters<typeof bucketOf>[0], model, []).nature;
  expect(nature('auth-hero-images', false)).toBe('content');
  expect(nature('avatars', false)).toBe('private');
  expect(nature('invoices', false)).toBe('private');
  expect(nature('invoices', true)).toBe('content');
});

it('avatars in a public bucket are shown on purpose, also where policies keep visitors from listing them', () => {
  const tries = [
    sampleCell({ verb: 'download', who: 'anon', outcome: 'nothing' }),
    sampleCell({ verb: 'download', who: 'owner', outcome: 'got' }),
  ];
  const nature = (id: string): string => bucketOf({ id, public: true } as Parameters<typeof bucketOf>[0], model, tries).nature;
  expect(nature('user-avatars')).toBe('content');
  expect(nature('receipts')).toBe('private');
});
