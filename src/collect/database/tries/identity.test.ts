import { describe, expect, it } from 'vitest';
import { samplePolicy, sampleRoutine, sampleTable } from '../world/fixture.ts';
import type { Attempt } from './attempt.ts';
import { asksWho, setAside } from './identity.ts';

const belongs = sampleRoutine('belongs', { source: 'SELECT EXISTS (SELECT 1 FROM members m WHERE m.id = of AND m.user_id = auth.uid())' });
const lenient = sampleRoutine('lenient', { source: 'SELECT published OR user_id = auth.uid() FROM notes' });
const blind = sampleRoutine('blind', { source: 'SELECT published FROM notes' });
const routines = [belongs, lenient, blind];

describe('a condition', () => {
  it.each([
    '(user_id = auth.uid())',
    '(( SELECT auth.uid() AS uid) = user_id)',
    '((user_id = auth.uid()) AND (deleted_at IS NULL))',
    '((user_id = auth.uid()) OR belongs(id))',
    '(EXISTS ( SELECT 1 FROM members m WHERE ((m.id = notes.id) AND (m.user_id = auth.uid()))))',
    `((status = 'a OR b'::text) AND (user_id = auth.uid()))`,
  ])('%s asks who is calling', (condition) => {
    expect(asksWho(condition, routines)).toBe(true);
  });

  it.each([
    'true',
    'published',
    '(published OR (user_id = auth.uid()))',
    '(auth.uid() IS NOT NULL)',
    '(( SELECT auth.uid() AS uid) IS NOT NULL)',
    '((auth.uid() IS NOT NULL) AND published)',
    '(NOT (user_id = auth.uid()))',
    '(EXISTS ( SELECT 1 FROM members m WHERE ((m.user_id = auth.uid()) OR m.open)))',
    'lenient(id)',
    'blind(id)',
    `(auth.role() = 'authenticated'::text)`,
  ])('%s may hang on something else', (condition) => {
    expect(asksWho(condition, routines)).toBe(false);
  });
});

describe('policies', () => {
  const attempt = { object: 'public.notes', verb: 'update', who: 'owner', as: { role: 'authenticated', claims: {} }, ways: [] } as Attempt;
  const notes = (...policies: Parameters<typeof samplePolicy>[0][]) =>
    sampleTable('notes', { id: 'uuid' }, { policies: policies.map((policy) => samplePolicy(policy)) });

  it('are set aside where each asks who is calling', () => {
    const relation = notes(
      { name: 'mine', command: 'all', using: '(user_id = auth.uid())' },
      { name: 'read', command: 'select', using: 'true' },
    );
    expect(setAside(relation, attempt, routines)).toEqual([{ sql: 'ALTER POLICY mine ON public.notes USING (true) WITH CHECK (true)' }]);
    expect(setAside(relation, { ...attempt, verb: 'insert' }, routines)).toHaveLength(1);
  });

  it('stay where one of them may refuse for another reason, or there is none', () => {
    const mine = { name: 'mine', command: 'all', using: '(user_id = auth.uid())' } as const;
    expect(setAside(notes(mine, { name: 'open', command: 'update', using: 'published' }), attempt, routines)).toBeUndefined();
    expect(setAside(notes(), attempt, routines)).toBeUndefined();
  });
});
