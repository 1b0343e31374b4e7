import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connect.ts';
import type { Queryable } from '../live/catalog.ts';
import { rebuilt } from '../rebuild/fixture.ts';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { machinerySql } from '../world/keep.ts';
import { signedIn } from '../world/people.ts';
import { type Caller, runAfter, runTries, type Step, type StepResult } from './run.ts';

const one = signedIn('aaaaaaaa-0000-4000-8000-000000000001', 'one@example.com');
const two = signedIn('aaaaaaaa-0000-4000-8000-000000000002', 'two@example.com');
const said = (results: readonly StepResult[] | undefined): unknown[] =>
  (results ?? []).map((result) => (result.ok ? result.rows : result.code));
const mine: Step = { sql: 'SELECT body FROM notes ORDER BY id', rows: true };
const as = (caller: Caller, step: Step): Step => ({ ...step, as: caller });

const schema = `
CREATE TABLE notes (id int PRIMARY KEY, user_id uuid, body text);
INSERT INTO notes VALUES (1, '${one.claims.sub as string}', 'mine'), (2, '${two.claims.sub as string}', 'yours');
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO authenticated USING (user_id = auth.uid()) WITH CHECK (user_id = auth.uid());
CREATE TABLE children (id int PRIMARY KEY, note int REFERENCES notes);
`;

let sandbox: Sandbox;
let db: Database;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
  db = (await rebuilt(sandbox, schema)).db;
  await db.exec(machinerySql);
  await db.exec('SET search_path = public, extensions');
});
afterAll(() => sandbox.close());

/** Counts the tries that are sent. */
const counting = (base: Database): { lane: Queryable; asked: () => number } => {
  let count = 0;
  return {
    asked: () => count,
    lane: {
      query: (sql, parameters, limit) => {
        if (sql.startsWith('SELECT launch_ready.run(')) count += (JSON.parse(String(parameters?.[0])) as unknown[]).length;
        return base.query(sql, parameters, limit);
      },
    },
  };
};

describe('a vital step', () => {
  const bad: Step = { sql: 'SELECT 1 / 0', rows: true };
  it('that fails is the last of its try', async () => {
    const results = await runTries(db, [
      [{ ...bad, vital: 'done' }, mine],
      [{ ...mine, vital: 'done' }, bad, mine],
      [as(one, { sql: 'SELECT 1 WHERE false', rows: true, vital: 'done' }), { sql: 'SELECT 1', rows: true }],
    ]);
    expect(results.map(said)).toEqual([['22012'], [['(mine)', '(yours)'], '22012', ['(mine)', '(yours)']], [[], ['(1)']]]);
  });

  it('that has to return rows is the last where it returns none', async () => {
    const none: Step = { sql: 'SELECT 1 WHERE false', rows: true, vital: 'rows' };
    expect(
      (
        await runTries(db, [
          [none, mine],
          [{ ...mine, vital: 'rows' }, mine],
        ])
      ).map(said),
    ).toEqual([
      [[]],
      [
        ['(mine)', '(yours)'],
        ['(mine)', '(yours)'],
      ],
    ]);
  });

  it('with which several tries begin is run once for all of them, each of which is undone', async () => {
    const { lane, asked } = counting(db);
    const begin: Step = { sql: `UPDATE notes SET body = body || '!'`, unchecked: true, vital: 'done' };
    const remove: Step = { sql: 'DELETE FROM notes' };
    const results = await runTries(lane, [[begin, as(one, mine)], [mine], [begin, remove, mine], [begin, as(two, mine)], [begin]]);
    expect(results.map(said)).toEqual([[[], ['(mine!)']], [['(mine)', '(yours)']], [[], [], []], [[], ['(yours!)']], [[]]]);
    expect(asked()).toBe(2);
    const fails = await runTries(db, [[{ ...bad, vital: 'done' }, mine], [{ ...bad, vital: 'done' }]]);
    expect(fails.map(said)).toEqual([['22012'], ['22012']]);
  });

  it('that turns foreign keys off leaves them on for what follows', async () => {
    const begin: Step = { sql: 'INSERT INTO children VALUES (1, 99)', unchecked: true, vital: 'done' };
    const orphan: Step = { sql: 'INSERT INTO children VALUES (2, 98)' };
    expect(
      (
        await runTries(db, [
          [begin, orphan],
          [begin, orphan],
        ])
      ).map(said),
    ).toEqual([
      [[], '23503'],
      [[], '23503'],
    ]);
    expect((await runAfter(db, [begin], [[orphan], [orphan]])).map(said)).toEqual([['23503'], ['23503']]);
  });
});
