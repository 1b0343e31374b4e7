import { expect, it } from 'vitest';
import { migrationText } from './isolation-fix.ts';

it('a correction can be run twice, and holds each statement once', () => {
  const all = [
    'DROP POLICY IF EXISTS a ON public.t',
    'CREATE POLICY "b ""c"" d" ON public.t FOR SELECT USING (true)',
    'SELECT 1',
    'SELECT 1',
  ];
  expect(migrationText(all).split('\n')).toEqual([
    'DROP POLICY IF EXISTS a ON public.t;',
    'DROP POLICY IF EXISTS "b ""c"" d" ON public.t;',
    'CREATE POLICY "b ""c"" d" ON public.t FOR SELECT USING (true);',
    'SELECT 1;',
  ]);
});
