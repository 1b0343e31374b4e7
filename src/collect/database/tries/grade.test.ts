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
