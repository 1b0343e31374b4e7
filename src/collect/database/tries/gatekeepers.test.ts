import { describe, expect, it } from 'vitest';
import { sampleCatalog, samplePolicy, sampleRoutine, sampleTable } from '../world/fixture.ts';
import { gatekeepersOf } from './gatekeepers.ts';

const isStaff = sampleRoutine('is_staff');
const guarded = (name: string, ...conditions: string[]) =>
  sampleTable(name, { id: 'uuid', user_id: 'uuid' }, { policies: conditions.map((using) => samplePolicy({ using })) });
const guards = (conditions: readonly string[], routine = isStaff): boolean =>
  gatekeepersOf(sampleCatalog([guarded('notes', ...conditions)], [routine])).length > 0;

describe('a function that lets people through by who they are', () => {
  it.each([
    'is_staff()',
    '(is_staff() OR (user_id = auth.uid()))',
    'is_staff(auth.uid())',
    `is_staff(( SELECT auth.uid() AS uid), 'admin'::app_role)`,
    `is_staff((auth.jwt() ->> 'role'::text), ARRAY['a'::text, 'b (c'::text], 3, NULL::uuid, true)`,
    'public.is_staff()',
    '"public"."is_staff"()',
  ])('is asked by %s', (condition) => {
    expect(guards([condition])).toBe(true);
  });

  it.each([
    'is_staff(user_id)',
    '(is_staff() AND is_staff(id))',
    'is_staff(auth.uid(), notes.id)',
    'not_is_staff()',
    'other.is_staff()',
    'is_staffed()',
    'true',
  ])('is not asked by %s', (condition) => {
    expect(guards([condition])).toBe(false);
  });

  it('is none of a table where another policy hands it the row', () => {
    expect(guards(['is_staff()', 'is_staff(user_id)'])).toBe(false);
    expect(guards(['is_staff()', 'true'])).toBe(true);
  });

  it('says yes or no', () => {
    expect(guards(['is_staff()'], { ...isStaff, returns: 'uuid' })).toBe(false);
  });
});

it('the one that guards most comes first, each with its tables', () => {
  const check = { ...guarded('c'), policies: [samplePolicy({ command: 'insert', check: 'is_admin()' })] };
  const all = gatekeepersOf(
    sampleCatalog([guarded('a', 'is_staff()'), guarded('b', 'is_admin()'), check], [isStaff, sampleRoutine('is_admin')]),
  );
  expect(all.map(({ routine, guards: tables }) => [routine.name, ...tables])).toEqual([
    ['is_admin', 'public.b', 'public.c'],
    ['is_staff', 'public.a'],
  ]);
});
