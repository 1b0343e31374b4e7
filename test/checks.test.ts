import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checks } from '../src/checks/index.ts';
import { collectors } from '../src/collect/index.ts';
import { type AnyCheck, type Example, stageOf, type Trial } from '../src/core/check.ts';
import type { Evidence, Needs } from '../src/core/evidence.ts';
import type { Observation } from '../src/core/finding.ts';
import { severities, stages } from '../src/core/stage.ts';
import { changes, emptied, frozen, mutate, optionalShapes } from './mutation.ts';

const root = join(import.meta.dirname, '..');
const named = checks.map((check) => [check.id, check] as const);
const examplesOf = (check: AnyCheck): readonly Example<Needs>[] => [
  ...check.examples.fails,
  ...check.examples.passes,
  ...(check.examples.unknowns ?? []),
];
const everyGiven = checks.flatMap((check) => examplesOf(check).map(({ given }) => given as Record<string, unknown>));

/** Evidence names differ between checks, so optional keys are learnt by what the evidence is, not by what a check calls it. */
function optionalFor(check: AnyCheck): Set<string> {
  const names = new Map(Object.entries<Evidence>(check.needs).map(([name, need]) => [need.id, name]));
  const alike = checks.flatMap((other) =>
    examplesOf(other).map(({ given }) => {
      const pairs = Object.entries<Evidence>(other.needs).map(
        ([name, need]) => [names.get(need.id), (given as Record<string, unknown>)[name]] as const,
      );
      return Object.fromEntries(pairs.filter(([name]) => name !== undefined));
    }),
  );
  // A need that another check does not have is not optional.
  const optional = optionalShapes(alike);
  for (const name of names.values()) optional.delete(`.value.${name}`);
  return optional;
}

const tried = (check: AnyCheck, given: unknown): Trial[] => [
  ...(check.trials?.(frozen(structuredClone(given)) as Record<string, unknown>) ?? []),
];

const judged = (check: AnyCheck, given: unknown): Observation[] => [
  ...check.evaluate(frozen(structuredClone(given)) as Record<string, unknown>),
];

describe('the checks', () => {
  it('are there, each once, and ask for facts that somebody collects', () => {
    expect(checks.length).toBeGreaterThan(20);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    expect(everyGiven.length).toBeGreaterThanOrEqual(2 * checks.length);
    const collected = new Set(collectors.map((collector) => collector.provides.id));
    const wanted = checks.flatMap((check) => Object.values<Evidence>(check.needs).map(({ id }) => id));
    expect(wanted.filter((id) => !collected.has(id))).toEqual([]);
  });

  it('are ordered by stage and name, so that two generated indexes are equal', () => {
    const order = checks
      .map(({ id }) => id)
      .toSorted((a, b) => stages.indexOf(stageOf({ id: a })) - stages.indexOf(stageOf({ id: b })) || (a < b ? -1 : 1));
    expect(checks.map(({ id }) => id)).toEqual(order);
  });
});

describe.each(named)('%s', (id, check) => {
  it('is filled in, and lies where its id says', () => {
    expect(existsSync(join(root, `src/checks/${id}.ts`))).toBe(true);
    expect(stages).toContain(stageOf(check));
    expect(severities).toContain(check.severity);
    expect(['minutes', 'hours', 'days']).toContain(check.doc.effort);
    for (const text of [check.doc.title, check.doc.why, check.doc.fix]) expect(text.trim().length).toBeGreaterThan(15);
    expect(check.doc.title).not.toMatch(/[.?!]$/);
    expect(Object.keys(check.needs).length).toBeGreaterThan(0);
    expect(check.examples.fails.length + (check.examples.unknowns?.length ?? 0)).toBeGreaterThan(0);
    expect(check.examples.passes.length).toBeGreaterThan(0);
  });

  it.each(check.examples.fails.map((example: Example<Needs>) => [example.name, example] as const))('fails: %s', (_, { given }) => {
    expect(judged(check, given).map(({ outcome }) => outcome)).toContain('fail');
  });

  it.each(check.examples.passes.map((example: Example<Needs>) => [example.name, example] as const))('passes: %s', (_, { given }) => {
    const outcomes = judged(check, given).map(({ outcome }) => outcome);
    expect(outcomes).toContain('pass');
    expect(outcomes).not.toContain('fail');
  });

  it('cannot tell from its unknowns', () => {
    for (const { given } of (check.examples.unknowns ?? []) as readonly Example<Needs>[]) {
      const outcomes = judged(check, given).map(({ outcome }) => outcome);
      expect(outcomes).toContain('unknown');
      expect(outcomes).not.toContain('fail');
    }
  });

  it('never passes on evidence of nothing', () => {
    for (const { given } of examplesOf(check)) {
      expect(judged(check, emptied(given)).filter(({ outcome }) => outcome === 'pass')).toEqual([]);
      expect(tried(check, emptied(given))).toEqual([]);
    }
  });

  it('speaks: a message always, and for what it could not tell, what would tell it', () => {
    for (const { given } of examplesOf(check)) judged(check, given).forEach(expectSpeaking);
  });

  it('does not throw and does not waver, whatever the evidence', () => {
    const samples = examplesOf(check).map(({ given }) => given);
    const optional = optionalFor(check);
    const property = fc.property(fc.constantFrom(...samples), changes, (sample, list) => {
      const given = mutate(sample, list, optional);
      const first = judged(check, given);
      first.forEach(expectSpeaking);
      expect(judged(check, given)).toEqual(first);
      expect(tried(check, given)).toEqual(tried(check, given));
    });
    // A fixed seed: a change elsewhere must not turn this red by chance.
    fc.assert(property, { numRuns: 150, seed: 20_261_123 });
  });
});

function expectSpeaking({ outcome, message, toKnow }: Observation): void {
  expect(message.trim()).not.toBe('');
  if (outcome === 'unknown') expect(toKnow?.trim() ?? '', `toKnow of: ${message}`).not.toBe('');
}
