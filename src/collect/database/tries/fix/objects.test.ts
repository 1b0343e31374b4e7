import { describe, expect, it } from 'vitest';
import type { Relation, Routine } from '../../live/catalog.ts';
import { sampleCatalog, sampleRoutine, sampleTable, sampleWorlds } from '../../world/fixture.ts';
import type { Attempt, Tried } from '../attempt.ts';
import { functionFixes, functionForServer, narrowedViews, viewFixes, viewForServer } from './objects.ts';
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
