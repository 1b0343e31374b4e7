import { describe, expect, it } from 'vitest';
import { sampleFailure } from '../../../evidence/isolation-samples.ts';
import type { LiveCatalog } from '../live/catalog.ts';
import { graderOf } from './grade.ts';

const catalog = { relations: [], routines: [], signUpTriggers: [], published: new Set<string>() } as unknown as LiveCatalog;

describe('an error', () => {
  const failure = sampleFailure({ reason: 'column up.email does not exist', touches: ['public.carts'], opens: false, closes: false });
  const grader = graderOf(catalog, [failure]);

  it('is doubtful where a statement about something else missed the same thing: the running database has it', () => {
    expect(grader.gradeError('public.sign_up', 'column "email" of relation "people" does not exist')).toEqual({
      grade: 'conditional',
      unless: [0],
    });
  });

  it('is certain where nothing else missed it', () => {
    expect(grader.gradeError('public.sign_up', 'column "phone" of relation "people" does not exist')).toEqual({ grade: 'proved' });
    expect(grader.gradeError('public.sign_up', 'infinite recursion detected')).toEqual({ grade: 'proved' });
  });
});

describe('a file', () => {
  const policy = (sql: string) => sampleFailure({ sql, touches: ['storage.objects'], opens: true, closes: false });
  const gradeOf = (sql: string) => graderOf(catalog, [policy(sql)]).grade('storage.receipts', false).grade;

  it('hangs on what failed for the table of all files', () => {
    expect(gradeOf(`CREATE POLICY p ON storage.objects FOR SELECT USING (bucket_id = 'receipts')`)).toBe('conditional');
    expect(gradeOf('CREATE POLICY p ON storage.objects FOR SELECT USING (owner = auth.uid())')).toBe('conditional');
    expect(graderOf(catalog, [policy('x')]).grade('storage.receipts', true).grade).toBe('proved');
    expect(graderOf(catalog, [sampleFailure({ touches: ['storage.buckets'], opens: true })]).grade('storage.receipts', false).grade).toBe(
      'conditional',
    );
  });

  it('does not hang on what is about other buckets, as far as it was kept', () => {
    const other = `CREATE POLICY p ON storage.objects FOR SELECT USING (bucket_id = 'logos')`;
    expect(gradeOf(other)).toBe('proved');
    expect(gradeOf(`${other}${' '.repeat(200)}`)).toBe('conditional');
  });
});
