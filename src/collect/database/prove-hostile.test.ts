import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proved, type Sample, soundOutcomes, soundSql } from './fixture.ts';
import { openSandbox, type Sandbox } from './sandbox/sandbox.ts';

const owned = 'id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users (id)';
const returnsNotes = (name: string, body: string, options = ''): string =>
  `CREATE FUNCTION ${name}() RETURNS SETOF notes LANGUAGE plpgsql ${options} AS $$ BEGIN ${body}; RETURN QUERY SELECT * FROM notes; END $$;`;
const triggerOn = (table: string, when: string, body: string): string =>
  `CREATE FUNCTION on_${when}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN ${body}; RETURN NEW; END $$;
   CREATE TRIGGER on_${when} ${when} INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION on_${when}();`;
const returning = (name: string, type: string, body: string): string =>
  `CREATE FUNCTION ${name} RETURNS ${type} LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN ${body}; END $$;`;

const endless = `
${returnsNotes('looping', 'LOOP END LOOP')}
${returnsNotes('stubborn', 'LOOP BEGIN LOOP END LOOP; EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP')}
${returnsNotes('counting', 'PERFORM count(*) FROM generate_series(1, 100000000000)')}
${returnsNotes('hoarding', 'PERFORM array_agg(n) FROM generate_series(1, 2000000000) n')}
${returnsNotes('patient', 'SET statement_timeout = 0; LOOP END LOOP')}
CREATE VIEW unending AS WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n, body FROM r LEFT JOIN notes ON body = n::text;
${returning('never()', 'boolean', 'LOOP END LOOP')}
CREATE TABLE guarded (${owned}, body text);
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY "never answers" ON guarded USING (never());
`;

const meddling = `
${returnsNotes('dropping', 'DROP SCHEMA launch_ready CASCADE', 'SECURITY DEFINER')}
${returnsNotes('opening', 'ALTER TABLE notes DISABLE ROW LEVEL SECURITY', 'SECURITY DEFINER')}
${returnsNotes('committing', 'COMMIT')}
CREATE PROCEDURE deleting() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM notes; COMMIT; END $$;
${returnsNotes('becoming', 'SET ROLE postgres')}
${returnsNotes('resetting', 'RESET ROLE')}
${returnsNotes('setting', `PERFORM set_config('role', 'none', false)`)}
${returnsNotes('forgetting', `EXECUTE 'DEALLOCATE ALL'`)}
${returnsNotes('calling', 'NOTIFY somebody; LISTEN somebody')}
${returnsNotes('searching', `PERFORM set_config('search_path', '', false)`)}
${returnsNotes('sleeping', 'PERFORM pg_sleep(1000)')}
`;

const opened = (kind: 'postgresql' | 'pglite', limits = {}): (() => Sandbox) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ kind, limits });
  });
  afterAll(() => sandbox.close());
  return () => sandbox;
};

/** What is said of everything that was tried on an object, each text once. */
const undecided = (sample: Sample, name: string): string[] => [
  ...new Set(sample.object(name).cells.map(({ outcome, answer }) => `${outcome}: ${answer.replace(/[\d.]+ seconds/, 'N seconds')}`)),
];

describe('code of the repo that runs while we try', () => {
  const sandbox = opened('postgresql');
  let sound: string[];
  beforeAll(async () => {
    sound = soundOutcomes(await proved(sandbox(), soundSql));
    expect(sound).toContain('select owner got');
    expect(sound).toContain('select stranger nothing');
  });

  it('is left undecided with the reason where it never ends, and the rest is told as ever', async () => {
    const sample = await proved(sandbox(), soundSql + endless);
    for (const name of ['looping', 'stubborn', 'counting', 'hoarding', 'patient', 'unending', 'guarded', 'never']) {
      expect(sample.object(name).cells.length, name).toBeGreaterThan(0);
      for (const text of undecided(sample, name))
        expect(text, name).toMatch(/^(?:undecided: .*\((?:57014|53200|53400)\)|undecided: it gave no answer in time)/);
    }
    expect(soundOutcomes(sample)).toEqual(sound);
  }, 300_000);

  it('does not reach beyond its own try, whatever it changes', async () => {
    const sample = await proved(sandbox(), soundSql + meddling);
    expect(soundOutcomes(sample)).toEqual(sound);
    for (const name of ['becoming', 'resetting', 'setting'])
      expect(undecided(sample, name), name).toEqual(expect.arrayContaining([expect.stringMatching(/changes the role.*LR001/)]));
    expect(undecided(sample, 'committing')).toEqual(['undecided: invalid transaction termination (2D000)']);
    // With the rights of its owner it shows everything; for its caller the others show what is his.
    expect(sample.cell('dropping', 'select', 'stranger')?.outcome).toBe('got');
    expect(sample.cell('opening', 'select', 'stranger')?.outcome).toBe('got');
    for (const name of ['forgetting', 'calling', 'sleeping']) {
      expect(sample.cell(name, 'select', 'owner')?.outcome, name).toBe('got');
      expect(sample.cell(name, 'select', 'stranger')?.outcome, name).toBe('nothing');
    }
    expect(sample.objects.map(({ name }) => name)).not.toContain('deleting');
  });

  it('fails the sign-up that it hangs up, and everybody has an account all the same', async () => {
    const sample = await proved(sandbox(), soundSql + triggerOn('auth.users', 'AFTER', 'LOOP END LOOP'));
    expect(sample.broken).toEqual([
      expect.objectContaining({ kind: 'sign-up', code: '57014', message: expect.stringContaining('no answer within') }),
    ]);
    expect(soundOutcomes(sample)).toEqual(sound);
  });

  it('costs its own table the rows, and no other, where a default, a check or a trigger never ends', async () => {
    const sample = await proved(
      sandbox(),
      `${soundSql} ${returning('unending()', 'text', 'LOOP END LOOP')} ${returning('refusing(text)', 'boolean', 'LOOP END LOOP')}
       CREATE TABLE defaulting (${owned}, body text DEFAULT unending());
       CREATE TABLE checking (${owned}, body text CHECK (refusing(body)));
       CREATE TABLE triggering (${owned}, body text); ${triggerOn('triggering', 'BEFORE', 'LOOP END LOOP')}`,
    );
    expect(sample.object('defaulting').unseeded).toMatch(/no answer within .*57014/);
    expect(sample.object('checking').unseeded).toMatch(/no answer within .*57014/);
    expect(sample.cell('triggering', 'select', 'anon')?.outcome).toBe('got');
    expect(sample.cell('triggering', 'insert', 'stranger', 'as-victim')).toMatchObject({
      outcome: 'undecided',
      answer: expect.stringMatching(/no answer|gave no answer/),
    });
    expect(soundOutcomes(sample)).toEqual(sound);
  }, 300_000);

  it('may take away what we put in: it is put in again', async () => {
    const drop = 'DROP SCHEMA IF EXISTS launch_ready CASCADE';
    const sample = await proved(
      sandbox(),
      `${soundSql} ${triggerOn('auth.users', 'AFTER', drop)} ${returning('taking()', 'text', `${drop}; RETURN 'x'`)}
       CREATE TABLE defaulting (${owned}, body text DEFAULT taking());`,
    );
    expect(sample.broken).toEqual([]);
    expect(sample.cell('defaulting', 'select', 'anon')?.outcome).toBe('got');
    expect(soundOutcomes(sample)).toEqual(sound);
  });
});

describe('on PGlite, where a statement takes its database along', () => {
  const sandbox = opened('pglite');

  it('the database comes back as it was, and the rest is told as ever', async () => {
    const sound = soundOutcomes(await proved(sandbox(), soundSql));
    const sample = await proved(
      sandbox(),
      `${soundSql} ${returnsNotes('looping', 'LOOP END LOOP', 'STABLE')} ${triggerOn('auth.users', 'AFTER', 'LOOP END LOOP')}`,
    );
    expect(sample.broken).toEqual([expect.objectContaining({ kind: 'sign-up', code: '57014' })]);
    for (const { outcome } of sample.object('looping').cells) expect(outcome).toBe('undecided');
    expect(soundOutcomes(sample)).toEqual(sound);
  }, 600_000);
});
