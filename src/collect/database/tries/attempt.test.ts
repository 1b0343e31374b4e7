import { afterEach, describe, expect, it, vi } from 'vitest';
import { visitor } from '../world/people.ts';
import { type Attempt, type Look, timeIsUp, tryAfter, tryAll, type Tried, type Way } from './attempt.ts';
import { answering, type AskedStep, refusal } from './fixture.ts';

const rows = (...texts: string[]): unknown => ({ rows: texts, message: '', context: '' });
const attempt = (...ways: Way[]): Attempt => ({ object: 'public.notes', verb: 'update', who: 'anon', as: visitor, ways });
const way = (sql: string, change: Partial<Way> = {}): Way => ({ step: { sql }, ...change });
const look = (change: Partial<Look> = {}): Look => ({
  sql: 'look',
  worked: (found) => found.length > 0,
  ...change,
});

/** Each statement is answered by its own text; what is not told returns a row. */
const database = (told: Readonly<Record<string, unknown>>) =>
  answering((tries) => tries.map((steps: AskedStep[]) => steps.map(({ sql }) => told[sql] ?? rows(sql))));

async function came(told: Readonly<Record<string, unknown>>, ...ways: Way[]): Promise<Tried> {
  const [tried] = await tryAll(database(told).lane, [attempt(...ways)]);
  return tried!;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('what came of it, when it is a question', () => {
  it.each([
    ['rows', rows('(1)', '(2)'), undefined, 'got', '(1)'],
    ['no rows', rows(), undefined, 'nothing', 'no rows'],
    ['rows that show nothing', rows('(1)'), () => false, 'nothing', 'nothing of the owner'],
    ['rows that show it', rows('(1)'), (found: readonly string[]) => found.includes('(1)'), 'got', '(1)'],
  ])('%s', async (_, answer, shows, outcome, said) => {
    expect(await came({ asks: answer }, way('asks', shows && { shows }))).toMatchObject({ outcome, answer: said });
  });
});

describe('what came of it, when it is a change', () => {
  it('is what a look finds, not that no error came', async () => {
    expect(await came({ look: rows() }, way('does', { proof: look() }))).toMatchObject({ outcome: 'nothing' });
    expect(await came({ look: rows('(1)') }, way('does', { proof: look() }))).toMatchObject({
      outcome: 'got',
      answer: 'it stayed changed',
    });
  });

  it('says what was set aside for it', async () => {
    const one = way('does', { proof: look(), caveat: 'once no other row refers to it' });
    expect((await came({}, one)).answer).toBe('it stayed changed (once no other row refers to it)');
    expect((await came({ look: rows() }, one)).answer).not.toContain('once');
  });

  it('names the columns where the look does', async () => {
    const tried = await came(
      { look: rows('(public.notes.body)', '("public.notes.a b")') },
      way('does', { proof: look({ names: true }), caveat: 'x' }),
    );
    expect(tried).toMatchObject({
      outcome: 'got',
      answer: 'changed: public.notes.body, public.notes.a b (x)',
      columns: ['public.notes.body', 'public.notes.a b'],
    });
  });

  it('is not known where nothing can be seen, or where it could not be set up', async () => {
    expect(await came({ look: refusal('42P01') }, way('does', { proof: look() }))).toMatchObject({
      outcome: 'undecided',
      answer: expect.stringMatching(/could not be looked at.*42P01/),
    });
    const prepared = way('does', { before: [{ sql: 'first' }, { sql: 'second' }], proof: look() });
    expect(await came({ second: refusal('22012') }, prepared)).toMatchObject({
      outcome: 'undecided',
      code: '22012',
      answer: expect.stringMatching(/could not be set up.*22012/),
    });
    expect((await came({ first: refusal('57014') }, prepared)).answer).toBe('no (57014)');
    expect(await came({ does: rows(), look: rows() }, prepared)).toMatchObject({ outcome: 'nothing' });
  });
});

describe('an error', () => {
  it.each([
    ['42501', '', 'refused'],
    ['P0001', 'PL/pgSQL function guard()', 'refused'],
    ['44000', '', 'refused'],
    ['42P17', '', 'broken'],
    ['42883', '', 'broken'],
    // A wrong value of ours is no fault of the app; one out of a function of its is.
    ['22P02', '', 'undecided'],
    ['22P02', 'PL/pgSQL function guard()', 'broken'],
    ['23505', '', 'undecided'],
    ['57014', '', 'undecided'],
    ['LR001', '', 'undecided'],
  ])('%s out of "%s" is %s', async (code, context, outcome) => {
    expect(await came({ does: refusal(code, context) }, way('does', { proof: look() }))).toMatchObject({
      outcome,
      code,
      answer: `no (${code})`,
    });
  });
});

describe('further ways', () => {
  const asked = async (told: Readonly<Record<string, unknown>>): Promise<[string, string[]]> => {
    const { lane, asked: statements } = database(told);
    const [tried] = await tryAll(lane, [attempt(way('a'), way('b'), way('c'))]);
    return [`${tried!.way.step.sql} ${tried!.outcome}`, statements.flat()];
  };

  it('are taken where a constraint or a trigger of the app said no', async () => {
    expect(await asked({ a: refusal('23505'), b: refusal('P0001') })).toEqual(['c got', ['a', 'b', 'c']]);
  });

  it('are not taken where row-level security said no, nor where no answer came', async () => {
    expect(await asked({ a: refusal('42501') })).toEqual(['a refused', ['a']]);
    expect(await asked({ a: rows() })).toEqual(['a nothing', ['a']]);
    expect(await asked({ a: refusal('57014') })).toEqual(['a undecided', ['a']]);
    expect(await asked({ a: refusal('23505'), b: refusal('57014') })).toEqual(['a undecided', ['a', 'b']]);
  });

  it('tell only what is more certain than what is known', async () => {
    expect(await asked({ a: refusal('23505'), b: refusal('42501') })).toEqual(['b refused', ['a', 'b']]);
    expect(await asked({ a: refusal('P0001'), b: refusal('23505'), c: refusal('23503') })).toEqual(['a refused', ['a', 'b', 'c']]);
    expect(await asked({ a: refusal('23505'), b: refusal('23503'), c: rows() })).toEqual(['c nothing', ['a', 'b', 'c']]);
  });
});

describe('when the time is up', () => {
  it('nothing more is tried, and what was not is not decided', async () => {
    const { lane, asked } = database({});
    expect(await tryAll(lane, [attempt(way('a')), attempt(way('b'))], { until: performance.now() - 1 })).toEqual([
      expect.objectContaining({ outcome: 'undecided', answer: timeIsUp }),
      expect.objectContaining({ outcome: 'undecided', answer: timeIsUp }),
    ]);
    expect(asked).toEqual([]);
  });

  it('what was tried in one way stays as it is', async () => {
    const { lane, asked } = database({ a: refusal('23505') });
    vi.spyOn(performance, 'now').mockReturnValueOnce(1).mockReturnValue(3);
    expect(await tryAll(lane, [attempt(way('a'), way('b'))], { until: 2 })).toMatchObject([{ outcome: 'undecided', code: '23505' }]);
    expect(asked).toEqual([['a']]);
  });

  it('is looked at in between when there is much to try', async () => {
    const { lane, asked } = database({});
    vi.spyOn(performance, 'now').mockReturnValueOnce(1).mockReturnValue(3);
    const tried = await tryAll(
      lane,
      Array.from({ length: 2_500 }, () => attempt(way('a'))),
      { until: 2 },
    );
    expect(tried.filter(({ outcome }) => outcome === 'got')).toHaveLength(2_000);
    expect(tried.filter(({ answer }) => answer === timeIsUp)).toHaveLength(500);
    expect(asked.flat()).toHaveLength(2_000);
  });
});

it('the same again is the same way, in the order asked', async () => {
  const tried = (sql: string): Tried => ({ attempt: attempt(way('other'), way(sql)), way: way(sql), outcome: 'got', answer: '' });
  const again = await tryAfter(database({ b: refusal('42501') }).lane, [], [tried('a'), tried('b')]);
  expect(again.map(({ way: { step }, outcome }) => `${step.sql} ${outcome}`)).toEqual(['a got', 'b refused']);
});

it('only the statement itself is run as who tries', async () => {
  const roles: (string | undefined)[] = [];
  const { lane } = answering((tries) => tries.map((steps) => steps.map(({ role }) => (roles.push(role), rows('(1)')))));
  await tryAll(lane, [attempt(way('does', { before: [{ sql: 'first' }], proof: look() }))]);
  expect(roles).toEqual([undefined, 'anon', undefined]);
});
