import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { type Tried, tryAll, tryAfterChange } from '../attempt.ts';
import { type Played, played } from '../fixture.ts';
import { attemptsOnFunction } from '../functions.ts';
import { guarded, guardedFunctions } from './guards.ts';

describe('a function that asks first', () => {
  const plain = { name: 'show', returns: 'SETOF notes' };

  it('asks before the first statement of its block, whatever stands in comments and texts before', () => {
    const source = `\nDECLARE said text := 'BEGIN'; -- BEGIN here\nBEGIN\n  RETURN;\nEND`;
    const text = guarded(`CREATE ... AS $f$${source}$f$`, { ...plain, language: 'plpgsql', source }, 'mine()');
    expect(text).toContain(
      `-- BEGIN here\nBEGIN\n  IF coalesce(auth.role(), '') IN ('anon', 'authenticated') AND (mine()) IS NOT TRUE THEN RAISE`,
    );
    expect(text).toMatch(/END IF;\n {2}RETURN;\nEND\$f\$$/);
  });

  it('is written in PL/pgSQL where it was a single query', () => {
    const definition = (source: string): string => `CREATE FUNCTION show()\n RETURNS x\n LANGUAGE sql\nAS $f$${source}$f$`;
    const of = (source: string, returns = plain.returns): string | undefined =>
      guarded(definition(source), { ...plain, returns, language: 'sql', source }, 'mine()');
    expect(of(' SELECT 1; ')).toMatch(/LANGUAGE plpgsql\n[^]*BEGIN\n {2}IF [^]*RETURN QUERY SELECT 1;\nEND/);
    expect(of('SELECT 1', 'integer')).toContain('RETURN (SELECT 1);');
    expect(of('DELETE FROM notes')).toBeUndefined();
    expect(of('SELECT 1; SELECT 2')).toBeUndefined();
    expect(of(`SELECT ';'`)).toContain(`RETURN QUERY SELECT ';';`);
  });

  it('is left alone where its text is not to be found', () => {
    expect(guarded('CREATE ...', { ...plain, language: 'plpgsql', source: 'BEGIN END' }, 'mine()')).toBeUndefined();
    expect(guarded('CREATE ...', { ...plain, language: 'sql', source: '' }, 'mine()')).toBeUndefined();
    expect(guarded('x', { ...plain, language: 'c', source: 'x' }, 'mine()')).toBeUndefined();
  });
});

describe('corrections of a function with the rights of its owner', () => {
  let sandbox: Sandbox;
  let scene: Played;
  beforeAll(async () => {
    sandbox = await openSandbox({ kind: 'postgresql' });
    scene = await played(
      sandbox,
      `CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, body text NOT NULL);
       ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
       CREATE FUNCTION notes_of(p_user_id uuid) RETURNS TABLE (id uuid, body text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
         $$ SELECT n.id, n.body FROM notes n WHERE n.user_id = p_user_id $$;
       CREATE FUNCTION wipe(note_id uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
         $$ BEGIN UPDATE notes SET body = '' WHERE id = note_id; END $$;
       CREATE FUNCTION by_mail(user_email text) RETURNS SETOF notes LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
         $$ SELECT n.* FROM notes n JOIN auth.users u ON u.id = n.user_id WHERE u.email = user_email $$;
       CREATE FUNCTION several(note_ids uuid[]) RETURNS TABLE (id uuid, body text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
         $$ SELECT n.id, n.body FROM notes n WHERE n.id = ANY (note_ids) $$;
       CREATE FUNCTION all_of_them() RETURNS SETOF notes LANGUAGE sql SECURITY INVOKER AS $$ SELECT * FROM notes $$;`,
    );
  });
  afterAll(() => sandbox.close());

  it.each([
    ['notes_of', 'select'],
    ['wipe', 'update'],
    ['by_mail', 'select'],
  ] as const)('%s: what is asked keeps strangers out and lets the owner and the server in', async (name, verb) => {
    const { db, catalog, worlds } = scene;
    const routine = catalog.routines.find((one) => one.name === name)!;
    const attempts = attemptsOnFunction(routine, catalog.relations, worlds).filter((one) => one.verb === verb);
    const before = await tryAll(db, attempts);
    expect(before.filter(({ outcome }) => outcome === 'got').map(({ attempt }) => attempt.who)).toEqual(
      expect.arrayContaining(['anon', 'owner', 'stranger']),
    );
    const [guard] = await guardedFunctions(db, routine, scene, []);
    const change = guard!.map((sql) => ({ sql }));
    const after = await tryAfterChange(db, change, before);
    expect(after?.filter(({ outcome }) => outcome === 'got').map(({ attempt }) => attempt.who)).toEqual(['owner']);
    const server = before.map((one) => ({
      ...one,
      attempt: { ...one.attempt, as: { role: 'service_role' as const, claims: { role: 'service_role' } } },
    }));
    expect((await tryAfterChange(db, change, server))?.map(({ outcome }) => outcome)).toEqual(server.map(() => 'got'));
  });

  it('leave of a list what is the caller’s own, and do not stop at the rest', async () => {
    const { db, catalog, worlds } = scene;
    const routine = catalog.routines.find((one) => one.name === 'several')!;
    const tries = await tryAll(db, attemptsOnFunction(routine, catalog.relations, worlds));
    const [guard] = await guardedFunctions(db, routine, scene, []);
    expect(guard?.join()).toContain('several.note_ids := ARRAY(SELECT asked_for.id FROM unnest(several.note_ids) AS asked_for(id) WHERE ');
    const after = await tryAfterChange(
      db,
      guard!.map((sql) => ({ sql })),
      tries,
    );
    const of = (all: readonly Tried[] | undefined, who: string) => all?.find(({ attempt }) => attempt.who === who)?.outcome;
    expect([of(tries, 'owner'), of(tries, 'stranger')]).toEqual(['got', 'got']);
    expect([of(after, 'owner'), of(after, 'stranger')]).toEqual(['got', 'nothing']);
  });

  it('ask nothing of one that runs with the rights of its caller', async () => {
    const routine = scene.catalog.routines.find((one) => one.name === 'all_of_them')!;
    expect(await guardedFunctions(scene.db, routine, scene, ['true'])).toEqual([]);
  });

  it('let in who runs the app, with what is asked and alone', async () => {
    const routine = scene.catalog.routines.find((one) => one.name === 'notes_of')!;
    const all = (await guardedFunctions(scene.db, routine, scene, ['is_admin()'])).map(
      (one) => /AND \((.*?)\) IS NOT TRUE/.exec(one.join())?.[1],
    );
    expect(all).toEqual([
      'notes_of.p_user_id = (SELECT auth.uid())',
      'notes_of.p_user_id = (SELECT auth.uid()) OR is_admin()',
      'is_admin()',
    ]);
  });
});
