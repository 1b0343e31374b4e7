import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examples } from '../../bench/twins/examples.ts';
import { openSandbox, type Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { type Bench, benchOf, type Change, changesBetween, leaksIn, namedBy, type Result } from './isolation-mutation.ts';
import type { Mutant } from './isolation-mutants.ts';
import { changesNothing, lossesUnseen, namedBesides } from './isolation-equivalents.ts';

const { folder } = examples.find(({ name }) => name === 'supabase-portal')!;

interface Outcome {
  readonly mutant: Mutant;
  readonly result: Result;
  readonly changes: readonly Change[];
}

let sandbox: Sandbox;
let bench: Bench;
const outcomes: Outcome[] = [];
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
  bench = await benchOf(folder, sandbox);
  const queue = [...bench.mutants];
  const work = async (): Promise<void> => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const result = await bench.tryOut(mutant);
      outcomes.push({ mutant, result, changes: changesBetween(bench.clean.outcomes, result.outcomes) });
    }
  };
  await Promise.all([work(), work()]);
}, 900_000);
afterAll(() => sandbox.close());

const weakened = (): Outcome[] => outcomes.filter(({ mutant }) => mutant.way === 'weaken');
const dropped = (): Outcome[] => outcomes.filter(({ mutant }) => mutant.way === 'drop');
const gains = (changes: readonly Change[]): Change[] => changes.filter(({ to }) => to.startsWith('got'));
const shown = ({ key, from, to }: Change): string => `${key}: ${from} → ${to}`;

describe('the database of the clean portal', () => {
  it('is silent, and answers the same when it is proved again', async () => {
    expect(bench.clean.fails).toEqual([]);
    expect(bench.clean.outcomes.size).toBeGreaterThan(700);
    expect(changesBetween(bench.clean.outcomes, (await bench.again()).outcomes).map(shown)).toEqual([]);
  });
  it('has every policy, grant, guard, view and row-level security changed once', () => {
    const counted = (start: string): number => outcomes.filter(({ mutant }) => mutant.name.startsWith(start)).length;
    expect(new Set(outcomes.map(({ mutant }) => mutant.name)).size).toBe(outcomes.length);
    expect(counted('drop "')).toBe(counted('weaken "'));
    expect(counted('drop "')).toBeGreaterThan(35);
    expect(counted('no row-level security')).toBeGreaterThan(15);
    expect(counted('revoke all')).toBe(counted('no row-level security'));
    expect(counted('grant ')).toBeGreaterThan(8);
    expect(counted('execute of')).toBeGreaterThan(20);
    expect(counted('no guard in')).toBeGreaterThan(10);
    expect(counted("owner's rights")).toBe(1);
  });
});

describe('a change of one object', () => {
  it('changes nothing but that object and what asks for it', () => {
    expect(
      outcomes.flatMap(({ mutant, changes }) => {
        const mayChange = bench.dependents(mutant.object);
        return changes.filter(({ object }) => !mayChange.has(object)).map((change) => `${mutant.name}: ${shown(change)}`);
      }),
    ).toEqual([]);
  });
  it('gives nobody anything when it takes away', () => {
    expect(
      dropped().flatMap(({ mutant, changes, result }) => [
        ...gains(changes).map((change) => `${mutant.name}: ${shown(change)}`),
        ...result.fails.map(({ message }) => message),
      ]),
    ).toEqual([]);
  });
  it('is seen when it takes away, but where another policy grants the same or nobody used it', () => {
    expect(
      dropped()
        .filter(({ changes }) => changes.length === 0)
        .map(({ mutant }) => mutant.name)
        .toSorted(),
    ).toEqual(Object.keys(lossesUnseen).toSorted());
  });
  it('lets somebody from outside in when it weakens, but where something else still stops him', () => {
    const without = weakened().filter(({ changes }) => leaksIn(changes).length === 0);
    expect(without.map(({ mutant }) => mutant.name).toSorted()).toEqual(Object.keys(changesNothing).toSorted());
  });
  it('is named by the right check, and nothing else is', () => {
    expect(
      weakened().flatMap(({ mutant, changes, result }) => {
        const expected = leaksIn(changes);
        const named = namedBy(result.fails);
        return JSON.stringify([...expected, ...(namedBesides[mutant.name] ?? [])].toSorted()) === JSON.stringify(named)
          ? []
          : [{ mutant: mutant.name, expected, named }];
      }),
    ).toEqual([]);
  });
});
