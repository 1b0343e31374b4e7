import { describe, expect, it } from 'vitest';
import type { Secret } from '../../evidence/secrets.ts';
import { sampleScan, sampleSecret } from '../secret-sample.ts';
import { secretInClient } from './secret-in-client.ts';

const judged = (...secrets: Partial<Secret>[]) => [
  ...secretInClient.evaluate({ scan: sampleScan(secrets.map((secret) => sampleSecret(secret))) }),
];

describe('audit/secret-in-client', () => {
  it('tells how the browser gets at it', () => {
    const [found] = judged({ places: [{ file: 'src/a.ts', line: 3 }], reachedFromClient: ['src/main.ts', 'src/a.ts'] });
    expect(found).toMatchObject({ outcome: 'fail', severity: 'blocker', place: { file: 'src/a.ts', line: 3 } });
    expect(found?.message).toBe('Supabase service_role key is in code that browsers or phones download: src/a.ts.');
    expect(judged({ location: 'source-map', places: [{ file: 'dist/a.js.map' }] })[0]?.message).toMatch(/in a built file/);
  });

  it('tells one secret in code, bundle and source map once, under a name that survives the next build', () => {
    const found = judged(
      { location: 'bundle', places: [{ file: 'dist/a-1.js' }] },
      { location: 'source-map', places: [{ file: 'dist/a-1.js.map' }] },
      { reachedFromClient: ['a.ts'] },
    );
    expect(found.length).toBe(1);
    expect(judged({ location: 'bundle', places: [{ file: 'dist/a-2.js' }] })[0]?.subject).toBe(found[0]?.subject);
  });

  it('leaves server code to the others', () => {
    expect(judged({}).map(({ outcome }) => outcome)).toEqual(['pass']);
  });

  it('a test key in the page is a small matter', () => {
    expect(judged({ sensitivity: 'low', power: 'limited', reachedFromClient: ['a.ts'] })[0]?.severity).toBe('low');
  });
});
