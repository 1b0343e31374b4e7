import { describe, expect, it } from 'vitest';
import { defineCheck } from './check.ts';
import { defineCollector, type CollectContext } from './collector.ts';
import { run, type RunOptions, type RunResult } from './engine.ts';
import { CollectFault, evidence } from './evidence.ts';
import type { Finding, Observation } from './finding.ts';

const words = evidence<{ readonly words: readonly string[] }>()('test.words', 'the words');
const page = evidence<{ readonly status: number }>()('test.page', 'the page');

const doc = { title: 'A word is wrong', why: 'It misleads.', fix: 'Change it.', effort: 'minutes' } as const;
const sees = (observations: readonly Observation[], id: `audit/${string}` = 'audit/words'): ReturnType<typeof defineCheck> =>
  defineCheck({
    id,
    severity: 'high',
    covers: ['X-1'],
    doc,
    needs: { words },
    examples: { passes: [], fails: [] },
    evaluate: () => observations,
  });
const collectWords = (
  collect: (context: CollectContext) => Promise<{ words: readonly string[] }>,
  timeoutMs = 5000,
): ReturnType<typeof defineCollector> =>
  defineCollector({ provides: words, wants: 'repo', needs: {}, effects: 'none', timeoutMs, collect: (_, context) => collect(context) });
const fine = collectWords(() => Promise.resolve({ words: ['a'] }));
const repo = { root: '/app', scope: { hosts: [], requests: 0, history: false } };
const runWith = (options: Partial<RunOptions>): Promise<RunResult> =>
  run({ checks: [], collectors: [fine], target: repo, version: '1.2.3', targetArguments: './app', ...options });
const only = (result: RunResult): Finding => {
  expect(result.run.findings).toHaveLength(1);
  return result.run.findings[0] as Finding;
};

describe('run', () => {
  it('signs what a check saw', async () => {
    const result = await runWith({
      checks: [sees([{ outcome: 'fail', subject: 's', message: 'Wrong.', severity: 'low', fix: 'Do this.' }])],
    });
    expect(only(result)).toMatchObject({
      check: 'audit/words',
      stage: 'audit',
      outcome: 'fail',
      severity: 'low',
      fix: 'Do this.',
      why: 'It misleads.',
      title: 'A word is wrong',
      covers: ['X-1'],
      tripwire: false,
      id: expect.stringMatching(/^audit\/words#[0-9a-f]{8}$/) as string,
      replay: expect.stringMatching(/^launch-ready replay 'audit\/words#[0-9a-f]{8}' \.\/app$/) as string,
    });
    expect(result.run).toMatchObject({ schema: 1, tool: { name: 'launch-ready', version: '1.2.3' }, target: { root: '/app' } });
    expect(result.run.checks).toEqual([
      { id: 'audit/words', title: 'A word is wrong', state: 'judged', counts: { pass: 0, fail: 1, unknown: 0, notApplicable: 0 } },
    ]);
    expect(result.evidence).toEqual({ 'test.words': { words: ['a'] } });
  });

  it('gives a finding the same name whatever its line, and two equal ones two names that stay', async () => {
    const at = (line: number): Observation => ({
      outcome: 'fail',
      subject: 's',
      message: `Wrong in line ${line}.`,
      place: { file: 'a.ts', line },
    });
    const names = async (...lines: number[]): Promise<string[]> =>
      (await runWith({ checks: [sees(lines.map(at))] })).run.findings.map(({ id }) => id);
    expect(await names(3)).toEqual(await names(90));
    const [first, second] = await names(1, 2);
    expect(first).not.toBe(second);
    expect(await names(4, 5)).toEqual([first, second]);
    expect(await names(4)).toEqual([first]);
  });

  it('calls it not applicable when a check found nothing of its kind', async () => {
    expect(only(await runWith({ checks: [sees([])] }))).toMatchObject({ outcome: 'not-applicable' });
  });

  it('turns what could not be collected into unknown, with what would help, and goes on', async () => {
    const denied = collectWords(() => Promise.reject(new CollectFault('denied', 'The folder is locked.', 'Unlock it.')));
    const finding = only(await runWith({ collectors: [denied], checks: [sees([{ outcome: 'pass', message: 'Fine.' }])] }));
    expect(finding).toMatchObject({ outcome: 'unknown', message: 'Could not look: The folder is locked.', toKnow: 'Unlock it.' });
  });

  it.each([
    ['a collector that breaks', collectWords(() => Promise.reject(new Error('boom'))), /stopped with an error of ours: boom/],
    [
      'a collector that throws at once',
      collectWords(() => {
        throw new Error('boom');
      }),
      /stopped with an error of ours: boom/,
    ],
    ['a collector that takes too long', collectWords(() => new Promise(() => undefined), 20), /took longer than 0\.02 seconds/],
  ])('turns %s into unknown', async (_, collector, message) => {
    const { run: result } = await runWith({ collectors: [collector], checks: [sees([])] });
    expect(result.findings[0]).toMatchObject({ outcome: 'unknown', message: expect.stringMatching(message) as string });
    expect(result.evidence[0]?.fault?.message).toMatch(message);
  });

  it('turns a check that breaks into unknown, and judges the others', async () => {
    const broken = defineCheck({
      ...sees([]),
      id: 'audit/broken',
      evaluate: () => {
        throw new Error('boom');
      },
    });
    const { run: result } = await runWith({ checks: [broken, sees([{ outcome: 'pass', message: 'Fine.' }])] });
    expect(result.findings.map(({ check, outcome }) => [check, outcome])).toEqual([
      ['audit/broken', 'unknown'],
      ['audit/words', 'pass'],
    ]);
  });

  it('does not run what lacks its input, and says what it wants', async () => {
    const collector = defineCollector({
      provides: page,
      wants: 'url',
      needs: {},
      effects: 'reads',
      timeoutMs: 5000,
      collect: () => Promise.reject(new Error('must not run')),
    });
    const check = defineCheck({ ...sees([]), id: 'audit/page', needs: { words, page }, evaluate: () => [] });
    const { run: result } = await runWith({ collectors: [fine, collector], checks: [check] });
    expect(result.findings).toEqual([]);
    expect(result.checks[0]).toMatchObject({ state: 'out-of-reach', wants: ['url'] });
  });

  it('lists what was switched off, with the reason, and does not run it', async () => {
    const { run: result } = await runWith({ off: [{ check: sees([{ outcome: 'fail', message: 'Wrong.' }]), reason: 'on purpose' }] });
    expect(result.findings).toEqual([]);
    expect(result.checks).toEqual([
      {
        id: 'audit/words',
        title: 'A word is wrong',
        state: 'off',
        reason: 'on purpose',
        counts: { pass: 0, fail: 0, unknown: 0, notApplicable: 0 },
      },
    ]);
  });

  it('collects a fact once however many ask, and nothing that nobody asks for', async () => {
    let collected = 0;
    const counting = collectWords(() => Promise.resolve({ words: [String((collected += 1))] }));
    await runWith({ collectors: [counting], checks: [sees([]), sees([], 'audit/other')] });
    expect(collected).toBe(1);
    await runWith({ collectors: [counting], checks: [] });
    expect(collected).toBe(1);
  });

  it('judges saved facts without collecting, and without the input they came from', async () => {
    const never = collectWords(() => Promise.reject(new Error('must not run')));
    const check = defineCheck({
      ...sees([]),
      needs: { words },
      evaluate: ({ words: given }: { words: { words: readonly string[] } }) => [{ outcome: 'fail' as const, message: given.words.join() }],
    });
    const { scope } = repo;
    const result = await runWith({
      collectors: [never],
      checks: [check],
      target: { scope },
      evidence: { 'test.words': { words: ['saved'] } },
    });
    expect(only(result).message).toBe('saved');
  });

  it('lets no hidden secret out: not in findings, evidence, faults or addresses', async () => {
    const secret = 'sk_live_very_secret_value';
    const leaky = collectWords(({ vault }) => {
      vault.hide(secret);
      return Promise.resolve({ words: [`key ${secret}`] });
    });
    const failing = defineCollector({
      provides: page,
      wants: 'repo',
      needs: { words },
      effects: 'none',
      timeoutMs: 5000,
      collect: () => Promise.reject(new Error(secret)),
    });
    const checks = [
      sees([{ outcome: 'fail', message: secret, place: { file: secret }, proof: [{ kind: 'step', text: secret }] }]),
      defineCheck({ ...sees([]), id: 'audit/page', needs: { page } }),
    ];
    const result = await runWith({
      collectors: [leaky, failing],
      checks,
      target: { ...repo, url: new URL(`https://app.example.com/?key=${secret}`) },
    });
    expect(JSON.stringify(result)).not.toContain(secret);
    expect(JSON.stringify(result)).toContain('sk_l…');
  });

  it('stops when it is told to: the rest is not collected', async () => {
    const stop = new AbortController();
    const stopping = collectWords(() => {
      stop.abort();
      return new Promise(() => undefined);
    });
    const after = defineCollector({
      provides: page,
      wants: 'repo',
      needs: { words },
      effects: 'none',
      timeoutMs: 5000,
      collect: () => Promise.reject(new Error('must not run')),
    });
    const check = defineCheck({ ...sees([]), id: 'audit/page', needs: { page } });
    const { run: result } = await runWith({ collectors: [stopping, after], checks: [sees([]), check], signal: stop.signal });
    expect(result.findings.map(({ message }) => message)).toEqual(Array(2).fill('Could not look: The run was cancelled.'));
  });

  it('tells a collector when its time is up', async () => {
    let left = 0;
    const asking = collectWords(({ until = 0 }) => {
      left = until - Date.now();
      return Promise.resolve({ words: [] });
    }, 60_000);
    await runWith({ collectors: [asking], checks: [sees([])] });
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });

  it('tells what is going on', async () => {
    const told: unknown[] = [];
    const telling = collectWords(({ progress }) => {
      progress('reading', 1, 2);
      return Promise.resolve({ words: [] });
    });
    await runWith({ collectors: [telling], checks: [sees([])], onProgress: (step) => told.push(step) });
    expect(told).toEqual([{ evidence: 'test.words', message: 'reading', done: 1, total: 2 }]);
  });
});
