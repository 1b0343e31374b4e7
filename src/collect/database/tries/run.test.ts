import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connect.ts';
import type { Queryable } from '../live/catalog.ts';
import { rebuilt } from '../rebuild/fixture.ts';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { machinerySql } from '../world/keep.ts';
import { signedIn } from '../world/people.ts';
import { answering, failing, fine, refusal } from './fixture.ts';
import { type Caller, runAfter, runTries, type Step, type StepResult } from './run.ts';

const one = signedIn('aaaaaaaa-0000-4000-8000-000000000001', 'one@example.com');
const two = signedIn('aaaaaaaa-0000-4000-8000-000000000002', 'two@example.com');
const said = (results: readonly StepResult[] | undefined): unknown[] =>
  (results ?? []).map((result) => (result.ok ? result.rows : result.code));

const schema = `
CREATE TABLE notes (id int PRIMARY KEY, user_id uuid, body text);
INSERT INTO notes VALUES (1, '${one.claims.sub as string}', 'mine'), (2, '${two.claims.sub as string}', 'yours');
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO authenticated USING (user_id = auth.uid()) WITH CHECK (user_id = auth.uid());
CREATE TABLE children (id int PRIMARY KEY, note int REFERENCES notes DEFERRABLE INITIALLY DEFERRED);
CREATE FUNCTION forgets() RETURNS text LANGUAGE plpgsql AS $$ BEGIN DEALLOCATE ALL; RETURN auth.uid()::text; END $$;
CREATE FUNCTION becomes() RETURNS text LANGUAGE plpgsql SECURITY INVOKER AS $$ BEGIN SET LOCAL ROLE anon; RETURN 'done'; END $$;
CREATE FUNCTION reads_path() RETURNS text LANGUAGE sql AS $$ SELECT current_setting('search_path') $$;
`;

let sandbox: Sandbox;
let db: Database;
const open = async (sql: string): Promise<Database> => {
  const made = await rebuilt(sandbox, sql);
  expect(made.record.failures).toEqual([]);
  await made.db.exec(machinerySql);
  await made.db.exec('SET search_path = public, extensions');
  return made.db;
};
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
  db = await open(schema);
});
afterAll(() => sandbox.close());

const mine: Step = { sql: 'SELECT body FROM notes ORDER BY id', rows: true };
const as = (caller: Caller, step: Step): Step => ({ ...step, as: caller });

describe('a try', () => {
  it('runs as its caller, and is undone before the next begins', async () => {
    const results = await runTries(db, [
      [{ sql: 'DELETE FROM notes WHERE id = 1' }, as(one, mine), as(two, mine), mine],
      [as(one, mine), as(two, mine), as({ role: 'anon', claims: {} }, mine), mine],
    ]);
    expect(results.map(said)).toEqual([
      [[], [], ['(yours)'], ['(yours)']],
      [['(mine)'], ['(yours)'], [], ['(mine)', '(yours)']],
    ]);
    expect(await db.query('SELECT count(*)::int AS n FROM notes')).toEqual([{ n: 2 }]);
    // Nobody's claims are left for who comes next.
    const me: Step = { sql: 'SELECT auth.uid()', rows: true };
    const [steps] = await runTries(db, [[as(one, me), me, as({ role: 'anon', claims: {} }, me)]]);
    expect(said(steps)).toEqual([[`(${one.claims.sub as string})`], ['()'], ['()']]);
  });

  it('goes on after a step that fails, which undoes only itself', async () => {
    const [steps] = await runTries(db, [
      [
        { sql: `INSERT INTO notes VALUES (3)` },
        { sql: `INSERT INTO notes VALUES (4), (1)` },
        { sql: 'SELECT id FROM notes WHERE id > 2', rows: true },
      ],
    ]);
    expect(said(steps)).toEqual([[], '23505', ['(3)']]);
  });

  it('meets at its end what is deferred to the end of the transaction, and nothing where it is off', async () => {
    const orphan = 'INSERT INTO children VALUES (1, 99)';
    const [steps] = await runTries(db, [
      [{ sql: orphan }, { sql: orphan, unchecked: true }, { sql: 'INSERT INTO children VALUES (2, 98)' }],
    ]);
    expect(said(steps)).toEqual(['23503', [], '23503']);
  });

  it('has the search path of who calls', async () => {
    const path: Step = { sql: 'SELECT public.reads_path()', rows: true };
    const [steps] = await runTries(db, [[as(one, path), as({ role: 'supabase_auth_admin', claims: {} }, path), path]]);
    expect(said(steps)).toEqual([['("public, extensions")'], ['(auth)'], ['("public, extensions")']]);
  });

  it('that leaves another role behind says nothing of its caller', async () => {
    const [steps, after] = await runTries(db, [
      [as(one, { sql: 'SELECT becomes()', rows: true }), as(one, { sql: 'RESET ROLE' }), as(one, mine)],
      [as(two, { sql: `SELECT current_user`, rows: true })],
    ]);
    expect(said(steps)).toEqual(['LR001', 'LR001', ['(mine)']]);
    expect(said(after)).toEqual([['(authenticated)']]);
  });

  it('returns only rows with a text in them where one is looked for', async () => {
    const all = `SELECT n, CASE WHEN n % 100 = 0 THEN 'the mark' END FROM generate_series(1, 2000) n`;
    const [[found], [any]] = (await runTries(db, [[{ sql: all, rows: true, find: 'the mark' }], [{ sql: all, rows: true }]])) as [
      StepResult[],
      StepResult[],
    ];
    expect(found?.ok && [found.rows.length, found.rows[0]]).toEqual([20, '(100,"the mark")']);
    expect(any?.ok && any.rows.length).toBe(500);
  });
});

describe('after a preparation', () => {
  it('every try finds it, and it is undone with them', async () => {
    const before = [{ sql: `UPDATE notes SET user_id = '${one.claims.sub as string}'` }];
    const results = await runAfter(db, before, [
      [{ sql: 'DELETE FROM notes WHERE id = 1' }, as(one, mine)],
      [as(one, mine)],
      [as(two, mine)],
    ]);
    expect(results.map(said)).toEqual([[[], ['(yours)']], [['(mine)', '(yours)']], [[]]]);
    expect(said((await runTries(db, [[as(two, mine)]]))[0])).toEqual([['(yours)']]);
  });

  it('that fails, every try ends as its failure', async () => {
    const results = await runAfter(db, [{ sql: 'DROP TABLE nowhere' }], [[mine], [mine, mine]]);
    expect(results.map(said)).toEqual([['42P01'], ['42P01', '42P01']]);
  });
});

describe('plans', () => {
  const spied = (base: Database): { lane: Queryable; plans: () => string[]; forgot: () => number } => {
    const statements: string[] = [];
    let forgot = 0;
    return {
      plans: () => statements,
      forgot: () => forgot,
      lane: {
        query: (sql, parameters, limit) => {
          if (sql.includes('launch_ready.plan(')) statements.push(...(parameters?.[1] as string[]));
          if (sql === 'DEALLOCATE ALL') forgot += 1;
          return base.query(sql, parameters, limit);
        },
      },
    };
  };

  it('are kept for what several people run, and made anew for each batch', async () => {
    const { lane, plans, forgot } = spied(db);
    const found: Step = { ...mine, find: 'yours' };
    const tries = [
      as(one, mine),
      as(two, mine),
      as(one, found),
      as(two, found),
      as(one, { sql: 'SELECT 1', rows: true }),
      { sql: 'SELECT 2' },
      { sql: 'SELECT 2' },
    ];
    for (let nth = 1; nth <= 2; nth += 1) {
      const results = await runTries(
        lane,
        tries.map((step) => [step]),
      );
      expect(results.map((steps) => said(steps)[0])).toEqual([['(mine)'], ['(yours)'], [], ['(yours)'], ['(1)'], [], []]);
      // What only one runs is not planned.
      expect(plans()).toEqual(Array.from({ length: nth }, () => [mine.sql, found.sql, 'SELECT 2']).flat());
      expect(forgot()).toBe(nth);
    }
  });

  it('that a function forgets are done without: every caller still gets his own answer', async () => {
    const forgets: Step = { sql: 'SELECT forgets()', rows: true };
    const { lane, plans } = spied(db);
    const results = await runTries(lane, [
      [as(one, forgets)],
      [as(two, forgets)],
      [as(one, mine), as(one, forgets), as(one, mine)],
      [as(two, mine)],
    ]);
    expect(plans()).toHaveLength(2);
    expect(results.map(said)).toEqual([
      [[`(${one.claims.sub as string})`]],
      [[`(${two.claims.sub as string})`]],
      [['(mine)'], [`(${one.claims.sub as string})`], ['(mine)']],
      [['(yours)']],
    ]);
  });

  it('are not kept where a function that asks who calls is declared IMMUTABLE: it would be answered for the first of them', async () => {
    const odd = await open(
      `${schema} CREATE FUNCTION me() RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT auth.uid() $$;
       ALTER POLICY own ON notes USING (user_id = me());`,
    );
    const { lane, plans } = spied(odd);
    const callers = Array.from({ length: 12 }, (_, nth) => (nth % 2 === 0 ? one : two));
    const results = await runTries(
      lane,
      callers.map((caller) => [as(caller, mine)]),
    );
    expect(results.map(said)).toEqual(callers.map((caller) => [[caller === one ? '(mine)' : '(yours)']]));
    expect(plans()).toEqual([]);
  });
});

describe('a statement that had no answer', () => {
  const late = (steps: { sql: string }[][]): unknown[] => {
    if (steps.flat().some(({ sql }) => sql.startsWith('slow'))) throw failing('57014');
    return steps.map(fine);
  };

  it('breaks its batch, of which every try is then run alone', async () => {
    const { lane, asked } = answering(late);
    const results = await runTries(
      lane,
      ['quick', 'slow', 'other'].map((sql) => [as(one, { sql })]),
    );
    expect(results.map(said)).toEqual([[['quick']], ['57014'], [['other']]]);
    expect(asked).toEqual([['quick', 'slow', 'other'], ['quick'], ['slow'], ['other']]);
  });

  it('twice is not tried a third time, by whomever', async () => {
    const { lane, asked } = answering(late);
    const tries = ['slow', 'quick', 'slow', 'slow'].map((sql) => [as(one, { sql })]);
    expect((await runTries(lane, tries)).map(said)).toEqual([['57014'], [['quick']], ['57014'], ['57014']]);
    expect(asked).toEqual([['slow', 'quick', 'slow', 'slow'], ['slow'], ['quick'], ['slow']]);
    // Nor in what comes later, where it no longer breaks the batch.
    expect((await runTries(lane, tries)).map(said)).toEqual([['57014'], [['quick']], ['57014'], ['57014']]);
    expect(asked.slice(4)).toEqual([['quick']]);
    await runTries(lane, [[as(one, { sql: 'slow' })]]);
    expect(asked).toHaveLength(5);
  });

  it('does not stop others that were prepared alike', async () => {
    const { lane } = answering(late);
    const tries = ['slow a', 'slow b', 'slow c', 'quick'].map((sql) => [{ sql: 'prepares' }, as(one, { sql })]);
    expect((await runTries(lane, tries)).map((steps) => said(steps)[1]).at(-1)).toEqual(['quick']);
  });

  it('makes us less patient when there are many', async () => {
    const { lane, limits } = answering(late);
    await runTries(
      lane,
      Array.from({ length: 10 }, (_, nth) => [as(one, { sql: `slow ${nth}` })]),
    );
    await runTries(lane, [[as(one, { sql: 'slow again' })]]);
    expect([limits[0], limits[1], ...limits.slice(-2)]).toEqual([5_000, 2_000, 3_000, 500]);
  });
});

describe('several connections', () => {
  it('share the work, and what met a deadlock is run again while nobody else works', async () => {
    const tries = Array.from({ length: 200 }, (_, nth) => [as(one, { sql: `${nth}` })]);
    const met = new Map([
      ['3', '40P01'],
      ['150', '40001'],
    ]);
    const lanes = [0, 1].map(() =>
      answering((asked) =>
        asked.map((steps) => {
          const sql = steps[0]?.sql ?? '';
          const code = met.get(sql);
          return code !== undefined && met.delete(sql) ? [refusal(code)] : fine(steps);
        }),
      ),
    );
    const results = await runTries(
      lanes.map(({ lane }) => lane),
      tries,
    );
    expect(results.map((steps) => said(steps)[0])).toEqual(tries.map((_, nth) => [`${nth}`]));
    expect(lanes.every(({ asked }) => asked.length > 0)).toBe(true);
    expect(lanes.flatMap(({ asked }) => asked.flat())).toHaveLength(202);
    expect(lanes[0]!.asked.at(-1)).toEqual(['3', '150']);
  });

  it('may wait for each other: what was broken off for that is run alone', async () => {
    const waiting = answering(() => {
      throw failing('57014');
    });
    const first = answering((asked) => asked.map(fine));
    const tries = Array.from({ length: 200 }, (_, nth) => [as(one, { sql: `${nth}` })]);
    const results = await runTries([first.lane, waiting.lane], tries);
    expect(results.map((steps) => said(steps)[0])).toEqual(tries.map((_, nth) => [`${nth}`]));
    expect(waiting.asked.length).toBeGreaterThan(0);
    // By the first, one at a time.
    expect(first.asked.slice(-waiting.asked.flat().length)).toEqual(waiting.asked.flat().map((sql) => [sql]));
  });

  it('give up together when one of them breaks off', async () => {
    const broken = failing();
    const { lane } = answering(() => {
      throw broken;
    });
    await expect(
      runTries(
        [answering((steps) => steps.map(fine)).lane, lane],
        Array.from({ length: 200 }, () => [mine]),
      ),
    ).rejects.toBe(broken);
  });
});

it('nothing more is tried once it was called off', async () => {
  const { lane, asked } = answering((steps) => steps.map(fine));
  await expect(runTries(lane, [[mine]], AbortSignal.abort(new Error('called off')))).rejects.toThrow('called off');
  expect(asked).toEqual([]);
});
