import { describe, expect, it } from 'vitest';
import type { SecretScan } from '../../evidence/secrets.ts';
import { sampleScan, sampleSecret } from '../secret-sample.ts';
import { secretInSource } from './secret-in-source.ts';

const judged = (scan: SecretScan) => [...secretInSource.evaluate({ scan })];

describe('audit/secret-in-source', () => {
  it('names the secret, the place and how many more', () => {
    const [found] = judged(
      sampleScan([
        sampleSecret({
          places: [
            { file: 'a.js', line: 5 },
            { file: 'b.js', line: 7 },
          ],
        }),
      ]),
    );
    expect(found).toMatchObject({
      outcome: 'fail',
      severity: 'blocker',
      place: { file: 'a.js', line: 5 },
      message: 'Supabase service_role key is written into a.js and 1 more place.',
    });
  });

  it('keeps its name when the line moves', () => {
    const subject = (line: number): unknown => judged(sampleScan([sampleSecret({ places: [{ file: 'a.js', line }] })]))[0]?.subject;
    expect(subject(5)).toBe(subject(90));
  });

  it('weighs a guessable signing secret by whether it is used', () => {
    const severity = (kind: string): unknown => judged(sampleScan([sampleSecret({ kind, toldBy: 'name' })]))[0]?.severity;
    expect([severity('guessable-signing-secret'), severity('fallback-signing-secret'), severity('password')]).toEqual([
      'high',
      'medium',
      'medium',
    ]);
  });

  it('says what could not be searched, without stopping a launch for it', () => {
    const gaps = Array.from({ length: 5 }, (_, index) => ({ what: `f${index}.js`, why: 'cannot be read (EACCES)' }));
    const found = judged(sampleScan([], { gaps }));
    expect(found.map(({ outcome, severity }) => [outcome, severity])).toEqual([
      ['unknown', 'low'],
      ['pass', undefined],
    ]);
    expect(found[0]?.message).toMatch(/f0\.js \(cannot be read \(EACCES\)\).* and 2 more files\./);
  });
});
