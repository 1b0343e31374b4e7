import { describe, expect, it } from 'vitest';
import { finding } from '../../test/contracts/findings.ts';
import { type AnyCheck, defineCheck } from './check.ts';
import { type AnyCollector, defineCollector } from './collector.ts';
import { run, type RunOptions } from './engine.ts';
import { CollectFault, evidence, optional } from './evidence.ts';
import { fingerprintOf } from './finding.ts';

const code = evidence<number>()('test.code', 'the code');
const page = evidence<number>()('test.page', 'the page');
const broken = evidence<number>()('test.broken', 'the rules');
const nobody = evidence<number>()('test.nobody', 'what nobody collects');

const collector = (provides: typeof code | typeof page | typeof broken, wants: 'repo' | 'url', collect: () => number): AnyCollector =>
  defineCollector<number, Record<string, never>>({
    provides,
    wants,
    needs: {},
    effects: 'none',
    timeoutMs: 1000,
    collect: () => Promise.resolve().then(collect),
  });

const collectors = [
  collector(code, 'repo', () => 7),
  collector(page, 'url', () => 8),
  collector(broken, 'repo', () => {
    throw new CollectFault('denied', 'It refused.', 'Let us in.');
  }),
];

const check = (name: string, needs: AnyCheck['needs'], evaluate: AnyCheck['evaluate']): AnyCheck =>
  defineCheck({
    id: `audit/${name}`,
    severity: 'high',
    covers: ['S1-C1'],
    doc: { title: name, why: 'w', fix: 'f', effort: 'minutes' },
    needs,
    examples: { passes: [], fails: [] },
    evaluate,
  });

const perform = (checks: readonly AnyCheck[], more: Partial<RunOptions> = {}): ReturnType<typeof run> =>
  run({
    checks,
    collectors,
    target: { root: '/x', scope: { hosts: [], requests: 0, history: false } },
    version: '1',
    targetArguments: '.',
    ...more,
  });

describe('a fact that a check can do without', () => {
  const told = check('told', { code: optional(code, -1), page: optional(page, -2) }, ({ code: one, page: other }) => [
    { outcome: 'pass', subject: 'x', message: `${String(one)} ${String(other)}` },
  ]);

  it('is collected where the target has what it takes, and replaced where it has not', async () => {
    const { run: judged } = await perform([told]);
    expect(judged.findings.map(({ message }) => message)).toEqual(['7 -2']);
    expect(judged.checks).toMatchObject([{ state: 'judged' }]);
    expect(judged.evidence.map(({ id }) => id)).toEqual(['test.code']);
  });

  it('is a fault like any other where it could not be collected', async () => {
    const { run: judged } = await perform([check('broken', { broken: optional(broken, -1) }, () => [])]);
    expect(judged.findings).toMatchObject([{ outcome: 'unknown', message: 'Could not look: It refused.' }]);
  });
});

describe('run', () => {
  it('collects what is shown besides what is judged, where its input was given and somebody collects it', async () => {
    const result = await perform([], { shown: [code, page, nobody, broken] });
    expect(result.evidence).toEqual({ 'test.code': 7 });
    expect(result.run.evidence.map(({ id, fault }) => [id, fault?.kind])).toEqual([
      ['test.code', undefined],
      ['test.broken', 'denied'],
    ]);
    expect(result.run.findings).toEqual([]);
  });

  it('collects what a collector needs later while it works, and gives it the fault where it waits for it', async () => {
    const slow = evidence<string>()('test.slow', 'the slow one');
    const order: string[] = [];
    const waiting = (later: typeof code | typeof broken): AnyCollector =>
      defineCollector({
        provides: slow,
        wants: 'repo',
        needs: {},
        later: { later },
        effects: 'none',
        timeoutMs: 1000,
        async collect(given) {
          order.push('begins');
          return `waited for ${await given.later()}`;
        },
      });
    const late = collector(code, 'repo', () => (order.push('meanwhile'), 7));
    const good = await perform([], { shown: [slow], collectors: [late, waiting(code)] });
    expect(good.evidence).toEqual({ 'test.code': 7, 'test.slow': 'waited for 7' });
    expect(order).toEqual(['begins', 'meanwhile']);
    const bad = await perform([], { shown: [slow], collectors: [...collectors, waiting(broken)] });
    expect(bad.run.evidence.find(({ id }) => id === 'test.slow')?.fault).toEqual({
      kind: 'denied',
      message: 'It refused.',
      remedy: 'Let us in.',
    });
  });

  it('tells judged from out of reach, a fault from a bug, and nothing found from passed', async () => {
    const { run: made } = await perform([
      check('passes', { code }, () => [{ outcome: 'pass', message: 'fine' }]),
      check('waits', { page }, () => []),
      check('refused', { broken }, () => []),
      check('throws', { code }, () => {
        throw new Error('oops');
      }),
      check('finds-none', { code }, () => []),
    ]);
    expect(made.findings.map(({ check: id, outcome, toKnow }) => [id, outcome, toKnow])).toEqual([
      ['audit/passes', 'pass', undefined],
      ['audit/refused', 'unknown', 'Let us in.'],
      ['audit/throws', 'unknown', 'Please report this; the rest of the run is not affected.'],
      ['audit/finds-none', 'not-applicable', undefined],
    ]);
    expect(made.checks.map(({ state, wants }) => [state, wants])).toContainEqual(['out-of-reach', ['url']]);
  });

  it('gives equal subjects names of their own that do not change', async () => {
    const twice = check('twice', { code }, () =>
      [1, 2].map((line) => ({ outcome: 'fail', message: 'm', subject: 's', place: { file: 'a.ts', line } })),
    );
    const ids = (await perform([twice])).run.findings.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect((await perform([twice])).run.findings.map(({ id }) => id)).toEqual(ids);
    expect(ids[0]).toBe(`audit/twice#${fingerprintOf('audit/twice', finding({ subject: 's' })).slice(0, 8)}`);
  });
});
