import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Queryable } from '../../live/catalog.ts';
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { Tried } from '../attempt.ts';
import { type Played, played } from '../fixture.ts';
import { each, firstThatHolds } from './trial.ts';

let sandbox: Sandbox;
let scene: Played;
let stranger: Tried;
let visitor: Tried;
let owner: Tried;
let peer: Tried;
let other: Tried;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
  scene = await played(
    sandbox,
    `CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, body text);
     ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
     CREATE POLICY everybody ON notes FOR SELECT USING (true);
     CREATE TABLE others (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, body text);
     ALTER TABLE others ENABLE ROW LEVEL SECURITY;
     CREATE POLICY own ON others FOR SELECT TO authenticated USING (user_id = auth.uid());
     GRANT SELECT ON others TO anon;`,
  );
  [stranger, visitor, owner, peer, other] = [
    scene.did('notes', 'select', 'stranger'),
    scene.did('notes', 'select', 'anon'),
    scene.did('notes', 'select', 'owner'),
    scene.did('notes', 'select', 'peer'),
    scene.did('others', 'select', 'owner'),
  ];
  expect([stranger, visitor, owner, peer, other].map(({ outcome }) => outcome)).toEqual(['got', 'got', 'got', 'got', 'got']);
});
afterAll(() => sandbox.close());

const drop = 'DROP POLICY everybody ON notes';
const own = 'CREATE POLICY own ON notes FOR SELECT TO authenticated USING (user_id = auth.uid())';
const isOwners = ({ attempt }: Tried): boolean => attempt.who === 'owner';
const holds = (
  candidates: readonly string[][],
  question: Parameters<typeof firstThatHolds>[2],
  trials?: Parameters<typeof firstThatHolds>[3],
) => firstThatHolds(scene.db, each(candidates), question, trials);

describe('a correction', () => {
  it('is the first that closes every leak and keeps what is meant', async () => {
    const candidates = [
      // Leaves the stranger in.
      ['ALTER POLICY everybody ON notes TO authenticated'],
      // Takes it from the owner too.
      [drop],
      [drop, own],
      [drop, own, 'SELECT 1'],
    ];
    expect(await holds(candidates, { leaks: [stranger, visitor], kept: [owner] })).toEqual({
      statements: [drop, own],
      closes: 2,
      keeps: 1,
    });
    expect(await holds(candidates, { leaks: [visitor], kept: [owner] })).toMatchObject({ statements: candidates[0] });
    expect(await holds(candidates, { leaks: [stranger], kept: [] })).toEqual({ statements: [drop], closes: 1, keeps: 0 });
    expect(await holds(candidates.slice(0, 2), { leaks: [stranger], kept: [owner] })).toBeUndefined();
  });

  it('that cannot be applied is none, though nobody gets in while it fails', async () => {
    expect(await holds([[drop, 'ALTER TABLE nowhere ENABLE ROW LEVEL SECURITY']], { leaks: [stranger], kept: [] })).toBeUndefined();
    expect(await holds([['no SQL at all']], { leaks: [stranger], kept: [] })).toBeUndefined();
    // Every try then ends as the correction does, and this one ends as a refusal.
    expect(await holds([['ALTER TABLE auth.users ADD COLUMN more int']], { leaks: [stranger], kept: [] })).toBeUndefined();
  });

  it('that makes the table break is none: an error is no refusal', async () => {
    expect(await holds([['ALTER POLICY everybody ON notes USING (1 / 0 = 1)']], { leaks: [stranger], kept: [] })).toBeUndefined();
  });

  it('is undone, whether it holds or not', async () => {
    await holds([[drop], [drop, own]], { leaks: [stranger], kept: [owner] });
    expect(await scene.db.query(`SELECT policyname AS name FROM pg_policies WHERE tablename = 'notes'`)).toEqual([{ name: 'everybody' }]);
  });
});

describe('what must stay', () => {
  const question = (): Parameters<typeof firstThatHolds>[2] => ({ leaks: [stranger], kept: [owner, peer] });

  it('is what everybody had, unless only one is asked for: what others lose is said', async () => {
    expect(await holds([[drop, own]], question())).toBeUndefined();
    expect(await holds([[drop, own]], question(), [{ must: isOwners }])).toEqual({
      statements: [drop, own],
      closes: 1,
      keeps: 1,
      ends: 1,
      endsFor: ['peer'],
    });
  });

  it('is as much as can be: of several that take something the one that takes least', async () => {
    const admin = scene.did('notes', 'select', 'admin');
    const theirs = `CREATE POLICY theirs ON notes FOR SELECT TO authenticated USING (auth.uid() IN ('${scene.worlds.people.account('owner').id}', '${scene.worlds.people.account('peer').id}'))`;
    const candidates = [
      [drop, own],
      [drop, theirs],
    ];
    const fix = await holds(candidates, { leaks: [stranger], kept: [owner, peer, admin] }, [{ must: isOwners }]);
    expect(fix).toMatchObject({ statements: [drop, theirs], keeps: 2, ends: 1, endsFor: ['admin'] });
  });

  it('is asked for strictly first, of all candidates', async () => {
    const both = `CREATE POLICY theirs ON notes FOR SELECT TO authenticated USING (auth.uid() IN ('${scene.worlds.people.account('owner').id}', '${scene.worlds.people.account('peer').id}'))`;
    expect(
      await holds(
        [
          [drop, own],
          [drop, both],
        ],
        question(),
        [{}, { must: isOwners }],
      ),
    ).toEqual({ statements: [drop, both], closes: 1, keeps: 2 });
  });

  it('is somebody at least: what nobody can use any more is no correction', async () => {
    expect(await holds([[drop]], question(), [{ must: () => false }])).toBeUndefined();
  });

  it('is one way of several to the same', async () => {
    const lost: Tried = { ...owner, way: { step: { sql: 'SELECT 1 WHERE false', rows: true } } };
    const used = { leaks: [stranger], kept: [lost, owner] };
    expect(await holds([[drop, own]], used)).toMatchObject({ keeps: 1 });
    expect(
      await holds([[drop, own]], {
        ...used,
        leaks: [stranger, { ...stranger, way: { step: { sql: 'SELECT 2 WHERE false', rows: true } } }],
      }),
    ).toMatchObject({ closes: 1 });
  });

  it('is elsewhere too, where the correction may reach', async () => {
    const far = 'REVOKE SELECT ON others FROM authenticated';
    const elsewhere = { leaks: [stranger], kept: [owner], elsewhere: [other] };
    expect(await holds([[drop, own, far]], elsewhere)).toBeUndefined();
    expect(
      await holds(
        [
          [drop, own, far],
          [drop, own],
        ],
        elsewhere,
      ),
    ).toEqual({ statements: [drop, own], closes: 1, keeps: 2 });
    const here = ({ attempt }: Tried): boolean => attempt.object === 'public.notes';
    expect(await holds([[drop, own, far]], elsewhere, [{ must: here }])).toMatchObject({ keeps: 1, ends: 1 });
  });
});

describe('where nobody but the server has to be left', () => {
  it('is a correction what closes it, once the server was seen to get in', async () => {
    const question = { leaks: [stranger], kept: [owner] };
    const withoutServer = [drop, 'REVOKE SELECT ON notes FROM service_role'];
    expect(await holds([[drop]], question, [{ server: 'must' }])).toEqual({
      statements: [drop],
      closes: 1,
      keeps: 0,
      ends: 1,
      endsFor: ['owner'],
      server: true,
    });
    expect(await holds([withoutServer], question, [{ server: 'must' }])).toBeUndefined();
    const unneeded = await holds([withoutServer], question, [{ server: 'may' }]);
    expect(unneeded).toMatchObject({ closes: 1, ends: 1 });
    expect(unneeded).not.toHaveProperty('server');
    expect(await holds([['SELECT 1']], question, [{ server: 'may' }])).toBeUndefined();
  });
});

it('a correction opens nothing to those from outside who tried in vain', async () => {
  const vain: Tried = { ...visitor, outcome: 'nothing' };
  const opens = [drop, own, 'CREATE POLICY all_of_them ON notes FOR SELECT TO anon USING (true)'];
  const question = { leaks: [stranger], kept: [owner], shut: [vain] };
  expect(await holds([opens], question)).toBeUndefined();
  expect(await holds([opens, [drop, own]], question)).toMatchObject({ statements: [drop, own] });
});

it('an error closes a leak where somebody still gets in, and so it is not the correction that broke it', async () => {
  const picky = 'CREATE POLICY picky ON notes FOR SELECT TO anon USING (EXISTS (SELECT 1 FROM notes n))';
  expect(await holds([[drop, own, picky]], { leaks: [visitor], kept: [owner] })).toMatchObject({ keeps: 1 });
  expect(await holds([[drop, picky]], { leaks: [visitor], kept: [] })).toBeUndefined();
});

describe('corrections of other things', () => {
  it('are applied beforehand, and said to be needed', async () => {
    const question = { leaks: [stranger], kept: [owner] };
    expect(await holds([[own]], question)).toBeUndefined();
    expect(await holds([[own]], question, [{}, { given: [drop] }])).toEqual({ statements: [own], closes: 1, keeps: 1, alongside: true });
    expect(await holds([[own]], question, [{ given: ['DROP TABLE nowhere'] }])).toBeUndefined();
  });
});

it('each correction is tried once, however often what must stay is asked for', async () => {
  let runs = 0;
  const counted: Queryable = {
    query: (sql, parameters, limit) => {
      if (sql.startsWith('SELECT launch_ready.run(')) runs += 1;
      return scene.db.query(sql, parameters, limit);
    },
  };
  const question = { leaks: [stranger], kept: [owner, peer] };
  await firstThatHolds(counted, each([[drop], [drop, own]]), question, [{}]);
  const once = runs;
  expect(once).toBeGreaterThan(0);
  await firstThatHolds(counted, each([[drop], [drop, own]]), question, [{}, { must: ({ attempt }) => attempt.who === 'peer' }]);
  expect(runs).toBe(2 * once);
});

it('names where the app does what ends, or, where nobody is known to be meant, what leaked', async () => {
  const usedAt = (ended: readonly Tried[]) => ended.map(({ attempt }) => ({ file: `${attempt.who}.ts`, line: 1 }));
  const question = { leaks: [stranger], kept: [owner, peer], usedAt };
  expect(await holds([[drop, own]], question, [{ must: isOwners }])).toMatchObject({ ends: 1, usedAt: [{ file: 'peer.ts', line: 1 }] });
  expect(await holds([[drop]], { ...question, kept: [] })).toMatchObject({ usedAt: [{ file: 'stranger.ts', line: 1 }] });
  expect(await holds([[drop, own]], { ...question, kept: [owner] })).not.toHaveProperty('usedAt');
});
