import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connect.ts';
import type { Queryable } from '../live/catalog.ts';
import { rebuilt } from '../rebuild/fixture.ts';
import { LimitError } from '../sandbox/limit-error.ts';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { keep, type Kept, machinerySql, patienceFor } from './keep.ts';

/** Every statement returns one jsonb value. */
const done = 'RETURNING to_jsonb(true)';

describe('statements that stay', () => {
  let sandbox: Sandbox;
  let db: Database;
  beforeAll(async () => {
    sandbox = await openSandbox({ kind: 'postgresql' });
    ({ db } = await rebuilt(
      sandbox,
      `CREATE TABLE parents (id int PRIMARY KEY, name text NOT NULL CONSTRAINT short CHECK (length(name) < 5));
       CREATE TABLE children (id int PRIMARY KEY, parent int REFERENCES parents);
       CREATE TABLE log (entry text);
       CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log VALUES ('child'); RETURN NEW; END $$;
       CREATE TRIGGER noted AFTER INSERT ON children FOR EACH ROW EXECUTE FUNCTION noted();
       CREATE TABLE hostile (id int);
       CREATE FUNCTION cleared() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN DROP SCHEMA IF EXISTS launch_ready CASCADE; RETURN NEW; END $$;
       CREATE TRIGGER cleared AFTER INSERT ON hostile FOR EACH ROW EXECUTE FUNCTION cleared();`,
    ));
    await db.exec(machinerySql);
  });
  afterAll(() => sandbox.close());

  const count = async (table: string): Promise<unknown> => (await db.query(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n;

  it('are each undone alone when they fail, and say why', async () => {
    const answers = await keep(db, [
      `INSERT INTO parents VALUES (1, 'one') RETURNING to_jsonb(parents.*)`,
      `INSERT INTO parents VALUES (2, 'much too long')`,
      `INSERT INTO parents (id) VALUES (3)`,
      `INSERT INTO parents VALUES (1, 'two')`,
      `INSERT INTO parents VALUES (4, 'four') RETURNING NULL::jsonb`,
    ]);
    expect(answers).toEqual([
      { row: { id: 1, name: 'one' } },
      expect.objectContaining({ code: '23514', constraint: 'short' }),
      expect.objectContaining({ code: '23502', column: 'name' }),
      expect.objectContaining({ code: '23505', constraint: 'parents_pkey' }),
      { row: null },
    ]);
    expect(await db.query('SELECT id FROM parents ORDER BY id')).toEqual([{ id: 1 }, { id: 4 }]);
  });

  it('meet foreign keys and triggers, unless they are off', async () => {
    const [refused] = await keep(db, [`INSERT INTO children VALUES (1, 99)`]);
    expect(refused?.code).toBe('23503');
    await keep(db, [`INSERT INTO children VALUES (2, 1) ${done}`]);
    expect(await count('log')).toBe(1);
    await keep(db, [`INSERT INTO children VALUES (3, 99) ${done}`], { unchecked: true });
    expect([await count('children'), await count('log')]).toEqual([2, 1]);
    // And are on again.
    expect((await keep(db, [`INSERT INTO children VALUES (4, 99)`]))[0]?.code).toBe('23503');
  });

  it('run in a role that does not stay', async () => {
    const who = `SELECT to_jsonb(current_user || ' ' || current_setting('search_path'))`;
    const said = async (how?: Parameters<typeof keep>[2]): Promise<unknown> => (await keep(db, [who], how))[0]?.row;
    expect(await said({ as: 'supabase_auth_admin' })).toBe('supabase_auth_admin auth');
    expect(await said()).toMatch(/^postgres public, extensions$/);
  });

  it('go on where a trigger of the repo takes our machinery out', async () => {
    const answers = await keep(db, [
      `INSERT INTO hostile VALUES (1) ${done}`,
      `INSERT INTO parents VALUES (10, 'ten') RETURNING to_jsonb(id)`,
      `INSERT INTO parents VALUES (11, 'much too long')`,
    ]);
    expect(answers.map(({ row, code }) => code ?? row)).toEqual([true, 10, '23514']);
    expect((await keep(db, [`INSERT INTO parents VALUES (12, 'odd') RETURNING to_jsonb(id)`]))[0]).toEqual({ row: 12 });
    expect([await count('hostile'), await count('parents WHERE id > 9')]).toEqual([1, 2]);
  });

  it('are asked for what a condition takes: the first that is not false, errors aside', async () => {
    const fits = async (condition: string, ...candidates: (string | null)[]): Promise<unknown> =>
      (await db.query('SELECT launch_ready.fits($1, $2::text[]) AS value', [`SELECT ${condition}`, candidates]))[0]?.value;
    expect(await fits('$1::int > 5', '3', 'x', '7', '9')).toBe('7');
    expect(await fits('$1 > $1', 'a')).toBeNull();
    expect(await fits(`$1 = 'b'`, 'a', null)).toBe('\\N');
  });
});

it('a statement that missed our machinery is run again with it, alone, and not for ever', async () => {
  const missed: Kept = { code: '3F000', message: 'schema "launch_ready" does not exist' };
  const asked: string[][] = [];
  const query = async (sql: string, parameters: unknown[] = []): Promise<unknown[]> => {
    if (sql === machinerySql) asked.push(['machinery']);
    if (!sql.startsWith('SELECT launch_ready.keep(')) return [];
    const statements = parameters[0] as string[];
    const first = asked.length === 0;
    asked.push(statements);
    return statements.map((one) => ({ value: one === 'always' || (first && one === 'b') ? missed : { row: { said: one } } }));
  };
  const answers = await keep({ query: query as Queryable['query'] }, ['a', 'b', 'always', 'c']);
  expect(answers.map(({ row, code }) => code ?? row?.said)).toEqual(['a', 'b', '3F000', 'c']);
  expect(asked.map((all) => all.join(' '))).toEqual([
    'a b always c',
    'machinery',
    'b always',
    'machinery',
    'always',
    'machinery',
    'always',
  ]);
});

describe('a statement without an end', () => {
  /** Answers each statement with itself; what is in `slow` ends the whole question with `error`. */
  function answering(slow: readonly string[], error: unknown, more: Partial<Queryable> = {}): { db: Queryable; asked: string[][] } {
    const asked: string[][] = [];
    const query = async (sql: string, parameters: unknown[] = []): Promise<unknown[]> => {
      if (!sql.includes('launch_ready.keep(')) return [];
      const statements = parameters[0] as string[];
      asked.push(statements);
      if (statements.some((one) => slow.includes(one))) throw error;
      return statements.map((one): { value: Kept } => ({ value: { row: { said: one } } }));
    };
    return { db: { query: query as Queryable['query'], ...more }, asked };
  }
  const late = Object.assign(new Error('canceling statement'), { code: '57014' });

  it('is found by halves, and does not take those beside it along', async () => {
    const { db, asked } = answering(['d'], late);
    const answers = await keep(db, ['a', 'b', 'c', 'd', 'e']);
    expect(answers.map(({ row, code }) => code ?? row?.said)).toEqual(['a', 'b', 'c', '57014', 'e']);
    expect(answers[3]?.message).toBe('no answer within 1.52 seconds');
    expect(asked.map((all) => all.join(''))).toEqual(['abcde', 'ab', 'cde', 'c', 'de', 'd', 'e']);
  });

  it('makes us less patient once several had none', async () => {
    const { db } = answering(['a', 'b', 'c'], late);
    expect(patienceFor(db, 10)).toBe(1_700);
    await keep(db, ['a', 'b', 'c']);
    expect(patienceFor(db, 10)).toBe(600);
    expect(patienceFor(db, 5_000)).toBe(9_000);
  });

  it('that takes the database along is undone alone only where there is a checkpoint', async () => {
    const gone = new LimitError('57014', 'ended', true);
    await expect(keep(answering(['b'], gone).db, ['a', 'b'])).rejects.toBe(gone);
    let kept = 0;
    const { db } = answering(['b'], gone, { checkpoint: async () => void (kept += 1) });
    expect((await keep(db, ['a', 'b'])).map(({ code }) => code)).toEqual([undefined, '57014']);
    // Before the pair, and before each of them.
    expect(kept).toBe(3);
  });

  it('is no matter of the statement when the connection broke', async () => {
    const broken = new Error('Connection terminated unexpectedly');
    await expect(keep(answering(['a'], broken).db, ['a'])).rejects.toBe(broken);
  });
});
