import { describe, expect, it } from 'vitest';
import { score, type TwinResult } from './score.ts';

const finding = (check: string, file?: string): TwinResult['found'][number] => ({
  check,
  severity: 'high',
  message: `${check} fired`,
  ...(file !== undefined && { place: { file } }),
});
const twin = (flaw: string, expected: string[], files: string[], found: TwinResult['found']): TwinResult => ({
  example: 'app',
  flaw,
  expected,
  files: new Set(files),
  found,
  ms: 1,
});

describe('score', () => {
  it('counts a flaw once, however often its check fires', () => {
    const scores = score([twin('open', ['a'], ['x.ts'], [finding('a', 'x.ts'), finding('a', 'y.ts')])], []);
    expect(scores.total).toMatchObject({ hits: 1, misses: 0, falseAlarms: 0, consequences: 0 });
  });

  it('names what was missed, also when only another check fires there', () => {
    const scores = score([twin('open', ['a', 'b'], ['x.ts'], [finding('a', 'x.ts')])], []);
    expect(scores.total).toMatchObject({ hits: 1, misses: 1 });
    expect(scores.missed).toEqual([{ example: 'app', flaw: 'open', check: 'b' }]);
  });

  it('takes everything on the clean twin for a false alarm', () => {
    const scores = score([twin('clean', [], [], [finding('a', 'x.ts'), finding('b')])], []);
    expect(scores.total).toMatchObject({ hits: 0, falseAlarms: 2, consequences: 0 });
    expect(scores.alarms.map(({ check }) => check)).toEqual(['a', 'b']);
  });

  it('takes other checks at the changed code for consequences, by place or by proof', () => {
    const byProof = { ...finding('c', 'far.ts'), proof: [{ kind: 'step' as const, place: { file: 'x.ts' }, text: 'guard' }] };
    const scores = score([twin('open', ['a'], ['x.ts'], [finding('a', 'x.ts'), finding('b', 'x.ts'), byProof])], []);
    expect(scores.total).toMatchObject({ hits: 1, falseAlarms: 0, consequences: 2 });
  });

  it('takes other checks elsewhere for false alarms, unless they are accounted for', () => {
    const elsewhere = twin('open', ['a'], ['x.ts'], [finding('a', 'x.ts'), finding('b', 'far.ts')]);
    expect(score([elsewhere], []).total).toMatchObject({ hits: 1, falseAlarms: 1 });
    const known = twin('next-middleware-skips-api', [], ['middleware.ts'], [finding('audit/unauthenticated-data-route', 'far.ts')]);
    expect(score([known], []).total).toMatchObject({ falseAlarms: 0, consequences: 1 });
  });

  it('lists checks without any flaw', () => {
    expect(score([], ['z', 'a']).checks.map(({ check }) => check)).toEqual(['a', 'z']);
  });
});
